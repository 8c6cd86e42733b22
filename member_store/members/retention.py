"""How long personal data are kept, and what happens then.

个人信息保护法 article 19: no longer than their purpose needs. Accounts are kept for decades (会计档案管理办法: vouchers
for 30 years); amounts, states and the audit therefore stay here for ever, and only what says whose they are goes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete
from sqlmodel import SQLModel, and_, col, exists, func, or_, select

from member_store import past
from member_store.members import deliveries, enrolments, erasure, reminders
from member_store.members.records import OFFICE_TIME, Records
from member_store.members.states import LIVE
from member_store.tables.money import (
    Account,
    Agreement,
    HardshipApplication,
    HardshipState,
    LedgerEntry,
    LedgerPosting,
    Settlement,
)
from member_store.tables.people import Doubt, DoubtState, Enrolment, EnrolmentState, Person
from member_store.tables.records import History

AT_ONCE = 50
"""Rows a transaction: nobody waits longer than for these."""

REASON = "retention"
"""The reason that the audit and an enrolment have for what was done here."""


@dataclass(frozen=True)
class Keep:
    """How long: personal data of what has ended, in whole years; conversations that nobody goes on with, in days."""

    ended_years: int
    conversation_days: int

    def day(self, records: Records) -> date:
        """What ended before this day is kept no longer."""
        today = records.today
        try:
            return today.replace(year=today.year - self.ended_years)
        except ValueError:  # the 29th of February
            return today.replace(year=today.year - self.ended_years, day=28)

    def moment(self, records: Records) -> datetime:
        """The beginning of that day, where the office is."""
        return datetime.combine(self.day(records), time(), OFFICE_TIME).astimezone(UTC)


@dataclass(frozen=True)
class Outlived:
    """How many there are, or were, of each: people, enrolments, …; see `KINDS`."""

    counts: dict[str, int]
    held_up: int
    """People who would be due, were it not for money that is open."""


def due_for_erasure(
    records: Records, keep_years: int, *, after: int = 0, most: int | None = None, among: Sequence[int] | None = None
) -> list[int]:
    """The people with whom nothing was done for so many years, nothing goes on, and no money is open: their ids.

    In order, from the one after `after` on, at most `most`; only some of those `among` which it is asked.
    """
    return _people(records, Keep(keep_years, 1), after, most, among=among, money=False)


def count(records: Records, keep: Keep) -> Outlived:
    """What `apply` would do."""
    counts = {name: len(kind.find(records, keep, 0, None)) for name, kind in KINDS.items()}
    return Outlived(counts, len(_people(records, keep, 0, None, money=True)))


def apply(transaction: Callable[[], AbstractContextManager[Records]], keep: Keep) -> Outlived:
    """Take away what was kept long enough, a few rows a transaction; can be interrupted, and run again.

    `transaction` begins one that writes: `Store.records`. Raises StoreError where the store fails.
    """
    counts = {}
    for name, kind in KINDS.items():
        done, after = 0, 0
        while True:
            with transaction() as records:
                found = kind.find(records, keep, after, AT_ONCE)
                done += kind.take_away(records, keep, found) if found else 0
            if len(found) < AT_ONCE:
                break
            after = found[-1]
        counts[name] = done
    with transaction() as records:
        return Outlived(counts, len(_people(records, keep, 0, None, money=True)))


def _people(
    records: Records,
    keep: Keep,
    after: int,
    most: int | None,
    *,
    among: Sequence[int] | None = None,
    money: bool,
) -> list[int]:
    """People with whom nothing goes on any more; with or without money that is open."""
    day, key = keep.day(records), col(Person.id)

    def of(model: type[Any], *recent: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(model.person_id == key, *recent)

    open_money = (
        select(LedgerPosting.year)
        .where(col(LedgerPosting.person_id) == key, LedgerPosting.account == Account.INDIVIDUAL)
        .group_by(col(LedgerPosting.year))
        .having(func.sum(col(LedgerPosting.amount_fen)) != 0)
        .correlate(Person)
        .exists()
    )
    wanted = select(Person.id).where(
        col(Person.erased_at).is_(None),
        col(Person.created_at) < keep.moment(records),
        key > after,
        ~of(Enrolment, ~_over(day)),
        ~of(LedgerEntry, col(LedgerEntry.effective_on) >= day),
        ~of(Settlement, col(Settlement.settled_on) >= day),
        ~of(HardshipApplication, col(HardshipApplication.applied_on) >= day),
        ~of(Agreement, col(Agreement.ended_on).is_(None), col(Agreement.to_year) >= day.year),
        open_money if money else ~open_money,
    )
    if among is not None:
        wanted = wanted.where(key.in_(among))
    return _ids(records, wanted.order_by(key).limit(most))


def _erase_people(records: Records, keep: Keep, ids: Sequence[int]) -> int:
    held = select(Person).where(col(Person.id).in_(ids)).order_by(col(Person.id)).with_for_update(skip_locked=True)
    people = {each.id or 0: each for each in records.session.exec(held)}
    # Asked again now that nobody can enrol them meanwhile.
    due = due_for_erasure(records, keep.ended_years, among=list(people))
    for key in due:
        for each in enrolments.all_of(records, key):
            # Paid for, and over for years: nobody has said so until now.
            if each.state in (EnrolmentState.ACTIVE, EnrolmentState.AWAITING_PAYMENT):
                enrolments.move(records, each, EnrolmentState.LAPSED, reason=REASON)
        erasure.erase(records, people[key], REASON)
    return len(due)


def _over(day: date) -> ColumnElement[bool]:
    """Enrolments that ended before a day, and those of years that did, whether or not anybody ended them."""
    ended, lives = col(Enrolment.ended_on), col(Enrolment.state).in_(LIVE)
    return or_(and_(~lives, ended < day), and_(or_(lives, ended.is_(None)), col(Enrolment.year) < day.year))


def _enrolments(records: Records, keep: Keep, after: int, most: int | None) -> list[int]:
    return _with(records, Enrolment, "facts", after, most, _over(keep.day(records)))


def _doubts(records: Records, keep: Keep, after: int, most: int | None) -> list[int]:
    decided = (Doubt.state != DoubtState.OPEN, col(Doubt.decided_at) < keep.moment(records))
    return _with(records, Doubt, "stated", after, most, *decided)


def _hardship(records: Records, keep: Keep, after: int, most: int | None) -> list[int]:
    over = (HardshipState.APPROVED, HardshipState.REFUSED, HardshipState.WITHDRAWN)
    decided = (col(HardshipApplication.state).in_(over), col(HardshipApplication.decided_on) < keep.day(records))
    return _with(records, HardshipApplication, "grounds", after, most, *decided)


def _with(records: Records, model: type[Any], column: str, after: int, most: int | None, *wanted: Any) -> list[int]:
    rows = select(model.id).where(getattr(model, column).is_not(None), model.id > after, *wanted)
    return _ids(records, rows.order_by(model.id).limit(most))


def _empty(model: type[SQLModel], column: str) -> Callable[[Records, Keep, Sequence[int]], int]:
    def take_away(records: Records, _keep: Keep, ids: Sequence[int]) -> int:
        for key in ids:
            row: Any = records.locked(model, key)
            setattr(row, column, None)
            records.forget_history(person_id=row.person_id, entity=str(model.__tablename__), entity_id=key)
            changes = {"cleared": [column]}
            records.record("data_outlived", row, person_id=row.person_id, changes=changes, reason=REASON)
        return len(ids)

    return take_away


def _former_values(records: Records, keep: Keep, after: int, most: int | None) -> list[int]:
    old = select(History.id).where(col(History.changed_at) < keep.moment(records), col(History.id) > after)
    return _ids(records, old.order_by(col(History.id)).limit(most))


def _forget_former_values(records: Records, _keep: Keep, ids: Sequence[int]) -> int:
    return records.connection.execute(delete(History).where(col(History.id).in_(ids))).rowcount


def _unused_before(records: Records, keep: Keep) -> datetime:
    return records.now - timedelta(days=keep.conversation_days)


def _conversations(records: Records, keep: Keep, after: int, most: int | None) -> list[int]:
    return past.unused_since(records.connection, _unused_before(records, keep), after, most)


def _forget_conversations(records: Records, keep: Keep, ids: Sequence[int]) -> int:
    return past.forget(records.connection, ids, _unused_before(records, keep))


def _deliveries(records: Records, keep: Keep, after: int, most: int | None) -> list[int]:
    return deliveries.unchanged_since(records, _unused_before(records, keep), after, most)


def _reminders(records: Records, keep: Keep, after: int, most: int | None) -> list[int]:
    return reminders.planned_before(records, _unused_before(records, keep), after, most)


def _forget_reminders(records: Records, _keep: Keep, ids: Sequence[int]) -> int:
    return reminders.forget_ids(records, ids)


def _forget_deliveries(records: Records, _keep: Keep, ids: Sequence[int]) -> int:
    return deliveries.forget_ids(records, ids)


def _ids(records: Records, wanted: Select[Any]) -> list[int]:
    return list(records.connection.execute(wanted).scalars())


@dataclass(frozen=True)
class _Kind:
    find: Callable[[Records, Keep, int, int | None], list[int]]
    take_away: Callable[[Records, Keep, Sequence[int]], int]


KINDS = {
    "people": _Kind(lambda *given: _people(*given, money=False), _erase_people),
    "enrolments": _Kind(_enrolments, _empty(Enrolment, "facts")),
    "doubts": _Kind(_doubts, _empty(Doubt, "stated")),
    "hardship": _Kind(_hardship, _empty(HardshipApplication, "grounds")),
    "former_values": _Kind(_former_values, _forget_former_values),
    "conversations": _Kind(_conversations, _forget_conversations),
    "deliveries": _Kind(_deliveries, _forget_deliveries),
    "reminders": _Kind(_reminders, _forget_reminders),
}
"""What is kept for a time only: people, and what they stated in enrolments, doubts and hardship cases; former values;
conversations, and the ledger of what was sent."""
