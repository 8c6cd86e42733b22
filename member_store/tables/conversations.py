"""Conversations: what contacts said, and what they were answered."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Text, UniqueConstraint, false
from sqlmodel import Field, SQLModel, UTCDateTime

from member_store.tables.columns import CHANNEL_LENGTH, HASH_LENGTH, choice

MESSAGE = "message"
"""The window that somebody opens by writing; the others are opened by a tap, a scan or the like."""


class OutboxState(StrEnum):
    """How far a reply has got. `ANSWERED`: it leaves in the response to the very request that asked for it."""

    ANSWERED = "answered"


class Secret(SQLModel, table=True):
    """A secret that outlives the encryption keys, wrapped by them: the key of the look-up hashes."""

    name: str = Field(primary_key=True, max_length=32)
    value: str = Field(sa_type=Text, description="encrypted")


class Conversation(SQLModel, table=True):
    """One conversation with one contact, the account of a person on a channel."""

    __table_args__ = (UniqueConstraint("contact", name="uq_conversation_contact"),)

    id: int | None = Field(default=None, primary_key=True)
    contact: str = Field(max_length=HASH_LENGTH, description="keyed hash of channel and account")
    channel: str = Field(max_length=CHANNEL_LENGTH)
    state: str = Field(sa_type=Text, description="encrypted JSON, whatever the dialogue keeps")
    turn: int = Field(description="how many turns were taken")
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)
    heard_at: datetime | None = Field(
        default=None, sa_type=UTCDateTime, description="the last message, which opens the platform's window"
    )
    window_kind: str | None = Field(default=None, max_length=16, description="what else opened one last: a tap, a scan")
    window_at: datetime | None = Field(default=None, sa_type=UTCDateTime, description="when that was")
    waiting: bool = Field(
        default=False,
        sa_column_kwargs={"server_default": false()},
        description="whether a delivery may wait for the contact's next visit",
    )


class Inbox(SQLModel, table=True):
    """One message that came in and was dealt with; its key is the claim that stops it from being dealt with twice."""

    __table_args__ = (
        # A conversation is one channel's one contact, so this is unique by channel, contact and message id.
        UniqueConstraint("conversation_id", "message", name="uq_inbox_message"),
        UniqueConstraint("conversation_id", "turn", name="uq_inbox_turn"),
    )

    id: int | None = Field(default=None, primary_key=True)
    message: str = Field(max_length=HASH_LENGTH, description="keyed hash of the platform's message id")
    message_id: str = Field(sa_type=Text, description="encrypted: WeChat's event ids contain the account")
    conversation_id: int = Field(foreign_key="conversation.id")
    turn: int = Field(description="which turn of the conversation this was, from 1")
    text: str = Field(sa_type=Text, description="encrypted")
    outcome: str = Field(sa_type=Text, description="encrypted JSON: what else belongs to the answer")
    received_at: datetime = Field(sa_type=UTCDateTime)
    answered_at: datetime | None = Field(
        default=None, sa_type=UTCDateTime, description="when the platform took the answer, where it is sent by itself"
    )


class Outbox(SQLModel, table=True):
    """One reply, in the order in which it was given."""

    __table_args__ = (
        UniqueConstraint("inbox_id", "position", name="uq_outbox_position"),
        CheckConstraint("state IN ('answered')", name="ck_outbox_state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    inbox_id: int = Field(foreign_key="inbox.id")
    conversation_id: int = Field(foreign_key="conversation.id")
    position: int = Field(description="from 0")
    payload: str = Field(sa_type=Text, description="encrypted JSON of one reply")
    state: OutboxState = Field(sa_type=choice(OutboxState))
    created_at: datetime = Field(sa_type=UTCDateTime)


secrets = SQLModel.metadata.tables["secret"]
conversations = SQLModel.metadata.tables["conversation"]
inbox = SQLModel.metadata.tables["inbox"]
outbox = SQLModel.metadata.tables["outbox"]
