"""Being known to the web page inside WeChat (网页授权, snsapi_base): the person agrees to nothing and sees nothing.

WeChat is asked who has the browser, and answers by sending the browser back with a code, good once and for five
minutes. A `state` that nobody can guess goes along, good once and only in the browser that got it: else somebody could
send others back with a code of their own, and read what these then say in their conversation.

https://developers.weixin.qq.com/doc/service/guide/h5/auth.html
"""

from __future__ import annotations

import re
import secrets
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.channels.faults import DeliveryFault, Misconfigured, NotAccepted
from bot.channels.web.page import render_told
from bot.channels.web.sessions import LOGIN, Sessions, Visitor, can_log_in
from bot.channels.wechat.api.client import WeChatClient
from bot.channels.wechat.events import CHANNEL
from bot.languages import Catalogue
from bot.logs import log_failure
from bot.problems import words_for
from bot.settings import Settings
from bot.threads import Threads
from member_store.errors import StoreError
from member_store.members import logins

BACK = f"{LOGIN}/back"
BROWSER = "hebao_login"
"""The cookie that says which browser began a login."""

_BROWSER = re.compile(r"[A-Za-z0-9_-]{32}", re.ASCII)
_STATE = re.compile(r"[0-9a-f]{32}", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9_-]{1,256}", re.ASCII)
_OPENID = re.compile(r"[A-Za-z0-9_-]{10,64}", re.ASCII)
_OWN_PATH = re.compile(r"/(?!/)[A-Za-z0-9/_.~?&=%#-]{0,200}", re.ASCII)


def login_routes(threads: Threads, settings: Settings, client: WeChatClient) -> list[Route]:
    """Where a login begins and where WeChat sends the browser back to; none where nobody can log in."""
    return _Login(threads, settings, client).routes if can_log_in(settings) else []


def is_own_path(path: str) -> bool:
    """Whether an address leads to a page of this service, and nowhere else whoever reads it."""
    return _OWN_PATH.fullmatch(path) is not None and not path.startswith(LOGIN)


class _Login:
    def __init__(self, threads: Threads, settings: Settings, client: WeChatClient) -> None:
        self._threads = threads
        self._client = client
        self._app_id = settings.wechat_app_id
        self._ask = f"{settings.wechat_login_base.rstrip('/')}/connect/oauth2/authorize"
        self._back = settings.public_url.rstrip("/") + BACK
        self._sessions = Sessions(threads.service.store, settings)
        self.routes = [Route(LOGIN, self._begin, methods=["GET"]), Route(BACK, self._finish, methods=["GET"])]

    async def _begin(self, request: Request) -> Response:
        onward, words = request.query_params.get("next", "/"), words_for(request)
        if not is_own_path(onward):
            return _refused(words, words("login.strange"), 400)
        given = request.cookies.get(BROWSER, "")
        # The same one for several pages at once: each has a state of its own.
        browser = given if _BROWSER.fullmatch(given) else secrets.token_urlsafe(24)
        state = secrets.token_hex(16)
        try:
            await self._threads.recorded(lambda records: logins.begin(records, state, _bound(browser, onward)))
        except StoreError as error:
            return _unavailable(words, onward, error)
        # WeChat wants them in this order.
        query = {
            "appid": self._app_id,
            "redirect_uri": f"{self._back}?{urlencode({'next': onward})}",
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
        }
        response = RedirectResponse(f"{self._ask}?{urlencode(query)}#wechat_redirect", 303)
        response.headers["Cache-Control"] = "no-store"
        response.set_cookie(
            BROWSER,
            browser,
            max_age=int(logins.LASTS.total_seconds()),
            path=LOGIN,
            httponly=True,
            samesite="lax",
            secure=self._sessions.is_secure(request),
        )
        return response

    async def _finish(self, request: Request) -> Response:
        query, words = request.query_params, words_for(request)
        onward, state, code = (query.get(name, "") for name in ("next", "state", "code"))
        if not is_own_path(onward):
            return _refused(words, words("login.strange"), 400)
        try:
            if not await self._is_mine(request, state, onward):
                # Whoever went back to this page is known already, and only has to be led on.
                known = self._sessions.visitor(request).known
                return _refused(words, words("login.used"), 403, onward if known else _again(onward))
            if not _CODE.fullmatch(code):
                return _refused(words, words("login.used"), 403, _again(onward))
            openid = await self._client.openid_of(code)
            if not _OPENID.fullmatch(openid):
                raise NotAccepted("openid")
            # Else the browser would keep WeChat's own fragment, and the page would not show its newest answer.
            response = RedirectResponse(onward if "#" in onward else f"{onward}#", 303)
            self._sessions.begin(request, response, Visitor(CHANNEL, openid))
        except NotAccepted:
            return _refused(words, words("login.used"), 403, _again(onward))
        except Misconfigured:  # which the client has logged
            return _refused(words, words("login.impossible"), 503)
        except (DeliveryFault, StoreError) as error:
            return _unavailable(words, onward, error)
        return response

    async def _is_mine(self, request: Request, state: str, onward: str) -> bool:
        """Whether this login had begun in this browser, to lead there, and is finished now for the first time."""
        browser = request.cookies.get(BROWSER, "")
        if not _BROWSER.fullmatch(browser) or not _STATE.fullmatch(state):
            return False
        return await self._threads.recorded(lambda records: logins.finish(records, state, _bound(browser, onward)))


def _bound(browser: str, onward: str) -> str:
    """What a state belongs to: the browser, and where it leads."""
    return f"{browser} {onward}"


def _again(onward: str) -> str:
    return f"{LOGIN}?{urlencode({'next': onward})}"


def _refused(words: Catalogue, told: str, status: int, onward: str = "/") -> Response:
    says = words("login.again") if onward.startswith(LOGIN) else words("login.onward")
    html = render_told(words.locale, words, told.split("\n"), (onward, says))
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})


def _unavailable(words: Catalogue, onward: str, error: Exception) -> Response:
    log_failure("wechat: nobody could log in", error)
    response = _refused(words, words("login.unavailable"), 503, _again(onward))
    response.headers["Retry-After"] = "5"
    return response
