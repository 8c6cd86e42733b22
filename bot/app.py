"""The application: messengers' addresses, which are answered at once, and pages, which are loaded behind them.

Whatever a page needs takes longer to import than all that a message of WeChat needs, and who sends one has waited for
the server to start.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.routing import BaseRoute, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.outreach.embedded import Embedded
from bot.service import Service
from bot.settings import Settings
from bot.threads import Threads

if TYPE_CHECKING:
    from bot.channels.telegram.webhook import Webhook
    from bot.channels.wechat.account import Account


def create_app(service: Service, settings: Settings) -> ASGIApp:
    """The application over a service. Closing it lets turns that are under way finish.

    Raises SettingsError for settings that cannot be used.
    """
    threads = Threads(service, settings)
    telegram, wechat = _telegram(threads, settings), _wechat(threads, settings)
    routes: list[BaseRoute] = [telegram.route] if telegram is not None else []
    routes += wechat.routes if wechat is not None else []

    def load() -> ASGIApp:
        from bot.pages import create_pages

        return create_pages(threads, settings, routes)

    pages = _Pages(load)
    embedded = Embedded(service.store, settings, threads.metrics.work)

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()

        def later() -> None:
            pages.load()
            embedded.load(loop)

        threads.warm_up(later)
        yield
        await embedded.close()
        if telegram is not None:
            await telegram.close()
        if wechat is not None:
            await wechat.close()
        threads.close()
        service.close()

    first = [wechat.webhook.route] if wechat is not None else []
    return Router(first, redirect_slashes=False, default=pages, lifespan=lifespan)


class _Pages:
    """An application that is put together when it is first wanted."""

    def __init__(self, make: Callable[[], ASGIApp]) -> None:
        self._make = make
        self._making = threading.Lock()
        self._app: ASGIApp | None = None

    def load(self) -> ASGIApp:
        """Put it together, once; whoever comes meanwhile waits."""
        with self._making:
            if self._app is None:
                self._app = self._make()
            return self._app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app
        if app is None:
            app = await asyncio.to_thread(self.load)
        await app(scope, receive, send)


def _telegram(threads: Threads, settings: Settings) -> Webhook | None:
    """The webhook of Telegram; None where it is not set up, or long polling is used. Raises SettingsError."""
    if not settings.telegram_token or not settings.telegram_secret:
        return None
    from bot.channels.telegram.checking import check_installed

    check_installed("aiogram")
    # It takes seconds to import, and much memory.
    from bot.channels.telegram.webhook import Webhook

    return Webhook(threads, settings)


def _wechat(threads: Threads, settings: Settings) -> Account | None:
    """The account of WeChat; None where it is not set up. Raises SettingsError."""
    if not settings.wechat_token:
        return None
    from bot.channels.wechat.account import Account

    return Account(threads, settings)
