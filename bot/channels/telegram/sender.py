"""Sends on Telegram what nobody waits for, through the one sender of the bot."""

from __future__ import annotations

from bot.channels.faults import Misconfigured, NotAccepted, Unavailable, Wait
from bot.channels.limits import TELEGRAM_CALLBACK, utf8_bytes
from bot.channels.telegram import CHANNEL
from bot.channels.telegram.broadcast import Broadcasting
from bot.channels.telegram.rendering import Button, texts
from bot.channels.telegram.rendering import Message as Shown
from bot.outreach.messages import Message
from bot.settings import Settings
from member_store.members.deliveries import PICTURE, REMINDER, TEXT
from member_store.members.records import Records

_WAY = "message"
"""There is but one way on Telegram."""

_AT_ONCE = 8


class TelegramSender:
    """One bot's sender: see `bot.outreach.messages.Sender`. The broadcast keeps the pace of each chat."""

    channel = CHANNEL
    at_once = _AT_ONCE

    def __init__(self, broadcasting: Broadcasting, settings: Settings) -> None:
        self.per_second = settings.telegram_per_second
        self._broadcasting = broadcasting

    def way(self, records: Records, message: Message) -> str | None:  # noqa: ARG002 - as every sender has it
        """By a message, to whoever has not blocked the bot."""
        return _WAY

    async def send(self, message: Message, way: str) -> str | None:  # noqa: ARG002 - as every sender has it
        """Send it. Raises DeliveryFault."""
        given = 0
        try:
            for shown in _shown(message):
                await self._broadcasting.send(message.account, shown)
                given += 1
        except (Wait, Unavailable, Misconfigured) as fault:
            if given:
                # Some of it has arrived. Sent again, that would come twice; at the next visit it is told whole.
                raise Unavailable(fault.code, in_doubt=True) from None
            raise
        return None

    def settled(self, records: Records, message: Message, way: str, fault: Exception | None) -> None:
        """Nothing else follows."""


def _shown(message: Message) -> tuple[Shown, ...]:
    """A message, as Telegram shows it. Raises NotAccepted for a kind that it does not know."""
    if message.kind == PICTURE:
        return (Shown("", picture=message.payload["body"]),)
    if message.kind not in (TEXT, REMINDER):
        raise NotAccepted("kind")
    *before, last = texts(message.payload["body"])
    taps = [Button(label, data) for label, data in message.payload.get("taps", ())]
    rows = tuple((each,) for each in taps if 0 < utf8_bytes(each.data) <= TELEGRAM_CALLBACK)
    return (*before, Shown(last.text, rows))
