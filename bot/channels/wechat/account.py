"""One official account of WeChat: its addresses here, and what sends to the people who follow it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import BaseRoute

from bot.channels.wechat.notices import read_notices
from bot.channels.wechat.webhook import Webhook
from bot.settings import Settings, SettingsError
from bot.threads import Threads

if TYPE_CHECKING:
    from bot.channels.wechat.api.client import WeChatClient
    from bot.channels.wechat.delivering import Delivering


class Account:
    """An account that is set up. Belongs to one event loop; close it with `close`.

    `webhook` is where WeChat delivers messages, `routes` are the pages that go with it.
    """

    def __init__(self, threads: Threads, settings: Settings) -> None:
        """Without the account's AppSecret nothing can be sent unasked: it waits for each person's next visit.

        Raises SettingsError for settings that cannot be used.
        """
        if settings.wechat_app_secret and not settings.wechat_app_id:
            raise SettingsError("HEBAO_WECHAT_APP_SECRET needs HEBAO_WECHAT_APP_ID. Set both, as WeChat's console has.")
        notices = read_notices(settings.wechat_notices)
        self.routes: list[BaseRoute] = []
        self.client: WeChatClient | None = None
        self._delivering: Delivering | None = None
        # Each is imported where it is set up: together they take longer to load than all that answering needs.
        if any(name.startswith("wechat_pay_") for name in settings.model_fields_set):
            from bot.channels.wechat.pay.routes import pay_routes

            self.routes += pay_routes(threads, settings)
        if settings.wechat_app_secret:
            from bot.channels.wechat.api.client import WeChatClient
            from bot.channels.wechat.delivering import Delivering
            from bot.channels.wechat.login import login_routes
            from bot.channels.wechat.notice_page import notice_routes
            from member_store.tokens import Tokens

            self.client = WeChatClient(settings, Tokens(threads.service.store))
            self._delivering = Delivering(threads, self.client, settings, notices)
            self.routes += login_routes(threads, settings, self.client)
            self.routes += notice_routes(threads, settings, self.client, notices)
        self.webhook = Webhook(threads, settings, self._delivering, notices.standing)

    async def close(self) -> None:
        """Let what is under way finish, and close all connections."""
        if self._delivering is not None:
            self._delivering.close()
        await self.webhook.close()
        if self.client is not None:
            await self.client.aclose()
