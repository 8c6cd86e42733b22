"""The tables. Every column called encrypted holds a Fernet token in ASCII, so no database ever sees the text.

Money is in whole fen; days are calendar days where the office is, moments are in UTC.
"""

from __future__ import annotations

from sqlmodel import SQLModel

from member_store.tables import (
    access,
    collection,
    conversations,
    counts,
    money,
    orders,
    people,
    records,
    reminders,
    sending,
)

__all__ = [
    "TABLES",
    "access",
    "collection",
    "conversations",
    "counts",
    "money",
    "orders",
    "people",
    "records",
    "reminders",
    "sending",
]

TABLES: tuple[type[SQLModel], ...] = tuple(SQLModel.__subclasses__())
"""Every table, as its class."""
