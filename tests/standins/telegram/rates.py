"""How fast the platform lets a bot send: measured always, enforced where a test asks for it.

https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
"""

from __future__ import annotations

import math
from collections import deque


class Rates:
    """A sliding window for all chats together and one for each chat."""

    def __init__(self) -> None:
        self.total: tuple[int, float] | None = None
        """Messages in so many seconds, None where it is not enforced."""
        self.per_chat: tuple[int, float] | None = None
        self.quiet_until: dict[int | None, float] = {}
        """Until when a chat (None: all) was told to wait."""
        self.impatient: list[tuple[int | None, float]] = []
        """Calls that came although they had been told to wait, with how many seconds too early."""
        self._sent: dict[int | None, deque[float]] = {}

    def enforce(self, total: tuple[int, float] | None, per_chat: tuple[int, float] | None) -> None:
        self.total, self.per_chat = total, per_chat

    def told_to_wait(self, chat: int | None, now: float, seconds: float) -> None:
        self.quiet_until[chat] = max(self.quiet_until.get(chat, 0), now + seconds)

    def check(self, chat: int, now: float) -> int:
        """The seconds to wait before sending to this chat, 0 where it may be sent to; counts it then."""
        for scope in (None, chat):
            early = self.quiet_until.get(scope, 0) - now
            # A hundredth for the clocks of two processes.
            if early > 0.01:
                self.impatient.append((chat, early))
                return math.ceil(early)
        for scope, limit in ((None, self.total), (chat, self.per_chat)):
            if limit is None:
                continue
            most, seconds = limit
            window = self._sent.setdefault(scope, deque())
            while window and window[0] <= now - seconds:
                window.popleft()
            if len(window) >= most:
                wait = max(1, math.ceil(window[0] + seconds - now))
                self.told_to_wait(scope, now, wait)
                return wait
        for scope in (None, chat):
            self._sent.setdefault(scope, deque()).append(now)
        return 0
