"""So many messages a second, on one event loop."""

from __future__ import annotations

import asyncio
import time

_LAG_SECONDS = 0.5
"""By so much a sender that was held up may be late and still catch up."""


class Pace:
    """So many turns a second, evenly; who was held up for a moment catches up."""

    def __init__(self, per_second: float) -> None:
        self._interval = 1 / per_second
        self._next = time.monotonic()

    async def turn(self) -> None:
        """Wait until it is one's turn."""
        at = max(self._next, time.monotonic() - _LAG_SECONDS)
        self._next = at + self._interval
        while (left := at - time.monotonic()) > 0:
            await asyncio.sleep(left)

    def rest(self, seconds: float) -> None:
        """Let nobody have a turn for so long."""
        self._next = max(self._next, time.monotonic() + seconds)
