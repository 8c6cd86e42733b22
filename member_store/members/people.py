"""People: found by identity document, added, changed, moved; and what each of them is told to be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from sqlmodel import col, select

from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.tables.people import Certificate, Community, Household, Notices, Person

ADULT = 18
"""Whoever is younger is a minor (未成年人), for whom a guardian acts."""


@dataclass(frozen=True)
class Personal:
    """Who somebody is. Encrypted in the store; never to be printed, so that no log has it.

    `document` is the kind of identity document, `number` its number in the normal form.
    """

    name: str = field(repr=False)
    document: str = field(repr=False)
    number: str = field(repr=False)
    birth_date: date | None = field(default=None, repr=False)
    sex: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON-ready data."""
        return {**asdict(self), "birth_date": self.birth_date.isoformat() if self.birth_date else None}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Personal:
        """What `to_dict` wrote down."""
        born = data.get("birth_date")
        return cls(**{**data, "birth_date": date.fromisoformat(born) if born else None})


def identity_hash(records: Records, document: str, number: str) -> str:
    """What a person is looked up by."""
    return records.hash("identity", document, number)


def find(records: Records, document: str, number: str) -> Person | None:
    """The person with this identity document, whoever asks: what is shown of it is the caller's to decide."""
    wanted = identity_hash(records, document, number)
    return records.session.exec(select(Person).where(Person.identity == wanted)).first()


def personal_of(records: Records, person: Person) -> Personal | None:
    """Who the person is; None for one who was erased. Raises StoreError if no key fits."""
    data = records.unseal(person.personal, f"person {person.id}")
    return Personal.from_dict(data) if data else None


def name_of(records: Records, person: Person) -> str:
    """What a person is called; nothing for one who was erased. What is shown of it is the caller's to decide."""
    personal = personal_of(records, person)
    return personal.name if personal else ""


def is_adult(records: Records, person: Person) -> bool:
    """Whether a person is of age today; somebody whose day of birth is not known is taken to be."""
    personal = personal_of(records, person)
    born = personal.birth_date if personal else None
    if born is None:
        return True
    day = records.today
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day)) >= ADULT


def add(
    records: Records,
    personal: Personal,
    county: str,
    *,
    community_id: int | None = None,
    household_id: int | None = None,
    registration_kind: str | None = None,
) -> Person:
    """Somebody new. Raises Refusal `known` where there is a person with that document already."""
    identity = identity_hash(records, personal.document, personal.number)
    records.database.alone(records.connection, identity)
    if records.session.exec(select(Person.id).where(Person.identity == identity)).first() is not None:
        raise Refusal("known")
    person = records.add(
        Person(
            identity=identity,
            personal=records.seal(personal.to_dict()),
            county=county,
            community_id=community_id,
            household_id=household_id,
            registration_kind=registration_kind,
            notices=Notices.BOTH,
            created_at=records.now,
        )
    )
    records.record("person_added", person, person_id=person.id, changes={"county": county, "community": community_id})
    return person


def change_personal(records: Records, person: Person, **to: Any) -> bool:
    """Change some of what is known of who the person is; the rest stays. Whether anything changed.

    Raises Refusal `known` where a new identity number is somebody else's, `erased` for one who was erased.
    """
    # The row as it is now: two people who each change one thing must both find theirs.
    person = records.locked(Person, _key(person))
    before = personal_of(records, person)
    if before is None:
        raise Refusal("erased")
    after = replace(before, **to)
    if after == before:
        return False
    columns: dict[str, Any] = {"personal": records.seal(after.to_dict())}
    if (after.document, after.number) != (before.document, before.number):
        identity = identity_hash(records, after.document, after.number)
        records.database.alone(records.connection, identity)
        if records.session.exec(select(Person.id).where(Person.identity == identity)).first() is not None:
            raise Refusal("known")
        columns["identity"] = identity
    return records.change(person, "person_changed", person_id=person.id, **columns)


def household_of(records: Records, person: Person) -> list[Person]:
    """Everybody of the person's household, oldest entry first; only themselves where none is recorded."""
    if person.household_id is None:
        return [person]
    members = select(Person).where(Person.household_id == person.household_id, col(Person.erased_at).is_(None))
    return list(records.session.exec(members.order_by(col(Person.id))))


def join_household(records: Records, people: Iterable[Person], community_id: int | None = None) -> int:
    """Put people into one household: that of the first who has one, else a new one. Returns its id."""
    wanted = list(people)
    # Each as they are now, and in the same order for everybody: two who join one family wait for each other.
    now = {key: records.locked(Person, key) for key in sorted(_key(each) for each in wanted)}
    members = [now[_key(each)] for each in wanted]
    known = next((each.household_id for each in members if each.household_id is not None), None)
    if known is None:
        household = records.add(Household(community_id=community_id, created_at=records.now))
        known = _key(household)
    for each in members:
        if each.household_id is None:
            records.change(each, "household_joined", person_id=each.id, household_id=known)
    return known


def community(records: Records, county: str, name: str) -> Community:
    """The community of this name in a county, which is added where it is not there."""
    records.database.alone(records.connection, f"community {county} {name}")
    found = records.session.exec(select(Community).where(Community.county == county, Community.name == name)).first()
    if found is None:
        found = records.add(Community(county=county, name=name))
        records.record("community_added", found, person_id=None, changes={"county": county})
    return found


def communities(records: Records, county: str) -> list[Community]:
    """The communities of a county, by name."""
    return list(records.session.exec(select(Community).where(Community.county == county).order_by(Community.name)))


def place_of(records: Records, community_id: int | None) -> str | None:
    """The name of a community."""
    found = records.session.get(Community, community_id) if community_id is not None else None
    return found.name if found else None


def hold_certificate(
    records: Records,
    person: Person,
    kind: str,
    *,
    number: str | None = None,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> Certificate:
    """Take down that a person holds a certificate or permit; what was known of it before is kept in the history."""
    # A certificate that is not there yet cannot be locked, its holder can.
    records.locked(Person, _key(person))
    found = records.session.exec(
        select(Certificate).where(Certificate.person_id == person.id, Certificate.kind == kind)
    ).first()
    if found is None:
        found = records.add(
            Certificate(
                person_id=_key(person),
                kind=kind,
                number=records.seal(number) if number else None,
                valid_from=valid_from,
                valid_until=valid_until,
                recorded_at=records.now,
            )
        )
        records.record("certificate_recorded", found, person_id=person.id, changes={"kind": kind})
        return found
    to: dict[str, Any] = {"valid_from": valid_from or found.valid_from, "valid_until": valid_until or found.valid_until}
    if number and records.unseal(found.number, f"certificate {found.id}") != number:
        to["number"] = records.seal(number)
    if records.change(found, "certificate_changed", person_id=person.id, **to):
        records.change(found, "certificate_to_verify", person_id=person.id, verified_on=None)
    return found


def certificates(records: Records, person: Person) -> list[Certificate]:
    """What certificates and permits a person holds."""
    held = select(Certificate).where(Certificate.person_id == person.id).order_by(col(Certificate.id))
    return list(records.session.exec(held))


def _key(row: Any) -> int:
    key = row.id
    assert isinstance(key, int), "the row has been written"  # noqa: S101
    return key
