"""Applications: for somebody new, for somebody on the village's list, for somebody known already; and renewals."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from bot.members import dues, leaving
from dialogs.members.effects import Done, Enrol, Outcome
from member_store.members import consents, delegations, doubts, enrolments, people, staff
from member_store.members.actors import SYSTEM
from member_store.members.people import Personal
from member_store.members.refusals import Refusal
from member_store.members.states import LIVE
from member_store.tables.access import Basis, Contact, Role, StaffUser
from member_store.tables.people import Community, Enrolment, EnrolmentState, Person
from policy_engine.eligibility import eligibility
from policy_engine.errors import PolicyError
from policy_engine.facts import FACTS, parse_facts

if TYPE_CHECKING:
    from bot.members.acting import Acting

_AS = {"self": "self", "child": "guardian"}


def enrol(acting: Acting, effect: Enrol) -> Outcome:
    """Take an application. An outsider's for somebody who is known already goes to the office, and nobody is told."""
    records, contact, worker = acting.records, acting.contact(), acting.worker()
    if worker is not None and worker.community_id is None:
        raise Refusal("not_your_role", role=worker.role.value)
    # Two applications for one person at once: the second finds what the first has written.
    identity = people.identity_hash(records, effect.document.kind.value, effect.document.number)
    records.database.alone(records.connection, identity)
    person = people.find(records, effect.document.kind.value, effect.document.number)
    if person is None:
        return _submit(acting, effect, _new(acting, effect, worker), contact, worker)
    known = enrolments.current(records, person.id or 0, effect.year)
    live = known is not None and known.state in (*LIVE, EnrolmentState.LAPSED)
    if worker is not None:
        staff.require(worker, person, Role.WORKER)
        if known is not None and live:
            return Done({"state": known.state.value})
        personal = people.personal_of(records, person)
        if personal is not None and personal.name != effect.name:
            raise Refusal("other_name")
        return _submit(acting, effect, person, contact, worker)
    theirs = [each for each in delegations.represented(records, contact) if each.person.id == person.id]
    own = any(known is not None and known.contact_id == contact.id for _ in theirs)
    if theirs and known is not None and live and (own or theirs[0].delegation.basis is not Basis.APPLICATION):
        return Done({"state": known.state.value})
    if (
        not live
        and person.died_on is None
        and theirs
        and theirs[0].may(delegations.ACT)
        and person.county != effect.county
    ):
        # Whoever may act for them says that they belong elsewhere now.
        leaving.move(acting, person, effect.county)
    if live or person.died_on is not None or not _on_the_list(acting, person, effect, bool(theirs)):
        doubts.raise_doubt(records, person, contact, effect.relation, effect.year, _stated(effect))
        return Done({})
    return _submit(acting, effect, person, contact, worker)


def _on_the_list(acting: Acting, person: Person, effect: Enrol, theirs: bool) -> bool:
    """Whether an application fits somebody whom the village listed and whom nobody acts for yet."""
    personal = people.personal_of(acting.records, person)
    same = personal is not None and personal.name == effect.name and person.county == effect.county
    return same and (theirs or not delegations.anybody(acting.records, person.id or 0))


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


def _submit(acting: Acting, effect: Enrol, person: Person, contact: Contact, worker: StaffUser | None) -> Outcome:
    records = acting.records
    if effect.phone is not None:
        people.change_personal(records, person, phone=effect.phone)
    kind = effect.facts.get("registration_kind")
    if kind is not None and person.registration_kind is None:
        records.change(person, "person_changed", person_id=person.id, registration_kind=str(kind))
    for each in effect.certificates:
        people.hold_certificate(records, person, each.kind, number=each.number, valid_until=each.valid_until)
    given_as = "worker" if worker else _AS.get(effect.relation, "relative")
    consents.give(records, contact, person, consents.ENROLMENT, effect.wording, effect.locale, given_as)
    if worker is None:
        _one_household(acting, contact, person)
        delegations.link(records, contact, person, effect.relation, Basis.APPLICATION)
    enrolments.submit(
        records,
        person,
        effect.year,
        category=effect.category,
        rules=effect.rules,
        rules_on=effect.rules_on,
        facts=dict(effect.facts),
        contact_id=contact.id,
        registration_kind=str(kind) if kind is not None else None,
    )
    return Done({})


def _one_household(acting: Acting, contact: Contact, person: Person) -> None:
    """Those whom one contact enrols in one county are taken for one household, until somebody says otherwise."""
    represented = delegations.represented(acting.records, contact)
    # Whoever gave a code is somebody they help, not of their family for that.
    family = [each.person for each in represented if each.delegation.basis is not Basis.CODE]
    near = [each for each in family if each.county == person.county and each.id != person.id]
    if near or person.household_id is None:
        people.join_household(acting.records, [*near, person], person.community_id)


def _stated(effect: Enrol) -> dict[str, Any]:
    document = effect.document
    return {
        "name": effect.name,
        "document": document.kind.value,
        "number": document.number,
        "phone": effect.phone,
        "county": effect.county,
        "facts": dict(effect.facts),
        "category": effect.category,
        "rules": effect.rules,
        "rules_on": effect.rules_on.isoformat(),
        "certificates": [
            {"kind": each.kind, "valid_until": each.valid_until.isoformat() if each.valid_until else None}
            for each in effect.certificates
        ],
    }


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
    for each in people.certificates(records, person):
        if each.valid_until is not None and each.valid_until < day:
            raise Refusal("renewal_expired", on=each.valid_until)
    facts = _facts_now(acting, person, last)
    try:
        stated = parse_facts({name: value for name, value in facts.items() if name in FACTS})
        found = eligibility(scheme, stated, on=day)
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
    personal = people.personal_of(records, person)
    return Done({"name": personal.name if personal else ""})


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
