"""Applications that could not be taken as they were: kept for the office, and told to nobody else."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, select

from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.tables.access import Contact
from member_store.tables.people import Doubt, DoubtState, Person


def raise_doubt(
    records: Records, person: Person, contact: Contact | None, relation: str, year: int, stated: dict[str, Any]
) -> Doubt:
    """Keep an application for a person whom somebody else has enrolled, or whose name is another.

    The same applicant's earlier one of that year is replaced. `stated` is JSON data.
    """
    if contact is not None:
        for before in of_contact(records, contact):
            if before.person_id == person.id and before.year == year and before.state is DoubtState.OPEN:
                records.change(before, "doubt_stated_anew", person_id=person.id, stated=records.seal(stated))
                return before
    found = records.add(
        Doubt(
            person_id=person.id or 0,
            contact_id=contact.whole_id if contact else None,
            relation=relation,
            year=year,
            stated=records.seal(stated),
            state=DoubtState.OPEN,
            created_at=records.now,
        )
    )
    records.record("doubt_raised", found, person_id=person.id, changes={"year": year, "relation": relation})
    return found


def of_contact(records: Records, contact: Contact) -> list[Doubt]:
    """A contact's applications that are open or were refused, oldest first; those that were joined are enrolments."""
    wanted = select(Doubt).where(
        Doubt.contact_id == contact.whole_id, Doubt.state != DoubtState.JOINED, col(Doubt.stated).is_not(None)
    )
    return list(records.session.exec(wanted.order_by(col(Doubt.id))))


def joined_with(records: Records, contact: Contact, person_id: int) -> list[Doubt]:
    """A contact's applications for a person that the office has joined with what was on record."""
    wanted = select(Doubt).where(
        Doubt.contact_id == contact.whole_id, Doubt.person_id == person_id, Doubt.state == DoubtState.JOINED
    )
    return list(records.session.exec(wanted))


def open_in(records: Records, county: str | None) -> list[tuple[Doubt, Person]]:
    """What a county's office has to decide, oldest first; of every county where none is given."""
    wanted = (
        select(Doubt, Person).join(Person, col(Person.id) == col(Doubt.person_id)).where(Doubt.state == DoubtState.OPEN)
    )
    if county is not None:
        wanted = wanted.where(Person.county == county)
    return [(doubt, person) for doubt, person in records.session.exec(wanted.order_by(col(Doubt.id)))]


def stated_in(records: Records, doubt: Doubt) -> dict[str, Any]:
    """What was stated; empty once erased."""
    return dict(records.unseal(doubt.stated, f"doubt {doubt.id}") or {})


def decide(records: Records, doubt_id: int, *, join: bool) -> Doubt:
    """The office has found out whether it is the same person and whether the applicant may act for them.

    Raises Refusal: `gone`, `decided`.
    """
    doubt = records.locked(Doubt, doubt_id)
    if doubt.state is not DoubtState.OPEN:
        raise Refusal("decided", state=doubt.state.value)
    state = DoubtState.JOINED if join else DoubtState.REFUSED
    records.change(doubt, f"doubt_{state.value}", person_id=doubt.person_id, state=state, decided_at=records.now)
    return doubt
