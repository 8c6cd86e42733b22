"""The right to be forgotten: what says who somebody was goes; what has to be accounted for stays, without a name.

个人信息保护法 article 47: data are deleted once their purpose is reached or consent is withdrawn; where a law wants
something kept for longer, it is kept and used for nothing else. Accounts have to be kept (会计法 article 23), so
amounts, states and the audit stay and the ledger still balances; nothing in them tells who it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func
from sqlmodel import SQLModel, col, or_, select, update

from member_store import past
from member_store.members import consents, delegations, deliveries, enrolments, links, notice_consents, orders
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.members.stopping import stop
from member_store.tables.access import Contact, Delegation, StaffUser
from member_store.tables.money import Account, Agreement, HardshipApplication, LedgerPosting, Settlement
from member_store.tables.orders import PayOrder
from member_store.tables.people import Certificate, Doubt, DoubtState, Enrolment, EnrolmentState, Person

STAYS = {"ledger": "accounts", "enrolments": "accounts", "settlements": "accounts", "audit": "accountability"}
"""What can stay, and why: ids. `accounts`: the vouchers of the fund; `accountability`: who did what, without names."""


@dataclass(frozen=True)
class Erased:
    """What an erasure did, as ids: the kinds of data that went, and those that stay, each with the reason."""

    person_id: int
    went: tuple[str, ...]
    stays: dict[str, str]


def check(records: Records, person: Person) -> None:
    """Raise Refusal where a person cannot be erased yet.

    `erased`: they are. `still_enrolled` (year, state): the enrolment has to be withdrawn first; an application that the
    office has not decided ends by itself. `money_open` (year, amount_fen, owed_by: person or office): it has to be paid
    or paid back first. `payment_under_way` (year): somebody may be paying for them at this moment.
    """
    if person.erased_at is not None:
        raise Refusal("erased")
    for each in enrolments.all_of(records, person.id or 0):
        if each.state in (EnrolmentState.ACTIVE, EnrolmentState.AWAITING_PAYMENT):
            raise Refusal("still_enrolled", year=each.year, state=each.state.value)
    for year, amount in open_money(records, person.id or 0).items():
        raise Refusal("money_open", year=year, amount_fen=abs(amount), owed_by="person" if amount > 0 else "office")
    if (order := orders.under_way(records, person.id or 0)) is not None:
        raise Refusal("payment_under_way", year=order.year)


def open_money(records: Records, person_id: int) -> dict[int, int]:
    """What is open between a person and the office, in fen by contribution year; positive: the person owes it.

    Only their own account counts: what a government or an enterprise has not paid yet is no reason to keep a name.
    """
    total = func.sum(col(LedgerPosting.amount_fen))
    sums = (
        select(LedgerPosting.year, total)
        .where(LedgerPosting.person_id == person_id, LedgerPosting.account == Account.INDIVIDUAL)
        .group_by(col(LedgerPosting.year))
        .having(total != 0)
        .order_by(col(LedgerPosting.year))
    )
    return {year: int(amount) for year, amount in records.session.exec(sums).all()}


def erase(records: Records, person: Person, reason: str) -> Erased:
    """Take away all that says who a person is, and let nobody act for them any more. Raises Refusal as `check`.

    `reason` is an id for the audit, such as `asked` or `retention`. Nobody ever finds the person again: whoever comes
    back is somebody new.
    """
    person = records.locked(Person, person.id or 0)
    check(records, person)
    key = person.id or 0
    stays = _what_stays(records, key)
    went = {
        "applications": _end_applications(records, key, reason),
        "enrolment_facts": _clear(records, Enrolment, key, facts=None),
        "certificate_numbers": _clear(records, Certificate, key, number=None),
        "hardship_grounds": _clear(records, HardshipApplication, key, grounds=None),
        "doubts": _clear(records, Doubt, key, stated=None),
        "agreement_accounts": _clear(records, Agreement, key, account=None),
        "payment_numbers": _clear(records, PayOrder, key, payment_number=None),
        "consents": consents.withdraw_all(records, key),
        "delegations": delegations.revoke_all(records, key, reason),
        "contact_accounts": _forget_accounts(records, key),
        "identity": int(person.identity is not None or person.personal is not None),
        "household": int(person.household_id is not None),
    }
    person.identity = person.personal = person.registration_kind = person.died_on = None
    person.household_id = person.community_id = None
    person.erased_at = records.now
    records.session.flush()
    # Last: what was ended just now has left former values behind as well.
    went["history"] = records.forget_history(person_id=key)
    told = {name: count for name, count in went.items() if count}
    changes = {"went": told, "stays": sorted(stays)}
    records.record("person_erased", person, person_id=key, changes=changes, reason=reason)
    return Erased(key, tuple(told), stays)


def erase_contact(records: Records, channel: str, account: str, reason: str) -> bool:
    """Forget what a contact stated of others, and where it is reached unless it still serves somebody; and so for every
    account that is linked with it, what was said there included.

    Returns whether it is no longer known where it is reached. An application of theirs that waits for the office is
    taken back. What was said in the conversation goes with the turn that asks for it (`Reduced.forgets`) or, outside of
    a turn, by `Store.forget_conversation`.
    """
    contact = delegations.known_contact(records, channel, account)
    if contact is None:
        deliveries.forget(records, records.hash(channel, account))
        notice_consents.forget(records, records.hash(channel, account))
        return False
    accounts = links.accounts(records, contact)
    for each in accounts:
        deliveries.forget(records, each.contact)
        notice_consents.forget(records, each.contact)
        if each.id != contact.id:
            past.forget_of(records.connection, each.contact)
    for doubt in records.session.exec(select(Doubt).where(Doubt.contact_id == contact.whole_id)).all():
        if doubt.state is DoubtState.OPEN:
            _close(records, doubt, DoubtState.TAKEN_BACK, reason)
        doubt.stated = None
        records.session.flush()
        records.forget_history(person_id=doubt.person_id, entity="doubt", entity_id=doubt.id)
    forgotten = [_forget_account(records, each, reason) for each in accounts]
    if all(each.account is None for each in accounts):
        for each in accounts:
            each.joined_id = each.joined_at = None
        records.session.flush()
    return any(forgotten)


def _what_stays(records: Records, person_id: int) -> dict[str, str]:
    kept: dict[str, type[Any]] = {"ledger": LedgerPosting, "enrolments": Enrolment, "settlements": Settlement}
    found = [
        name
        for name, model in kept.items()
        if records.session.exec(select(model.id).where(model.person_id == person_id).limit(1)).first() is not None
    ]
    return {name: STAYS[name] for name in (*found, "audit")}


def _end_applications(records: Records, person_id: int, reason: str) -> int:
    """End what is still being looked at: nobody may go on with it once its data are gone."""
    ended = len(enrolments.end_all(records, person_id, reason, records.today))
    ended += stop(records, person_id, reason)
    for doubt in records.session.exec(select(Doubt).where(Doubt.person_id == person_id)):
        if doubt.state is DoubtState.OPEN:
            _close(records, doubt, DoubtState.REFUSED, reason)
            ended += 1
    return ended


def _close(records: Records, doubt: Doubt, to: DoubtState, reason: str) -> None:
    columns: dict[str, Any] = {"state": to, "decided_at": records.now}
    records.change(doubt, f"doubt_{to.value}", person_id=doubt.person_id, reason=reason, **columns)


def _clear(records: Records, model: type[SQLModel], person_id: int, **columns: None) -> int:
    """Empty a column in all rows of a person. Not by `records.change`: that would keep what stood there."""
    table: Any = model
    filled = [getattr(table, name).is_not(None) for name in columns]
    return int(
        records.session.exec(update(table).where(table.person_id == person_id, *filled).values(**columns)).rowcount
    )


def _forget_accounts(records: Records, person_id: int) -> int:
    serving = select(Delegation.contact_id).where(Delegation.person_id == person_id)
    contacts = select(Contact).where(or_(col(Contact.id).in_(serving), col(Contact.joined_id).in_(serving)))
    return sum(_forget_account(records, each, "serves_nobody") for each in records.session.exec(contacts).all())


def _forget_account(records: Records, contact: Contact, reason: str) -> bool:
    """Forget where a contact is reached if there is nobody left for whom it would be told anything."""
    staff = select(StaffUser.id).where(StaffUser.contact_id == contact.id)
    waiting = select(Doubt.id).where(Doubt.contact_id == contact.whole_id, Doubt.state == DoubtState.OPEN)
    serves = delegations.represented(records, contact) or any(
        records.session.exec(each.limit(1)).first() is not None for each in (staff, waiting)
    )
    if contact.account is None or serves:
        return False
    contact.account = None
    records.session.flush()
    records.forget_history(person_id=None, entity="contact", entity_id=contact.id)
    records.record("contact_forgotten", contact, person_id=None, reason=reason)
    return True
