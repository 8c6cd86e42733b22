"""What leaves otherwise than as the response to a request, and by what right: messages, agreements, tokens, logins."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel, UTCDateTime

from member_store.tables.columns import CHANNEL_LENGTH, HASH_LENGTH, NAME_LENGTH, choice


class DeliveryState(StrEnum):
    """How far a message has got.

    `WAITING`: for a way to the person, or for their next visit. `SENDING`: handed to the platform, which has not said
    yet. `SENT`: the platform took it. `GIVEN`: said at the person's next visit. `REFUSED`: it will not be sent; the
    reason says why. `IN_DOUBT`: nobody can say whether the platform took it.
    """

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    GIVEN = "given"
    REFUSED = "refused"
    IN_DOUBT = "in_doubt"


class Delivery(SQLModel, table=True):
    """One message that did not go with the response to a request: the ledger of the platforms' windows and quotas."""

    __table_args__ = (
        Index("ix_delivery_contact", "contact", "state"),
        Index("ix_delivery_platform_id", "platform_id"),
        Index("ix_delivery_try", "channel", "state", "try_at", "id"),
        Index("uq_delivery_reminder", "reminder_id", "contact", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    contact: str = Field(max_length=HASH_LENGTH, description="keyed hash of channel and account, as in conversations")
    channel: str = Field(max_length=CHANNEL_LENGTH)
    kind: str = Field(max_length=NAME_LENGTH, description="text, picture, or the notice that it is")
    payload: str | None = Field(default=None, sa_type=Text, description="encrypted JSON; none once it has arrived")
    state: DeliveryState = Field(sa_type=choice(DeliveryState))
    way: str | None = Field(default=None, max_length=NAME_LENGTH, description="service, notice, …: how it was sent")
    reason: str | None = Field(default=None, max_length=NAME_LENGTH, description="why it was not, by its id")
    code: str | None = Field(default=None, max_length=NAME_LENGTH, description="what the platform called that")
    platform_id: str | None = Field(default=None, max_length=64, description="the platform's id of it")
    attempts: int = Field(default=0)
    created_at: datetime = Field(sa_type=UTCDateTime)
    changed_at: datetime = Field(sa_type=UTCDateTime)
    try_at: datetime | None = Field(
        default=None, sa_type=UTCDateTime, description="when it is next sent unasked; none: at the next visit"
    )
    reminder_id: int | None = Field(default=None, description="the reminder that it is one of the messages of")


class SubscriptionConsent(SQLModel, table=True):
    """How many notices of one template somebody has agreed to (订阅通知)."""

    __tablename__ = "subscription_consent"
    __table_args__ = (UniqueConstraint("contact", "template", name="uq_subscription_consent"),)

    id: int | None = Field(default=None, primary_key=True)
    contact: str = Field(max_length=HASH_LENGTH, description="keyed hash of channel and account, as in conversations")
    template: str = Field(max_length=64, description="the platform's id of the template")
    standing: bool = Field(default=False, description="agreed to for good, until it is taken back")
    left: int = Field(default=0, description="single notices agreed to and not yet sent")
    changed_at: datetime = Field(sa_type=UTCDateTime)


class AccessToken(SQLModel, table=True):
    """A platform's token that all processes share, fetched by whoever holds the lease."""

    __tablename__ = "access_token"
    __table_args__ = (UniqueConstraint("name", name="uq_access_token_name"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=64, description="keyed hash of platform and account")
    value: str | None = Field(default=None, sa_type=Text, description="encrypted")
    expires_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    leased_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    holder: str | None = Field(default=None, max_length=NAME_LENGTH, description="who holds the lease, at random")


class LoginState(SQLModel, table=True):
    """The state of a login that has begun: of use once, in the browser that began it."""

    __tablename__ = "login_state"
    __table_args__ = (UniqueConstraint("state", name="uq_login_state_state"),)

    id: int | None = Field(default=None, primary_key=True)
    state: str = Field(max_length=HASH_LENGTH, description="keyed hash of it and of the browser's own secret")
    expires_at: datetime = Field(sa_type=UTCDateTime)


deliveries = SQLModel.metadata.tables["delivery"]
subscription_consents = SQLModel.metadata.tables["subscription_consent"]
access_tokens = SQLModel.metadata.tables["access_token"]
login_states = SQLModel.metadata.tables["login_state"]
