"""Being known to a web page: the page that a browser is sent through, and what its code is exchanged for."""

from __future__ import annotations

import re
import secrets
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.standins.wechat.errors import Refused

if TYPE_CHECKING:
    from tests.standins.wechat.app import Call
    from tests.standins.wechat.platform import Platform

STATE = re.compile(r"[a-zA-Z0-9]{0,128}", re.ASCII)


def access_token(platform: Platform, call: Call) -> dict[str, Any]:
    query = call.query
    if query.get("grant_type") != "authorization_code":
        raise Refused(40002)
    if query.get("appid") != platform.app_id:
        raise Refused(40013)
    if query.get("secret") != platform.secret:
        raise Refused(40125)
    code = query.get("code", "")
    if not code:
        raise Refused(41008)
    if code in platform.used_codes:
        raise Refused(40163)
    openid, scope, ends = platform.codes.pop(code, ("", "", 0.0))
    if ends <= platform.now():
        raise Refused(40029)
    platform.used_codes.add(code)
    return {
        "access_token": secrets.token_urlsafe(64),
        "expires_in": 7200,
        "refresh_token": secrets.token_urlsafe(64),
        "openid": openid,
        "scope": scope,
    }


def pages(platform: Platform) -> list[Route]:
    async def authorize(request: Request) -> Response:
        query = request.query_params
        with platform.lock:
            platform.calls.append({"endpoint": "authorize", "at": platform.now(), "query": dict(query)})
            wrong = _wrong(platform, query)
            if wrong:
                return HTMLResponse(f"<h1>{escape(wrong)}</h1>", 200)
            who = query.get("who") or request.cookies.get("who") or platform.me
            if not who:
                who = platform.user().openid
                platform.me = who
            if (platform.rules.asks_consent or query["scope"] == "snsapi_userinfo") and query.get("agreed") != "yes":
                onward = escape("?" + urlencode({**query, "agreed": "yes"}))
                return HTMLResponse(f'<p>{escape(who)}</p><a id="agree" href="{onward}">允许</a>')
            code = secrets.token_hex(16)
            platform.codes[code] = (who, query["scope"], platform.now() + platform.rules.code_seconds)
            platform.user(who)
        parts = urlsplit(query["redirect_uri"])
        back = urlencode([*parse_qsl(parts.query), ("code", code), ("state", query.get("state", ""))])
        return RedirectResponse(urlunsplit((*parts[:3], back, "")), 302)

    return [Route("/connect/oauth2/authorize", authorize)]


def _wrong(platform: Platform, query: Any) -> str:
    back = urlsplit(query.get("redirect_uri", ""))
    domains = platform.rules.login_domains
    if query.get("appid") != platform.app_id:
        return "AppID 参数错误"
    if back.scheme not in ("http", "https") or (domains is not None and back.hostname not in domains):
        return "redirect_uri 域名与后台配置不一致，错误码:10003"
    if query.get("response_type") != "code" or query.get("scope") not in ("snsapi_base", "snsapi_userinfo"):
        return "Scope 参数错误或没有 Scope 权限"
    if not STATE.fullmatch(query.get("state", "")):
        return "state 参数错误"
    return ""
