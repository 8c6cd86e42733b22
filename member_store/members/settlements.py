"""Settlements: what the fund has paid this year, by which ceilings and deductibles of the next stay go."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, func
from sqlmodel import col, select

from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.tables.money import Settlement
from member_store.tables.people import Person

INPATIENT = "inpatient"
"""The kind of care that counts as a stay."""


def enter(
    records: Records,
    person: Person,
    year: int,
    on: date,
    care: str,
    fund_paid_fen: int,
    *,
    provider_level: str | None = None,
    bill_fen: int | None = None,
    reference: str | None = None,
    file_id: int | None = None,
    row: int | None = None,
) -> Settlement:
    """Take down what the fund paid, in fen, for one stay or visit; nothing is an amount too, since the stay counts.

    `year` is the pooling year, `care` inpatient or outpatient; of `reference` only a keyed hash is kept. Raises
    Refusal: `no_amount` below nothing, `more_than_bill`, `already_booked` for a reference that was entered before.
    """
    if fund_paid_fen < 0:
        raise Refusal("no_amount")
    if bill_fen is not None and fund_paid_fen > bill_fen:
        raise Refusal("more_than_bill", bill_fen=bill_fen)
    key = reference_hash(records, reference) if reference else None
    if key is not None and is_entered(records, key):
        raise Refusal("already_booked")
    found = records.add(
        Settlement(
            person_id=person.id or 0,
            year=year,
            settled_on=on,
            care=care,
            provider_level=provider_level,
            bill_fen=bill_fen,
            fund_paid_fen=fund_paid_fen,
            reference=key,
            file_id=file_id,
            row=row,
        )
    )
    changes = {"year": year, "on": on.isoformat(), "fund_paid_fen": fund_paid_fen}
    records.record("settlement_entered", found, person_id=person.id, changes=changes)
    return found


def reverse(records: Records, settlement: Settlement, reason: str) -> None:
    """A settlement was entered by mistake: from now on it does not count. `reason` is an id.

    Its reference is free again, for the right figures. Raises Refusal `reversed_already`.
    """
    settlement = records.locked(Settlement, settlement.id or 0)
    if settlement.reversed_at is not None:
        raise Refusal("reversed_already", entry=settlement.id)
    records.change(
        settlement,
        "settlement_reversed",
        person_id=settlement.person_id,
        reason=reason,
        reversed_at=records.now,
        reference=None,
    )


def of_person(records: Records, person_id: int, year: int | None = None) -> list[Settlement]:
    """A person's settlements, by day, reversed ones included; of one pooling year where it is given."""
    wanted = select(Settlement).where(Settlement.person_id == person_id)
    if year is not None:
        wanted = wanted.where(Settlement.year == year)
    return list(records.session.exec(wanted.order_by(col(Settlement.settled_on), col(Settlement.id))))


def paid_this_year(records: Records, person_id: int, year: int) -> int:
    """What the fund has paid for a person in a pooling year, in fen: the fact `fund_paid_this_year`."""
    wanted = select(func.coalesce(func.sum(col(Settlement.fund_paid_fen)), 0)).where(*_counting(person_id, year))
    return int(records.session.exec(wanted).one())


def stays_this_year(records: Records, person_id: int, year: int) -> int:
    """How many stays of a pooling year were settled. The next is one more: the fact `stays_this_year` counts it."""
    wanted = select(func.count(col(Settlement.id))).where(*_counting(person_id, year), Settlement.care == INPATIENT)
    return int(records.session.exec(wanted).one())


def reference_hash(records: Records, reference: str) -> str:
    """What stands for the reference of a settlement."""
    return records.hash("reference", "settlement", reference)


def is_entered(records: Records, key: str) -> bool:
    """Whether there is a settlement whose reference has this hash."""
    return records.session.exec(select(col(Settlement.id)).where(Settlement.reference == key)).first() is not None


def _counting(person_id: int, year: int) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Settlement.person_id) == person_id,
        col(Settlement.year) == year,
        col(Settlement.reversed_at).is_(None),
    )
