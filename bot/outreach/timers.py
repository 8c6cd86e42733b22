"""The work of one process, by timers within it (APScheduler).

The timers keep nothing: what is to be done stands in the rows, and is found there after any restart.
"""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.outreach.working import Working
from member_store.members.records import OFFICE_TIME

SEND_SECONDS = 5.0
PLAN_SECONDS = 60.0
RETAIN_AT, BACK_UP_AT = "3:30", "3:00"
"""When nobody is up, in office time."""


class Timers:
    """The timers of a process. Belongs to one event loop."""

    def __init__(self, working: Working, *, send: float = SEND_SECONDS, plan: float = PLAN_SECONDS) -> None:
        """`send` and `plan` are seconds from one look at what is due to the next."""
        self._working = working
        self._send_seconds, self._plan_seconds = send, plan
        self._under_way: set[asyncio.Task[Any]] = set()
        # It tells every run, and a run that is still going on.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._scheduler = AsyncIOScheduler(
            timezone=OFFICE_TIME, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

    def start(self) -> None:
        """Begin, with everything that is due."""
        working = self._working
        self._every(self._plan_seconds, "plan", working.plan_and_tell)
        self._every(self._plan_seconds, "tidy", working.tidy)
        for channel in working.channels:
            self._every(self._send_seconds, f"send_{channel}", functools.partial(working.send, channel))
        self._daily(RETAIN_AT, "retain", working.retain)
        self._daily(BACK_UP_AT, "back_up", working.back_up)
        self._scheduler.start()

    async def close(self) -> None:
        """Begin nothing more, and let what is under way end."""
        self._working.close()
        if self._scheduler.running:
            # To shut it down would cancel what runs.
            self._scheduler.pause()
            while self._under_way:
                await asyncio.wait(self._under_way)
            self._scheduler.shutdown(wait=False)

    def _every(self, seconds: float, name: str, work: Callable[[], Awaitable[Any]]) -> None:
        self._scheduler.add_job(
            self._safe(name, work), IntervalTrigger(seconds=seconds), next_run_time=datetime.now(UTC)
        )

    def _daily(self, at: str, name: str, work: Callable[[], Awaitable[Any]]) -> None:
        hour, minute = map(int, at.split(":"))
        self._scheduler.add_job(self._safe(name, work), CronTrigger(hour=hour, minute=minute, timezone=OFFICE_TIME))

    def _safe(self, name: str, work: Callable[[], Awaitable[Any]]) -> Callable[[], Awaitable[None]]:
        async def safely() -> None:
            task = asyncio.current_task()
            assert task is not None  # noqa: S101 - for the types: a timer runs in one
            self._under_way.add(task)
            try:
                await self._working.done(name, work)
            finally:
                self._under_way.discard(task)

        return safely
