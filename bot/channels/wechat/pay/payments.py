"""Orders between our store and the platform: begun, looked after, and settled once the platform says that they are paid.

What the person's phone says of a payment is never believed: only a notice or an answer with the platform's signature.
"""

from __future__ import annotations

import datetime
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from bot.channels.faults import DeliveryFault, Misconfigured, NotAccepted
from bot.channels.wechat.pay.client import AlreadyPaidError, PayClient, Wanted
from bot.channels.wechat.pay.signing import bridge_request
from bot.channels.wechat.pay.transactions import NotOursError, Paid
from bot.languages import SOURCE, catalogue
from bot.logs import log_failure
from member_store.members import delegations, orders
from member_store.members.actors import Actor, ActorKind
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.store import Store
from member_store.tables.orders import OrderState, PayOrder

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
class Begun:
    """An order that can be paid now: its number, and what the page hands to WeChat."""

    number: str
    request: dict[str, str]


@dataclass(frozen=True)
class Checked:
    """How many open orders were found paid, closed, still open; to be looked at by somebody; not to be reached."""

    paid: int = 0
    closed: int = 0
    open: int = 0
    look: int = 0
    failed: int = 0


class Payments:
    """The orders of one merchant in one store. `today` is a fixed day for trials, else None."""

    def __init__(self, store: Store, client: PayClient, run: Run, today: datetime.date | None = None) -> None:
        self.client = client
        self._store, self._run, self._today = store, run, today

    async def begin(self, account: str, person_id: int, year: int) -> Begun:
        """An order of this WeChat account for what a person still owes, ready to be paid.

        Raises Refusal as `orders.open_for` does (`order_open`: somebody else is paying at this moment), faults where
        the platform does not take it, StoreError.
        """
        for _ in range(_TIMES):
            try:
                order = await self._run(self._open, account, person_id, year)
            except Refusal as refusal:
                if refusal.code != "order_open":
                    raise
                await self._make_way(refusal.details["order"])
                continue
            try:
                prepay_id = await self.client.prepay(_wanted(order, account))
            except AlreadyPaidError:
                await self.look(order.number)
                continue
            except NotAccepted:
                await self._give_up(order)
                raise
            return Begun(order.number, bridge_request(self.client.merchant, prepay_id))
        raise Refusal("order_open", order=0)

    async def take(self, paid: Paid) -> orders.Settled:
        """Book a payment that the platform has told of, once. Raises Refusal as `orders.settle` does, StoreError."""
        return await self._run(self._settle, paid)

    async def outcome(self, account: str, number: str) -> PayOrder | None:
        """What became of an order of this account; None where it has no such order.

        One that is open is asked about, and stays open where the platform cannot be reached.
        """
        order = await self._run(self._mine, account, number)
        if order is None or order.state is not OrderState.OPEN:
            return order
        try:
            await self.look(number)
        except (DeliveryFault, NotOursError, Refusal) as error:
            log_failure("wechat pay: an order cannot be looked up", error)
        return await self._run(self._mine, account, number)

    async def look(self, number: str) -> str:
        """Ask the platform about an order, and do as it says: paid, closed, open, or look where somebody has to.

        Raises faults, NotOursError, Refusal as `orders.settle`, StoreError.
        """
        found = await self.client.look_up(number)
        if isinstance(found, Paid):
            await self.take(found)
            return "paid"
        if found.state in ("closed", "refused"):
            await self._run(self._close, number, OrderState(found.state), "platform")
            return "closed"
        return "look" if found.state == "look" else "open"

    async def check(self) -> Checked:
        """Look after every open order: settle what was paid though no notice came, close what nobody paid in time.

        Raises Misconfigured where our settings are at fault, so that no order could be looked after; StoreError.
        """
        counts: dict[str, int] = {}
        for number in await self._run(self._numbers):
            try:
                came_to = await self._check(number)
            except Misconfigured:
                raise
            except DeliveryFault as error:
                log_failure("wechat pay: an order cannot be looked up", error)
                came_to = "failed"
            except (NotOursError, Refusal) as error:
                log_failure("wechat pay: an order has to be looked at", error)
                came_to = "look"
            counts[came_to] = counts.get(came_to, 0) + 1
        return Checked(**counts)

    async def _check(self, number: str) -> str:
        came_to = await self.look(number)
        if came_to != "open" or not await self._run(self._is_over, number):
            return came_to
        try:
            await self.client.close(number)
        except AlreadyPaidError:
            return await self.look(number)
        await self._run(self._close, number, OrderState.CLOSED, "expired")
        return "closed"

    async def _make_way(self, order_id: int) -> None:
        """Close an order that another one is to replace. Raises Refusal `order_open` where somebody may be paying it."""
        number, young = await self._run(self._to_replace, order_id)
        try:
            known = await self.client.close(number)
        except (AlreadyPaidError, NotAccepted):
            if await self.look(number) in ("open", "look"):
                raise Refusal("order_open", order=order_id) from None
            return
        if young and not known:
            raise Refusal("order_open", order=order_id)
        await self._run(self._close, number, OrderState.CLOSED, "replaced")

    async def _give_up(self, order: PayOrder) -> None:
        """The platform will not take an order: nobody must be able to pay it by an earlier answer either."""
        try:
            await self.client.close(order.number)
        except (AlreadyPaidError, DeliveryFault) as error:
            log_failure("wechat pay: a refused order cannot be closed", error)
            return
        await self._run(self._close, order.number, OrderState.REFUSED, "platform")

    # What follows runs on a thread of the store, each in one transaction.

    def _open(self, account: str, person_id: int, year: int) -> PayOrder:
        with self._store.records(today=self._today) as records:
            contact = delegations.known_contact(records, CHANNEL, account)
            if contact is None:
                raise Refusal("not_allowed")
            records.actor = Actor(ActorKind.CONTACT, contact.id, CHANNEL)
            return orders.open_for(records, contact, person_id, year, trial=self.client.merchant.trial)

    def _settle(self, paid: Paid) -> orders.Settled:
        with self._acting() as records:
            return orders.settle(records, paid.number, paid.payment, paid.amount_fen, paid.at)

    def _close(self, number: str, to: OrderState, reason: str) -> None:
        with self._acting() as records:
            found = orders.by_number(records, number)
            if found is not None:
                orders.close(records, found.id or 0, to, reason)

    def _mine(self, account: str, number: str) -> PayOrder | None:
        with self._store.reading_records(today=self._today) as records:
            contact = delegations.known_contact(records, CHANNEL, account)
            found = orders.by_number(records, number)
            return found if contact is not None and found is not None and found.contact_id == contact.id else None

    def _numbers(self) -> list[str]:
        with self._store.reading_records(today=self._today) as records:
            return [each.number for each in orders.still_open(records)]

    def _is_over(self, number: str) -> bool:
        with self._store.reading_records(today=self._today) as records:
            found = orders.by_number(records, number)
            return found is not None and found.expires_at <= records.now

    def _to_replace(self, order_id: int) -> tuple[str, bool]:
        with self._store.reading_records(today=self._today) as records:
            found = records.session.get(PayOrder, order_id)
            if found is None:
                raise Refusal("no_order")
            return found.number, records.now - found.opened_at < JUST_NOW

    def _acting(self) -> Any:
        return self._store.records(Actor(ActorKind.SYSTEM, None, CHANNEL), today=self._today)


def _wanted(order: PayOrder, account: str) -> Wanted:
    # In the source language whoever pays: the same order has to be told the same way each time.
    described = catalogue(SOURCE)("pay.bill", year=order.year)
    return Wanted(order.number, order.amount_fen, described, account, order.expires_at)
