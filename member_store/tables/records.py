"""The record of what was done: an audit that only grows, and what stood in a row before it was changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel, UTCDateTime

from member_store.tables.columns import CHANNEL_LENGTH, HASH_LENGTH, NAME_LENGTH


class Audit(SQLModel, table=True):
    """One change: who, for whom, through which channel, in what setting, what and why. Holds nothing personal.

    Each row's `hash` covers the row and the hash before it, so that a row that is changed, taken out or put in between
    shows (`hebao ledger check`).
    """

    __table_args__ = (Index("ix_audit_person", "person_id"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False}, description="1, 2, 3, … without a gap")
    at: datetime = Field(sa_type=UTCDateTime)
    actor: str = Field(max_length=NAME_LENGTH, description="contact, worker, office, administrator or system")
    actor_id: int | None = Field(default=None)
    person_id: int | None = Field(default=None, description="for whom")
    channel: str = Field(max_length=CHANNEL_LENGTH)
    setting: str | None = Field(default=None, max_length=NAME_LENGTH, description="door_knock, phone or desk")
    action: str = Field(max_length=48)
    entity: str = Field(max_length=NAME_LENGTH)
    entity_id: int | None = Field(default=None)
    changes: str = Field(sa_type=Text, description="JSON: states, amounts, days and names of fields")
    reason: str | None = Field(default=None, max_length=NAME_LENGTH, description="an id")
    previous: str = Field(max_length=HASH_LENGTH)
    hash: str = Field(max_length=HASH_LENGTH)


class History(SQLModel, table=True):
    """What stood in a row before it was changed. Goes with the person when they are erased."""

    __table_args__ = (Index("ix_history_person", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    entity: str = Field(max_length=NAME_LENGTH)
    entity_id: int
    person_id: int | None = Field(default=None, foreign_key="person.id")
    before: str = Field(sa_type=Text, description="encrypted JSON")
    audit_id: int = Field(foreign_key="audit.id", description="the change")
    changed_at: datetime = Field(sa_type=UTCDateTime)
