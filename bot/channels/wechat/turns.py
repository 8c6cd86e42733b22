"""The turns under way: copies of a message share one, a person's messages keep their order, nobody waits for others.

WeChat waits five seconds for the response and then sends the message again. So there is a time at which an answer is
too late for it: from then on the whole of it follows, and the response says nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from wechatpy.replies import BaseReply

from bot.channels.wechat.events import CHANNEL, Events
from bot.channels.wechat.messages import Received
from bot.channels.wechat.rendering import Rendered, Rendering, response, said
from bot.exchange import Outbound, Parcel
from bot.languages import catalogue, first_language
from bot.logs import log_failure
from bot.threads import Threads
from member_store.members import deliveries
from member_store.members.records import Records


class Deliverer(Protocol):
    """Sends what waits in the ledger."""

    async def deliver(self, openid: str) -> None:
        """Send what waits for one person, as far as the platform allows, in its order. Raises nothing."""


class Turn:
    """One message on its way through the service, whoever waits for it."""

    def __init__(self, received: Received, rendering: Rendering) -> None:
        self.received = received
        self.reply: BaseReply | None = None
        self.late = False
        """Whether the response went out without the answer. Set on the event loop, read within the transaction."""
        self.follows_whole = False
        """Whether the whole answer was left to follow."""
        self.leaves = False
        """Whether something was left to follow."""
        self.rendered: Rendered | None = None
        self.done: asyncio.Task[None] | None = None
        self._rendering = rendering

    def follows(self, answer: Outbound) -> Sequence[Parcel]:
        """What of the answer follows. Called within the transaction, on the service's thread."""
        self.rendered = self._rendering.render(answer, self.received)
        self.follows_whole = self.late
        parcels = self.rendered.whole if self.follows_whole else self.rendered.rest
        self.leaves = bool(parcels)
        return parcels

    def render(self, answer: Outbound) -> Rendered:
        """The answer as it was rendered within the turn, or, where it was given before, as it would be again."""
        return self.rendered or self._rendering.render(answer, self.received)


class Turns:
    """All turns of this process that are under way. Without a deliverer, what follows waits for the next visit."""

    def __init__(self, threads: Threads, events: Events, rendering: Rendering, deliverer: Deliverer | None) -> None:
        self._threads = threads
        self._events = events
        self._rendering = rendering
        self._deliverer = deliverer
        self._under_way: dict[tuple[str, str], Turn] = {}
        self._last: dict[str, asyncio.Task[None]] = {}
        self._background: set[asyncio.Task[None]] = set()

    async def reply(self, received: Received, seconds: float) -> tuple[BaseReply | None, Turn]:
        """The passive reply to a message, None where there is none, or none within so many seconds; and its turn."""
        turn = self._turn(received)
        assert turn.done is not None  # noqa: S101 - for the types: `_turn` begins it
        if not turn.late:
            done, _ = await asyncio.wait({turn.done}, timeout=seconds)
            turn.late = turn.late or not done
        return (None if turn.late else turn.reply), turn

    def deliver(self, turn: Turn) -> None:
        """Send what a turn left, now that its response is out."""
        if turn.leaves:
            turn.leaves = False
            self._in_background(turn.received.account)

    async def close(self) -> None:
        """Wait for what is under way."""
        while waiting := [*self._last.values(), *self._background]:
            await asyncio.wait(waiting)

    def _turn(self, received: Received) -> Turn:
        which = received.account, received.message_id
        if (known := self._under_way.get(which)) is not None:
            return known
        turn = self._under_way[which] = Turn(received, self._rendering)
        task = turn.done = asyncio.create_task(self._take(turn, self._last.get(received.account)))
        self._last[received.account] = task
        task.add_done_callback(lambda _: self._end(turn))
        return turn

    def _end(self, turn: Turn) -> None:
        received = turn.received
        del self._under_way[received.account, received.message_id]
        if self._last.get(received.account) is turn.done:
            del self._last[received.account]

    async def _take(self, turn: Turn, earlier: asyncio.Task[None] | None) -> None:
        """Take the turn once the person's earlier ones are through. Raises nothing."""
        if earlier is not None:
            await asyncio.wait({earlier})
        received = turn.received
        try:
            answer = await self._events.take(received, turn.follows)
            if answer is not None and not answer.answered:
                turn.reply = response(turn.render(answer), received)
            if answer is not None and turn.late and not answer.repeated:
                await self._follow(turn, answer)
        except Exception as error:  # whatever it is, the person is told, and the next one is answered
            log_failure("wechat: turn failed", error)
            if received.kind != "event" or received.event in ("subscribe", "scan", "click"):
                words = catalogue(first_language(received.text))
                turn.reply = said(words("wechat.try_again"), received)

    async def _follow(self, turn: Turn, answer: Outbound) -> None:
        """See to it that an answer which came too late for the response follows, all of it and once."""
        who = CHANNEL, turn.received.account
        if not turn.follows_whole:
            # It became late between the moment when it was decided what follows and the end of the turn.
            rendered = turn.render(answer)
            missing = rendered.whole[: len(rendered.whole) - len(rendered.rest)]

            def leave(records: Records) -> None:
                records.waiting = True
                for parcel in missing:
                    payload = {"body": parcel.body, "taps": parcel.taps}
                    deliveries.leave(records, *who, parcel.kind, payload)

            if missing:
                await self._threads.run(self._threads.service.happened, *who, f"{turn.received.message_id}.late", leave)
        # A copy that comes yet must not get it once more.
        await self._threads.run(self._threads.service.answered, *who, turn.received.message_id)
        turn.leaves = False
        self._in_background(turn.received.account)

    def _in_background(self, account: str) -> None:
        if self._deliverer is None:
            return
        task = asyncio.create_task(self._deliverer.deliver(account))
        self._background.add(task)
        task.add_done_callback(self._background.discard)
