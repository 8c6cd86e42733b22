"""One process of the season: a web server, or a worker beside it, on a clock that stands in a file.

`python -m benchmarks.season.process web|worker CLOCK PORT`. It is the program itself; only the clock is another.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import uvicorn

from bot.app import create_app
from bot.exchange import Inbound, Outbound
from bot.logs import set_up_logs
from bot.opening import open_store
from bot.outreach.clock import Clock
from bot.outreach.working import Working
from bot.service import Service
from bot.settings import Settings, read_settings, sqlite_folder
from member_store.members.records import OFFICE_TIME


class TurnedClock:
    """Reads the moment from a file, where somebody turns it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last = datetime.now(UTC)

    def now(self) -> datetime:
        """The moment."""
        text = self._path.read_text("ascii")
        # A file that is being written over may be empty for a moment.
        self._last = datetime.fromisoformat(text) if text else self._last
        return self._last

    def today(self) -> date:
        """The day, where the office is."""
        return self.now().astimezone(OFFICE_TIME).date()

    def as_clock(self) -> Clock:
        """The same, as outreach has it."""
        return Clock(self.now, self.today)


def turned_settings(clock: TurnedClock) -> Settings:
    """The settings, whose day is that of the clock."""

    class Turned(Settings):
        @property
        def now(self) -> date:
            return clock.today()

    return Turned(**read_settings().model_dump())


class TurnedService(Service):
    """The service at the moment of the clock."""

    def __init__(self, clock: TurnedClock, *given: Any) -> None:
        super().__init__(*given)
        self._clock = clock

    def handle(self, inbound: Inbound, now: datetime | None = None) -> Outbound:
        """As at the clock's moment."""
        return super().handle(inbound, now or self._clock.now())


def serve(clock: TurnedClock, port: int) -> None:
    """A web server; on SQLite with the timers in it."""
    settings = turned_settings(clock)
    store = open_store(settings)
    app = create_app(TurnedService(clock, store, settings), settings.model_copy(update={"embedded_worker": False}))
    server = uvicorn.Server(
        uvicorn.Config(app, port=port, log_config=None, access_log=False, timeout_graceful_shutdown=20)
    )

    async def run() -> None:
        timers = None
        if sqlite_folder(settings.database_url) is not None:
            from bot.outreach.timers import Timers

            timers = Timers(Working(store, settings, clock.as_clock()), send=0.5, plan=1.0)
            timers.start()
        await server.serve()
        if timers is not None:
            await timers.close()

    asyncio.run(run())


def work(clock: TurnedClock) -> None:
    """A worker beside the web servers, on PostgreSQL."""
    from bot.outreach.processes import Processes

    settings = turned_settings(clock)

    async def run() -> None:
        with open_store(settings) as store:
            working = Working(store, settings, clock.as_clock())
            second = "* * * * * *"
            await Processes(working, settings.database_url, send=second, plan=second).run()

    asyncio.run(run())


if __name__ == "__main__":
    set_up_logs()
    turned = TurnedClock(Path(sys.argv[2]))
    if sys.argv[1] == "web":
        serve(turned, int(sys.argv[3]))
    else:
        work(turned)
