"""The stand-in as a server in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
import threading
from collections.abc import AsyncIterator
from typing import Any, Self

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from tests.standins.telegram.api import Methods
from tests.standins.telegram.delivery import Deliverer, post
from tests.standins.telegram.phone import Person
from tests.standins.telegram.play import play_routes
from tests.standins.telegram.rates import Rates
from tests.standins.telegram.world import Chat, World

TOKEN = "700000001:standin-AAAAAAAAAAAAAAAAAAAAAAAAAAAA"


class TelegramStandIn:
    """A Bot API on loopback, and the people who talk with the bot."""

    def __init__(self, port: int = 0, token: str = TOKEN) -> None:
        self.world = World(token)
        self.rates = Rates()
        self._people = itertools.count(5_000_001)
        self._groups = itertools.count(1)
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", port))
        self._listener.listen(256)
        self.port = self._listener.getsockname()[1]
        config = uvicorn.Config(
            self.app(), log_config=None, log_level="critical", access_log=False, timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        """Where the Bot API is, as the setting takes it."""
        return f"http://127.0.0.1:{self.port}"

    def app(self) -> Starlette:
        methods = Methods(self.world, self.rates)

        @contextlib.asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncIterator[None]:
            delivering = asyncio.create_task(Deliverer(self.world).run())
            yield
            delivering.cancel()
            await asyncio.gather(delivering, return_exceptions=True)

        return Starlette(
            routes=[
                Route("/bot{token}/{method}", methods.endpoint, methods=["GET", "POST"]),
                *play_routes(self),
            ],
            lifespan=lifespan,
        )

    def person(self, language: str | None = "zh-hans", name: str = "王芳") -> Person:
        """Somebody new with the app."""
        number = next(self._people)
        about: dict[str, Any] = {"id": number, "is_bot": False, "first_name": name}
        if language is not None:
            about["language_code"] = language
        with self.world.lock:
            self.world.people[number] = about
            self.world.chat(number)
        return Person(self.world, number)

    def group(self, kind: str = "supergroup", title: str = "村民群") -> Chat:
        """A new group or channel with the bot in it."""
        number = next(self._groups)
        return self.world.chat(-number if kind == "group" else -1_000_000_000_000 - number, kind, title)

    def deliver(self, update: dict[str, Any], url: str | None = None) -> int:
        """Deliver an update once more, now, whatever has become of it. Returns the status."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.world.webhook.secret}
        return httpx.post(url or self.world.webhook.url, json=update, headers=headers, timeout=60).status_code

    def start(self) -> Self:
        self._thread.start()
        while not self._server.started:
            threading.Event().wait(0.005)
        return self

    def stop(self) -> None:
        self._server.should_exit = True
        self.world.ring()
        self._thread.join(10)

    def run(self) -> None:
        """Serve in this thread until interrupted."""
        self._serve()

    def _serve(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._listener]))

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


__all__ = ["TOKEN", "TelegramStandIn", "post"]
