"""The work that nobody waits for, piece by piece: who calls it, and when, is for an engine to say.

Each piece can be called at any time and as often as one likes, by several processes at once: what was done is not done
again, as that stands in the rows.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from bot.logs import log_failure
from bot.outreach.clock import Clock
from bot.outreach.dispatching import Dispatching, Run
from bot.outreach.hours import Hours
from bot.outreach.messages import Sender
from bot.outreach.planning import Plan, plan_due
from bot.settings import Settings, sqlite_folder
from member_store.backups import back_up
from member_store.members import outbox, reminders
from member_store.members.records import OFFICE_TIME, Records
from member_store.members.retention import Keep, apply
from member_store.store import Store

if TYPE_CHECKING:
    from bot.metrics import WorkFigures

_VISITS_AT_ONCE = 5_000
_BACKUP = "hebao-"


class Working:
    """The pieces of work on one store. Belongs to one event loop."""

    def __init__(
        self, store: Store, settings: Settings, clock: Clock | None = None, figures: WorkFigures | None = None
    ) -> None:
        """`figures` are where it is counted how the work goes."""
        self._figures = figures
        self._store = store
        self._settings = settings
        self._clock = clock or Clock.of(settings)
        self._hours = Hours(settings.reminders_from, settings.reminders_until)
        self._running: set[Dispatching] = set()
        self._closing = False

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels on which something can be sent unasked."""
        settings = self._settings
        return tuple(
            channel
            for channel, is_set in (
                ("wechat", settings.wechat_token and settings.wechat_app_id and settings.wechat_app_secret),
                ("telegram", settings.telegram_token),
            )
            if is_set
        )

    def close(self) -> None:
        """Take nothing more; what was taken is still sent and written down."""
        self._closing = True
        for each in self._running:
            each.close()

    async def done(self, name: str, piece: Callable[[], Awaitable[object]]) -> None:
        """Do a piece of work and count it. A failure is logged and loses nothing: the next time may go better."""
        try:
            with self._figures.piece(name) if self._figures is not None else nullcontext():
                await piece()
        except Exception as error:
            log_failure(f"{name} failed", error)

    async def plan(self, county: str | None = None) -> list[Plan]:
        """Plan the reminders that have come due, of one county or of all."""
        return await asyncio.to_thread(lambda: list(plan_due(self._store, self._hours, self._clock, county)))

    async def plan_and_tell(self) -> None:
        """Plan what has come due, and put into the log what that was."""
        for each in await self.plan():
            structlog.get_logger().info(
                "reminders planned",
                county=each.occasion.county,
                year=each.occasion.year,
                moment=each.occasion.moment.value,
                reminders=each.reminders,
                messages=each.messages,
            )

    async def send(self, channel: str) -> Run:
        """Send what is due on a channel, if anything is. Raises StoreError, SettingsError."""
        if self._closing or not await asyncio.to_thread(self._is_due, channel):
            return Run()
        async with self._sender(channel) as sender:
            dispatching = Dispatching(self._store, sender, self._hours, self._clock)
            self._running.add(dispatching)
            try:
                return await dispatching.run()
            finally:
                self._running.discard(dispatching)

    def _is_due(self, channel: str) -> bool:
        with self._clock.reading(self._store) as records:
            return outbox.is_due(records, channel, reminders=self._hours.are(records.now, records.today))

    async def tidy(self) -> None:
        """What a sender that is no more has left is in doubt; what nobody sends waits for a visit, or is over."""

        def work(records: Records) -> int:
            outbox.doubt_stale(records)
            reminders.expire(records)
            return outbox.leave_for_visits(records, self.channels, _VISITS_AT_ONCE)

        while await self._clock.recorded(self._store, work) and not self._closing:
            pass

    async def retain(self) -> None:
        """Delete what was kept for long enough."""
        keep = Keep(self._settings.keep_ended_years, self._settings.keep_conversations_days)
        today = self._clock.today
        await asyncio.to_thread(lambda: apply(lambda: self._store.records(today=today()), keep))

    async def back_up(self) -> Path | None:
        """Copy an SQLite database into the folder that is set for that, once a day; None where there is none to make.

        The oldest copies are deleted; only files that were made here.
        """
        folder = self._settings.backup_folder
        if folder is None or sqlite_folder(self._settings.database_url) is None:
            return None
        return await asyncio.to_thread(self._back_up, folder)

    def _back_up(self, folder: Path) -> Path | None:
        day = self._clock.now().astimezone(OFFICE_TIME).date()
        target = folder / f"{_BACKUP}{day.isoformat()}.db"
        if target.exists():
            return None
        back_up(self._settings.database_url, target)
        for old in sorted(folder.glob(f"{_BACKUP}????-??-??.db"))[: -self._settings.backups_kept]:
            old.unlink()
        return target

    @asynccontextmanager
    async def _sender(self, channel: str) -> AsyncIterator[Sender]:
        """A channel's sender. What it needs is imported when something is due there: both libraries are heavy."""
        settings = self._settings
        if channel == "wechat":
            from bot.channels.wechat.api.client import WeChatClient
            from bot.channels.wechat.notices import read_notices
            from bot.channels.wechat.sender import WeChatSender
            from member_store.tokens import Tokens

            client = WeChatClient(settings, Tokens(self._store), now=self._clock.now)
            try:
                yield WeChatSender(client, settings, read_notices(settings.wechat_notices))
            finally:
                await client.aclose()
        else:
            from bot.channels.telegram.checking import check_installed

            check_installed("telegram", "aiolimiter")
            from bot.channels.telegram.broadcast import Broadcasting
            from bot.channels.telegram.sender import TelegramSender

            async with Broadcasting(settings) as broadcasting:
                yield TelegramSender(broadcasting, settings)
