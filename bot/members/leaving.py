"""What ends an enrolment: withdrawing, moving to another unit, death. Each stops what must stop."""

from __future__ import annotations

import datetime
from typing import Protocol

from dialogs.members.effects import Done, Outcome
from member_store.members import contributions, delegations, doubts, enrolments, people
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.members.states import LIVE
from member_store.members.stopping import stop
from member_store.tables.access import Basis, Contact
from member_store.tables.people import Doubt, DoubtState, Enrolment, EnrolmentState, Person


class Doing(Protocol):
    """Somebody who has something done, in one transaction of the store."""

    @property
    def records(self) -> Records:
        """The transaction."""


def withdraw(acting: Doing, person: Person, year: int) -> Outcome:
    """End a person's enrolment of a year. Raises Refusal `not_enrolled` where none goes on."""
    found = enrolments.current(acting.records, person.id or 0, year)
    if found is None or found.state not in LIVE:
        raise Refusal("not_enrolled", year=year)
    _end(acting, found, "asked", acting.records.today)
    stop(acting.records, person.id or 0, "withdrawn")
    return Done({"name": people.name_of(acting.records, person)})


def application_of(records: Records, contact: Contact, key: int, year: int) -> Enrolment | Doubt | None:
    """What a contact itself handed in and nobody has looked at yet: that much they may always take back."""
    if key < 0:
        return next((each for each in doubts.of_contact(records, contact) if each.id == -key), None)
    for each in delegations.represented(records, contact):
        if each.person.id == key and each.delegation.basis is Basis.APPLICATION:
            found = enrolments.current(records, key, year)
            submitted = found is not None and found.state is EnrolmentState.SUBMITTED
            return found if submitted and found is not None and found.contact_id == contact.whole_id else None
    return None


def take_back(acting: Doing, found: Enrolment | Doubt) -> Outcome:
    """Take back an application that nobody has looked at."""
    records = acting.records
    if isinstance(found, Doubt):
        stated = doubts.stated_in(records, found)
        if found.state is not DoubtState.OPEN:
            raise Refusal("not_enrolled", year=found.year)
        state = DoubtState.TAKEN_BACK
        records.change(found, "doubt_taken_back", person_id=found.person_id, state=state, decided_at=records.now)
        return Done({"name": stated.get("name", ""), "taken_back": True})
    enrolments.move(records, found, EnrolmentState.WITHDRAWN, reason="asked")
    return Done({"name": people.name_of(acting.records, records.locked(Person, found.person_id)), "taken_back": True})


def move(acting: Doing, person: Person, county: str) -> Outcome:
    """A person belongs to another county-level unit: what is not paid for ends; the document is silent on the rest.

    Article 十二 lets one join one unit only. What becomes of a year that is paid for is for the offices to decide, so
    it stays until they do. Raises Refusal `same_county`.
    """
    if person.county == county:
        raise Refusal("same_county")
    records = acting.records
    covered = False
    for each in enrolments.all_of(records, person.id or 0):
        if each.state is EnrolmentState.ACTIVE:
            covered = True
        elif each.state in LIVE:
            _end(acting, each, "moved", records.today)
    stop(records, person.id or 0, "moved")
    # The village is another one, and so is the household there.
    to = {"county": county, "community_id": None, "household_id": None}
    records.change(person, "person_moved", person_id=person.id, reason="moved", **to)
    return Done({"name": people.name_of(acting.records, person), "county": county, "covered": covered})


def die(acting: Doing, person: Person, on: datetime.date) -> Outcome:
    """A person has died: their enrolments, agreements and applications end, and nobody acts for them any more.

    Raises Refusal: `deceased` where it is recorded already, `died_in_future`.
    """
    records = acting.records
    if person.died_on is not None:
        raise Refusal("deceased", on=person.died_on)
    if on > records.today:
        raise Refusal("died_in_future", on=on)
    personal = people.personal_of(records, person)
    if personal is not None and personal.birth_date is not None and on < personal.birth_date:
        raise Refusal("died_before_birth", on=on)
    name = people.name_of(acting.records, person)
    for each in enrolments.all_of(records, person.id or 0):
        if each.state in LIVE:
            _end(acting, each, "death", on)
    stop(records, person.id or 0, "death")
    delegations.revoke_all(records, person.id or 0, "death")
    records.change(person, "person_died", person_id=person.id, reason="death", died_on=on)
    return Done({"name": name, "on": on})


def alive(acting: Doing, person: Person) -> Outcome:
    """A death was recorded by mistake. What had ended stays so: they enrol anew. Raises Refusal `not_deceased`."""
    if person.died_on is None:
        raise Refusal("not_deceased")
    acting.records.change(person, "death_taken_back", person_id=person.id, reason="mistake", died_on=None)
    return Done({"name": people.name_of(acting.records, person)})


def _end(acting: Doing, enrolment: Enrolment, reason: str, on: datetime.date) -> None:
    """End one enrolment. What is not paid for is not due any more; what is paid for stays until the office decides."""
    paid_for = enrolment.state is EnrolmentState.ACTIVE
    ended = enrolments.move(acting.records, enrolment, EnrolmentState.WITHDRAWN, reason=reason, ended_on=on)
    if not paid_for:
        contributions.cancel(acting.records, ended, reason)
