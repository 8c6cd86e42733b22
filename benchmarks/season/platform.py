"""WeChat and Telegram as one scripted server: it takes, refuses, delays and loses messages, and remembers what it took.

`python -m benchmarks.season.platform PORT` serves it; the season tells it the occasion by `POST /season`.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import urllib.parse
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import uvicorn


@dataclass
class Script:
    """What the platforms do today. Shares are of all calls; a quota is of each day."""

    occasion: str = ""
    wechat_quota: int = 10**9
    busy: float = 0.01
    lost: float = 0.001
    too_fast: float = 0.002
    slow_seconds: float = 0.0
    down: bool = False


@dataclass
class Platform:
    """The server."""

    script: Script = field(default_factory=Script)
    blocked: set[str] = field(default_factory=set)
    refusing: set[str] = field(default_factory=set)
    taken: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    today: int = 0
    draw: random.Random = field(default_factory=lambda: random.Random(7))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One call."""
        if scope["type"] != "http":
            return None
        body = b""
        while True:
            part = await receive()
            if part["type"] == "http.disconnect":
                # Whoever was killed in the middle of a request has asked for nothing.
                return None
            body += part.get("body", b"")
            if not part.get("more_body"):
                break
        path = scope["path"]
        if path == "/season":
            return await answer(send, self.told(json.loads(body)))
        if path == "/cgi-bin/stable_token":
            return await answer(send, {"access_token": "season", "expires_in": 7200})
        if self.script.slow_seconds:
            await asyncio.sleep(self.script.slow_seconds)
        if path.startswith("/bot"):
            return await self.telegram(path, scope, body, send)
        return await self.wechat(path, json.loads(body), send)

    def told(self, orders: dict[str, Any]) -> dict[str, Any]:
        """Take orders from the season, or give it what was taken."""
        if "script" in orders:
            self.script = Script(**orders["script"])
            self.today = 0
        self.blocked |= set(orders.get("block", ()))
        self.refusing |= set(orders.get("refuse", ()))
        if orders.get("report"):
            return {"taken": [[*key, count] for key, count in self.taken.items()], "calls": dict(self.calls)}
        return {}

    def chance(self, share: float) -> bool:
        """Whether it happens now, of so large a share."""
        return self.draw.random() < share

    async def wechat(self, path: str, data: dict[str, Any], send: Any) -> None:
        """A service message or a notice."""
        account = str(data.get("touser"))
        self.calls[path] += 1
        script = self.script
        if script.down:
            return await answer(send, {"errcode": -1, "errmsg": "system error"}, status=502)
        if account in self.blocked:
            return await answer(send, {"errcode": 43004, "errmsg": "require subscribe"})
        if path.endswith("bizsend") and account in self.refusing:
            return await answer(send, {"errcode": 43101, "errmsg": "user refuse to accept the msg"})
        if self.today >= script.wechat_quota:
            return await answer(send, {"errcode": 45009, "errmsg": "reach max api daily quota limit"})
        if self.chance(script.busy):
            return await answer(send, {"errcode": -1, "errmsg": "system busy"})
        self.today += 1
        self.taken["wechat", account, script.occasion] += 1
        if self.chance(script.lost):
            return await drop(send)
        return await answer(send, {"errcode": 0, "errmsg": "ok", "msgid": self.today})

    async def telegram(self, path: str, scope: Any, body: bytes, send: Any) -> None:
        """A method of the Bot API."""
        method = path.rpartition("/")[2]
        if method == "getMe":
            return await answer(
                send, {"ok": True, "result": {"id": 1, "is_bot": True, "first_name": "h", "username": "hebao_bot"}}
            )
        headers = dict(scope["headers"])
        if b"json" in headers.get(b"content-type", b""):
            account = str(json.loads(body).get("chat_id"))
        else:
            account = urllib.parse.parse_qs(body.decode()).get("chat_id", [""])[0]
        self.calls[method] += 1
        script = self.script
        if script.down:
            return await answer(send, {"ok": False, "error_code": 502, "description": "Bad Gateway"}, status=502)
        if account in self.blocked:
            refused = {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"}
            return await answer(send, refused, status=403)
        if self.chance(script.too_fast):
            wait = {"ok": False, "error_code": 429, "description": "Too Many Requests: retry after 1"}
            return await answer(send, {**wait, "parameters": {"retry_after": 1}}, status=429)
        self.taken["telegram", account, script.occasion] += 1
        if self.chance(script.lost):
            return await drop(send)
        result = {"message_id": 1, "date": 1, "chat": {"id": int(account), "type": "private"}, "text": "x"}
        return await answer(send, {"ok": True, "result": result})


async def answer(send: Any, data: dict[str, Any], status: int = 200) -> None:
    """Answer with JSON."""
    body = json.dumps(data).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def drop(send: Any) -> None:
    """Say that it was taken, and break off before the end of it."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"400")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"{", "more_body": True})
    raise ConnectionError


if __name__ == "__main__":
    uvicorn.run(Platform(), port=int(sys.argv[1]), log_level="critical", access_log=False)
