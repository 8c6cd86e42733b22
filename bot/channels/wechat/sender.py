"""Sends on WeChat what nobody waits for: by a notice to which the person has agreed, else by service message.

Where neither can be, it waits for their next visit.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, time, timedelta

from bot.channels.faults import NoConsent, NotAccepted, Unavailable
from bot.channels.wechat.api.client import WeChatClient
from bot.channels.wechat.events import CHANNEL
from bot.channels.wechat.notices import CONTRIBUTION_DUE, Notices
from bot.channels.wechat.rendering import sendable
from bot.channels.wechat.service_window import NOTICE, SERVICE, ServiceWindow
from bot.languages import SOURCE, catalogue
from bot.outreach.messages import Message
from bot.pictures.png import NoPicturesError, png
from bot.settings import Settings
from member_store.members import deliveries, notice_consents
from member_store.members.deliveries import PICTURE, REMINDER
from member_store.members.records import OFFICE_TIME, Records

_AT_ONCE = 16


class WeChatSender:
    """One account's sender: see `bot.outreach.messages.Sender`."""

    channel = CHANNEL
    at_once = _AT_ONCE

    def __init__(self, client: WeChatClient, settings: Settings, notices: Notices) -> None:
        self.per_second = settings.wechat_per_second
        self._client = client
        self._window = ServiceWindow(settings)
        self._notice = notices.named(CONTRIBUTION_DUE)
        self._page = settings.public_url or None

    def way(self, records: Records, message: Message) -> str | None:
        """A notice where the person has agreed to one, else a service message while their window is open."""
        notice = self._notice
        if (
            message.kind == REMINDER
            and notice is not None
            and notice_consents.left(records, CHANNEL, message.account, notice.template)
        ):
            return NOTICE
        return SERVICE if self._window.is_open(records, message.account) else None

    async def send(self, message: Message, way: str) -> str | None:
        """Send it. Raises DeliveryFault."""
        if way == NOTICE:
            return await self._send_notice(message)
        if message.kind == PICTURE:
            try:
                drawn = await asyncio.to_thread(png, message.payload["body"])
            except NoPicturesError:
                raise NotAccepted("no_pictures") from None
            await self._client.send_picture(message.account, drawn)
        else:
            await self._client.send_text(message.account, _text(message))
        return None

    async def _send_notice(self, message: Message) -> str | None:
        notice = self._notice
        if notice is None or message.until is None:
            raise NoConsent("template")
        until = datetime.combine(message.until, time(), OFFICE_TIME) + timedelta(hours=23, minutes=59)
        fields = notice.filled(catalogue(message.locale or SOURCE), until)
        return await self._client.send_subscription(message.account, notice.template, fields, self._page)

    def settled(self, records: Records, message: Message, way: str, fault: Exception | None) -> None:
        """A notice that was sent is used up, as one may be of which nobody knows."""
        if way != NOTICE or self._notice is None:
            return
        if isinstance(fault, NoConsent):
            notice_consents.ended(records, CHANNEL, message.account, self._notice.template)
        elif fault is None or (isinstance(fault, Unavailable) and fault.in_doubt):
            deliveries.tell_at_visit(records, message.contact)
            notice_consents.used(records, CHANNEL, message.account, self._notice.template)


def _text(message: Message) -> str:
    """The text, with what can be said to a reminder below it to be tapped: WeChat has no buttons."""
    body, taps = message.payload["body"], tuple((line, tap) for line, tap in message.payload.get("taps", ()))
    if message.kind == REMINDER:
        body = "\n".join([body, *(line for line, _ in taps)])
    return sendable(body, taps)
