"""Sends what waits in the ledger for people on Telegram, each message once.

What cannot be sent now goes on waiting, for the next run or the person's next visit; of what nobody can say whether it
arrived, the next visit tells (`member_store.members.deliveries`).
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import structlog

from bot.channels.faults import Blocked, DeliveryFault, Misconfigured, NotAccepted, Unavailable, Wait
from bot.channels.limits import TELEGRAM_CALLBACK, utf8_bytes
from bot.channels.settling import settle
from bot.channels.telegram import CHANNEL
from bot.channels.telegram.broadcast import Broadcasting, Ending
from bot.channels.telegram.rendering import Button, Message, texts
from bot.logs import log_failure
from member_store.members import deliveries
from member_store.members.deliveries import PICTURE, TEXT, Waiting
from member_store.members.records import Records
from member_store.store import Store
from member_store.tables.sending import DeliveryState

_WAY = "message"
"""There is but one way on Telegram."""

_COUNTED = {
    DeliveryState.SENT: "sent",
    DeliveryState.REFUSED: "refused",
    DeliveryState.IN_DOUBT: "in_doubt",
    DeliveryState.WAITING: "put_back",
}

Result = TypeVar("Result")


@dataclass
class Run:
    """What became of the messages in a run. `stopped` is what ended it before everything was tried."""

    sent: int = 0
    blocked: int = 0
    refused: int = 0
    in_doubt: int = 0
    put_back: int = 0
    stopped: DeliveryFault | None = None


class Delivering:
    """One run over all that waits."""

    def __init__(self, store: Store, sender: Broadcasting) -> None:
        self._store = store
        self._sender = sender
        self._run = Run()

    async def run(self) -> Run:
        """Send to everybody for whom something waits, one message to each, then the next. Raises StoreError."""
        waiting = await asyncio.to_thread(self._everybody)
        ending = Ending()
        while waiting and not ending.fault:
            again = []
            for account in waiting:
                found = await self._recorded(functools.partial(_next, account=account))
                if found is None:
                    continue
                fault = await self._through(account, found)
                ending.after(fault)
                if ending.fault:
                    break
                if fault is None or isinstance(fault, NotAccepted):
                    again.append(account)
            waiting = again
        self._run.stopped = ending.fault
        return self._run

    def _everybody(self) -> list[str]:
        with self._store.reading_records() as records:
            return deliveries.everybody_waiting(records, CHANNEL)

    async def _through(self, account: str, waiting: Waiting) -> DeliveryFault | None:
        """Send one message and write down how it went, which is returned: None where Telegram took it."""
        given = 0
        fault: DeliveryFault | None = None
        try:
            for message in _messages(waiting):
                await self._sender.send(account, message)
                given += 1
        except DeliveryFault as raised:
            fault = raised
        except asyncio.CancelledError:
            # Whoever stops the program now does not know whether it arrived.
            await self._settle(account, waiting, Unavailable("stopped", in_doubt=True))
            raise
        except Exception as error:
            log_failure("telegram: sending failed", error)
            fault = Unavailable("error", in_doubt=True)
        if given and isinstance(fault, Wait | Unavailable | Misconfigured):
            # Some of it has arrived. Sent again, that would come twice; at the next visit it is told whole.
            fault = Unavailable(fault.code, in_doubt=True)
        if fault is not None:
            structlog.get_logger().warning("telegram: not delivered", reason=fault.reason, code=fault.code)
        await self._settle(account, waiting, fault)
        return fault

    async def _settle(self, account: str, waiting: Waiting, fault: DeliveryFault | None) -> None:
        await self._recorded(lambda records: self._written(records, account, waiting, fault))

    def _written(self, records: Records, account: str, waiting: Waiting, fault: DeliveryFault | None) -> None:
        state = settle(records, CHANNEL, account, waiting.id, fault)
        counted = "blocked" if isinstance(fault, Blocked) else _COUNTED[state]
        setattr(self._run, counted, getattr(self._run, counted) + 1)

    async def _recorded(self, work: Callable[[Records], Result]) -> Result:
        return await asyncio.to_thread(self._record, work)

    def _record(self, work: Callable[[Records], Result]) -> Result:
        with self._store.records() as records:
            return work(records)


def _next(records: Records, account: str) -> Waiting | None:
    """The next message for an account, which now is ours to send; None for none, or where somebody else is at it."""
    waiting = deliveries.waiting(records, CHANNEL, account)
    return waiting[0] if waiting and deliveries.begin(records, waiting[0].id, _WAY) else None


def _messages(waiting: Waiting) -> tuple[Message, ...]:
    """What waits, as Telegram shows it. Raises NotAccepted for a kind that it does not know."""
    if waiting.kind == PICTURE:
        return (Message("", picture=waiting.payload["body"]),)
    if waiting.kind != TEXT:
        raise NotAccepted("kind")
    *before, last = texts(waiting.payload["body"])
    taps = [Button(label, data) for label, data in waiting.payload.get("taps", ())]
    rows = tuple((each,) for each in taps if 0 < utf8_bytes(each.data) <= TELEGRAM_CALLBACK)
    return (*before, Message(last.text, rows))
