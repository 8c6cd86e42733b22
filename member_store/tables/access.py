"""Access: who may do what, for whom: contacts, delegations, consent, staff."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel, UTCDateTime

from member_store.tables.columns import CHANNEL_LENGTH, HASH_LENGTH, NAME_LENGTH, choice


class Contact(SQLModel, table=True):
    """An account on a channel that has done more than ask."""

    __table_args__ = (
        UniqueConstraint("contact", name="uq_contact_contact"),
        Index("uq_contact_code", "code", unique=True),
        Index("ix_contact_joined", "joined_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    contact: str = Field(max_length=HASH_LENGTH, description="keyed hash of channel and account, as in conversations")
    channel: str = Field(max_length=CHANNEL_LENGTH)
    account: str | None = Field(default=None, sa_type=Text, description="encrypted: where notices are sent")
    locale: str = Field(max_length=NAME_LENGTH)
    created_at: datetime = Field(sa_type=UTCDateTime)
    wrong_codes: int = Field(default=0, description="in a row, since the last right one")
    wrong_code_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    gone_at: datetime | None = Field(default=None, sa_type=UTCDateTime, description="unsubscribed or blocked since")
    joined_id: int | None = Field(
        default=None, description="id of that of somebody's accounts to which all of theirs belongs"
    )
    joined_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    code: str | None = Field(
        default=None, max_length=HASH_LENGTH, description="keyed hash of the one-time code that links another account"
    )
    code_expires_at: datetime | None = Field(default=None, sa_type=UTCDateTime)

    @property
    def whole_id(self) -> int | None:
        """The id by which everything is kept that somebody may do or handed in, whichever of their accounts this is."""
        return self.joined_id or self.id


class CodeGuesses(SQLModel, table=True):
    """How many wrong one-time codes came in on a channel in an hour, whoever sent them."""

    __tablename__ = "code_guesses"

    channel: str = Field(primary_key=True, max_length=CHANNEL_LENGTH)
    hour: datetime = Field(primary_key=True, sa_type=UTCDateTime, description="its beginning")
    wrong: int


class Basis(StrEnum):
    """On what ground a contact acts for a person.

    `APPLICATION`: they applied, and nobody has looked yet: they see that application and no more. `SELF` and
    `GUARDIAN`: the office has verified it. `CODE`: the person agreed, by a code.
    """

    APPLICATION = "application"
    SELF = "self"
    GUARDIAN = "guardian"
    CODE = "code"


class Delegation(SQLModel, table=True):
    """That one contact may act for one person, in what, and until when."""

    __table_args__ = (
        UniqueConstraint("code", name="uq_delegation_code"),
        Index("ix_delegation_contact", "contact_id", "revoked_at"),
        Index("ix_delegation_person", "person_id", "revoked_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    contact_id: int | None = Field(default=None, foreign_key="contact.id", description="none until the code is used")
    relation: str = Field(max_length=NAME_LENGTH, description="who the person is to the contact: self, mother, …")
    basis: Basis = Field(sa_type=choice(Basis))
    scopes: str = Field(max_length=128, description="what for, ids separated by blanks")
    code: str | None = Field(default=None, max_length=HASH_LENGTH, description="keyed hash; none once used")
    code_expires_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime)
    expires_on: date | None = Field(default=None, description="the last day")
    revoked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Consent(SQLModel, table=True):
    """That somebody agreed to the processing of personal data, in which words, and until when."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    contact_id: int | None = Field(default=None, foreign_key="contact.id", index=True)
    purpose: str = Field(max_length=NAME_LENGTH)
    wording: str = Field(max_length=NAME_LENGTH, description="the version of the words that were shown")
    locale: str = Field(max_length=NAME_LENGTH)
    given_as: str = Field(max_length=NAME_LENGTH, description="self, guardian, relative, worker")
    given_at: datetime = Field(sa_type=UTCDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Role(StrEnum):
    """What a member of staff is there for."""

    WORKER = "worker"
    OFFICE = "office"
    ADMINISTRATOR = "administrator"


class StaffUser(SQLModel, table=True):
    """A community worker, somebody of a county office, or an administrator. Acts within one place only."""

    __tablename__ = "staff_user"
    __table_args__ = (
        UniqueConstraint("login", name="uq_staff_login"),
        UniqueConstraint("code", name="uq_staff_code"),
        UniqueConstraint("contact_id", name="uq_staff_contact"),
    )

    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(max_length=NAME_LENGTH, description="what they are called in commands and in the audit")
    name: str | None = Field(default=None, sa_type=Text, description="encrypted")
    role: Role = Field(sa_type=choice(Role))
    county: str | None = Field(default=None, max_length=NAME_LENGTH)
    community_id: int | None = Field(default=None, foreign_key="community.id")
    contact_id: int | None = Field(default=None, foreign_key="contact.id")
    code: str | None = Field(default=None, max_length=HASH_LENGTH, description="keyed hash of the one-time code")
    code_expires_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    active: bool = Field(default=True)
    created_at: datetime = Field(sa_type=UTCDateTime)
