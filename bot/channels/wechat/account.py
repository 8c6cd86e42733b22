"""One official account of WeChat: its addresses here, and what sends to the people who follow it."""

from __future__ import annotations

from starlette.routing import BaseRoute

from bot.channels.wechat.api.client import WeChatClient
from bot.channels.wechat.delivering import Delivering
from bot.channels.wechat.login import login_routes
from bot.channels.wechat.notice_page import notice_routes
from bot.channels.wechat.notices import read_notices
from bot.channels.wechat.pay.routes import pay_routes
from bot.channels.wechat.webhook import Webhook
from bot.settings import Settings, SettingsError
from bot.threads import Threads
from member_store.tokens import Tokens


class Account:
    """An account that is set up. Belongs to one event loop; close it with `close`."""

    def __init__(self, threads: Threads, settings: Settings) -> None:
        """Without the account's AppSecret nothing can be sent unasked: it waits for each person's next visit.

        Raises SettingsError for settings that cannot be used.
        """
        if settings.wechat_app_secret and not settings.wechat_app_id:
            raise SettingsError("HEBAO_WECHAT_APP_SECRET needs HEBAO_WECHAT_APP_ID. Set both, as WeChat's console has.")
        notices = read_notices(settings.wechat_notices)
        self.client = WeChatClient(settings, Tokens(threads.service.store)) if settings.wechat_app_secret else None
        self._delivering = Delivering(threads, self.client, settings, notices) if self.client else None
        self._webhook = Webhook(threads, settings, self._delivering, notices.standing)
        self.routes: list[BaseRoute] = [self._webhook.route, *pay_routes(threads, settings)]
        if self.client is not None:
            self.routes += login_routes(threads, settings, self.client)
            self.routes += notice_routes(threads, settings, self.client, notices)

    async def close(self) -> None:
        """Let what is under way finish, and close all connections."""
        if self._delivering is not None:
            self._delivering.close()
        await self._webhook.close()
        if self.client is not None:
            await self.client.aclose()
