"""Does the ledger hold together? Everything that can be held against something else is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select, text, union_all
from sqlalchemy.orm import aliased
from sqlmodel import col

from member_store.members import audit
from member_store.members.records import Records
from member_store.tables.money import (
    Account,
    Contribution,
    ContributionPart,
    EntryKind,
    LedgerEntry,
    LedgerPosting,
)
from member_store.tables.people import Enrolment, EnrolmentState
from member_store.tables.records import Audit

_AT_ONCE = 5_000

ENTRY, POSTING = LedgerEntry.__table__.c, LedgerPosting.__table__.c  # type: ignore[attr-defined]
CONTRIBUTION, PART = Contribution.__table__.c, ContributionPart.__table__.c  # type: ignore[attr-defined]
ENROLMENT, AUDIT = Enrolment.__table__.c, Audit.__table__.c  # type: ignore[attr-defined]

INVENTED = "people_invented"
"""What the audit calls a generation of people for trials, whose bookings it does not tell one by one."""


@dataclass(frozen=True)
class Finding:
    """Something that does not fit: `code` says what (the message `ledger.<code>`), `details` where. Nothing personal.

    Amounts in the details are fen.
    """

    code: str
    details: dict[str, Any]


def at_one_moment(records: Records) -> None:
    """See everything as it is at this moment, whatever is written meanwhile. To be the first in its transaction.

    Without this PostgreSQL would hold what one question found against what was booked before the next.
    """
    if records.connection.dialect.name == "postgresql":
        records.connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


def findings(records: Records) -> Iterator[Finding]:
    """All that is wrong with the ledger and the audit; nothing where they hold together.

    To be asked in a transaction of its own: what is not yet written to the audit looks as if it had been slipped in.
    """
    yield from _unbalanced(records)
    yield from _strangers(records)
    yield from _reversals(records)
    yield from _charges(records)
    yield from _states(records)
    yield from _against_the_audit(records)
    shown = chain(audit.broken(records.connection), audit.cut_off(records.connection, records.cipher))
    for sentence in shown:
        yield Finding("audit", {"where": sentence})


def sums(records: Records) -> dict[Account, int]:
    """What all postings of each account come to, in fen."""
    found = records.connection.execute(select(POSTING.account, func.sum(POSTING.amount_fen)).group_by(POSTING.account))
    totals = Counter({Account(account): int(amount) for account, amount in found})
    return {account: totals[account] for account in Account}


def _found(records: Records, code: str, wanted: Select[Any]) -> Iterator[Finding]:
    for row in records.connection.execute(wanted).mappings():
        details = {name: int(value) if name.endswith("_fen") else value for name, value in row.items()}
        yield Finding(code, details)


def _unbalanced(records: Records) -> Iterator[Finding]:
    total = func.sum(POSTING.amount_fen)
    unequal = select(POSTING.entry_id.label("entry"), total.label("amount_fen")).group_by(POSTING.entry_id)
    yield from _found(records, "unbalanced", unequal.having(total != 0))
    empty = select(ENTRY.id.label("entry")).where(~exists().where(POSTING.entry_id == ENTRY.id))
    yield from _found(records, "empty", empty)


def _strangers(records: Records) -> Iterator[Finding]:
    """Postings of somebody else than whose entry it is."""
    wanted = select(ENTRY.id.label("entry")).join_from(
        LedgerEntry, LedgerPosting, and_(POSTING.entry_id == ENTRY.id, POSTING.person_id != ENTRY.person_id)
    )
    yield from _found(records, "stranger", wanted.distinct())


def _reversals(records: Records) -> Iterator[Finding]:
    """Reversals that are not the mirror image of what they take back."""
    root = func.coalesce(ENTRY.reverses_id, ENTRY.id)
    undone = aliased(LedgerEntry)
    total = func.sum(POSTING.amount_fen)
    wanted = (
        select(root.label("entry"), POSTING.account, POSTING.year, total.label("amount_fen"))
        .join_from(LedgerEntry, LedgerPosting, POSTING.entry_id == ENTRY.id)
        .where(or_(ENTRY.reverses_id.is_not(None), exists().where(col(undone.reverses_id) == ENTRY.id)))
        .group_by(root, POSTING.account, POSTING.year)
        .having(total != 0)
    )
    yield from _found(records, "not_a_mirror", wanted)


def _charges(records: Records) -> Iterator[Finding]:
    """Charges that are not what the contribution in force says, or that stand although it was replaced."""
    open_part = aliased(ContributionPart)
    individual = Account.INDIVIDUAL.value
    own_part_open = exists().where(
        col(open_part.contribution_id) == CONTRIBUTION.id,
        col(open_part.payer) == individual,
        col(open_part.amount_fen).is_(None),
    )
    payers = [each.value for each in Account if each not in (Account.BANK, Account.INCOME)]
    expected = (
        select(CONTRIBUTION.id.label("contribution"), PART.payer.label("account"), PART.amount_fen.label("amount"))
        .join_from(Contribution, ContributionPart, PART.contribution_id == CONTRIBUTION.id)
        .join(Enrolment, ENROLMENT.id == CONTRIBUTION.enrolment_id)
        .where(
            CONTRIBUTION.replaced_at.is_(None),
            # Whoever is charged is no longer only verified.
            ENROLMENT.state != EnrolmentState.VERIFIED,
            PART.payer.in_(payers),
            PART.amount_fen != 0,
            ~own_part_open,
        )
    )
    booked = (
        select(ENTRY.contribution_id, _text(POSTING.account), -POSTING.amount_fen)
        .join_from(LedgerEntry, LedgerPosting, POSTING.entry_id == ENTRY.id)
        .where(
            ENTRY.contribution_id.is_not(None),
            ENTRY.kind.in_((EntryKind.DUE, EntryKind.REVERSAL)),
            POSTING.account != Account.INCOME,
        )
    )
    both = union_all(expected, booked).subquery()
    total = func.sum(both.c.amount)
    wanted = (
        select(both.c.contribution, both.c.account, total.label("amount_fen"))
        .group_by(both.c.contribution, both.c.account)
        .having(total != 0)
    )
    yield from _found(records, "charge", wanted)


def _text(column: ColumnElement[Any]) -> ColumnElement[str]:
    """A choice as the text that it is in the database: beside a plain text column it would be read as one."""
    return literal("").concat(column)


def _states(records: Records) -> Iterator[Finding]:
    """Enrolments that are active with something outstanding, or wait for a payment of nothing."""
    owed = func.coalesce(func.sum(POSTING.amount_fen), 0)
    base = (
        select(ENROLMENT.id.label("enrolment"), owed.label("amount_fen"))
        .join_from(
            Enrolment,
            LedgerPosting,
            and_(
                POSTING.person_id == ENROLMENT.person_id,
                POSTING.year == ENROLMENT.year,
                POSTING.account == Account.INDIVIDUAL,
            ),
        )
        .group_by(ENROLMENT.id)
    )
    yield from _found(records, "active_unpaid", base.where(ENROLMENT.state == EnrolmentState.ACTIVE).having(owed > 0))
    yield from _found(
        records, "paid_waiting", base.where(ENROLMENT.state == EnrolmentState.AWAITING_PAYMENT).having(owed <= 0)
    )


def _against_the_audit(records: Records) -> Iterator[Finding]:
    """Entries that are not what the audit says was booked: changed with both sides alike, taken out or slipped in."""
    kinds = [f"ledger_{kind.value}" for kind in EntryKind]
    postings = select(POSTING.entry_id, POSTING.account, POSTING.year, POSTING.amount_fen).order_by(POSTING.entry_id)
    told = (
        select(AUDIT.entity_id, AUDIT.changes)
        .where(AUDIT.entity == "ledger_entry", AUDIT.action.in_(kinds))
        .order_by(AUDIT.entity_id, AUDIT.id)
    )
    connection = records.connection
    invented = connection.execute(select(AUDIT.id).where(AUDIT.action == INVENTED).limit(1)).first() is not None
    written = iter(connection.execute(told, execution_options={"yield_per": _AT_ONCE}))
    said = next(written, None)
    for entry, rows in groupby(
        connection.execute(postings, execution_options={"yield_per": _AT_ONCE}), lambda row: row.entry_id
    ):
        while said is not None and said.entity_id < entry:
            yield Finding("taken_out", {"entry": said.entity_id})
            said = next(written, None)
        if said is None or said.entity_id != entry:
            if not invented:
                yield Finding("slipped_in", {"entry": entry})
            continue
        booked = sorted([row.account.value, row.year, row.amount_fen] for row in rows)
        if json.loads(said.changes).get("postings") != booked:
            yield Finding("changed", {"entry": entry})
        said = next(written, None)
    while said is not None:
        yield Finding("taken_out", {"entry": said.entity_id})
        said = next(written, None)
