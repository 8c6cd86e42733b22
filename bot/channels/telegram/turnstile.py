"""One after the other for one person, in the order of coming; different people at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turnstile:
    """A queue for each person who is there at the moment, and nothing for the others."""

    def __init__(self) -> None:
        self._locks: dict[int, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def one_of(self, person: int) -> AsyncIterator[None]:
        """Wait for one's turn among the updates of a person."""
        lock, waiting = self._locks.get(person, (asyncio.Lock(), 0))
        self._locks[person] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._locks.pop(person)
            if waiting > 1:
                self._locks[person] = (lock, waiting - 1)
