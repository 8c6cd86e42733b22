"""Tokens and tickets that all processes share: each fetched by one of them, while the others wait for it.

https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.channels.faults import Unavailable
from member_store.tokens import Claimed, Held, Tokens

REMEMBERED_SECONDS = 60.0
"""How long a process uses what it has read before it looks into the store again."""

EARLY_SECONDS = 240
"""How long before its end a token is fetched anew: within the five minutes in which WeChat gives out the next one
while the old one is still good. Earlier than these, asking would only bring the old one again."""

_WAITS_SECONDS = 25.0
"""How long to wait for whoever fetches: a little longer than the lease, so that somebody else can have tried."""

_LOOK_AGAIN_SECONDS = 0.05


@dataclass(frozen=True)
class Fetched:
    """What WeChat gave out, and for how many seconds it is good."""

    value: str = field(repr=False)
    seconds: int


Fetch = Callable[[str | None], Awaitable[Fetched]]
"""Asks WeChat. Is given the value that was refused, if one was: that one is of no use any more."""


class SharedToken:
    """One token or ticket, by its name in the store. Belongs to one event loop."""

    def __init__(self, tokens: Tokens, name: str, fetch: Fetch, now: Callable[[], datetime] | None = None) -> None:
        self._tokens = tokens
        self._name = name
        self._fetch = fetch
        self._now = now or (lambda: datetime.now(UTC))
        self._known: tuple[str, float] | None = None
        # Of many who want it at once in this process, one looks; the others take what it found.
        self._looking = asyncio.Lock()

    async def get(self, refused: str | None = None) -> str:
        """The token; a new one where WeChat has `refused` the one given.

        Raises StoreError, Unavailable where nobody could fetch it in time, and whatever the fetching raises.
        """
        async with self._looking:
            if self._known is not None:
                value, until = self._known
                if value != refused and time.monotonic() < until:
                    return value
            value = await self._looked_up(refused)
            self._known = value, time.monotonic() + REMEMBERED_SECONDS
            return value

    async def _looked_up(self, refused: str | None) -> str:
        deadline = time.monotonic() + _WAITS_SECONDS
        while True:
            found = await asyncio.to_thread(self._tokens.claim, self._name, refused=refused, now=self._now())
            if isinstance(found, Held):
                return found.value
            if isinstance(found, Claimed):
                return await self._fetched(found.holder, refused)
            if time.monotonic() > deadline:
                raise Unavailable("token")
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)

    async def _fetched(self, holder: str, refused: str | None) -> str:
        begun = self._now()
        try:
            fetched = await self._fetch(refused)
        except BaseException:
            await asyncio.shield(asyncio.to_thread(self._tokens.give_up, self._name, holder))
            raise
        lasts = fetched.seconds - EARLY_SECONDS if fetched.seconds > 2 * EARLY_SECONDS else fetched.seconds / 2
        ends = begun + timedelta(seconds=lasts)
        await asyncio.to_thread(self._tokens.keep, self._name, holder, fetched.value, ends)
        return fetched.value
