"""A browser inside WeChat: what it has kept, and whom WeChat says that it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self
from urllib.parse import urlsplit, urlunsplit

import httpx

from tests.bot.channels.wechat.hebao import Hebao
from tests.standins.wechat import RunningWeChat

PUBLIC_URL = "http://hebao.example"
"""What people open; the browser knows where it really is."""

EXCHANGE = "sns/oauth2/access_token"
"""What a code is exchanged for a person by."""

PAGE = "/wechat/notices"

TEMPLATE = "hD-ixGOhYmUfjOnI8MCzQMPshzGVeux_2vzyvQu7O68"
"""Of the notice that an answer waits."""

INSIDE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36 MicroMessenger/8.0.50"


class Browser:
    """One person's browser. It follows nothing by itself."""

    def __init__(self, hebao: Hebao, wechat: RunningWeChat, openid: str, *, user_agent: str = INSIDE) -> None:
        self._hebao = hebao
        headers = {"User-Agent": user_agent, "Accept-Language": "zh-CN"}
        self.client = httpx.Client(base_url=hebao.url, headers=headers, timeout=30, trust_env=False)
        self._wechat = httpx.Client(cookies={"who": openid}, timeout=30, trust_env=False)

    def get(self, address: str) -> httpx.Response:
        """A page of ours, by its path or its whole address."""
        parts = urlsplit(address)
        assert parts.netloc in ("", urlsplit(PUBLIC_URL).netloc), address
        return self.client.get(urlunsplit(("", "", *parts[2:4], "")))

    def says(self, text: str, message_id: str, **headers: str) -> httpx.Response:
        """Send the page's form."""
        return self.client.post("/messages", data={"text": text, "message_id": message_id * 8}, headers=headers)

    def begins(self, onward: str = "/") -> str:
        """Begin to log in; returns the address that WeChat sends the browser back to."""
        asked = self.client.get("/wechat/login", params={"next": onward})
        assert asked.status_code == 303, asked.text
        answer = self._wechat.get(asked.headers["location"])
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    def logs_in(self, onward: str = "/") -> httpx.Response:
        """Log in; returns the page that this leads to."""
        back = self.get(self.begins(onward))
        assert back.status_code == 303, back.text
        return self.get(back.headers["location"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        self._wechat.close()


Open = Callable[..., Browser]
"""Opens a browser of somebody's, by openid, or of somebody new."""


def is_known(browser: Browser) -> bool:
    """Whether the page that a browser gets offers to log out."""
    page = browser.get("/")
    assert page.status_code == 200
    return 'action="/logout"' in page.text


def refused(answer: httpx.Response, status: int = 403) -> bool:
    """Whether this is a plain page that says what to do, and lets nobody in."""
    assert answer.status_code == status, (answer.status_code, answer.text)
    assert "text/html" in answer.headers["content-type"]
    assert 'class="onward"' in answer.text
    assert "no-store" in answer.headers["cache-control"]
    return "hebao=" not in str(answer.headers.get_list("set-cookie"))
