"""The moment and the day that outreach goes by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from bot.settings import Settings


@dataclass(frozen=True)
class Clock:
    """`now` is the moment, in UTC; `today` a day that is fixed, for trials, or None for that of the moment."""

    now: Callable[[], datetime]
    today: Callable[[], date | None]

    @classmethod
    def of(cls, settings: Settings) -> Clock:
        """The real one, on the day of the settings."""
        return cls(lambda: datetime.now(UTC), lambda: settings.today)
