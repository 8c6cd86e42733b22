"""Orders between our store and the platform: begun, looked after, and booked once the platform says that they are paid.

What the person's phone says of a payment is never believed: only a notice or an answer with the platform's signature.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from bot.channels.faults import DeliveryFault, Misconfigured, NotAccepted
from bot.channels.wechat.pay.client import PayClient, Wanted
from bot.channels.wechat.pay.signing import bridge_request
from bot.channels.wechat.pay.transactions import NotOursError, Paid
from bot.languages import SOURCE, catalogue
from bot.logs import log_failure
from bot.members.paying import ToPay
from member_store.members import orders, people
from member_store.members.actors import Actor, ActorKind
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.store import Store
from member_store.tables.access import Contact
from member_store.tables.people import Person

CHANNEL = "wechat"
JUST_NOW = datetime.timedelta(minutes=1)
"""An order so young may be on its way to the platform, though that does not know it yet."""

_TIMES = 3
_Result = TypeVar("_Result")


class Run(Protocol):
    """Runs work on the store away from the event loop: `Threads.run`, or `asyncio.to_thread`."""

    def __call__(self, call: Callable[..., _Result], /, *args: Any, **kwargs: Any) -> Awaitable[_Result]:
        """The result of the call."""


@dataclass(frozen=True)
class Bill:
    """What is to be paid now, in fen, and for whom."""

    name: str = field(repr=False)
    year: int
    amount_fen: int


class Payments:
    """The orders of one merchant in one store. `today` is a fixed day for trials, else None."""

    def __init__(self, store: Store, client: PayClient, run: Run, today: datetime.date | None = None) -> None:
        self._store, self._client, self._run, self._today = store, client, run, today

    async def bill(self, wanted: ToPay) -> Bill:
        """What is to be paid. An order that is open is asked about first, where the platform can be reached.

        Raises Refusal as `orders.owed` does, StoreError.
        """
        number = await self._run(self._in_progress, wanted)
        if number is not None:
            try:
                await self.look(number)
            except (DeliveryFault, NotOursError, Refusal) as error:
                log_failure("wechat pay: an order cannot be looked up", error)
        return await self._run(self._owed, wanted)

    async def begin(self, wanted: ToPay) -> dict[str, str]:
        """An order for what is to be paid, as the page hands it to WeChat.

        Raises Refusal as `orders.open_for` does (`order_open`: somebody else is paying at this moment), faults where
        the platform does not take it, StoreError.
        """
        for _ in range(_TIMES):
            try:
                order = await self._run(self._open, wanted)
            except Refusal as refusal:
                if refusal.code != "order_open":
                    raise
                await self._make_way(refusal.details["order"])
                continue
            try:
                return bridge_request(self._client.merchant, await self._client.prepay(order))
            except NotAccepted:
                # Paid or closed already, perhaps; then the next attempt knows.
                if await self.look(order.number) == "open":
                    raise
        raise Refusal("order_open")

    async def take(self, paid: Paid) -> None:
        """Book a payment that the platform has told of, once. Raises Refusal as `orders.settle` does, StoreError."""
        await self._run(self._settle, paid)

    async def look(self, number: str) -> str:
        """Ask the platform about an order, and do as it says: paid, closed, open, or look where somebody has to.

        Raises faults, NotOursError, Refusal as `orders.settle`, StoreError.
        """
        found = await self._client.look_up(number)
        if isinstance(found, Paid):
            await self.take(found)
            return "paid"
        if found.state == "closed":
            await self._run(self._close, number, "platform")
        return found.state

    async def check(self) -> Counter[str]:
        """Look after every open order: book what was paid though no notice came, close what nobody paid in time.

        How many were found paid, closed, still open; to be looked at by somebody (look); not to be reached (failed).
        Raises Misconfigured where our settings are at fault, so that no order could be looked after; StoreError.
        """
        counts: Counter[str] = Counter()
        for number, over in await self._run(self._all_open):
            try:
                came_to = await self.look(number)
                if came_to == "open" and over:
                    await self._client.close(number)
                    await self._run(self._close, number, "expired")
                    came_to = "closed"
                elif came_to == "look":
                    # Paid, and paid back on the platform. The office is told once, and the person can pay anew.
                    await self._run(self._close, number, "platform")
            except Misconfigured:
                raise
            except DeliveryFault as error:
                log_failure("wechat pay: an order cannot be looked up", error)
                came_to = "failed"
            except (NotOursError, Refusal) as error:
                log_failure("wechat pay: an order has to be looked at", error)
                came_to = "look"
            counts[came_to] += 1
        return counts

    async def _make_way(self, number: str) -> None:
        """Close an order that another is to replace. Raises Refusal `order_open` where somebody may be paying it."""
        young = await self._run(self._is_young, number)
        try:
            known = await self._client.close(number)
        except NotAccepted:
            if await self.look(number) in ("open", "look"):
                raise Refusal("order_open") from None
            return
        if young and not known:
            raise Refusal("order_open")
        await self._run(self._close, number, "replaced")

    # What follows runs on a thread of the store, each in one transaction.

    def _in_progress(self, wanted: ToPay) -> str | None:
        with self._reading() as records:
            found = orders.in_progress(records, wanted.person_id, wanted.year)
            return found.number if found is not None else None

    def _owed(self, wanted: ToPay) -> Bill:
        with self._reading() as records:
            contact = _contact(records, wanted)
            due = orders.owed(records, contact, wanted.person_id, wanted.year, trial=self._client.merchant.trial)
            person = records.session.get_one(Person, wanted.person_id)
            return Bill(masked(people.name_of(records, person)), wanted.year, due.balance.outstanding_fen)

    def _open(self, wanted: ToPay) -> Wanted:
        with self._store.records(today=self._today) as records:
            contact = _contact(records, wanted)
            records.actor = Actor(ActorKind.CONTACT, contact.id, CHANNEL)
            trial = self._client.merchant.trial
            order = orders.open_for(records, contact, wanted.person_id, wanted.year, trial=trial)
            openid = records.unseal(contact.account, f"contact {contact.id}")
            # In the source language whoever pays: the same order has to be told the same way each time.
            words = catalogue(SOURCE)
            return Wanted(order.number, order.amount_fen, words("pay.bill", year=order.year), openid, order.expires_at)

    def _settle(self, paid: Paid) -> None:
        with self._acting() as records:
            orders.settle(records, paid.number, paid.payment, paid.amount_fen, paid.at)

    def _close(self, number: str, reason: str) -> None:
        with self._acting() as records:
            orders.close(records, number, reason)

    def _all_open(self) -> list[tuple[str, bool]]:
        """Each order that is open, and whether its time is over."""
        with self._reading() as records:
            return [(each.number, each.expires_at <= records.now) for each in orders.still_open(records)]

    def _is_young(self, number: str) -> bool:
        with self._reading() as records:
            found = orders.by_number(records, number)
            return found is not None and records.now - found.opened_at < JUST_NOW

    def _reading(self) -> AbstractContextManager[Records]:
        return self._store.reading_records(today=self._today)

    def _acting(self) -> AbstractContextManager[Records]:
        return self._store.records(Actor(ActorKind.SYSTEM, None, CHANNEL), today=self._today)


def masked(name: str) -> str:
    """A name as WeChat itself shows it where it may be seen by others: its last character."""
    return f"*{name[-1:]}"


def _contact(records: Records, wanted: ToPay) -> Contact:
    """Who pays. Raises Refusal `not_allowed` where the contact has been forgotten meanwhile."""
    found = records.session.get(Contact, wanted.contact_id)
    if found is None or found.account is None or found.channel != CHANNEL:
        raise Refusal("not_allowed")
    return found
