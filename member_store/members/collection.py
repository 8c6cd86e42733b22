"""The days on which a county's office collects the contributions of a year (集中缴费期), and its pauses.

No document sets them: 嘉政发〔2007〕70号 leaves them to the counties (article 十八). So there are none until an office
has set them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Literal

from sqlmodel import col, select

from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.tables.collection import CollectionWindow

_LONGEST = timedelta(days=366)

Stage = Literal["before", "open", "paused", "closed"]


@dataclass(frozen=True)
class Days:
    """First and last day of something, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Window:
    """When the contributions of a year are collected in a county. The pauses lie within, in order, and apart."""

    county: str
    year: int
    days: Days
    pauses: tuple[Days, ...] = ()

    def stage(self, day: date) -> Stage:
        """Where it stands on a day."""
        if day < self.days.first:
            return "before"
        if day > self.days.last:
            return "closed"
        return "paused" if self.pause(day) is not None else "open"

    def pause(self, day: date) -> Days | None:
        """The pause in which a day lies."""
        return next((each for each in self.pauses if day in each), None)


def window_of(records: Records, county: str, year: int) -> Window | None:
    """The window of a county and year; None where the office has set none."""
    row = _row(records, county, year)
    return _window(row) if row is not None else None


def current(records: Records, county: str) -> Window | None:
    """The window of a county that is open or comes next; where none does, the last that there was."""
    found = sorted(windows(records, county), key=lambda each: (each.days.last, each.year))
    return next((each for each in found if each.days.last >= records.today), found[-1] if found else None)


def windows(records: Records, county: str | None = None) -> list[Window]:
    """All that are set, of one county or of all, by county and year."""
    wanted = select(CollectionWindow).order_by(col(CollectionWindow.county), col(CollectionWindow.year))
    if county is not None:
        wanted = wanted.where(CollectionWindow.county == county)
    return [_window(row) for row in records.session.exec(wanted)]


def set_window(records: Records, county: str, year: int, days: Days, pauses: Sequence[Days] = ()) -> Window:
    """Set the window of a county and year, in place of the one that there was.

    A pause may not reach the first or the last day, so that both are days on which people can pay. Raises Refusal:
    `wrong_window` where the last day is before the first or more than a year after it, `wrong_pause` for a pause that
    does not lie inside, or that meets another.
    """
    if not timedelta() <= days.last - days.first <= _LONGEST:
        raise Refusal("wrong_window", first=days.first, last=days.last)
    ordered = sorted(pauses, key=lambda each: (each.first, each.last))
    for each in ordered:
        if not days.first < each.first <= each.last < days.last:
            raise Refusal("wrong_pause", first=each.first, last=each.last)
    for one, other in pairwise(ordered):
        if other.first <= one.last:
            raise Refusal("wrong_pause", first=other.first, last=other.last)
    to: dict[str, Any] = {
        "opens_on": days.first,
        "closes_on": days.last,
        "pauses": [[each.first.isoformat(), each.last.isoformat()] for each in ordered],
    }
    row = _row(records, county, year)
    if row is None:
        row = records.add(CollectionWindow(county=county, year=year, changed_at=records.now, **to))
        told = {"county": county, "year": year, "opens_on": days.first.isoformat(), "closes_on": days.last.isoformat()}
        records.record("collection_set", row, person_id=None, changes={**told, "pauses": row.pauses})
    elif records.change(row, "collection_changed", person_id=None, **to):
        row.changed_at = records.now
    return _window(row)


def clear_window(records: Records, county: str, year: int) -> None:
    """Take the window of a county and year back. Raises Refusal `no_window` where there is none."""
    row = _row(records, county, year)
    if row is None:
        raise Refusal("no_window", year=year)
    records.record("collection_cleared", row, person_id=None, changes={"county": county, "year": year})
    records.session.delete(row)
    records.session.flush()


def _row(records: Records, county: str, year: int) -> CollectionWindow | None:
    wanted = select(CollectionWindow).where(CollectionWindow.county == county, CollectionWindow.year == year)
    return records.session.exec(wanted).first()


def _window(row: CollectionWindow) -> Window:
    pauses = tuple(Days(date.fromisoformat(first), date.fromisoformat(last)) for first, last in row.pauses)
    return Window(row.county, row.year, Days(row.opens_on, row.closes_on), pauses)
