"""The moment and the day that outreach goes by."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar

from bot.settings import Settings
from member_store.members.records import Records
from member_store.store import Store

Result = TypeVar("Result")


@dataclass(frozen=True)
class Clock:
    """`now` is the moment, in UTC; `today` a day that is fixed, for trials, or None for that of the moment."""

    now: Callable[[], datetime]
    today: Callable[[], date | None]

    @classmethod
    def of(cls, settings: Settings) -> Clock:
        """The real one, on the day of the settings."""
        return cls(lambda: datetime.now(UTC), lambda: settings.today)

    def writing(self, store: Store) -> AbstractContextManager[Records]:
        """A transaction at this moment that changes members: `Store.records`."""
        return store.records(now=self.now(), today=self.today())

    def reading(self, store: Store) -> AbstractContextManager[Records]:
        """One that only reads: `Store.reading_records`."""
        return store.reading_records(now=self.now(), today=self.today())

    async def recorded(self, store: Store, work: Callable[[Records], Result]) -> Result:
        """What `work` makes of the members' records, in a transaction of its own, off the event loop.

        Raises StoreError where the database fails, and whatever `work` raises.
        """

        def record() -> Result:
            with self.writing(store) as records:
                return work(records)

        return await asyncio.to_thread(record)
