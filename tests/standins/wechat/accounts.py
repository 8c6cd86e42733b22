"""Tokens and tickets: one stable token for all who ask; the old kind, which kills the one before."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from tests.standins.wechat.errors import Refused

if TYPE_CHECKING:
    from tests.standins.wechat.app import Call
    from tests.standins.wechat.platform import Platform

RENEWED_EARLY = 300
"""Seconds before its end at which the stable token is renewed; until then both are good."""


def stable_token(platform: Platform, call: Call) -> dict[str, Any]:
    data = call.data
    if data.get("grant_type") != "client_credential":
        raise Refused(40002)
    _check_account(platform, data.get("appid"), data.get("secret"), call.address)
    now = platform.now()
    if data.get("force_refresh") is True:
        recent = [at for at in platform.forced if at > now - 86400]
        if recent and recent[-1] > now - platform.rules.forced_apart:
            raise Refused(45011)
        if len(recent) >= platform.rules.forced_refreshes:
            raise Refused(45009)
        platform.forced.append(now)
        if platform.stable:
            platform.tokens.pop(platform.stable, None)
        platform.stable = None
    left = platform.tokens.get(platform.stable or "", 0) - now
    if platform.stable is None or left <= min(RENEWED_EARLY, platform.rules.token_seconds / 2):
        platform.stable = platform.new_token()
        left = platform.rules.token_seconds
    return {"access_token": platform.stable, "expires_in": int(left)}


def token(platform: Platform, call: Call) -> dict[str, Any]:
    if call.query.get("grant_type") != "client_credential":
        raise Refused(40002)
    _check_account(platform, call.query.get("appid"), call.query.get("secret"), call.address)
    if platform.plain:
        platform.tokens.pop(platform.plain, None)
    platform.plain = platform.new_token()
    return {"access_token": platform.plain, "expires_in": platform.rules.token_seconds}


def ticket(platform: Platform, call: Call) -> dict[str, Any]:
    if (kind := call.query.get("type")) not in ("jsapi", "wx_card"):
        raise Refused(40035)
    now = platform.now()
    found, ends = platform.tickets.get(kind, ("", 0.0))
    if ends <= now:
        found, ends = secrets.token_urlsafe(64)[:86], now + 7200
        platform.tickets[kind] = (found, ends)
    return {"errcode": 0, "errmsg": "ok", "ticket": found, "expires_in": int(ends - now)}


def _check_account(platform: Platform, app_id: object, secret: object, address: str) -> None:
    if not app_id:
        raise Refused(41002)
    if not secret:
        raise Refused(41004)
    if app_id != platform.app_id:
        raise Refused(40013)
    if secret != platform.secret:
        raise Refused(40125)
    if platform.rules.whitelist is not None and address not in platform.rules.whitelist:
        raise Refused(40164, address=address)
