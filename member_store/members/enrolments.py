"""Enrolments: submitted, verified, paid for, ended; one a person and year."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlmodel import col, select

from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.members.states import ENROLMENT, LIVE
from member_store.tables.people import Enrolment, EnrolmentState, Person


def current(records: Records, person_id: int, year: int) -> Enrolment | None:
    """The enrolment of a year: the one that goes on or, if there is none, the last that ended."""
    found = all_of(records, person_id, year)
    return next((each for each in found if each.state in LIVE), found[-1] if found else None)


def all_of(records: Records, person_id: int, year: int | None = None) -> list[Enrolment]:
    """A person's enrolments, oldest first; of one year only where it is given."""
    wanted = select(Enrolment).where(Enrolment.person_id == person_id)
    if year is not None:
        wanted = wanted.where(Enrolment.year == year)
    return list(records.session.exec(wanted.order_by(col(Enrolment.year), col(Enrolment.id))))


def submit(
    records: Records,
    person: Person,
    year: int,
    *,
    category: str | None,
    rules: str,
    rules_on: date,
    facts: dict[str, Any],
    contact_id: int | None = None,
    renews: Enrolment | None = None,
    registration_kind: str | None = None,
) -> Enrolment:
    """Hand an application to the office. `facts` is what was stated, as JSON data; `rules` decided on it.

    It counts by `registration_kind` where that was stated, else by what is on record of the person.

    Raises Refusal: `enrolled` where one of that year goes on already, `deceased` or `erased` for the person.
    """
    person = records.locked(Person, person.id or 0)
    if person.died_on is not None:
        raise Refusal("deceased", on=person.died_on)
    if person.erased_at is not None:
        raise Refusal("erased")
    known = current(records, person.id or 0, year)
    if known is not None and known.state in (*LIVE, EnrolmentState.LAPSED):
        raise Refusal("enrolled", year=year, state=known.state.value)
    enrolment = records.add(
        Enrolment(
            person_id=person.id or 0,
            year=year,
            county=person.county,
            community_id=person.community_id,
            registration_kind=registration_kind or person.registration_kind,
            state=EnrolmentState.SUBMITTED,
            category=category,
            rules=rules,
            rules_on=rules_on,
            facts=records.seal(facts),
            renews_id=renews.id if renews else None,
            contact_id=contact_id,
            submitted_at=records.now,
        )
    )
    changes = {"state": [None, enrolment.state.value], "year": year, "category": category, "rules": rules}
    records.record("enrolment_submitted", enrolment, person_id=person.id, changes=changes)
    return enrolment


def facts_of(records: Records, enrolment: Enrolment) -> dict[str, Any]:
    """What was stated when it was submitted, as JSON data; empty once erased."""
    return dict(records.unseal(enrolment.facts, f"enrolment {enrolment.id}") or {})


def move(
    records: Records,
    enrolment: Enrolment,
    to: EnrolmentState,
    *,
    reason: str | None = None,
    ended_on: date | None = None,
    **columns: Any,
) -> Enrolment:
    """Bring an enrolment into another state. Raises Refusal `no_move` where that cannot follow the one it is in."""
    enrolment = records.locked(Enrolment, enrolment.id or 0)
    ENROLMENT.check(enrolment.state, to)
    if to not in LIVE:
        columns["ended_on"] = ended_on or records.today
    records.change(
        enrolment, f"enrolment_{to.value}", person_id=enrolment.person_id, reason=reason, state=to, **columns
    )
    return enrolment


def end_all(records: Records, person_id: int, reason: str, on: date, *, but_active: bool = False) -> list[Enrolment]:
    """End every enrolment of a person that goes on; `but_active` leaves those that are paid for."""
    ended = []
    for each in all_of(records, person_id):
        if each.state in LIVE and not (but_active and each.state is EnrolmentState.ACTIVE):
            ended.append(move(records, each, EnrolmentState.WITHDRAWN, reason=reason, ended_on=on))
    return ended
