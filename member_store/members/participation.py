"""Who takes part: how many of the residents of a place are enrolled, and who they are.

Enrolled is who was verified, whether or not it is paid for yet; active is whoever is insured. A resident counts where
they live, an enrolment where it was made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, literal
from sqlmodel import col, select

from member_store.members.people import Personal
from member_store.members.records import Records
from member_store.tables.money import Account, LedgerPosting
from member_store.tables.people import Community, Doubt, DoubtState, Enrolment, EnrolmentState, Person

KINDS = ("rural", "urban", None)
"""The kinds of registration; None where it is not known."""

ENROLLED = (EnrolmentState.VERIFIED, EnrolmentState.AWAITING_PAYMENT, EnrolmentState.ACTIVE)
"""The states of an enrolment that counts."""

_APPLIED = (EnrolmentState.DRAFT, EnrolmentState.SUBMITTED)
_ALIVE = (col(Person.died_on).is_(None), col(Person.erased_at).is_(None))


@dataclass(frozen=True)
class Count:
    """How many residents are on the list, how many of them are enrolled, and how many of those are insured."""

    residents: int = 0
    enrolled: int = 0
    active: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.residents + other.residents, self.enrolled + other.enrolled, self.active + other.active)


@dataclass(frozen=True)
class Participation:
    """The counts of one place by kind of registration: `rural`, `urban`, or None where that is not known.

    `community_id` and `name` are None for people of a county whose community is not known.
    """

    community_id: int | None
    name: str | None
    kinds: Mapping[str | None, Count]

    @property
    def all(self) -> Count:
        """Everybody."""
        return sum(self.kinds.values(), Count())


@dataclass(frozen=True)
class Listed:
    """Somebody on a list: who it is, how far their enrolment of the year has got, and what is outstanding in fen.

    `state` and `outstanding_fen` are None where the list is not about them.
    """

    person_id: int
    household_id: int | None
    registration_kind: str | None
    personal: Personal = field(repr=False)
    state: EnrolmentState | None = None
    outstanding_fen: int | None = None


def counties(records: Records) -> list[str]:
    """The counties that have communities."""
    return sorted(records.session.exec(select(Community.county).distinct()))


def of_county(records: Records, county: str, year: int) -> list[Participation]:
    """The participation of each community of a county, by name; people without a community come last."""
    found = _of_communities(records, year, Community.county == county)
    nowhere = _numbers(year, None, literal(county))
    elsewhere = Participation(None, None, _kinds(records.connection.execute(select(*nowhere)).one()))
    return found + ([elsewhere] if elsewhere.kinds else [])


def of_community(records: Records, community: Community, year: int) -> Participation:
    """The participation of one community."""
    return _of_communities(records, year, Community.id == community.id)[0]


def county_wide(places: Iterable[Participation]) -> dict[str | None, Count]:
    """The counts of several places together, by kind of registration."""
    found: dict[str | None, Count] = {}
    for place in places:
        for kind, count in place.kinds.items():
            found[kind] = found.get(kind, Count()) + count
    return found


def unpaid(records: Records, community_id: int, year: int) -> list[Listed]:
    """Whose enrolment awaits payment, with what is still outstanding of their own part; household by household."""
    outstanding = (
        select(func.coalesce(func.sum(LedgerPosting.amount_fen), 0))
        .where(
            col(LedgerPosting.person_id) == col(Person.id),
            col(LedgerPosting.year) == year,
            col(LedgerPosting.account) == Account.INDIVIDUAL,
        )
        .scalar_subquery()
    )
    return _listed(records, _enrolments(community_id, year, EnrolmentState.AWAITING_PAYMENT).add_columns(outstanding))


def enrolled(records: Records, community_id: int, year: int) -> list[Listed]:
    """Who is enrolled, and how far it has got; household by household."""
    return _listed(records, _enrolments(community_id, year, *ENROLLED))


def not_enrolled(records: Records, community_id: int, year: int) -> list[Listed]:
    """Residents who are not enrolled, with the state of an application that nobody has verified yet."""
    of_year = (col(Enrolment.person_id) == col(Person.id), col(Enrolment.year) == year)
    applied = select(func.max(Enrolment.state)).where(*of_year, col(Enrolment.state).in_(_APPLIED)).scalar_subquery()
    counted = select(Enrolment.id).where(*of_year, col(Enrolment.state).in_(ENROLLED)).exists()
    wanted = _people(applied).where(col(Person.community_id) == community_id, *_ALIVE, ~counted)
    return _listed(records, wanted)


def doubtful(records: Records, community_id: int) -> list[Listed]:
    """Whom somebody has applied for without having shown that they may, and nobody has decided; each once."""
    open_ = select(Doubt.person_id).where(Doubt.state == DoubtState.OPEN)
    wanted = _people().where(col(Person.id).in_(open_), col(Person.community_id) == community_id, *_ALIVE)
    return _listed(records, wanted)


def _of_communities(records: Records, year: int, which: Any) -> list[Participation]:
    numbers = _numbers(year, col(Community.id), col(Community.county))
    wanted = select(Community.id, Community.name, *numbers).where(which).order_by(Community.name)
    return [Participation(key, name, _kinds(row)) for key, name, *row in records.connection.execute(wanted)]


def _numbers(year: int, community: Any, county: Any) -> list[ScalarSelect[int]]:
    """For each kind of registration the residents and the enrolled by state, in one place.

    Each is a single range of an index, of which the database only has to find out how long it is. Grouping the same
    rows takes it three times as long.
    """
    found = []
    for kind in KINDS:
        people = (
            col(Person.community_id) == community if community is not None else col(Person.community_id).is_(None),
            col(Person.county) == county,
            _is(col(Person.registration_kind), kind),
            *_ALIVE,
        )
        found.append(select(func.count()).select_from(Person).where(*people).scalar_subquery())
        if community is not None:
            place = [col(Enrolment.community_id) == community]
        else:
            place = [col(Enrolment.community_id).is_(None), col(Enrolment.county) == county]
        for state in ENROLLED:
            made = (*place, col(Enrolment.year) == year, col(Enrolment.state) == state)
            of_kind = _is(col(Enrolment.registration_kind), kind)
            found.append(select(func.count()).select_from(Enrolment).where(*made, of_kind).scalar_subquery())
    return found


def _is(column: Any, value: str | None) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.is_(None) if value is None else column == value
    return found


def _kinds(numbers: Sequence[int]) -> dict[str | None, Count]:
    """What `_numbers` asked for; kinds of which there is nobody are left out."""
    found = {}
    width = 1 + len(ENROLLED)
    for place, kind in enumerate(KINDS):
        residents, *states = numbers[width * place : width * (place + 1)]
        if residents or any(states):
            found[kind] = Count(residents, sum(states), states[ENROLLED.index(EnrolmentState.ACTIVE)])
    return found


def _people(*columns: Any) -> Select[Any]:
    person: tuple[Any, ...] = (Person.id, Person.household_id, Person.registration_kind, Person.personal)
    wanted: Any = select(*person, *columns)
    found: Select[Any] = wanted.order_by(col(Person.household_id), col(Person.id))
    return found


def _enrolments(community_id: int, year: int, *states: EnrolmentState) -> Select[Any]:
    return (
        _people(col(Enrolment.state))
        .join(Enrolment, col(Enrolment.person_id) == col(Person.id))
        .where(
            col(Enrolment.community_id) == community_id,
            col(Enrolment.year) == year,
            col(Enrolment.state).in_(states),
            *_ALIVE,
        )
    )


def _listed(records: Records, wanted: Select[Any]) -> list[Listed]:
    return [
        Listed(
            person_id,
            household_id,
            kind,
            Personal.from_dict(records.unseal(token, f"person {person_id}")),
            EnrolmentState(rest[0]) if rest and rest[0] else None,
            int(rest[1]) if len(rest) > 1 else None,
        )
        for person_id, household_id, kind, token, *rest in records.connection.execute(wanted)
    ]
