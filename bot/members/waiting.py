"""What waits for an office: applications to verify, and those for people who are on record already."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, select

from dialogs.members.names import mask_name
from member_store.members import doubts, people
from member_store.members.records import Records
from member_store.tables.access import Delegation
from member_store.tables.people import Enrolment, EnrolmentState, Person


def applications(records: Records, county: str, year: int) -> list[dict[str, Any]]:
    """The applications of a county that nobody has looked at yet, oldest first. Names are masked."""
    wanted = (
        select(Enrolment, Person)
        .join(Person, col(Person.id) == col(Enrolment.person_id))
        .where(Enrolment.county == county, Enrolment.year == year, Enrolment.state == EnrolmentState.SUBMITTED)
        .order_by(col(Enrolment.submitted_at), col(Enrolment.id))
    )
    return [
        {
            "person": person.id,
            "name": mask_name(people.name_of(records, person)),
            "year": found.year,
            "by": _by(records, found),
            "category": found.category,
            "submitted": found.submitted_at.date().isoformat() if found.submitted_at else "",
        }
        for found, person in records.session.exec(wanted)
    ]


def _by(records: Records, found: Enrolment) -> str | None:
    """Who applied: as whom they put the person down, or a worker; None for who is not in a chat."""
    wanted = select(Delegation.relation).where(
        Delegation.person_id == found.person_id, Delegation.contact_id == found.contact_id
    )
    relation = records.session.exec(wanted).first()
    return relation or ("worker" if found.contact_id is not None else None)


def in_doubt(records: Records, county: str | None) -> list[dict[str, Any]]:
    """The applications for people who are on record already, oldest first. Names are masked."""
    return [
        {
            "doubt": doubt.id,
            "person": person.id,
            "stated_name": mask_name(str(doubts.stated_in(records, doubt).get("name", ""))),
            "name": mask_name(people.name_of(records, person)),
            "relation": doubt.relation,
            "year": doubt.year,
        }
        for doubt, person in doubts.open_in(records, county)
    ]
