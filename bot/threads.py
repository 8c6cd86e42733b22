"""The service off the event loop: on one thread where the database has one writer, on several elsewhere."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from bot.languages import SOURCE, lexicons
from bot.service import Service
from bot.settings import Settings, sqlite_folder

Args = ParamSpec("Args")
Result = TypeVar("Result")


class Threads:
    """Runs calls of the service on its own threads."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self.service = service
        writers = 8 if sqlite_folder(settings.database_url) is None else 1
        self._pool = ThreadPoolExecutor(writers, thread_name_prefix="service")

    def warm_up(self) -> None:
        """Read words and rules now, so that the first person does not wait for them."""
        self._pool.submit(self.service.view, "web", "warm-up")
        self._pool.submit(lexicons, SOURCE)

    async def run(self, call: Callable[Args, Result], *args: Args.args, **kwargs: Args.kwargs) -> Result:
        """The result of the call, without holding up the event loop. A turn goes on even if its caller has left."""
        work = functools.partial(call, *args, **kwargs)
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._pool, work))

    def close(self) -> None:
        """Let what is under way finish, take nothing more."""
        self._pool.shutdown(wait=True)
