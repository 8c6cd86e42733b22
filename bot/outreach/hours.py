"""The hours in which people may be disturbed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from member_store.members.records import OFFICE_TIME


@dataclass(frozen=True)
class Hours:
    """From one full hour to another, where the offices are; the last one not included."""

    first: int
    last: int

    def are(self, now: datetime) -> bool:
        """Whether a moment, in office time, lies within."""
        return self.first <= now.hour < self.last

    def begin(self, day: date) -> datetime:
        """When they begin on a day."""
        return datetime.combine(day, time(self.first), OFFICE_TIME)
