"""How many residents and enrolments there are of each kind, kept by the database itself."""

from __future__ import annotations

from sqlmodel import Field, SQLModel

from member_store.tables.columns import CHOICE_LENGTH, NAME_LENGTH

NOWHERE = 0
"""Stands for a community that is not known: what is unknown would not be one row of a primary key."""

NOT_KNOWN = ""
"""Stands for a kind of registration that is not known."""

RESIDENTS = 0
"""Stands for the year, and `NOT_KNOWN` for the state, where residents are counted."""


class ParticipationCount(SQLModel, table=True):
    """How many residents, alive and not erased, or how many enrolments of a year in a state there are in a place.

    Triggers change it with every row of people and enrolments that is written (migration 0005): on SQLite at once, on
    PostgreSQL when the transaction commits.
    """

    __tablename__ = "participation_count"

    county: str = Field(primary_key=True, max_length=NAME_LENGTH)
    year: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    community_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    registration_kind: str = Field(primary_key=True, max_length=NAME_LENGTH)
    state: str = Field(primary_key=True, max_length=CHOICE_LENGTH)
    people: int
