"""Sends what could not go with a response: by service message while WeChat's window is open, or says that it waits.

What cannot be sent now waits for the person's next visit: nothing is lost, and nothing is sent again by itself of which
nobody knows whether it arrived.
Page: https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Service_Center_messages.html
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

import structlog

from bot.channels.faults import (
    DeliveryFault,
    NoConsent,
    NotAccepted,
    NoWindow,
    Unavailable,
    Wait,
)
from bot.channels.settling import settle
from bot.channels.wechat.api.client import WeChatClient
from bot.channels.wechat.events import CHANNEL
from bot.channels.wechat.notices import ANSWER_WAITING, Notice, Notices
from bot.channels.wechat.rendering import sendable
from bot.channels.wechat.service_window import NOTICE, SERVICE, ServiceWindow
from bot.languages import catalogue
from bot.logs import log_failure
from bot.pictures.png import NoPicturesError, png
from bot.settings import Settings
from bot.threads import Threads
from member_store.errors import StoreError
from member_store.members import deliveries, notice_consents
from member_store.members.deliveries import PICTURE, Waiting
from member_store.members.records import Records

_PAUSES_SECONDS = (2.0, 10.0, 60.0)
"""How long to wait before each new try where WeChat fails for a while, or says that it was too fast."""

Result = TypeVar("Result")


class Delivering:
    """One account's sender. Belongs to one event loop."""

    def __init__(
        self,
        threads: Threads,
        client: WeChatClient,
        settings: Settings,
        notices: Notices,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._threads = threads
        self._client = client
        self._window = ServiceWindow(settings)
        self._waits = notices.named(ANSWER_WAITING)
        self._page = settings.public_url or None
        self._now = now or (lambda: datetime.now(UTC))
        self._under_way: dict[str, bool] = {}
        self._closing = asyncio.Event()

    def close(self) -> None:
        """Wait for better times no more: what WeChat does not take at once stays for the person's next visit."""
        self._closing.set()

    async def deliver(self, openid: str) -> None:
        """Send what waits for one person, as far as the platform allows, in its order. Raises nothing."""
        if openid in self._under_way:
            # Two at once would mix the order up: whoever is at it looks again before they end.
            self._under_way[openid] = True
            return
        self._under_way[openid] = True
        try:
            while self._under_way[openid]:
                self._under_way[openid] = False
                await self._deliver(openid)
        except Exception as error:  # the store may be gone: what waits is still there when it is back
            log_failure("wechat: nothing delivered", error)
        finally:
            del self._under_way[openid]

    async def _deliver(self, openid: str) -> None:
        pauses = list(_PAUSES_SECONDS)
        while (found := await self._recorded(lambda records: self._next(records, openid))) is not None:
            fault = found if isinstance(found, NoWindow) else await self._through(openid, found)
            match fault:
                case None | NotAccepted():
                    continue
                case NoWindow():
                    await self._say_that_it_waits(openid)
                    return
                case Unavailable() | Wait() if pauses:
                    pause = pauses.pop(0)
                    if await self._stops_within(max(pause, fault.after) if isinstance(fault, Wait) else pause):
                        return
                case _:
                    return

    async def _stops_within(self, seconds: float) -> bool:
        """Wait; whether the program is told to stop meanwhile."""
        try:
            await asyncio.wait_for(self._closing.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def _next(self, records: Records, openid: str) -> Waiting | NoWindow | None:
        """The message to be sent now; None for none, NoWindow where WeChat would not take it."""
        waiting = deliveries.waiting(records, CHANNEL, openid)
        if not waiting:
            return None
        if not self._window.is_open(records, openid):
            return NoWindow()
        # Where another process has it, that one goes on with the rest.
        return waiting[0] if deliveries.begin(records, waiting[0].id, SERVICE) else None

    async def _through(self, openid: str, waiting: Waiting) -> DeliveryFault | None:
        """Send one message and write down how it went, which is returned: None where WeChat took it."""
        fault = await _tried(self._send(openid, waiting))
        if fault is not None:
            structlog.get_logger().warning("wechat: not delivered", reason=fault.reason, code=fault.code)

        await self._recorded(lambda records: settle(records, CHANNEL, openid, waiting.id, fault))
        return fault

    async def _send(self, openid: str, waiting: Waiting) -> None:
        body = waiting.payload["body"]
        if waiting.kind == PICTURE:
            try:
                drawn = await asyncio.to_thread(png, body)
            except NoPicturesError:
                raise NotAccepted("no_pictures") from None
            await self._client.send_picture(openid, drawn)
        else:
            await self._client.send_text(openid, sendable(body, waiting.payload["taps"]))

    async def _say_that_it_waits(self, openid: str) -> None:
        """Send a notice that an answer waits, once for what waits, to whoever has agreed to it."""
        notice = self._waits
        if notice is None:
            return
        begun = await self._recorded(lambda records: _begun_notice(records, openid, notice))
        if begun is None:
            return
        view = await self._threads.run(self._threads.service.view, CHANNEL, openid)
        taken: list[str | None] = []

        async def send() -> None:
            fields = notice.filled(catalogue(view.locale), self._now())
            taken.append(await self._client.send_subscription(openid, notice.template, fields, self._page))

        fault = await _tried(send())

        def noted(records: Records) -> None:
            if fault is None:
                deliveries.sent(records, begun, taken[0])
            else:
                deliveries.refuse(records, begun, fault.reason, fault.code)
            if isinstance(fault, NoConsent):
                notice_consents.ended(records, CHANNEL, openid, notice.template)
            elif fault is None or (isinstance(fault, Unavailable) and fault.in_doubt):
                notice_consents.used(records, CHANNEL, openid, notice.template)

        await self._recorded(noted)

    async def _recorded(self, work: Callable[[Records], Result]) -> Result:
        return await self._threads.recorded(work, self._now())


def _begun_notice(records: Records, openid: str, notice: Notice) -> int | None:
    """A notice that is to be sent now, in the ledger; None where nobody agreed, or where it was said already."""
    waiting = deliveries.waiting(records, CHANNEL, openid)
    if not waiting or not notice_consents.left(records, CHANNEL, openid, notice.template):
        return None
    if deliveries.count_since(records, CHANNEL, openid, NOTICE, waiting[0].created_at):
        return None
    delivery = deliveries.leave(records, CHANNEL, openid, notice.id, {})
    return delivery if deliveries.begin(records, delivery, NOTICE) else None


async def _tried(send: Awaitable[None]) -> DeliveryFault | None:
    """Why it was not sent; None where it was."""
    try:
        await send
    except DeliveryFault as fault:
        return fault
    except StoreError:
        return Unavailable("store")
    except Exception as error:  # a fault of ours: nobody knows how far it got
        log_failure("wechat: sending failed", error)
        return Unavailable("error", in_doubt=True)
    return None
