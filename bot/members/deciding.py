"""What the office decides on applications: verified, refused, or joined with somebody who is on record already."""

from __future__ import annotations

import datetime

from bot.members import applying, dues
from bot.members.dues import SchemeFor
from member_store.members import consents, delegations, doubts, enrolments, people
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.members.states import LIVE
from member_store.tables.access import Basis, Contact
from member_store.tables.money import Contribution
from member_store.tables.people import Enrolment, EnrolmentState, Person


def application(records: Records, person: Person, year: int) -> Enrolment:
    """What a person has handed in for a year. Raises Refusal `nothing_handed_in`."""
    found = enrolments.current(records, person.id or 0, year)
    if found is None or found.state is not EnrolmentState.SUBMITTED:
        raise Refusal("nothing_handed_in", year=year)
    return found


def verify(
    records: Records, person: Person, year: int, scheme_for: SchemeFor, today: datetime.date
) -> Contribution | None:
    """Take an application: what it costs is worked out, and the applicant may now do what their relation allows.

    The certificates count as looked at. Raises Refusal: `nothing_handed_in`, and as `dues.verify`.
    """
    found = application(records, person, year)
    if found.registration_kind not in (None, person.registration_kind):
        # The office has looked at the register: what was stated is right, and the village's list was not.
        kind = found.registration_kind
        records.change(person, "person_changed", person_id=person.id, reason="verified", registration_kind=kind)
    for each in people.certificates(records, person):
        if each.verified_on is None:
            records.change(each, "certificate_verified", person_id=person.id, verified_on=today)
    return dues.verify(records, found, scheme_for, today)


def reject(records: Records, person: Person, year: int, reason: str) -> Enrolment:
    """Refuse an application; the person can apply again. Raises Refusal `nothing_handed_in`."""
    found = application(records, person, year)
    return enrolments.move(records, found, EnrolmentState.REJECTED, reason=reason)


def join(records: Records, doubt_id: int, scheme_for: SchemeFor, today: datetime.date) -> Person:
    """It is the same person, and the applicant may act for them: the application is taken and verified.

    For an adult relative that is no more than to see it: more takes the person's own code. Raises Refusal: `gone`,
    `decided`.
    """
    doubt = doubts.decide(records, doubt_id, join=True)
    person = records.locked(Person, doubt.person_id)
    stated = doubts.stated_in(records, doubt)
    contact = records.locked(Contact, doubt.contact_id) if doubt.contact_id is not None else None
    known = enrolments.current(records, person.id or 0, doubt.year)
    if known is None or known.state not in (*LIVE, EnrolmentState.LAPSED):
        applying.hand_in(records, person, stated, contact)
        verify(records, person, doubt.year, scheme_for, today)
    elif contact is not None:
        delegations.link(records, contact, person, doubt.relation, Basis.APPLICATION)
        given_as = "self" if doubt.relation == "self" else "relative"
        wording, locale = stated["wording"], stated["locale"]
        consents.give(records, contact, person, consents.ENROLMENT, wording, locale, given_as)
    if contact is not None:
        delegations.confirm(records, person.id or 0, contact.id or 0, minor=not people.is_adult(records, person))
    return person
