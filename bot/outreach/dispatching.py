"""Sends what is due on a channel, each message once, at the pace and with the patience that the platform asks for.

A message is taken, handed over and settled in three steps. Whoever dies between the first and the last leaves it in
doubt: nobody sends it again by itself (`member_store.members.outbox.doubt_stale`); the person's next visit tells it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.channels.faults import (
    Blocked,
    DeliveryFault,
    Misconfigured,
    NoConsent,
    NoWindow,
    QuotaSpent,
    Unavailable,
    Wait,
)
from bot.channels.settling import settle
from bot.languages import SOURCE, catalogue
from bot.logs import log_failure
from bot.outreach.clock import Clock
from bot.outreach.hours import Hours
from bot.outreach.messages import Message, Sender
from bot.outreach.pace import Pace
from bot.outreach.telling import Asked, Telling, as_message, still
from member_store.errors import StoreError
from member_store.members import deliveries, outbox
from member_store.members.outbox import Due
from member_store.members.records import Records
from member_store.store import Store
from member_store.tables.sending import DeliveryState

TAKEN_AT_ONCE = 50
"""Contacts whose messages are taken in one transaction; so many are in doubt where the program is killed."""

FAILURES = 3
"""So many in a row that a platform could not take end a run."""

PATIENCE = timedelta(seconds=60)
"""A longer wait ends a run. So does a failure after which everything would fail: it is tried again after this."""

_LONGEST_PAUSE = timedelta(hours=1)
_FIRST_PAUSE = timedelta(seconds=30)
_MOST_TRIES = 12
_WRITE_AGAIN_SECONDS = 2.0
_WRITE_FOR_SECONDS = 90.0
"""Well within the time after which what was not settled is in doubt."""

_ALIVE_SECONDS = 30.0


@dataclass
class Run:
    """What became of the messages in a run. `stopped` is what ended it before everything was tried."""

    sent: int = 0
    blocked: int = 0
    refused: int = 0
    in_doubt: int = 0
    put_back: int = 0
    stopped: DeliveryFault | None = None

    def count(self, state: DeliveryState, fault: DeliveryFault | None) -> None:
        """Count a message by how it stands now."""
        if isinstance(fault, Blocked):
            self.blocked += 1
        elif state is DeliveryState.SENT:
            self.sent += 1
        elif state is DeliveryState.IN_DOUBT:
            self.in_doubt += 1
        elif state is DeliveryState.WAITING:
            self.put_back += 1
        else:
            self.refused += 1


@dataclass(frozen=True)
class _Outcome:
    message: Message
    way: str
    fault: DeliveryFault | None
    platform_id: str | None = None


class Dispatching:
    """The runs over what is due on one channel. Belongs to one event loop."""

    def __init__(self, store: Store, sender: Sender, hours: Hours, clock: Clock) -> None:
        self._store = store
        self._sender = sender
        self._hours = hours
        self._clock = clock
        self._pace = Pace(sender.per_second)
        self._under_way = asyncio.Semaphore(sender.at_once)
        self._closing = False

    def close(self) -> None:
        """Take nothing more; what was taken is still sent and settled."""
        self._closing = True

    async def run(self) -> Run:
        """Send what is due until nothing is, or the platform takes nothing more. Raises StoreError."""
        run = Run()
        failures = 0
        while not self._closing and run.stopped is None:
            taken = await self._clock.recorded(
                self._store, lambda records: _Taking(records, self._sender, self._hours).take(run)
            )
            if taken is None:
                break
            outcomes = await self._sent(taken, run)
            for each in outcomes:
                failures = failures + 1 if isinstance(each.fault, Unavailable) else 0
                if isinstance(each.fault, QuotaSpent | Misconfigured) or failures == FAILURES or _is_long(each.fault):
                    run.stopped = each.fault
            await self._settle(outcomes, run)
        return run

    async def _sent(self, taken: Sequence[tuple[Message, str]], run: Run) -> list[_Outcome]:
        begun: set[int] = set()
        tasks = [asyncio.create_task(self._one(message, way, begun)) for message, way in taken]
        ids = [each for message, _ in taken for each in message.ids]
        alive = asyncio.create_task(self._alive(ids))
        try:
            return await asyncio.gather(*tasks)
        except asyncio.CancelledError:
            # Whoever stops the program now does not know what of it arrived; what was not begun waits.
            await asyncio.wait(tasks)
            stopped = [
                _Outcome(message, way, Unavailable("stopped", in_doubt=message.ids[0] in begun))
                if task.cancelled()
                else task.result()
                for task, (message, way) in zip(tasks, taken, strict=True)
            ]
            await self._settle(stopped, run)
            raise
        finally:
            alive.cancel()

    async def _alive(self, ids: list[int]) -> None:
        """Say now and then that these are still in hand, as long as a platform's patience is asked for."""
        while True:
            await asyncio.sleep(_ALIVE_SECONDS)
            try:
                await self._clock.recorded(self._store, lambda records: outbox.still_sending(records, ids))
            except StoreError as error:
                log_failure("the ledger cannot be written", error)

    async def _one(self, message: Message, way: str, begun: set[int]) -> _Outcome:
        async with self._under_way:
            await self._pace.turn()
            begun.add(message.ids[0])
            try:
                return _Outcome(message, way, None, await self._sender.send(message, way))
            except DeliveryFault as fault:
                if isinstance(fault, Wait) and not _is_long(fault):
                    # Nothing else to anybody before.
                    self._pace.rest(fault.after)
                structlog.get_logger().warning(
                    "not delivered", channel=self._sender.channel, reason=fault.reason, code=fault.code
                )
                return _Outcome(message, way, fault)
            except asyncio.CancelledError:
                raise
            except Exception as error:  # a fault of ours: nobody knows how far it got
                log_failure("sending failed", error)
                return _Outcome(message, way, Unavailable("error", in_doubt=True))

    async def _settle(self, outcomes: Sequence[_Outcome], run: Run) -> None:
        """Write down how it went; a database that is away is waited for, else all of this would be in doubt."""
        end = time.monotonic() + _WRITE_FOR_SECONDS
        while True:
            try:
                states = await self._clock.recorded(
                    self._store, lambda records: self._written(records, outcomes, run.stopped)
                )
                break
            except StoreError as error:
                log_failure("what was sent is not written down yet", error)
                if time.monotonic() > end:
                    raise
                await asyncio.sleep(_WRITE_AGAIN_SECONDS)
        for state, fault in states:
            run.count(state, fault)

    def _written(
        self, records: Records, outcomes: Sequence[_Outcome], stopped: DeliveryFault | None
    ) -> list[tuple[DeliveryState, DeliveryFault | None]]:
        outbox.hold(records, sorted({each.message.contact for each in outcomes}))
        states = []
        for each in outcomes:
            message, fault = each.message, each.fault
            again = _again(fault, message.attempts, records.now)
            for delivery in message.ids:
                state = settle(
                    *(records, self._sender.channel, message.account, delivery, fault),
                    try_at=again,
                    platform_id=each.platform_id,
                )
                states.append((state, fault))
            if again is not None:
                outbox.keep_order(records, message.contact, again)
            self._sender.settled(records, message, each.way, fault)
        if stopped is not None:
            until = _again(stopped, 1, records.now) or records.now + PATIENCE
            outbox.put_off(records, self._sender.channel, max(until, records.now + PATIENCE), stopped.reason)
        return states


class _Taking:
    """Takes what is due, in one transaction: what is still to be said gets its words, and the rest its reason."""

    def __init__(self, records: Records, sender: Sender, hours: Hours) -> None:
        self._records = records
        self._sender = sender
        self._hours = hours

    def take(self, run: Run) -> list[tuple[Message, str]] | None:
        """The messages to be sent now, each with its way; None where nothing is due any more."""
        records = self._records
        found = outbox.due(
            records, self._sender.channel, TAKEN_AT_ONCE, reminders=self._hours.are(records.now, records.today)
        )
        if not found:
            return None
        asked = [
            Asked(each.id, each.contact, each.reminder_id)
            for theirs in found
            for each in theirs
            if each.reminder_id is not None and not each.gone and each.account is not None
        ]
        telling, silent = still(records, asked)
        taken = []
        for theirs in found:
            message = self._message(theirs, telling, silent, run)
            if message is None:
                continue
            way = self._sender.way(records, message)
            if way is None:
                for delivery in message.ids:
                    deliveries.put_back(records, delivery, NoWindow.reason)
                run.put_back += len(message.ids)
            elif all(deliveries.begin(records, delivery, way) for delivery in message.ids):
                taken.append((message, way))
        return taken

    def _message(
        self, theirs: Sequence[Due], telling: dict[int, Telling], silent: dict[int, str], run: Run
    ) -> Message | None:
        first = theirs[0]
        reason = "blocked" if first.gone else "no_channel" if first.account is None else None
        if first.reminder_id is None and reason is not None:
            # They may come back.
            deliveries.put_back(self._records, first.id, reason)
            return None
        for each in theirs:
            if (why := reason or silent.get(each.id)) is not None:
                deliveries.refuse(self._records, each.id, why)
                run.refused += 1
        if first.gone or first.account is None:
            return None
        if first.reminder_id is None:
            return Message(
                *((first.id,), first.contact, first.account, first.locale, first.kind, first.payload),
                attempts=first.attempts,
            )
        left = [telling[each.id] for each in theirs if each.id in telling]
        if not left:
            return None
        text, taps = as_message(left, self._records.today, catalogue(first.locale or SOURCE))
        return Message(
            tuple(each.delivery for each in left),
            *(first.contact, first.account, first.locale, first.kind, {"body": text, "taps": taps}),
            until=min(each.window.days.last for each in left),
            attempts=max(each.attempts for each in theirs),
        )


def _is_long(fault: DeliveryFault | None) -> bool:
    return isinstance(fault, Wait) and fault.after > PATIENCE.total_seconds()


def _again(fault: DeliveryFault | None, attempts: int, now: datetime) -> datetime | None:
    """When a message is tried again by itself; None: not before the person's next visit."""
    match fault:
        case Wait():
            return now + timedelta(seconds=fault.after)
        case QuotaSpent():
            return fault.until
        case NoConsent():
            return now
        case Misconfigured():
            return now + _LONGEST_PAUSE
        case Unavailable(in_doubt=False) if attempts < _MOST_TRIES:
            return now + min(_FIRST_PAUSE * float(2**attempts), _LONGEST_PAUSE)
    return None
