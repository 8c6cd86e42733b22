"""Reminders to pay: who was to be told what on which day, and why somebody was not."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel, UTCDateTime

from member_store.tables.columns import NAME_LENGTH, choice

OPENING, DEADLINE, LATE = "remind_opening", "remind_deadline", "remind_late"
"""What people agree to be reminded of: purposes of consent."""


class Moment(StrEnum):
    """The moments of a collection window at which people are reminded."""

    OPENING = "opening"
    HALFWAY = "halfway"
    SEVEN_DAYS = "seven_days"
    ONE_DAY = "one_day"
    LAST_DAY = "last_day"
    LATE = "late"


class Situation(StrEnum):
    """How a person stands with the contribution of a year.

    `RENEW`: enrolled last year and not yet for this one. `NOT_DUE`: applied for, and nothing is to be paid yet.
    `COVERED`: somebody else pays their part. `DEDUCTION`: it is taken from an account, under an agreement.
    """

    RENEW = "renew"
    NOT_DUE = "not_due"
    COVERED = "covered"
    PAID = "paid"
    DEDUCTION = "deduction"
    OWES_PART = "owes_part"
    OWES_ALL = "owes_all"


class Reminder(SQLModel, table=True):
    """One person at one moment of one window: planned once, and accounted for once.

    `reason` says why nothing was to be sent when it was planned; without one, the deliveries that belong to it say what
    became of it.
    """

    # The person last: a plan then writes its million rows one after the other.
    __table_args__ = (UniqueConstraint("year", "moment", "due_on", "person_id", name="uq_reminder"),)

    id: int | None = Field(default=None, primary_key=True)
    # No foreign key: it would lock the row of each person whom a plan names, and turns would wait for it.
    person_id: int = Field(description="whom it is about")
    community_id: int | None = Field(default=None)
    county: str = Field(max_length=NAME_LENGTH)
    year: int = Field(description="the contribution year")
    moment: Moment = Field(sa_type=choice(Moment))
    due_on: date = Field(description="the day of it")
    last_on: date = Field(description="the last day on which it may still be sent")
    situation: Situation = Field(sa_type=choice(Situation))
    reason: str | None = Field(default=None, max_length=NAME_LENGTH, description="why it is not sent, by its id")
    planned_at: datetime = Field(sa_type=UTCDateTime)


class ReminderPlan(SQLModel, table=True):
    """How far the planning of one moment has got: it goes on where it stopped, and once."""

    __tablename__ = "reminder_plan"
    __table_args__ = (UniqueConstraint("county", "year", "moment", "due_on", name="uq_reminder_plan"),)

    id: int | None = Field(default=None, primary_key=True)
    county: str = Field(max_length=NAME_LENGTH)
    year: int
    moment: Moment = Field(sa_type=choice(Moment))
    due_on: date
    planned_to: int = Field(default=0, description="the highest id of a person that was looked at")
    begun_at: datetime = Field(sa_type=UTCDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


reminders = SQLModel.metadata.tables["reminder"]
reminder_plans = SQLModel.metadata.tables["reminder_plan"]
