"""W8: how long a response may take, by a clock that only goes when nothing else can."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from bot.channels.wechat.webhook import Webhook
from bot.exchange import Inbound, Outbound
from bot.service import Service
from bot.settings import Settings
from bot.threads import Threads
from member_store.members import deliveries
from tests.standins.wechat.phone import Account, Phone, Push

GIVEN_UP = 5
"""Seconds after which WeChat waits no longer."""


class StillClock(asyncio.SelectorEventLoop):
    """A loop whose time stands still, and goes to the next moment that somebody waits for when there is nothing to do.

    What threads do takes no time at all, until somebody waits for them by the clock.
    """

    def __init__(self) -> None:
        super().__init__()
        self._seconds = 0.0

    def time(self) -> float:
        return self._seconds

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:
            self._seconds = max(self._seconds, self._scheduled[0]._when)
        super()._run_once()


async def answer(webhook: Webhook, push: Push) -> bytes:
    """Deliver a message without a network between, so that no time passes there."""
    scope = {"type": "http", "method": "POST", "query_string": push.target.encode()}
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": push.body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await webhook(scope, receive, send)
    assert sent[0]["status"] == 200
    return b"".join(each.get("body", b"") for each in sent[1:])


class Delivered:
    """Remembers whom it was to deliver to."""

    def __init__(self) -> None:
        self.to: list[str] = []

    async def deliver(self, openid: str) -> None:
        self.to.append(openid)


@pytest.mark.parametrize("seconds", [None, 2.0])
def test_w08_a_store_that_takes_for_ever_is_not_waited_for_beyond_the_budget(
    settings: Callable[..., Settings],
    open_with: Callable[..., Service],
    monkeypatch: pytest.MonkeyPatch,
    seconds: float | None,
) -> None:
    account = Account(token="aTokenOfOurOwn")
    given = settings(
        wechat_token=account.token,
        wechat_app_id=account.app_id,
        wechat_aes_key=account.aes_key,
        **({"wechat_reply_seconds": seconds} if seconds else {}),
    )
    service, phone, delivered, go = open_with(), Phone(account), Delivered(), threading.Event()
    real = service.handle

    def handle(inbound: Inbound, *more: Any) -> Outbound:
        assert go.wait(20)
        return real(inbound, *more)

    monkeypatch.setattr(service, "handle", handle)
    threads = Threads(service, given)

    async def conversation() -> None:
        loop, webhook = asyncio.get_running_loop(), Webhook(threads, given, delivered)
        push = phone.types("我能参保吗")
        begun = loop.time()
        assert await answer(webhook, push) == b"success"
        assert loop.time() - begun == pytest.approx(seconds or 4.5)
        assert loop.time() - begun < GIVEN_UP
        # It answers the next as well, within their own time: nobody can wait for this one again.
        assert await answer(webhook, phone.again(push)) == b"success"
        assert loop.time() - begun == pytest.approx(seconds or 4.5)
        go.set()
        await webhook.close()

    with asyncio.Runner(loop_factory=StillClock) as runner:
        runner.run(conversation())
    threads.close()
    with service.store.reading_records() as records:
        left = deliveries.waiting(records, "wechat", phone.openid)
    assert [each.kind for each in left] == ["text"]
    assert "职工" in left[0].payload["body"], "not the whole answer"
    assert delivered.to == [phone.openid]
