"""Orders: somebody pays through a platform what a person still owes for a year, and it is booked once.

Whoever changes an order holds its person first, as everything does that books for them: so of several notices at once
one books and the others find it booked, and an order is never paid for while its amount changes.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlmodel import col, select

from member_store.members import booking, contributions, delegations, ledger
from member_store.members.contributions import Due
from member_store.members.delegations import ACT
from member_store.members.records import OFFICE_TIME, Records
from member_store.members.refusals import Refusal
from member_store.tables.access import Contact
from member_store.tables.money import EntryKind, LedgerEntry
from member_store.tables.orders import OrderState, PayOrder
from member_store.tables.people import Person

LASTS = timedelta(minutes=30)
"""How long an order can be paid. Short: what is due may change, and somebody else may want to pay."""

LEAST = timedelta(minutes=5)
"""An order that lasts no longer is not handed out again: paying takes people a while."""

_UNFINISHED = timedelta(minutes=10)
"""After its end, money for an order may still be on its way."""


def owed(records: Records, contact: Contact, person_id: int, year: int, *, trial: bool) -> Due:
    """What a contact can pay for a person and a year: all that is outstanding of it.

    `trial`: no real money is taken, so that figures that are for trials only will do.

    Raises Refusal: `not_allowed` where the contact may not act for them, `not_enrolled`, `not_due` where nothing
    is due yet or any more, `nothing_due` where all is paid, `figures_for_trials`.
    """
    delegations.require(records, contact, person_id, ACT)
    due = contributions.due_in(records, person_id, year)
    if due is None:
        raise Refusal("not_enrolled", year=year)
    if due.enrolment.state not in contributions.PAYABLE or due.contribution is None or due.own_fen is None:
        raise Refusal("not_due", year=year)
    if due.balance.outstanding_fen <= 0:
        raise Refusal("nothing_due", year=year)
    if due.contribution.illustrative and not trial:
        raise Refusal("figures_for_trials", year=year)
    return due


def open_for(records: Records, contact: Contact, person_id: int, year: int, *, trial: bool) -> PayOrder:
    """An order of a contact for all that a person still owes for a year: the one that is open, else a new one.

    Raises Refusal as `owed` does, and `order_open` (order: its number) where another order has to be closed first:
    somebody else's, one for another amount, or one whose time is nearly over.
    """
    records.locked(Person, person_id)
    due = owed(records, contact, person_id, year, trial=trial)
    amount = due.balance.outstanding_fen
    found = in_progress(records, person_id, year)
    if found is not None:
        same = (found.contact_id, found.enrolment_id, found.amount_fen) == (contact.id, due.enrolment.id, amount)
        if same and found.expires_at - records.now >= LEAST:
            return found
        raise Refusal("order_open", order=found.number)
    order = records.add(
        PayOrder(
            number=secrets.token_hex(16),
            person_id=person_id,
            enrolment_id=due.enrolment.id or 0,
            contact_id=contact.id or 0,
            year=year,
            amount_fen=amount,
            state=OrderState.OPEN,
            # Whole seconds: the platform gets this moment, and has to get the same one each time.
            opened_at=records.now.replace(microsecond=0),
            expires_at=records.now.replace(microsecond=0) + LASTS,
        )
    )
    records.record("pay_order_opened", order, person_id=person_id, changes={"year": year, "amount_fen": amount})
    return order


def settle(records: Records, number: str, payment_number: str, amount_fen: int, paid_at: datetime) -> bool:
    """Book the payment of an order, once: the same again changes nothing. Whether it was booked now.

    The money has come, so it is booked even where the order was closed meanwhile, less is due now or the enrolment has
    ended: what is too much stays as credit. Where the office has booked this very payment by its number already, the
    order is paid by that.

    Raises Refusal: `no_order`, `other_order_amount` where it is not what was ordered, `paid_otherwise` where the order
    was paid by another payment, or the payment is booked for something else.
    """
    found = by_number(records, number)
    if found is None:
        raise Refusal("no_order")
    person = records.locked(Person, found.person_id)
    order = records.locked(PayOrder, found.id or 0)
    payment = records.hash("payment", payment_number)
    if order.amount_fen != amount_fen:
        raise Refusal("other_order_amount", order=order.id)
    if order.state is OrderState.PAID:
        if order.payment != payment:
            raise Refusal("paid_otherwise", order=order.id)
        return False
    entry = _booked(records, order, payment_number)
    again = entry is not None
    if entry is None:
        # A clock that is ahead, theirs or ours, books nothing in the future.
        on = min(paid_at.astimezone(OFFICE_TIME).date(), records.today)
        entry = ledger.pay(records, person, order.year, amount_fen, on, payment_number)
    records.change(
        order,
        "pay_order_paid",
        person_id=order.person_id,
        state=OrderState.PAID,
        paid_at=paid_at,
        decided_at=records.now,
        payment=payment,
        payment_number=records.seal(payment_number),
        entry_id=entry.id,
    )
    return not again


def close(records: Records, number: str, reason: str) -> None:
    """Put down that an order can be paid no more; one that is not open stays as it is. `reason` is an id.

    To be called once the platform has closed it: else it could still be paid, and another beside it. Raises Refusal
    `no_order`.
    """
    found = by_number(records, number)
    if found is None:
        raise Refusal("no_order")
    records.locked(Person, found.person_id)
    order = records.locked(PayOrder, found.id or 0)
    if order.state is OrderState.OPEN:
        records.change(
            order,
            "pay_order_closed",
            person_id=order.person_id,
            reason=reason,
            state=OrderState.CLOSED,
            decided_at=records.now,
        )


def by_number(records: Records, number: str) -> PayOrder | None:
    """The order with this number."""
    return records.session.exec(select(PayOrder).where(PayOrder.number == number)).first()


def still_open(records: Records) -> list[PayOrder]:
    """The orders that are open, oldest first."""
    wanted = select(PayOrder).where(PayOrder.state == OrderState.OPEN).order_by(col(PayOrder.id))
    return list(records.session.exec(wanted))


def of_person(records: Records, person_id: int) -> list[PayOrder]:
    """All orders for a person, oldest first."""
    wanted = select(PayOrder).where(PayOrder.person_id == person_id).order_by(col(PayOrder.id))
    return list(records.session.exec(wanted))


def under_way(records: Records, person_id: int) -> PayOrder | None:
    """An order for which money may be on its way."""
    waiting = select(PayOrder).where(
        PayOrder.person_id == person_id,
        PayOrder.state == OrderState.OPEN,
        col(PayOrder.expires_at) > records.now - _UNFINISHED,
    )
    return records.session.exec(waiting).first()


def in_progress(records: Records, person_id: int, year: int) -> PayOrder | None:
    """The order for a person and year that is open."""
    wanted = select(PayOrder).where(
        PayOrder.person_id == person_id, PayOrder.year == year, PayOrder.state == OrderState.OPEN
    )
    return records.session.exec(wanted).first()


def _booked(records: Records, order: PayOrder, payment_number: str) -> LedgerEntry | None:
    """The entry by which the office has booked this payment itself. Raises Refusal `paid_otherwise` for another's."""
    key = booking.reference_hash(records, payment_number)
    found = records.session.exec(select(LedgerEntry).where(LedgerEntry.reference == key)).first()
    if found is None:
        return None
    postings = booking.postings_of(records, found.id or 0)
    amount = sum(fen for fen in postings.values() if fen > 0)
    taken = records.session.exec(select(PayOrder.id).where(PayOrder.entry_id == found.id)).first()
    fits = (found.kind, found.person_id, amount) == (EntryKind.PAYMENT, order.person_id, order.amount_fen)
    if not fits or taken is not None or booking.reversal_of(records, found) is not None:
        raise Refusal("paid_otherwise", order=order.id)
    return found
