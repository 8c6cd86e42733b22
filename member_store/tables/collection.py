"""When a county's office collects the contributions of a year."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel, UTCDateTime

from member_store.tables.columns import NAME_LENGTH


class CollectionWindow(SQLModel, table=True):
    """The days on which the contributions of a year are collected (集中缴费期), both ends included."""

    __tablename__ = "collection_window"
    __table_args__ = (UniqueConstraint("county", "year", name="uq_collection_window"),)

    id: int | None = Field(default=None, primary_key=True)
    county: str = Field(max_length=NAME_LENGTH)
    year: int
    opens_on: date
    closes_on: date
    pauses: list[Any] = Field(sa_type=JSON, description="first and last day, in ISO form, of each pause, in order")
    changed_at: datetime = Field(sa_type=UTCDateTime)
