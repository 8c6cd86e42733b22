"""What nobody waits for, done by the process that answers people: on SQLite, where no other is to write."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.settings import Settings, sqlite_folder
from member_store.store import Store

if TYPE_CHECKING:
    from bot.metrics import WorkFigures
    from bot.outreach.timers import Timers


class Embedded:
    """The timers of what nobody waits for, where this process does that; they begin once it answers people."""

    def __init__(self, store: Store, settings: Settings, figures: WorkFigures | None = None) -> None:
        self._figures = figures
        self._store = store
        self._settings = settings
        on_sqlite = sqlite_folder(settings.database_url) is not None
        self._wanted = on_sqlite if settings.embedded_worker is None else settings.embedded_worker
        self._timers: Timers | None = None
        self._ends = False

    def load(self, loop: asyncio.AbstractEventLoop) -> None:
        """Import what they need, and have them begin on the loop. Called on another thread."""
        if not self._wanted:
            return
        from bot.outreach.timers import Timers
        from bot.outreach.working import Working

        def start() -> None:
            if not self._ends:
                self._timers = Timers(Working(self._store, self._settings, figures=self._figures))
                self._timers.start()

        loop.call_soon_threadsafe(start)

    async def close(self) -> None:
        """Let what is under way end, begin nothing more."""
        self._ends = True
        if self._timers is not None:
            await self._timers.close()
