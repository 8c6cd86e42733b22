"""Agreements over several years (嘉政发〔2007〕70号 article 十六): each year's own part is deducted from an account."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement
from sqlmodel import col, or_, select

from member_store.members.balances import balance
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.tables.money import Agreement
from member_store.tables.people import Enrolment, EnrolmentState, Person


@dataclass(frozen=True)
class Deduction:
    """What is to be deducted for one person and year, in fen, and from which account."""

    person_id: int
    agreement_id: int
    account: str | None = field(repr=False)
    outstanding_fen: int


def sign(
    records: Records, person: Person, from_year: int, to_year: int, signed_on: date, account: str | None = None
) -> Agreement:
    """Take down that a person agreed to pay for these years, both included, from an account, which is kept encrypted.

    Raises Refusal: `wrong_years` where the last is before the first, `agreed` where one year is covered already.
    """
    if to_year < from_year:
        raise Refusal("wrong_years", first=from_year, last=to_year)
    records.locked(Person, person.id or 0)
    for year in range(from_year, to_year + 1):
        if covering(records, person.id or 0, year) is not None:
            raise Refusal("agreed", year=year)
    found = records.add(
        Agreement(
            person_id=person.id or 0,
            from_year=from_year,
            to_year=to_year,
            account=records.seal(account) if account else None,
            signed_on=signed_on,
        )
    )
    records.record("agreement_signed", found, person_id=person.id, changes={"years": [from_year, to_year]})
    return found


def end(records: Records, agreement: Agreement, on: date, reason: str) -> None:
    """End an agreement: years that begin after that day are no longer covered. `reason` is an id.

    Raises Refusal `ended_already`.
    """
    agreement = records.locked(Agreement, agreement.id or 0)
    if agreement.ended_on is not None:
        raise Refusal("ended_already", on=agreement.ended_on)
    records.change(agreement, "agreement_ended", person_id=agreement.person_id, ended_on=on, reason=reason)


def of_person(records: Records, person_id: int) -> list[Agreement]:
    """Every agreement that a person ever signed, oldest first."""
    return list(
        records.session.exec(select(Agreement).where(Agreement.person_id == person_id).order_by(col(Agreement.id)))
    )


def covering(records: Records, person_id: int, year: int) -> Agreement | None:
    """The agreement by which a person pays for a year, if there is one."""
    return records.session.exec(select(Agreement).where(Agreement.person_id == person_id, *covers(year))).first()


def account_of(records: Records, agreement: Agreement) -> str | None:
    """The account that is deducted from; none where none was given or the person was erased."""
    account = records.unseal(agreement.account, f"agreement {agreement.id}")
    return str(account) if account is not None else None


def deductions(records: Records, year: int, county: str | None = None) -> list[Deduction]:
    """What is to be deducted for a year: from whoever agreed, is enrolled and has something outstanding.

    Of one county-level unit where it is given; by person.
    """
    wanted = (
        select(Agreement)
        .join(Enrolment, col(Enrolment.person_id) == col(Agreement.person_id))
        .where(
            Enrolment.year == year,
            Enrolment.state == EnrolmentState.AWAITING_PAYMENT,
            *([Enrolment.county == county] if county else []),
            *covers(year),
        )
        .order_by(col(Agreement.person_id))
    )
    found = []
    for each in records.session.exec(wanted):
        outstanding = balance(records, each.person_id, year).outstanding_fen
        if outstanding > 0:
            found.append(Deduction(each.person_id, each.id or 0, account_of(records, each), outstanding))
    return found


def covers(year: int) -> tuple[ColumnElement[bool], ...]:
    """That an agreement is the one by which somebody pays for a year."""
    return (
        col(Agreement.from_year) <= year,
        col(Agreement.to_year) >= year,
        or_(col(Agreement.ended_on).is_(None), col(Agreement.ended_on) >= date(year, 1, 1)),
    )
