"""Where a monitor looks at a worker: does it reach its database, does it take part, and how does it do."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.logs import log_failure
from bot.metrics import CONTENT_TYPE, WorkerMetrics
from member_store.errors import StoreError
from member_store.store import Store


class Watched:
    """The addresses of a worker, on its own event loop: what answers is not stuck.

    `at_work` says whether it takes part in the work.
    """

    def __init__(self, store: Store, at_work: Callable[[], bool], metrics: WorkerMetrics) -> None:
        self._store = store
        self._at_work = at_work
        self._metrics = metrics
        routes = [
            Route("/healthz", self._healthz),
            Route("/readyz", self._readyz),
            Route("/metrics", self._page),
        ]
        self.app = Starlette(routes=routes)
        """What answers."""
        config = uvicorn.Config(self.app, log_config=None, access_log=False, server_header=False)
        self._server = _Server(config)

    async def serve(self, listener: socket.socket) -> None:
        """Answer until `close` is called."""
        await self._server.serve(sockets=[listener])

    def close(self) -> None:
        """Answer nothing more."""
        self._server.should_exit = True

    async def _healthz(self, _: Request) -> Response:
        try:
            await asyncio.to_thread(self._look)
        except StoreError as error:
            log_failure("the database cannot be read", error)
            return JSONResponse({"status": "no database"}, 503)
        return JSONResponse({"status": "ok"})

    async def _readyz(self, request: Request) -> Response:
        if not self._at_work():
            return JSONResponse({"status": "not at work"}, 503)
        return await self._healthz(request)

    async def _page(self, _: Request) -> Response:
        return Response(self._metrics.page(), media_type=CONTENT_TYPE)

    def _look(self) -> None:
        with self._store.reading_records() as records:
            records.connection.execute(text("SELECT 1"))


class _Server(uvicorn.Server):
    """One that leaves signals to the worker, which lets its work end first."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
