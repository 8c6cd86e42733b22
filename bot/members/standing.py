"""How a contact stands with the store, as the dialogues see it: read before each turn, with what may be shown."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import replace

from bot.members.applying import relied_on
from bot.members.dues import SchemeFor, has_rules_for
from bot.members.linking import accounts_of
from bot.members.paying import PayAddresses, ToPay
from dialogs.members.standing import ACT, LOOK, NOBODY, OWN, Collection, EnrolmentView, Helper, Member, Standing, Worker
from member_store.members import (
    collection,
    contributions,
    delegations,
    doubts,
    enrolments,
    people,
    reminder_choices,
    settlements,
    staff,
)
from member_store.members.collection import Window
from member_store.members.delegations import Represented
from member_store.members.records import Records
from member_store.tables.access import Basis, Contact, StaffUser
from member_store.tables.people import Community, Doubt, DoubtState, Enrolment, Person
from policy_engine.contribution import contribution
from policy_engine.errors import PolicyError
from policy_engine.facts import stated_facts
from policy_engine.money import Money, exactly

_DOUBTFUL = {
    DoubtState.OPEN: "submitted",
    DoubtState.JOINED: "submitted",
    DoubtState.REFUSED: "rejected",
    DoubtState.TAKEN_BACK: "withdrawn",
}
"""What an applicant sees of an application that the office has to decide: what every applicant sees."""


def standing_of(
    records: Records, contact: Contact | None, scheme_for: SchemeFor, year: int, pay: PayAddresses | None = None
) -> Standing:
    """How a contact stands; nobody's, where it has only ever asked. `year` is the present contribution year.

    `pay` makes the addresses where the contact can pay, where it can.
    """
    if contact is None:
        return NOBODY
    worker = staff.of_contact(records, contact)
    if worker is not None:
        return Standing(worker=_worker(records, worker))

    def members() -> tuple[Member, ...]:
        represented = delegations.represented(records, contact)
        pending = doubts.of_contact(records, contact)
        known = [_payable(member_of(records, each, contact, scheme_for, year), contact, pay) for each in represented]
        return (*_once(known), *(_doubtful(records, each, scheme_for) for each in pending))

    return Standing(
        members,
        linked=lambda: accounts_of(records, contact),
        wants=lambda: reminder_choices.chosen(records, contact),
    )


def _once(members: Iterable[Member]) -> Iterable[Member]:
    """Each person once, with all that the contact may do: who applied for their mother may have her code too."""
    found: dict[int, Member] = {}
    for each in members:
        known = found.get(each.key, each)
        wider = max(known, each, key=lambda one: (not one.applied, len(one.scopes)))
        relation = each.relation if known.relation == "other" else known.relation
        found[each.key] = replace(wider, relation=relation, scopes=known.scopes | each.scopes)
    return found.values()


def member_of(records: Records, each: Represented, contact: Contact | None, scheme_for: SchemeFor, year: int) -> Member:
    """A person as a contact may see them: whoever only applied sees that application and nothing from before it."""
    person, given = each.person, each.delegation
    applied = given.basis is Basis.APPLICATION
    theirs = enrolments.all_of(records, person.id or 0)
    if applied and contact is not None:
        joined = {each.year for each in doubts.joined_with(records, contact, person.id or 0)}
        theirs = [found for found in theirs if found.contact_id == contact.whole_id or found.year in joined]
    acts = each.may(ACT)
    return Member(
        key=person.id or 0,
        relation=given.relation,
        name=people.name_of(records, person),
        scopes=frozenset(each.scopes),
        applied=applied,
        enrolments=tuple(enrolment_view(records, found, person, scheme_for) for found in theirs),
        expires_on=given.expires_on,
        fund_paid=exactly(settlements.paid_this_year(records, person.id or 0, year)) if acts else None,
        stays=settlements.stays_this_year(records, person.id or 0, year) if acts else None,
        notices=person.notices.value,
        helpers=_helpers(records, person, given.id) if each.may(OWN) else (),
        deceased=person.died_on is not None,
    )


def _payable(member: Member, contact: Contact, pay: PayAddresses | None) -> Member:
    """The member with an address for each year of which the contact may pay what is outstanding."""
    if pay is None or ACT not in member.scopes or member.deceased:
        return member

    def with_address(view: EnrolmentView) -> EnrolmentView:
        if not view.live or (view.outstanding or 0) <= 0:
            return view
        return replace(view, pay_at=pay.address(ToPay(contact.id or 0, member.key, view.year)))

    return replace(member, enrolments=tuple(map(with_address, member.enrolments)))


def client_of(records: Records, person: Person, scheme_for: SchemeFor) -> Member:
    """A resident as a worker of their community sees them."""
    return Member(
        key=person.id or 0,
        relation="other",
        name=people.name_of(records, person),
        scopes=frozenset({LOOK, ACT}),
        enrolments=tuple(
            enrolment_view(records, found, person, scheme_for) for found in enrolments.all_of(records, person.id or 0)
        ),
        deceased=person.died_on is not None,
    )


def enrolment_view(records: Records, found: Enrolment, person: Person, scheme_for: SchemeFor) -> EnrolmentView:
    """One enrolment with its money: as booked or, before that, as it is to be expected."""
    facts = enrolments.facts_of(records, found)
    due = contributions.due_of(records, found)
    collected = collection_of(records, collection.window_of(records, found.county, found.year))
    stale = tuple(
        each.kind
        for each in people.certificates(records, person)
        if each.kind in relied_on(facts) and each.valid_until is not None and each.valid_until < records.today
    )
    if due.contribution is not None:
        own = next((part for part in due.parts if part.line == "own_part"), None)
        known = due.own_fen is not None
        return EnrolmentView(
            found.year,
            found.state.value,
            found.county,
            due=exactly(due.own_fen) if due.own_fen is not None else None,
            outstanding=due.balance.outstanding_fen if known else None,
            paid_by=own.payer if own else None,
            illustrative=due.contribution.illustrative,
            facts=facts,
            stale=stale,
            collection=collected,
        )
    expected, payer, illustrative = _expected(facts, found.county, found.year, found.rules_on, scheme_for)
    return EnrolmentView(
        found.year,
        found.state.value,
        found.county,
        expected,
        None,
        payer,
        illustrative,
        facts,
        stale,
        collection=collected,
    )


def collection_of(records: Records, window: Window | None) -> Collection | None:
    """A window as it stands today; None for none."""
    if window is None:
        return None
    pause = window.pause(records.today)
    resumes_on = pause.last + datetime.timedelta(days=1) if pause is not None else None
    return Collection(window.year, window.days.first, window.days.last, window.stage(records.today), resumes_on)


def _expected(
    facts: dict[str, object], county: str, year: int, on: datetime.date, scheme_for: SchemeFor
) -> tuple[Money | None, str | None, bool]:
    """What a person will pay by what was stated, who pays it, and whether the figures are for trials."""
    try:
        scheme = scheme_for(county)
        if not has_rules_for(scheme, year):
            return None, None, False
        found = contribution(scheme, stated_facts(facts), on=on)
    except PolicyError:
        return None, None, False
    own = next((part for part in found.parts if part.line == "own_part"), None)
    return found.person_pays, own.payer if own else None, found.illustrative


def _doubtful(records: Records, doubt: Doubt, scheme_for: SchemeFor) -> Member:
    stated = records.unseal(doubt.stated, f"doubt {doubt.id}") or {}
    facts = dict(stated.get("facts", {}))
    on = datetime.date.fromisoformat(stated["rules_on"]) if stated else records.today
    county = str(stated.get("county", ""))
    expected, payer, illustrative = _expected(facts, county, doubt.year, on, scheme_for)
    state = _DOUBTFUL[doubt.state]
    view = EnrolmentView(doubt.year, state, county, expected, None, payer, illustrative, facts)
    return Member(
        key=-(doubt.id or 0),
        relation=doubt.relation,
        name=str(stated.get("name", "")),
        scopes=frozenset({LOOK}),
        applied=True,
        enrolments=(view,),
    )


def _helpers(records: Records, person: Person, own: int | None) -> tuple[Helper, ...]:
    return tuple(
        Helper(each.id or 0, each.relation, tuple(each.scopes.split()), each.expires_on, each.contact_id is None)
        for each in delegations.given_by(records, person.id or 0)
        if each.id != own
    )


def _worker(records: Records, worker: StaffUser) -> Worker:
    place = records.session.get(Community, worker.community_id) if worker.community_id else None
    name = staff.name_of(records, worker)
    return Worker(name, worker.role.value, worker.county, place.name if place else None)
