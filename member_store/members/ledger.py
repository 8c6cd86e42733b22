"""The ledger, in double entry: what is charged, paid, given back, carried over and taken back.

Each of these also brings the enrolment of the year into the state that follows from it: active where nothing is
outstanding, awaiting payment where something is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import bindparam
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from member_store.members.balances import Balance, Line, balance, credits_before, statement
from member_store.members.booking import Postings, book, mirror, postings_of
from member_store.members.enrolments import all_of, current
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.members.standing import in_force, own_part_is_known, parts_of, settle
from member_store.members.states import LIVE
from member_store.tables.money import Account, Contribution, ContributionPart, EntryKind, LedgerEntry
from member_store.tables.people import Enrolment, EnrolmentState, Person

__all__ = [
    "Balance",
    "Line",
    "Postings",
    "balance",
    "book",
    "cancel",
    "carry_over",
    "charge",
    "charged",
    "in_force",
    "parts_of",
    "pay",
    "refund",
    "reverse",
    "settle",
    "statement",
]

_PAYERS = frozenset(each.value for each in Account) - {Account.BANK.value, Account.INCOME.value}
_WAITING = (EnrolmentState.DRAFT, EnrolmentState.SUBMITTED, EnrolmentState.VERIFIED)
"""Not charged yet: what was paid in advance is kept for that."""

_LOCK_PERSON = select(col(Person.id)).where(col(Person.id) == bindparam("person")).with_for_update()
_ENROLLED = (
    select(col(Enrolment.id))
    .where(col(Enrolment.person_id) == bindparam("person"), col(Enrolment.year) == bindparam("of"))
    .limit(1)
)


def charged(parts: Iterable[ContributionPart]) -> dict[Account, int]:
    """What each payer is charged, in fen: nothing at all as long as it is open what the person pays.

    A part that nobody has been named for (payer `undecided`), and one whose amount is not set, is charged to nobody.
    """
    parts = list(parts)
    known: dict[Account, int] = {}
    if not own_part_is_known(parts):
        return known
    for part in parts:
        if part.amount_fen and part.payer in _PAYERS:
            account = Account(part.payer)
            known[account] = known.get(account, 0) + part.amount_fen
    return known


def charge(
    records: Records, enrolment: Enrolment, contribution: Contribution, parts: Iterable[ContributionPart]
) -> LedgerEntry | None:
    """Book what is due for an enrolment, and carry over to it what the person has left from earlier years.

    What was charged for the same person and year before is taken back. None where there is nothing to charge.
    """
    _alone(records, enrolment.person_id)
    for each in all_of(records, enrolment.person_id, enrolment.year):
        if each.id == enrolment.id or each.state not in LIVE:
            _take_back(records, each, "replaced", but=contribution.id)
    amounts = charged(parts)
    entry = None
    if amounts:
        year = enrolment.year
        postings = {(account, year): amount for account, amount in amounts.items()}
        postings[(Account.INCOME, year)] = -sum(amounts.values())
        entry = book(
            records,
            EntryKind.DUE,
            enrolment.person_id,
            records.today,
            postings,
            contribution_id=contribution.id,
        )
    for before in credits_before(records, enrolment.person_id, enrolment.year):
        _carry(records, enrolment.person_id, before, enrolment.year)
    settle(records, enrolment.person_id, enrolment.year)
    return entry


def cancel(records: Records, enrolment: Enrolment, reason: str) -> bool:
    """Nothing is due for this enrolment any more, say because it was withdrawn before it began. Whether anything was.

    Raises Refusal `refunded_already` where part of it was given back after the end: take the refund back first.
    """
    _alone(records, enrolment.person_id)
    return _take_back(records, enrolment, reason, required=True)


def pay(
    records: Records,
    person: Person,
    year: int,
    amount_fen: int,
    on: date,
    reference: str | None = None,
    *,
    file_id: int | None = None,
    row: int | None = None,
) -> LedgerEntry:
    """Book a payment by or for a person towards the individual part of a year; what is too much stays as credit.

    Raises Refusal: `no_amount` for nothing or less, `not_enrolled` where the person never enrolled for that year,
    `already_booked` for a reference that was booked before.
    """
    if amount_fen <= 0:
        raise Refusal("no_amount")
    person_id = person.id or 0
    _alone(records, person_id)
    if records.connection.execute(_ENROLLED, {"person": person_id, "of": year}).first() is None:
        raise Refusal("not_enrolled", year=year)
    postings = {(Account.BANK, year): amount_fen, (Account.INDIVIDUAL, year): -amount_fen}
    entry = book(records, EntryKind.PAYMENT, person_id, on, postings, reference=reference, file_id=file_id, row=row)
    settle(records, person_id, year)
    return entry


def refund(
    records: Records, person: Person, year: int, amount_fen: int, on: date, reference: str | None = None
) -> LedgerEntry:
    """Book money that goes back to a person: of their credit or, once the enrolment has ended, of all they paid.

    Raises Refusal: `no_amount` for nothing or less, `refund_too_large` with the most that can go back,
    `already_booked` for a reference that was booked before.
    """
    if amount_fen <= 0:
        raise Refusal("no_amount")
    person_id = person.id or 0
    _alone(records, person_id)
    stands = balance(records, person_id, year)
    enrolment = current(records, person_id, year)
    ended = enrolment is None or enrolment.state not in LIVE
    most = max(stands.credit_fen, stands.paid_fen) if ended else stands.credit_fen
    if amount_fen > most:
        raise Refusal("refund_too_large", year=year, most_fen=most)
    of_credit = min(amount_fen, stands.credit_fen)
    postings = {
        (Account.INDIVIDUAL, year): of_credit,
        # What was due and paid for goes back: nobody owes it again.
        (Account.INCOME, year): amount_fen - of_credit,
        (Account.BANK, year): -amount_fen,
    }
    entry = book(
        records,
        EntryKind.REFUND,
        person_id,
        on,
        {place: amount for place, amount in postings.items() if amount},
        reference=reference,
        source="refund",
    )
    settle(records, person_id, year)
    return entry


def carry_over(records: Records, person: Person, from_year: int, to_year: int) -> LedgerEntry | None:
    """Move what a person has left in one year to a later one; None where nothing is left, so twice does nothing.

    What was paid in advance stays where its enrolment is not charged yet. Raises Refusal `wrong_years` where the second
    year is not after the first.
    """
    if to_year <= from_year:
        raise Refusal("wrong_years", first=from_year, last=to_year)
    _alone(records, person.id or 0)
    entry = _carry(records, person.id or 0, from_year, to_year)
    settle(records, person.id or 0, to_year)
    return entry


def reverse(records: Records, entry: LedgerEntry, reason: str) -> LedgerEntry:
    """Take back a payment, a refund or a carrying over that was a mistake. `reason` is an id.

    What had been carried over of money that is no longer there comes back with it. Raises Refusal: `charge_stands` for
    a charge, which goes with its contribution only (`contributions.keep`, `cancel`), `reversal_stands`,
    `reversed_already`.
    """
    if entry.kind is EntryKind.DUE:
        raise Refusal("charge_stands")
    _alone(records, entry.person_id)
    found = mirror(records, entry, reason)
    for year in sorted({year for _, year in postings_of(records, entry.id or 0)}):
        _bring_back(records, entry.person_id, year, reason)
        settle(records, entry.person_id, year)
    return found


def _alone(records: Records, person_id: int) -> None:
    """Let nobody else book for this person until the transaction ends. Raises Refusal `gone`."""
    if records.connection.execute(_LOCK_PERSON, {"person": person_id}).first() is None:
        raise Refusal("gone", what="person", id=person_id)


def _carry(records: Records, person_id: int, from_year: int, to_year: int) -> LedgerEntry | None:
    credit = balance(records, person_id, from_year).credit_fen
    enrolment = current(records, person_id, from_year)
    if not credit or (enrolment is not None and enrolment.state in _WAITING):
        return None
    postings = {(Account.INDIVIDUAL, from_year): credit, (Account.INDIVIDUAL, to_year): -credit}
    return book(records, EntryKind.CARRIED_OVER, person_id, records.today, postings)


def _take_back(
    records: Records, enrolment: Enrolment, reason: str, *, but: int | None = None, required: bool = False
) -> bool:
    """Take back what was charged for an enrolment, by any contribution but one."""
    undone = aliased(LedgerEntry)
    wanted = (
        select(LedgerEntry)
        .join(Contribution, col(Contribution.id) == col(LedgerEntry.contribution_id))
        .outerjoin(undone, col(undone.reverses_id) == col(LedgerEntry.id))
        .where(
            # Only to look among one person's entries, not through the whole ledger.
            LedgerEntry.person_id == enrolment.person_id,
            Contribution.enrolment_id == enrolment.id,
            LedgerEntry.kind == EntryKind.DUE,
            Contribution.id != but,
            col(undone.id).is_(None),
        )
    )
    entries = list(records.session.exec(wanted))
    for entry in entries:
        try:
            _see_that_due_remains(records, entry)
        except Refusal:
            if required:
                raise
            return False
        mirror(records, entry, reason)
    contribution = in_force(records, enrolment)
    if contribution is not None and contribution.id != but:
        records.change(
            contribution,
            "contribution_replaced",
            person_id=enrolment.person_id,
            reason=reason,
            replaced_at=records.now,
        )
    return bool(entries)


def _see_that_due_remains(records: Records, entry: LedgerEntry) -> None:
    """Refuse to take back a charge out of which money was given back already: it would be owed to the person twice."""
    if entry.kind is not EntryKind.DUE:
        return
    for (account, year), amount in postings_of(records, entry.id or 0).items():
        if account is Account.INDIVIDUAL:
            stands = balance(records, entry.person_id, year)
            if stands.given_back_fen and stands.due_fen < amount:
                raise Refusal("refunded_already", year=year)


def _bring_back(records: Records, person_id: int, year: int, reason: str) -> None:
    """Undo what was carried out of a year, latest first, while more has left the year than ever came in."""
    undone = aliased(LedgerEntry)
    wanted = (
        select(LedgerEntry)
        .outerjoin(undone, col(undone.reverses_id) == col(LedgerEntry.id))
        .where(
            LedgerEntry.person_id == person_id,
            LedgerEntry.kind == EntryKind.CARRIED_OVER,
            col(undone.id).is_(None),
        )
        .order_by(col(LedgerEntry.id).desc())
    )
    for entry in list(records.session.exec(wanted)):
        if balance(records, person_id, year).paid_fen >= 0:
            return
        places = {at: amount for (_, at), amount in postings_of(records, entry.id or 0).items()}
        if places.get(year, 0) > 0:
            mirror(records, entry, reason)
            later = next(at for at, amount in places.items() if amount < 0)
            _bring_back(records, person_id, later, reason)
            settle(records, person_id, later)
