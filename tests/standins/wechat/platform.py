"""What the stand-in remembers: its account, its users and their windows, tokens, media, menu, faults, calls."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from tests.standins.wechat.errors import Refused

APP_ID = "wx1f0d5e7b3a9c8642"
APP_SECRET = "5ecbe7c0ffee4a11b0b0facade0ddba1"


@dataclass
class Rules:
    """What this platform allows; every one can be changed while it runs."""

    text_bytes: int = 2048
    message_window: tuple[int, int] = (48 * 3600, 5)
    """Seconds, and service messages, after somebody's message."""
    event_window: tuple[int, int] = (60, 3)
    """The same after a menu tap, a follow, a scan."""
    windows: bool = True
    """Whether service windows are looked at; without, whoever follows can be written to."""
    everybody_follows: bool = False
    """Whether an openid that nobody has told of counts as a follower that has just written."""
    token_seconds: int = 7200
    forced_refreshes: int = 20
    forced_apart: int = 30
    media_seconds: int = 3 * 86400
    code_seconds: int = 300
    daily: dict[str, int] = field(default_factory=dict)
    """Calls a day for an endpoint; 45009 after them."""
    per_minute: dict[str, int] = field(default_factory=dict)
    """Calls a minute for an endpoint; 45011 after them."""
    whitelist: list[str] | None = None
    """The addresses that may ask for a token; all, where there is no list."""
    login_domains: list[str] | None = None
    """The domains that a login may lead back to; all, where there is no list."""
    permissions: list[str] | None = None
    """The endpoints that the account may use; 48001 for others."""
    asks_consent: bool = False
    """Whether a silent login shows a page first, as a browser outside WeChat would."""


@dataclass
class Window:
    kind: str
    opened: float
    used: int = 0


@dataclass
class User:
    """Somebody on WeChat."""

    openid: str
    follows: bool = True
    windows: list[Window] = field(default_factory=list)
    consents: dict[str, int] = field(default_factory=dict)
    """Single notices agreed to, by template."""
    standing: set[str] = field(default_factory=set)
    """Templates agreed to for good."""
    wrote_at: float = float("-inf")
    session: str | None = None
    """The member of staff who has the conversation."""
    typing: bool = False
    seen: list[dict[str, Any]] = field(default_factory=list)
    """What this person's phone shows, oldest first."""


@dataclass
class Fault:
    """What is to go wrong at an endpoint: for so many calls, after so many that go well.

    `after_acting`: the message is taken and only the answer goes wrong. `drop`: the connection ends with no answer.
    """

    endpoint: str
    errcode: int | None = None
    status: int = 200
    delay: float = 0.0
    times: int | None = 1
    skip: int = 0
    drop: bool = False
    after_acting: bool = False
    body: str | None = None


class Platform:
    """All that the stand-in knows. Every endpoint works under its lock."""

    def __init__(self, rules: Rules | None = None, app_id: str = APP_ID, secret: str = APP_SECRET) -> None:
        self.app_id, self.secret = app_id, secret
        self.first_rules = rules
        self.lock = threading.RLock()
        self.reset()

    def reset(self) -> None:
        self.rules = self.first_rules or Rules()
        self.offset = 0.0
        self.users: dict[str, User] = {}
        self.me: str | None = None
        self.tokens: dict[str, float] = {}
        self.stable: str | None = None
        self.plain: str | None = None
        self.forced: list[float] = []
        self.media: dict[str, tuple[bytes, str, float]] = {}
        self.templates: dict[str, list[str]] = {}
        self.menu: dict[str, Any] | None = None
        self.codes: dict[str, tuple[str, str, float]] = {}
        self.used_codes: set[str] = set()
        self.tickets: dict[str, tuple[str, float]] = {}
        self.faults: list[Fault] = []
        self.calls: list[dict[str, Any]] = []
        self.sent: list[dict[str, Any]] = []

    # -- time ---------------------------------------------------------------------------------------------------------

    def now(self) -> float:
        return time.time() + self.offset

    def advance(self, seconds: float) -> None:
        with self.lock:
            self.offset += seconds

    # -- people -------------------------------------------------------------------------------------------------------

    def user(self, openid: str | None = None, *, follows: bool = True) -> User:
        """Somebody new, or whoever has that openid."""
        with self.lock:
            openid = openid or "o" + secrets.token_urlsafe(20)[:27]
            if openid not in self.users:
                self.users[openid] = User(openid, follows)
            return self.users[openid]

    def opens(self, openid: str, kind: str = "message") -> None:
        """Somebody wrote (`message`), tapped the menu (`click`), followed (`follow`) or scanned (`scan`)."""
        with self.lock:
            user = self.user(openid)
            if kind == "follow":
                user.follows = True
            if kind == "message":
                user.wrote_at = self.now()
            user.windows.append(Window(kind, self.now()))

    def leaves(self, openid: str) -> None:
        with self.lock:
            user = self.user(openid)
            user.follows, user.windows = False, []

    def consents(self, openid: str, template: str, count: int = 1, *, standing: bool = False) -> None:
        with self.lock:
            user = self.user(openid)
            if standing:
                user.standing.add(template)
            else:
                user.consents[template] = user.consents.get(template, 0) + count

    def seen(self, openid: str) -> list[dict[str, Any]]:
        return list(self.user(openid).seen)

    # -- faults and calls ---------------------------------------------------------------------------------------------

    def fails(self, endpoint: str, errcode: int | None = None, **how: Any) -> None:
        """Let the next call, or the next `times` calls, of an endpoint fail."""
        with self.lock:
            self.faults.append(Fault(endpoint.strip("/").removeprefix("cgi-bin/"), errcode, **how))

    def fault_for(self, endpoint: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if fault.endpoint not in (endpoint, "*"):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self.faults.remove(fault)
                return fault
        return None

    def count(self, endpoint: str) -> int:
        """How often an endpoint was called."""
        endpoint = endpoint.strip("/").removeprefix("cgi-bin/")
        with self.lock:
            return sum(call["endpoint"] == endpoint for call in self.calls)

    def check_quotas(self, endpoint: str) -> None:
        now = self.now()
        earlier = [call["at"] for call in self.calls[:-1] if call["endpoint"] == endpoint]
        day = self.rules.daily.get(endpoint)
        # A day of China's, as the real one counts.
        if day is not None and sum((at + 8 * 3600) // 86400 == (now + 8 * 3600) // 86400 for at in earlier) >= day:
            raise Refused(45009)
        minute = self.rules.per_minute.get(endpoint)
        if minute is not None and sum(at > now - 60 for at in earlier) >= minute:
            raise Refused(45011)
        if self.rules.permissions is not None and endpoint not in self.rules.permissions:
            raise Refused(48001)

    # -- tokens -------------------------------------------------------------------------------------------------------

    def invalidate_tokens(self) -> None:
        """As if somebody had changed the AppSecret or refreshed elsewhere: no token is good any more."""
        with self.lock:
            self.tokens, self.stable, self.plain = {}, None, None

    def new_token(self) -> str:
        token = f"{secrets.randbelow(90) + 10}_{secrets.token_urlsafe(100)}"
        self.tokens[token] = self.now() + self.rules.token_seconds
        return token

    def check_token(self, token: str | None) -> None:
        if not token:
            raise Refused(41001)
        if token not in self.tokens:
            raise Refused(40001)
        if self.tokens[token] <= self.now():
            raise Refused(42001)

    # -- windows ------------------------------------------------------------------------------------------------------

    def reachable(self, openid: str) -> User:
        """Whoever a service message goes to; counts it."""
        user = self.users.get(openid)
        if user is None:
            if not self.rules.everybody_follows:
                raise Refused(40003)
            user = self.user(openid)
            self.opens(openid)
        if not user.follows:
            raise Refused(43004)
        if not self.rules.windows:
            return user
        open_ones = [each for each in user.windows if self.now() - each.opened <= self._limits(each)[0]]
        if not open_ones:
            raise Refused(45015)
        for window in open_ones:
            if window.used < self._limits(window)[1]:
                window.used += 1
                return user
        raise Refused(45047)

    def _limits(self, window: Window) -> tuple[int, int]:
        return self.rules.message_window if window.kind == "message" else self.rules.event_window
