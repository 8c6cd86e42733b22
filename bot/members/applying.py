"""Applications: for somebody new, for somebody on the village's list, for somebody known already; and renewals."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.members import dues, leaving
from dialogs.members.effects import Done, Enrol, Outcome
from member_store.members import consents, delegations, doubts, enrolments, people, staff
from member_store.members.actors import SYSTEM
from member_store.members.people import Personal
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.members.states import LIVE
from member_store.tables.access import Basis, Contact, Role, StaffUser
from member_store.tables.people import Community, Enrolment, EnrolmentState, Person
from policy_engine.eligibility import eligibility
from policy_engine.errors import PolicyError
from policy_engine.facts import stated_facts

if TYPE_CHECKING:
    from bot.members.acting import Acting

_AS = {"self": "self", "child": "guardian"}


def enrol(acting: Acting, effect: Enrol) -> Outcome:
    """Take an application.

    For somebody who is on record already it goes to the office, and changes nothing before that, unless the applicant
    may act for them. The applicant hears the same either way, so that nobody can find out who is enrolled.
    """
    records, contact, worker = acting.records, acting.contact(), acting.worker()
    if worker is not None and worker.community_id is None:
        raise Refusal("not_your_role", role=worker.role.value)
    # Two applications for one person at once: the second finds what the first has written.
    identity = people.identity_hash(records, effect.document.kind.value, effect.document.number)
    records.database.alone(records.connection, identity)
    person = people.find(records, effect.document.kind.value, effect.document.number)
    if person is None:
        person = _new(acting, effect, worker)
    elif worker is not None:
        known = _of_a_client(acting, effect, person, worker)
        if known is not None:
            return known
    elif (known := _on_record(acting, effect, person, contact)) is not None:
        return known
    hand_in(records, person, stated_of(effect), contact, as_worker=worker is not None)
    return Done({})


def _of_a_client(acting: Acting, effect: Enrol, person: Person, worker: StaffUser) -> Outcome | None:
    """What a worker hears of somebody of their community who is on record; None to go on with the application."""
    staff.require(worker, person, Role.WORKER)
    known = enrolments.current(acting.records, person.id or 0, effect.year)
    if known is not None and known.state in (*LIVE, EnrolmentState.LAPSED):
        return Done({"state": known.state.value})
    personal = people.personal_of(acting.records, person)
    if personal is not None and personal.name != effect.name:
        raise Refusal("other_name")
    return None


def _on_record(acting: Acting, effect: Enrol, person: Person, contact: Contact) -> Outcome | None:
    """What an applicant hears for somebody who is on record; None to go on with the application."""
    records = acting.records
    theirs = next((each for each in delegations.represented(records, contact) if each.person.id == person.id), None)
    known = enrolments.current(records, person.id or 0, effect.year)
    live = known is not None and known.state in (*LIVE, EnrolmentState.LAPSED)
    if theirs is not None and theirs.may(delegations.ACT):
        if known is not None and live:
            return Done({"state": known.state.value})
        if person.died_on is None:
            if person.county != effect.county:
                # Whoever may act for them says that they belong elsewhere now.
                leaving.move(acting, person, effect.county)
            return None
    if theirs is not None and live and known is not None and known.contact_id == contact.whole_id:
        return Done({})  # their own application once more
    doubts.raise_doubt(records, person, contact, effect.relation, effect.year, stated_of(effect))
    return Done({})


def _new(acting: Acting, effect: Enrol, worker: StaffUser | None) -> Person:
    document = effect.document
    community_id = worker.community_id if worker else effect.community
    if community_id is not None:
        place = acting.records.session.get(Community, community_id)
        if place is None or place.county != effect.county:
            raise Refusal("no_such_community")
    return people.add(
        acting.records,
        Personal(
            name=effect.name,
            document=document.kind.value,
            number=document.number,
            birth_date=document.birth_date,
            sex=document.sex,
            phone=effect.phone,
        ),
        effect.county,
        community_id=community_id,
        registration_kind=str(effect.facts["registration_kind"]) if "registration_kind" in effect.facts else None,
    )


def stated_of(effect: Enrol) -> dict[str, Any]:
    """All that was stated in an application, as JSON data: what `hand_in` takes, now or once the office has decided."""
    document = effect.document
    return {
        "name": effect.name,
        "document": document.kind.value,
        "number": document.number,
        "phone": effect.phone,
        "relation": effect.relation,
        "county": effect.county,
        "year": effect.year,
        "facts": dict(effect.facts),
        "category": effect.category,
        "rules": effect.rules,
        "rules_on": effect.rules_on.isoformat(),
        "wording": effect.wording,
        "locale": effect.locale,
        "certificates": [
            {
                "kind": each.kind,
                "number": each.number,
                "valid_until": each.valid_until.isoformat() if each.valid_until else None,
            }
            for each in effect.certificates
        ],
    }


def hand_in(
    records: Records, person: Person, stated: dict[str, Any], contact: Contact | None, *, as_worker: bool = False
) -> Enrolment:
    """Put an application on record: what was stated, the consent, who applied, and the enrolment, submitted."""
    if stated.get("phone"):
        people.change_personal(records, person, phone=stated["phone"])
    kind = stated["facts"].get("registration_kind")
    if kind is not None and person.registration_kind is None:
        records.change(person, "person_changed", person_id=person.id, registration_kind=str(kind))
    for each in stated["certificates"]:
        until = each.get("valid_until")
        day = datetime.date.fromisoformat(until) if until else None
        people.hold_certificate(records, person, each["kind"], number=each.get("number"), valid_until=day)
    given_as = "worker" if as_worker else _AS.get(stated["relation"], "relative")
    consents.give(records, contact, person, consents.ENROLMENT, stated["wording"], stated["locale"], given_as)
    if contact is not None and not as_worker:
        _one_household(records, contact, person)
        delegations.link(records, contact, person, stated["relation"], Basis.APPLICATION)
    return enrolments.submit(
        records,
        person,
        stated["year"],
        category=stated["category"],
        rules=stated["rules"],
        rules_on=datetime.date.fromisoformat(stated["rules_on"]),
        facts=dict(stated["facts"]),
        contact_id=contact.whole_id if contact else None,
        registration_kind=str(kind) if kind is not None else None,
    )


def _one_household(records: Records, contact: Contact, person: Person) -> None:
    """Those whom one contact enrols in one county are taken for one household, until somebody says otherwise."""
    represented = delegations.represented(records, contact)
    # Whoever gave a code is somebody they help, not of their family for that.
    family = [each.person for each in represented if each.delegation.basis is not Basis.CODE]
    near = [each for each in family if each.county == person.county and each.id != person.id]
    if near or person.household_id is None:
        people.join_household(records, [*near, person], person.community_id)


def relied_on(facts: Mapping[str, Any]) -> frozenset[str]:
    """The kinds of certificates and permits that an enrolment with these facts rests on."""
    kinds = {str(facts.get("hardship_certificate", "none"))} - {"none"}
    return frozenset(kinds | ({"residence_permit"} if facts.get("registered_locally") is False else set()))


def renew(acting: Acting, person: Person, year: int) -> Outcome:
    """Enrol somebody for another year with what was verified for the last, if that still holds.

    Raises Refusal: `nothing_to_renew`, `renewal_expired` (a certificate), `renewal_changed` (by age or by new rules).
    """
    records = acting.records
    last = next((each for each in reversed(enrolments.all_of(records, person.id or 0)) if _renewable(each, year)), None)
    if last is None:
        raise Refusal("nothing_to_renew", year=year)
    scheme = acting.scheme_for(person.county)
    day = scheme.on(None, acting.today)
    facts = _facts_now(acting, person, last)
    for each in people.certificates(records, person):
        if each.kind in relied_on(facts) and each.valid_until is not None and each.valid_until < day:
            raise Refusal("renewal_expired", on=each.valid_until)
    try:
        found = eligibility(scheme, stated_facts(facts), on=day)
    except PolicyError:
        raise Refusal("renewal_changed") from None
    if found.outcome != "eligible" or found.category != last.category:
        raise Refusal("renewal_changed")
    enrolment = enrolments.submit(
        records,
        person,
        year,
        category=found.category,
        rules=scheme.version,
        rules_on=day,
        facts=facts,
        contact_id=last.contact_id,
        renews=last,
    )
    # Nothing has changed since the office looked: it need not look again.
    actor, records.actor = records.actor, SYSTEM
    dues.verify(records, enrolment, acting.scheme_for, acting.today)
    records.actor = actor
    return Done({"name": people.name_of(records, person)})


def _renewable(enrolment: Enrolment, year: int) -> bool:
    """Whether the office had verified it, it was for an earlier year, and nobody withdrew from it."""
    verified = (
        EnrolmentState.VERIFIED,
        EnrolmentState.AWAITING_PAYMENT,
        EnrolmentState.ACTIVE,
        EnrolmentState.LAPSED,
    )
    return enrolment.year < year and enrolment.state in verified


def _facts_now(acting: Acting, person: Person, last: Enrolment) -> dict[str, Any]:
    """Last year's facts; the age counted anew from the day of birth."""
    facts = enrolments.facts_of(acting.records, last)
    personal = people.personal_of(acting.records, person)
    born: datetime.date | None = personal.birth_date if personal else None
    if born is not None:
        facts.pop("age", None)
        facts["birth_date"] = born.isoformat()
    return facts
