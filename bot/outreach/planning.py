"""Plans what is due: the moments of all counties' windows that have come, each for everybody once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from bot.outreach.clock import Clock
from bot.outreach.hours import Hours
from bot.outreach.moments import occasions
from bot.outreach.workdays import is_workday
from member_store.members import collection, reminders
from member_store.members.records import Records
from member_store.members.remindable import Occasion
from member_store.members.reminders import Planned
from member_store.store import Store


@dataclass(frozen=True)
class Plan:
    """An occasion that was planned, and what that came to."""

    occasion: Occasion
    reminders: int
    messages: int


def due_occasions(records: Records, today: date, county: str | None = None) -> list[Occasion]:
    """The moment of each window, of one county or of all, that people may be told of on a day."""
    return [each for each in coming_occasions(records, today, county) if each.due_on <= today]


def coming_occasions(records: Records, today: date, county: str | None = None) -> list[Occasion]:
    """The moments of the windows of one county or of all that are still to come, or are due now; by day."""
    found = [
        occasion
        for window in collection.windows(records, county)
        for occasion in occasions(window, is_workday)
        if today <= occasion.last_on
    ]
    return sorted(found, key=lambda each: each.due_on)


def plan_due(store: Store, hours: Hours, clock: Clock, county: str | None = None) -> Iterator[Plan]:
    """Plan what has come and is not planned yet, in transactions that are short enough for others to go on.

    What was begun and interrupted goes on where it stopped. Nothing is planned before the hours in which it could be
    sent: what happens until then still counts. Raises StoreError.
    """
    with clock.reading(store) as records:
        now, found = records.now, due_occasions(records, records.today, county)
    for occasion in found:
        begins = hours.begin(occasion.due_on)
        if now < begins:
            continue
        total = Planned(0, 0)
        while (chunk := _chunk(store, clock, occasion, max(begins, now))) is not None:
            total = Planned(total.reminders + chunk.reminders, total.messages + chunk.messages)
        if total.reminders:
            yield Plan(occasion, total.reminders, total.messages)


def _chunk(store: Store, clock: Clock, occasion: Occasion, at: datetime) -> Planned | None:
    with clock.writing(store) as records:
        return reminders.plan_next(records, occasion, at)
