"""Hardship without a certificate (嘉政发〔2007〕70号 article 十三 item 3): the government pays the own part.

Apply, review, public notice, decision: each step has its day, and none can be left out.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlmodel import col, select

from member_store.members import people
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.members.states import HARDSHIP
from member_store.tables.money import HardshipApplication, HardshipState
from member_store.tables.people import Certificate, Person

DECISION = "hardship_decision"
"""The kind of certificate that an approval is: valid for the contribution year it was asked for."""

_OVER = (HardshipState.REFUSED, HardshipState.WITHDRAWN)


def apply(records: Records, person: Person, year: int, grounds: str | None, on: date) -> HardshipApplication:
    """Take down an application for a contribution year. `grounds` are the person's own words, kept encrypted.

    Raises Refusal: `deceased` or `erased` for the person, `hardship_open` where one of that year goes on or was
    approved.
    """
    person = records.locked(Person, person.id or 0)
    if person.died_on is not None:
        raise Refusal("deceased", on=person.died_on)
    if person.erased_at is not None:
        raise Refusal("erased")
    known = next((each for each in of_person(records, person.id or 0, year) if each.state not in _OVER), None)
    if known is not None:
        raise Refusal("hardship_open", year=year, state=known.state.value)
    found = records.add(
        HardshipApplication(
            person_id=person.id or 0,
            year=year,
            state=HardshipState.APPLIED,
            grounds=records.seal(grounds) if grounds else None,
            applied_on=on,
        )
    )
    records.record("hardship_applied", found, person_id=person.id, changes={"year": year, "on": on.isoformat()})
    return found


def review(records: Records, application: HardshipApplication, on: date) -> HardshipApplication:
    """Begin to look at an application. Raises Refusal `no_move`."""
    return _move(records, application, HardshipState.UNDER_REVIEW, reviewed_on=on)


def give_notice(records: Records, application: HardshipApplication, on: date, days: int) -> HardshipApplication:
    """Put an application on public notice for so many days, the first and the last included.

    Raises Refusal: `no_move`, `no_days` for less than one day.
    """
    if days < 1:
        raise Refusal("no_days")
    until = on + timedelta(days=days - 1)
    return _move(records, application, HardshipState.PUBLIC_NOTICE, notice_from=on, notice_until=until)


def decide(
    records: Records, application: HardshipApplication, on: date, *, approve: bool, reason: str | None = None
) -> HardshipApplication:
    """Decide an application; an approval is put down as a certificate for the year. `reason` is an id.

    Without a notice it can only be refused, after the review. Raises Refusal: `no_move`, `notice_runs` before the
    notice's last day is over.
    """
    application = records.locked(HardshipApplication, application.id or 0)
    until = application.notice_until
    if application.state is HardshipState.PUBLIC_NOTICE and until is not None and on <= until:
        raise Refusal("notice_runs", until=until)
    to = HardshipState.APPROVED if approve else HardshipState.REFUSED
    application = _move(records, application, to, reason, decided_on=on)
    if approve:
        person = records.locked(Person, application.person_id)
        year = application.year
        held = people.hold_certificate(
            records, person, DECISION, valid_from=date(year, 1, 1), valid_until=date(year, 12, 31)
        )
        records.change(held, "certificate_verified", person_id=person.id, verified_on=on)
    return application


def withdraw(records: Records, application: HardshipApplication, reason: str | None = None) -> HardshipApplication:
    """The person no longer asks for it. Raises Refusal `no_move` once it was decided."""
    return _move(records, application, HardshipState.WITHDRAWN, reason, decided_on=records.today)


def of_person(records: Records, person_id: int, year: int | None = None) -> list[HardshipApplication]:
    """A person's applications, oldest first; of one year where it is given."""
    wanted = select(HardshipApplication).where(HardshipApplication.person_id == person_id)
    if year is not None:
        wanted = wanted.where(HardshipApplication.year == year)
    return list(records.session.exec(wanted.order_by(col(HardshipApplication.id))))


def going_on(records: Records, person_id: int, year: int) -> HardshipApplication:
    """The application of a year that is still to be decided. Raises Refusal `no_hardship`."""
    for each in reversed(of_person(records, person_id, year)):
        if HARDSHIP.moves[each.state]:
            return each
    raise Refusal("no_hardship", year=year)


def on_notice(records: Records, county: str, day: date) -> list[tuple[HardshipApplication, Person]]:
    """The applications of a county that are on public notice on a day, in the order in which the notices began."""
    wanted = (
        select(HardshipApplication, Person)
        .join(Person, col(Person.id) == col(HardshipApplication.person_id))
        .where(
            Person.county == county,
            HardshipApplication.state == HardshipState.PUBLIC_NOTICE,
            col(HardshipApplication.notice_from) <= day,
            col(HardshipApplication.notice_until) >= day,
            col(Person.erased_at).is_(None),
        )
        .order_by(col(HardshipApplication.notice_from), col(HardshipApplication.id))
    )
    return [(application, person) for application, person in records.session.exec(wanted)]


def holds_decision(held: list[Certificate], year: int) -> bool:
    """Whether one of these certificates is an approval for a year."""
    return any(
        each.kind == DECISION and each.valid_from == date(year, 1, 1) and each.verified_on is not None for each in held
    )


def _move(
    records: Records,
    application: HardshipApplication,
    to: HardshipState,
    reason: str | None = None,
    **days: date,
) -> HardshipApplication:
    application = records.locked(HardshipApplication, application.id or 0)
    HARDSHIP.check(application.state, to)
    columns: dict[str, HardshipState | date] = {"state": to, **days}
    records.change(application, f"hardship_{to.value}", person_id=application.person_id, reason=reason, **columns)
    return application
