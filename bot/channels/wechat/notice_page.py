"""The page inside WeChat on which people agree to be sent notices (订阅通知), by WeChat's own button.

WeChat itself tells us who agreed to what, by an event; what the page's script is told is only shown.
https://developers.weixin.qq.com/doc/service/guide/product/subscription_messages/intro.html
"""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.channels.faults import DeliveryFault
from bot.channels.web.page import NoticesView, NoticeView, render_notices, render_told
from bot.channels.web.sessions import LOGIN, Sessions, can_log_in, is_in_wechat
from bot.channels.wechat.api.client import WeChatClient
from bot.channels.wechat.events import CHANNEL
from bot.channels.wechat.jssdk import CONTENT_POLICY, SCRIPT, sign
from bot.channels.wechat.notices import ABOUT, Notices
from bot.languages import Catalogue, catalogue
from bot.logs import log_failure
from bot.problems import words_for
from bot.settings import Settings
from bot.threads import Threads
from member_store.errors import StoreError

PATH = "/wechat/notices"


def notice_routes(threads: Threads, settings: Settings, client: WeChatClient, notices: Notices) -> list[Route]:
    """The page; none where nobody can log in."""
    page = _Page(threads, settings, client, notices)
    return [Route(PATH, page.show, methods=["GET"])] if can_log_in(settings) else []


class _Page:
    def __init__(self, threads: Threads, settings: Settings, client: WeChatClient, notices: Notices) -> None:
        self._threads = threads
        self._client = client
        self._app_id = settings.wechat_app_id
        self._address = settings.public_url.rstrip("/") + PATH
        self._notices = notices
        self._sessions = Sessions(threads.service.store, settings)

    async def show(self, request: Request) -> Response:
        """The page, for whoever is known, and inside WeChat."""
        who, words = self._sessions.visitor(request), words_for(request)
        if not is_in_wechat(request):
            return _told(words, words("notices.outside"), 403)
        if who.channel != CHANNEL:
            return RedirectResponse(f"{LOGIN}?{urlencode({'next': PATH})}", 303, {"Cache-Control": "no-store"})
        if not self._notices.templates:
            return _told(words, words("notices.none"), 404)
        query = request.scope["query_string"].decode("latin-1")
        try:
            signed = await sign(self._client, self._app_id, f"{self._address}?{query}" if query else self._address)
            shown = await self._threads.run(self._threads.service.view, who.channel, who.account)
        except (DeliveryFault, StoreError) as error:
            log_failure("wechat: nobody could be asked for notices", error)
            return _told(words, words("notices.unavailable"), 503)
        listed = tuple(NoticeView(each.template, ABOUT[each.id], each.standing) for each in self._notices.templates)
        view = NoticesView(
            locale=shown.locale,
            large_text=shown.large_text,
            script=SCRIPT,
            app_id=signed.app_id,
            nonce=signed.nonce,
            timestamp=signed.timestamp,
            signature=signed.signature,
            notices=listed,
        )
        html = render_notices(view, catalogue(view.locale))
        return HTMLResponse(html, headers={"Cache-Control": "no-store", "Content-Security-Policy": CONTENT_POLICY})


def _told(words: Catalogue, told: str, status: int) -> Response:
    html = render_told(words.locale, words, told.split("\n"), ("/", words("login.onward")))
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})
