"""Invented people written into the store, with the enrolments, contributions and bookings of one year."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from bot.members.invented import AREAS, InventedHousehold, InventedPerson, invented_households
from bot.members.invented_enrolments import ENROLMENT_TABLES, InventedEnrolments
from dialogs.members.identity import IdentityKind
from member_store.members import people
from member_store.members.actors import Actor
from member_store.members.bulk import Bulk
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.store import Store
from member_store.tables.people import (
    Certificate,
    Doubt,
    DoubtState,
    EnrolmentState,
    Household,
    Notices,
    Person,
)
from member_store.tables.records import Audit
from policy_engine.scheme import Scheme

ACTION = "people_invented"
"""What the audit calls a generation."""

_HOUSEHOLDS = 20_000
"""So many in one transaction, about 60 000 people: other writers wait for it."""

_TABLES = (
    Household,
    Person,
    Certificate,
    Doubt,
    *ENROLMENT_TABLES,
)

_APPLY = {"rural": 0.93, "urban": 0.66}
"""How many of those registered so have applied; a community has more or less than that."""

_DEAD = 0.004
_DOUBTFUL = 0.001
_RELATIONS = {"head": "self", "spouse": "spouse", "child": "child", "parent": "mother", "grandchild": "other"}


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
    states: Mapping[EnrolmentState, int] | None = None,
    told: Callable[[int], None] = lambda _: None,
) -> int:
    """Write so many invented people into the store, and return how many enrolments they have.

    `scheme` is the pack of a county whose figures are all set, as the demonstration county's are: everybody owes by
    it. `states` says how many of a thousand enrolments are in which state; what is usual where it is not given. Who and
    what there is, is the same for the same arguments in an empty store. It goes in transactions of some
    ten thousand people, and `told` hears how many there are after each; the audit has one record, at the beginning.

    Raises Refusal: `people_there` where the store holds anybody and `add` is not set, `no_areas` once all invented
    areas are used. Raises ValueError as `invented_households` does, DateError for a year that the scheme does not
    cover, StoreError if the database fails.
    """
    scheme.on(date(year, 1, 1))
    with store.records(actor, today=today) as records:
        area = _begin(records, add, {"people": count, "seed": seed, "counties": list(counties), "year": year})
    households = invented_households(count, seed, counties, year, area)
    writer = _Writer(scheme, year, random.Random(f"{seed} {year} {area} enrolments"), states)  # noqa: S311 - no secret
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
    records.record(ACTION, Person(county="", created_at=records.now), person_id=None, changes=what)
    return AREAS[before]


class _Writer:
    """Writes households in batches; knows the communities that are there already."""

    def __init__(
        self, scheme: Scheme, year: int, draw: random.Random, states: Mapping[EnrolmentState, int] | None
    ) -> None:
        self.people = 0
        self._year = year
        self._first = date(year, 1, 1)
        self._draw = draw
        self._communities: dict[tuple[str, str], int] = {}
        self._eager: dict[int, float] = {}
        self._enrolments = InventedEnrolments(scheme, year, draw, states)

    @property
    def enrolments(self) -> int:
        return self._enrolments.count

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
            self._enrolments.enrol(records, bulk, person, key, county, community, dead)
        if draw.random() < _DOUBTFUL:
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


def _community(records: Records, county: str, name: str) -> int:
    return people.community(records, county, name).id or 0


def _certificates(person: InventedPerson) -> Iterator[str]:
    if person.certificate:
        yield person.certificate
    if person.migrant:
        yield "residence_permit"
