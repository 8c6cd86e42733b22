"""What a person owes and has paid, and every line of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, bindparam, case, func, or_
from sqlmodel import col, select

from member_store.members.records import Records
from member_store.tables.money import Account, EntryKind, LedgerEntry, LedgerPosting


@dataclass(frozen=True)
class Balance:
    """The individual part of one person and contribution year, in fen: what is due, and what was paid towards it.

    `due_fen` is less by what was given back after the enrolment had ended, and so is `paid_fen`. What was carried over
    from another year counts as paid.
    """

    due_fen: int
    paid_fen: int
    given_back_fen: int = 0

    @property
    def outstanding_fen(self) -> int:
        """What is still to be paid; below nothing where the person has money here."""
        return self.due_fen - self.paid_fen

    @property
    def credit_fen(self) -> int:
        """What was paid and is not needed."""
        return max(0, -self.outstanding_fen)


@dataclass(frozen=True)
class Line:
    """One line of a person's statement. `amount_fen` is what it adds to what they owe: below nothing for a payment."""

    entry_id: int
    on: date
    kind: EntryKind
    year: int
    amount_fen: int
    reverses_id: int | None


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, col(LedgerPosting.amount_fen)), else_=0)), 0)


_CHARGED = or_(
    col(LedgerEntry.kind) == EntryKind.DUE,
    and_(col(LedgerEntry.kind) == EntryKind.REVERSAL, col(LedgerEntry.contribution_id).is_not(None)),
)
"""Of a reversal only one that takes back a charge has a contribution."""
_INDIVIDUAL = col(LedgerPosting.account) == Account.INDIVIDUAL
_BALANCE = (
    select(
        _sum(and_(_INDIVIDUAL, _CHARGED)),
        _sum(and_(_INDIVIDUAL, ~_CHARGED)),
        # Only a refund after the end takes money out of the income itself.
        _sum(and_(col(LedgerPosting.account) == Account.INCOME, ~_CHARGED)),
    )
    .select_from(LedgerPosting)
    .join(LedgerEntry, col(LedgerEntry.id) == col(LedgerPosting.entry_id))
    .where(col(LedgerPosting.person_id) == bindparam("person"), col(LedgerPosting.year) == bindparam("of"))
)
"""Made once: a file of payments asks it twice for every row."""


def balance(records: Records, person_id: int, year: int) -> Balance:
    """What is due from a person for a contribution year, and what was paid."""
    found = records.connection.execute(_BALANCE, {"person": person_id, "of": year}).one()
    charged, other, given_back = map(int, found)
    return Balance(charged - given_back, -other - given_back, given_back)


def credits_before(records: Records, person_id: int, year: int) -> list[int]:
    """The earlier years in which a person has money left, oldest first."""
    found = (
        select(LedgerPosting.year)
        .where(LedgerPosting.person_id == person_id, LedgerPosting.year < year, _INDIVIDUAL)
        .group_by(col(LedgerPosting.year))
        .having(func.sum(LedgerPosting.amount_fen) < 0)
        .order_by(col(LedgerPosting.year))
    )
    return list(records.session.exec(found))


def statement(records: Records, person_id: int) -> list[Line]:
    """Everything that changed what a person owes or has paid, in the order in which it was booked."""
    found = (
        select(LedgerEntry, LedgerPosting)
        .join(LedgerPosting, col(LedgerPosting.entry_id) == col(LedgerEntry.id))
        .where(LedgerPosting.person_id == person_id, _INDIVIDUAL)
        .order_by(col(LedgerEntry.id), col(LedgerPosting.id))
    )
    return [
        Line(posting.entry_id, entry.effective_on, entry.kind, posting.year, posting.amount_fen, entry.reverses_id)
        for entry, posting in records.session.exec(found)
    ]
