"""The hours in which people may be disturbed, on days on which offices work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time

from bot.outreach.workdays import is_workday
from member_store.members.records import OFFICE_TIME


@dataclass(frozen=True)
class Hours:
    """From one full hour to another, where the offices are; the last one not included."""

    first: int
    last: int
    works_on: Callable[[date], bool] = is_workday

    def are(self, now: datetime, today: date) -> bool:
        """Whether a moment lies within, on a day."""
        return self.first <= now.astimezone(OFFICE_TIME).hour < self.last and self.works_on(today)

    def begin(self, day: date) -> datetime:
        """When they begin on a day."""
        return datetime.combine(day, time(self.first), OFFICE_TIME)
