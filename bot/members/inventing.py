"""Invented people written into the store, with the enrolments, contributions and bookings of one year."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from bot.members.invented import AREAS, InventedHousehold, InventedPerson, invented_households
from dialogs.members.identity import IdentityKind
from member_store.members import people
from member_store.members.actors import Actor
from member_store.members.bulk import Bulk
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.store import Store
from member_store.tables.money import Account, Contribution, ContributionPart, EntryKind, LedgerEntry, LedgerPosting
from member_store.tables.people import (
    Certificate,
    Community,
    Doubt,
    DoubtState,
    Enrolment,
    EnrolmentState,
    Household,
    Notices,
    Person,
)
from member_store.tables.records import Audit
from policy_engine.contribution import contribution
from policy_engine.scheme import Scheme

ACTION = "people_invented"
"""What the audit calls a generation."""

_HOUSEHOLDS = 20_000
"""So many in one transaction, about 60 000 people: other writers wait for it."""

_TABLES = (
    Household,
    Person,
    Certificate,
    Enrolment,
    Doubt,
    Contribution,
    ContributionPart,
    LedgerEntry,
    LedgerPosting,
)

_APPLY = {"rural": 0.93, "urban": 0.66}
"""How many of those registered so have applied; a community has more or less than that."""

_STATES = {
    EnrolmentState.ACTIVE: 805,
    EnrolmentState.AWAITING_PAYMENT: 90,
    EnrolmentState.VERIFIED: 25,
    EnrolmentState.SUBMITTED: 35,
    EnrolmentState.DRAFT: 5,
    EnrolmentState.REJECTED: 10,
    EnrolmentState.WITHDRAWN: 20,
    EnrolmentState.LAPSED: 10,
}
"""Of a thousand enrolments of those who pay themselves."""

_WORKED_OUT = frozenset(
    {EnrolmentState.ACTIVE, EnrolmentState.AWAITING_PAYMENT, EnrolmentState.VERIFIED, EnrolmentState.LAPSED}
)
_DUE = _WORKED_OUT - {EnrolmentState.VERIFIED}
_REASONS = {
    EnrolmentState.REJECTED: "not_eligible",
    EnrolmentState.WITHDRAWN: "resident_wishes",
    EnrolmentState.LAPSED: "not_paid",
}
_DEAD = 0.004
_DOUBTFUL = 0.001
_RELATIONS = {"head": "self", "spouse": "spouse", "child": "child", "parent": "mother", "grandchild": "other"}


@dataclass(frozen=True)
class _Due:
    """What somebody's contribution comes to: each line with its payer and fen, and what the engine said in JSON."""

    parts: tuple[tuple[str, str, int], ...]
    worked_out: str

    @property
    def own(self) -> int:
        return sum(amount for _, payer, amount in self.parts if payer == Account.INDIVIDUAL)


def invent(
    store: Store,
    actor: Actor,
    scheme: Scheme,
    *,
    count: int,
    seed: int,
    counties: Sequence[str],
    year: int,
    today: date,
    add: bool = False,
    told: Callable[[int], None] = lambda _: None,
) -> int:
    """Write so many invented people into the store, and return how many enrolments they have.

    `scheme` is the pack of a county whose figures are all set, as the demonstration county's are: everybody owes by
    it. Who and what there is, is the same for the same arguments in an empty store. It goes in transactions of some
    ten thousand people, and `told` hears how many there are after each; the audit has one record, at the beginning.

    Raises Refusal: `people_there` where the store holds anybody and `add` is not set, `no_areas` once all invented
    areas are used. Raises ValueError as `invented_households` does, StoreError if the database fails.
    """
    with store.records(actor, today=today) as records:
        area = _begin(records, add, {"people": count, "seed": seed, "counties": list(counties), "year": year})
    households = invented_households(count, seed, counties, year, area)
    writer = _Writer(scheme, year, random.Random(f"{seed} {year} {area} enrolments"))  # noqa: S311 - no secret
    while batch := list(islice(households, _HOUSEHOLDS)):
        with store.records(actor, today=today) as records:
            writer.write(records, batch)
        told(writer.people)
    return writer.enrolments


def _begin(records: Records, add: bool, what: dict[str, Any]) -> str:
    records.database.alone(records.connection, ACTION)
    if not add and records.session.exec(select(Person.id).limit(1)).first() is not None:
        raise Refusal("people_there")
    before = records.session.exec(select(func.count()).where(col(Audit.action) == ACTION)).one()
    if before >= len(AREAS):
        raise Refusal("no_areas", most=len(AREAS))
    records.record(ACTION, Person(county=""), person_id=None, changes=what)
    return AREAS[before]


class _Writer:
    """Writes households in batches; knows the communities that are there already."""

    def __init__(self, scheme: Scheme, year: int, draw: random.Random) -> None:
        self.people = 0
        self.enrolments = 0
        self._scheme = scheme
        self._year = year
        self._first = date(year, 1, 1)
        self._draw = draw
        self._communities: dict[tuple[str, str], int] = {}
        self._eager: dict[int, float] = {}
        self._dues: dict[tuple[str, str], _Due] = {}

    def write(self, records: Records, households: Sequence[InventedHousehold]) -> None:
        for county, name in dict.fromkeys((each.county, each.community) for each in households):
            if (county, name) not in self._communities:
                self._communities[county, name] = _community(records, county, name)
        bulk = Bulk(records, _TABLES)
        for each in households:
            community = self._communities[each.county, each.community]
            if community not in self._eager:
                self._eager[community] = self._draw.uniform(0.88, 1.07)
            household = bulk.add(Household, {"community_id": community, "created_at": records.now})
            for person in each.people:
                self._person(records, bulk, person, each.county, community, household)
        bulk.finish()

    def _person(
        self,
        records: Records,
        bulk: Bulk,
        person: InventedPerson,
        county: str,
        community: int,
        household: int,
    ) -> None:
        draw = self._draw
        document = IdentityKind.RESIDENT_IDENTITY_CARD.value
        # As `people.Personal.to_dict` has it, which takes five times as long over it.
        personal = {
            "name": person.name,
            "document": document,
            "number": person.number,
            "birth_date": person.birth_date.isoformat(),
            "sex": person.sex,
            "phone": person.phone,
            "address": person.address,
        }
        dead = draw.random() < _DEAD
        key = bulk.add(
            Person,
            {
                "identity": people.identity_hash(records, document, person.number),
                "personal": records.seal(personal),
                "household_id": household,
                "community_id": community,
                "county": county,
                "registration_kind": person.registration_kind,
                "notices": Notices.BOTH,
                "created_at": records.now,
                "died_on": self._first + timedelta(draw.randrange(28)) if dead else None,
                "erased_at": None,
            },
        )
        self.people += 1
        for kind in _certificates(person):
            self._certificate(records, bulk, key, kind)
        if draw.random() < _APPLY[person.registration_kind] * self._eager[community]:
            self._enrol(records, bulk, person, key, county, community, dead)
        elif draw.random() < _DOUBTFUL:
            relation = _RELATIONS[person.relation]
            doubt = {"person_id": key, "contact_id": None, "relation": relation, "year": self._year, "stated": None}
            bulk.add(Doubt, {**doubt, "state": DoubtState.OPEN, "created_at": records.now, "decided_at": None})

    def _certificate(self, records: Records, bulk: Bulk, key: int, kind: str) -> None:
        bulk.add(
            Certificate,
            {
                "person_id": key,
                "kind": kind,
                "number": records.seal(f"{self._year}{key:08d}"),
                "valid_from": self._first,
                "valid_until": date(self._year, 12, 31),
                "recorded_at": records.now,
                "verified_on": records.today,
            },
        )

    def _enrol(
        self, records: Records, bulk: Bulk, person: InventedPerson, key: int, county: str, community: int, dead: bool
    ) -> None:
        due = self._due(person)
        state = EnrolmentState.WITHDRAWN if dead else self._draw.choices(list(_STATES), list(_STATES.values()))[0]
        if state in _WORKED_OUT and not due.own:
            state = EnrolmentState.ACTIVE
        ended = self._first + timedelta(self._draw.randrange(28)) if state in _REASONS else None
        enrolment = bulk.add(
            Enrolment,
            {
                "person_id": key,
                "year": self._year,
                "county": county,
                "community_id": community,
                "registration_kind": person.registration_kind,
                "state": state,
                "category": "migrant_worker" if person.migrant else f"{person.registration_kind}_resident",
                "rules": self._scheme.version,
                "rules_on": self._first,
                "facts": records.seal(_facts(person)),
                "renews_id": None,
                "contact_id": None,
                "submitted_at": None if state is EnrolmentState.DRAFT else records.now,
                "ended_on": ended,
                "reason": "death" if dead else _REASONS.get(state),
            },
        )
        self.enrolments += 1
        if state in _WORKED_OUT:
            self._contribution(records, bulk, key, enrolment, due, state)

    def _contribution(
        self, records: Records, bulk: Bulk, key: int, enrolment: int, due: _Due, state: EnrolmentState
    ) -> None:
        row = {
            "enrolment_id": enrolment,
            "total_fen": sum(amount for _, _, amount in due.parts),
            "rules": self._scheme.version,
            "rules_on": self._first,
            "illustrative": True,
            "worked_out": due.worked_out,
            "worked_out_at": records.now,
            "replaced_at": None,
        }
        owed = bulk.add(Contribution, row)
        for line, payer, amount in due.parts:
            part = {"contribution_id": owed, "line": line, "payer": payer, "amount_fen": amount}
            bulk.add(ContributionPart, part)
        if state not in _DUE:
            return
        accounts: dict[Account, int] = {}
        for _, payer, amount in due.parts:
            accounts[Account(payer)] = accounts.get(Account(payer), 0) + amount
        self._book(records, bulk, key, EntryKind.DUE, owed, {**accounts, Account.INCOME: -sum(accounts.values())})
        if not due.own:
            return
        if state is EnrolmentState.ACTIVE:
            paid = due.own
        else:
            # Some of those who still owe have paid a part of it.
            paid = due.own // 2 if self._draw.random() < 0.1 else 0
        if paid:
            postings = {Account.BANK: paid, Account.INDIVIDUAL: -paid}
            self._book(records, bulk, key, EntryKind.PAYMENT, owed, postings)

    def _book(
        self, records: Records, bulk: Bulk, key: int, kind: EntryKind, owed: int, postings: dict[Account, int]
    ) -> None:
        entry = bulk.add(
            LedgerEntry,
            {
                "kind": kind,
                "person_id": key,
                "effective_on": self._first + timedelta(self._draw.randrange(28)),
                "booked_at": records.now,
                "contribution_id": owed,
                "reverses_id": None,
                "reference": None,
                "file_id": None,
                "row": None,
            },
        )
        for account, amount in postings.items():
            if amount:
                line = {"entry_id": entry, "account": account, "person_id": key, "year": self._year}
                bulk.add(LedgerPosting, {**line, "amount_fen": amount})

    def _due(self, person: InventedPerson) -> _Due:
        case = person.registration_kind, person.certificate or "none"
        if case not in self._dues:
            facts = {"registration_kind": case[0], "hardship_certificate": case[1], "age": 40}
            found = contribution(self._scheme, facts, self._first)
            parts = tuple((part.line, part.payer, part.amount.low) for part in found.parts if part.amount.exact)
            told = {"invented": True, "total": found.total.to_json(), "person_pays": found.person_pays.to_json()}
            self._dues[case] = _Due(parts, json.dumps(told))
        return self._dues[case]


def _community(records: Records, county: str, name: str) -> int:
    return people.community(records, county, name).id or 0


def _certificates(person: InventedPerson) -> Iterator[str]:
    if person.certificate:
        yield person.certificate
    if person.migrant:
        yield "residence_permit"


def _facts(person: InventedPerson) -> dict[str, Any]:
    return {
        "registered_locally": not person.migrant,
        "registration_kind": person.registration_kind,
        "employee_insured": False,
        "enrolled_elsewhere": False,
        "birth_date": person.birth_date.isoformat(),
        "hardship_certificate": person.certificate or "none",
    }
