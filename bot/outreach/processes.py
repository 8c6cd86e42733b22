"""The work of any number of processes on one PostgreSQL, shared out by Procrastinate: `hebao worker`.

Its jobs are few and coarse, and hold nothing: each says only that it is time to look into the rows. One of a kind runs
at a time, wherever; what a process that was killed has left is begun again by another one.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import psycopg
from procrastinate import App, PsycopgConnector
from procrastinate.jobs import DeleteJobCondition, Status
from sqlalchemy import make_url

from bot.logs import log_failure
from bot.outreach.working import Working

_SCHEMA = "jobs"
"""Where the engine's own tables are, apart from those of the members."""

_EVERY_MINUTE = "* * * * *"
_EVERY_TEN_SECONDS = "* * * * * */10"
_NIGHTLY = "30 19 * * *"
"""In UTC, as Procrastinate counts: half past three in the morning where the offices are."""

_HEARTBEAT_SECONDS = 5.0
_STALLED_SECONDS = 20.0
_GRACE_SECONDS = 60.0
_AGAIN_SECONDS = 2.0


class Processes:
    """The work of this process among all that there are. Belongs to one event loop."""

    def __init__(
        self, working: Working, database_url: str, *, send: str = _EVERY_TEN_SECONDS, plan: str = _EVERY_MINUTE
    ) -> None:
        """`send` and `plan` are when it is looked into what is due, as cron has it, with seconds in the sixth place."""
        self._send, self._plan = send, plan
        self._working = working
        self._address = make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._ends = asyncio.Event()
        self.at_work = False
        """Whether it takes part in the work at the moment."""
        # It tells every job, and a failure with all that it was called with; what matters is told here.
        logging.getLogger("procrastinate").setLevel(logging.CRITICAL)

    async def run(self, ready: Callable[[], object] = lambda: None) -> None:
        """Work until `close` is called or the program is told to stop; what is under way then ends first.

        `ready` is called once it works. A database that is away is waited for.
        """
        loop = asyncio.get_running_loop()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, self.close)
        while not self._ends.is_set():
            try:
                await asyncio.to_thread(self._prepare)
                app = self._app()
                async with app.open_async():
                    ready()
                    self.at_work = True
                    await self._worked(app)
            except Exception as error:  # the database, most of the time
                log_failure("the worker begins again", error)
            self.at_work = False
            if not self._ends.is_set():
                await _within(_AGAIN_SECONDS, self._ends.wait())

    def close(self) -> None:
        """Begin nothing more, and let what is under way end."""
        self._working.close()
        self._ends.set()

    async def _worked(self, app: App) -> None:
        worker = asyncio.create_task(
            app.run_worker_async(
                concurrency=8,
                install_signal_handlers=False,
                shutdown_graceful_timeout=_GRACE_SECONDS,
                delete_jobs=DeleteJobCondition.ALWAYS,
                update_heartbeat_interval=_HEARTBEAT_SECONDS,
                stalled_worker_timeout=_STALLED_SECONDS,
                fetch_job_polling_interval=2.0,
            )
        )
        ends = asyncio.create_task(self._ends.wait())
        await asyncio.wait({worker, ends}, return_when=asyncio.FIRST_COMPLETED)
        ends.cancel()
        # Cancelled, it lets its jobs end.
        worker.cancel()
        await asyncio.wait({worker})
        if not worker.cancelled() and (error := worker.exception()) is not None:
            raise error

    def _app(self) -> App:
        options = {"options": f"-c search_path={_SCHEMA}"}
        app = App(connector=PsycopgConnector(conninfo=self._address, kwargs=options, min_size=1, max_size=4))
        working = self._working

        self._periodic(app, "plan", self._plan, working.plan_and_tell)
        self._periodic(app, "tidy", self._plan, working.tidy)
        self._periodic(app, "retain", _NIGHTLY, working.retain)
        for channel in working.channels:
            self._periodic(app, f"send_{channel}", self._send, functools.partial(working.send, channel))

        async def rescue() -> None:
            for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_SECONDS):
                # Its next time comes by itself; to put it back would meet the one that waits for that already.
                await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)

        self._periodic(app, "rescue", self._send, rescue, alone=False)
        return app

    def _periodic(
        self, app: App, name: str, cron: str, work: Callable[[], Awaitable[Any]], *, alone: bool = True
    ) -> None:
        """Have a piece of work done at its times, once however many processes there are."""

        async def task(timestamp: int) -> None:  # noqa: ARG001 - it comes with every periodic task
            await self._working.done(name, work)

        lock = name if alone else None
        app.periodic(cron=cron)(app.task(name=name, queueing_lock=name, lock=lock)(task))

    def _prepare(self) -> None:
        """Make the engine's tables where there are none. Safe in several processes at once."""
        with psycopg.connect(self._address) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('hebao jobs', 0))")
            found = connection.execute("SELECT to_regclass(%s)", (f"{_SCHEMA}.procrastinate_jobs",)).fetchone()
            if found is None or found[0] is None:
                from procrastinate.schema import SchemaManager

                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {_SCHEMA}")
                connection.execute(f"SET LOCAL search_path TO {_SCHEMA}")
                # psycopg reads no % in a statement without parameters.
                connection.execute(SchemaManager.get_schema())


async def _within(seconds: float, work: Awaitable[Any]) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(work, seconds)
