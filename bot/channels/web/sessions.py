"""Who is at the web page: somebody without a name, by a random number, or somebody whom a platform has made known.

Both are one cookie. Whoever has it can read the conversation, so it is never in an address, and out of reach of
scripts and of other sites.
"""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from bot.settings import Settings
from member_store.errors import StoreError
from member_store.store import Store

CHANNEL = "web"

LOGIN = "/wechat/login"
"""Where somebody who opens a page inside WeChat becomes known."""

COOKIE = "hebao"

KNOWN_SECONDS = 12 * 3600
"""How long somebody stays known; then the platform is asked again, of which they see nothing."""

_NAMELESS_SECONDS = 400 * 86400
_REMEMBERED_SECONDS = 7 * 86400
"""How much longer the cookie itself stays: it tells that somebody was known, and not only that nobody is."""

_NAMELESS = re.compile(r"[A-Za-z0-9_-]{32}", re.ASCII)
_LONGEST = 1024
_PURPOSE = "web session"


@dataclass(frozen=True)
class Visitor:
    """Whose conversation the page shows. `lapsed`: nobody, but a moment ago it was somebody whom a platform knows."""

    channel: str
    account: str = field(repr=False)
    lapsed: bool = False

    @property
    def known(self) -> bool:
        """Whether the visitor has logged in."""
        return self.channel != CHANNEL


class Sessions:
    """Reads and writes the cookie."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._public_https = settings.public_url.lower().startswith("https://")

    def visitor(self, request: Request) -> Visitor:
        """Who sent a request; somebody new for a cookie that is missing, made up, or too old."""
        given = request.cookies.get(COOKIE, "")
        if _NAMELESS.fullmatch(given):
            return Visitor(CHANNEL, given)
        return self._known(given) or new_visitor()

    def keep(self, request: Request, response: Response, visitor: Visitor) -> None:
        """Have the browser keep who is there, where it does not already. Nobody else may keep such a response."""
        response.headers["Cache-Control"] = "no-store"
        if not visitor.known and not visitor.lapsed and request.cookies.get(COOKIE) != visitor.account:
            self._set(request, response, visitor.account, _NAMELESS_SECONDS)

    def begin(self, request: Request, response: Response, visitor: Visitor) -> None:
        """Somebody has become known: in the place of whoever this browser was before."""
        response.headers["Cache-Control"] = "no-store"
        sealed = self._store.seal(_PURPOSE, [visitor.channel, visitor.account, int(time.time()) + KNOWN_SECONDS])
        # The filling at its end is no character of a cookie.
        self._set(request, response, sealed.rstrip("="), KNOWN_SECONDS + _REMEMBERED_SECONDS)

    def is_secure(self, request: Request) -> bool:
        """Whether cookies are to travel encrypted only. What stands before us may have taken the encryption off."""
        return self._public_https or request.url.scheme == "https"

    def _set(self, request: Request, response: Response, value: str, seconds: int) -> None:
        secure = self.is_secure(request)
        response.set_cookie(COOKIE, value, max_age=seconds, httponly=True, samesite="lax", secure=secure)

    def _known(self, given: str) -> Visitor | None:
        if not 0 < len(given) <= _LONGEST or not given.isascii():
            return None
        # Its filling counts from where the text begins, behind the first dot.
        padded = given + "=" * (-len(given.partition(".")[2]) % 4)
        try:
            channel, account, until = self._store.unseal(_PURPOSE, padded)
        except StoreError:
            return None
        return Visitor(channel, account) if time.time() < until else new_visitor(lapsed=True)


def new_visitor(*, lapsed: bool = False) -> Visitor:
    """Somebody of whom nothing is known."""
    return Visitor(CHANNEL, secrets.token_urlsafe(24), lapsed)


def can_log_in(settings: Settings) -> bool:
    """Whether anybody can become known here."""
    return bool(settings.wechat_app_id and settings.wechat_app_secret and settings.public_url)


def is_in_wechat(request: Request) -> bool:
    """Whether a page was opened inside WeChat, as far as the browser tells."""
    return "micromessenger" in request.headers.get("user-agent", "").lower()
