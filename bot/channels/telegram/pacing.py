"""How fast a bot may send: so many messages a second in all, and to one chat about one a second.

Telegram asks for this, and sends those away for a while who do not keep to it
(https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from bot.channels.faults import Wait

_REMEMBERED = 1000


class Pacing:
    """When to which chat. Belongs to one event loop; other processes have a pace of their own."""

    def __init__(
        self,
        per_second: float,
        chat_seconds: float,
        burst: int = 1,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Up to `per_second` messages a second in all, evenly; to one chat one in `chat_seconds`, `burst` at once."""
        self._interval = 1 / per_second
        self._chat_seconds = chat_seconds
        self._ahead = (burst - 1) * chat_seconds
        self._now, self._sleep = now, sleep
        self._next, self._most = 0.0, _REMEMBERED
        self._chats: dict[int, float] = {}
        """When all that was sent to a chat will be paid for, at one message in `chat_seconds`."""
        self._quiet: dict[int | None, float] = {}
        """Until when nothing goes to a chat, and to anybody (None)."""

    async def turn(self, chat: int, end: float | None = None) -> None:
        """Wait until a message may go to this chat. Raises Wait where that is after the end (of `now`'s clock)."""
        while (at := self._ready(chat)) > self._now():
            await self._until(at, end)
        # From here on the place in the queue is ours, whoever asks meanwhile.
        place = max(self._next, self._now())
        if end is not None and place > end:
            raise Wait(place - self._now())
        self._next = place + self._interval
        self._chats[chat] = max(self._chats.get(chat, 0.0), place) + self._chat_seconds
        self._forget()
        while (at := max(place, self._quiet_until(chat))) > self._now():
            await self._until(at, end)

    def told_to_wait(self, chat: int, seconds: float) -> None:
        """Telegram asked for a pause. It does not say whether for this chat or for all.

        So this chat has one. Where another has been told to wait at the same time, it is all of them that wait.
        """
        until = self._now() + seconds
        if any(at > self._now() for other, at in self._quiet.items() if other != chat):
            self._quiet[None] = max(self._quiet.get(None, 0.0), until)
        self._quiet[chat] = max(self._quiet.get(chat, 0.0), until)

    def _ready(self, chat: int) -> float:
        return max(self._chats.get(chat, 0.0) - self._ahead, self._quiet_until(chat))

    def _quiet_until(self, chat: int) -> float:
        return max(self._quiet.get(None, 0.0), self._quiet.get(chat, 0.0))

    async def _until(self, at: float, end: float | None) -> None:
        seconds = at - self._now()
        if end is not None and at > end:
            raise Wait(seconds)
        await self._sleep(seconds)

    def _forget(self) -> None:
        """Drop the chats that may be sent to at once; not at every message, as it takes as long as there are chats."""
        if len(self._chats) + len(self._quiet) > self._most:
            now = self._now()
            self._chats = {chat: at for chat, at in self._chats.items() if at > now}
            self._quiet = {chat: at for chat, at in self._quiet.items() if at > now}
            self._most = max(_REMEMBERED, 2 * len(self._chats))
