"""The service off the event loop: on one thread where the database has one writer, on several elsewhere."""

from __future__ import annotations

import asyncio
import functools
import gc
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from bot.languages import SOURCE, lexicons
from bot.queue import Job, Line
from bot.service import Inbound, Service
from bot.settings import Settings, sqlite_folder

Args = ParamSpec("Args")
Result = TypeVar("Result")

THREADS = 8
"""Turns at the same moment where the database has several writers."""


class Threads:
    """Runs calls of the service on its own threads. Messages of one contact are taken in the order of their coming."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self.service = service
        self._line: Line | None = None
        self._pool: ThreadPoolExecutor | None = None
        if sqlite_folder(settings.database_url) is None:
            self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="service")
        else:
            self._line = Line(service.together)
        self._in_turn: defaultdict[tuple[str, str], list[asyncio.Future[None]]] = defaultdict(list)

    def warm_up(self) -> None:
        """Read words and rules now, so that the first person does not wait for them."""
        for call in (functools.partial(self.service.view, "web", "warm-up"), functools.partial(lexicons, SOURCE), settle):
            if self._line is not None:
                self._line.put(Job(call))
            elif self._pool is not None:
                self._pool.submit(call)

    async def run(self, call: Callable[Args, Result], *args: Args.args, **kwargs: Args.kwargs) -> Result:
        """The result of the call, without holding up the event loop. A turn goes on even if its caller has left."""
        work = functools.partial(call, *args, **kwargs)
        turn = call == self.service.handle
        if self._line is not None:
            loop = asyncio.get_running_loop()
            job = Job(work, shares=turn, loop=loop, told=loop.create_future())
            self._line.put(job)
            return await asyncio.shield(job.told)
        if turn and isinstance(args[0], Inbound):
            return await asyncio.shield(asyncio.ensure_future(self._after_earlier(args[0], work)))
        return await asyncio.shield(self._in_pool(work))

    def _in_pool(self, work: Callable[[], Result]) -> asyncio.Future[Result]:
        return asyncio.get_running_loop().run_in_executor(self._pool, work)

    async def _after_earlier(self, inbound: Inbound, work: Callable[[], Result]) -> Result:
        """The result of a turn that begins when those are done that the same contact began before."""
        who = inbound.channel, inbound.account
        done = asyncio.get_running_loop().create_future()
        self._in_turn[who].append(done)
        
    def close(self) -> None:
        """Let what is under way finish, take nothing more."""
        if self._line is not None:
            self._line.close()
        if self._pool is not None:
            self._pool.shutdown(wait=True)
