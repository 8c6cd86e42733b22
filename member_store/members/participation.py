"""Who takes part: how many of the residents of a place are enrolled, and who they are.

Enrolled is who was verified, whether or not it is paid for yet; active is whoever is insured. A resident counts where
they live, an enrolment where it was made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, case, func
from sqlmodel import col, select

from member_store.members.people import Personal
from member_store.members.records import Records
from member_store.tables.counts import NOWHERE, RESIDENTS, ParticipationCount
from member_store.tables.money import Account, LedgerPosting
from member_store.tables.people import Community, Doubt, DoubtState, Enrolment, EnrolmentState, Person

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
    """Somebody on a list: how far their enrolment of the year has got, and what is outstanding in fen.

    `state` and `outstanding_fen` are None where the list is not about them. Who it is stays sealed until it is asked
    for: to read a whole community takes four times as long as to list it, and a page shows a part of it.
    """

    person_id: int
    household_id: int | None
    registration_kind: str | None
    sealed: str = field(repr=False)
    state: EnrolmentState | None = None
    outstanding_fen: int | None = None

    def personal(self, records: Records) -> Personal:
        """Who it is. Raises StoreError if no key fits."""
        return Personal.from_dict(records.unseal(self.sealed, f"person {self.person_id}"))


def counties(records: Records) -> list[str]:
    """The counties that have communities."""
    return sorted(records.session.exec(select(Community.county).distinct()))


def of_county(records: Records, county: str, year: int) -> list[Participation]:
    """The participation of each community of a county, by name; people without a community come last.

    What this transaction has written itself is counted on SQLite only; PostgreSQL counts what is committed.
    """
    named = select(Community.id, Community.name).where(Community.county == county).order_by(Community.name)
    names: dict[int, str | None] = {key or NOWHERE: name for key, name in records.session.exec(named)}
    kinds = _kinds(records, county, year)
    found = [Participation(key, name, kinds.get(key, {})) for key, name in names.items()]
    return found + ([Participation(None, None, kinds[NOWHERE])] if NOWHERE in kinds else [])


def of_community(records: Records, community: Community, year: int) -> Participation:
    """The participation of one community; of what is counted, see `of_county`."""
    key = community.id or NOWHERE
    return Participation(key, community.name, _kinds(records, community.county, year, key).get(key, {}))


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


def _kinds(
    records: Records, county: str, year: int, community_id: int | None = None
) -> dict[int, dict[str | None, Count]]:
    """By community and kind of registration: of a whole county, or of one community."""
    people, state = col(ParticipationCount.people), col(ParticipationCount.state)
    residents = col(ParticipationCount.year) == RESIDENTS
    where: tuple[Any, ...] = (ParticipationCount.community_id, ParticipationCount.registration_kind)
    sums = (
        func.sum(case((condition, people), else_=0))
        for condition in (residents, state.in_(ENROLLED), state == EnrolmentState.ACTIVE)
    )
    wanted: Any = (
        select(*where, *sums)
        .where(ParticipationCount.county == county, col(ParticipationCount.year).in_((RESIDENTS, year)), people > 0)
        .group_by(*where)
    )
    if community_id is not None:
        wanted = wanted.where(ParticipationCount.community_id == community_id)
    found: dict[int, dict[str | None, Count]] = {}
    for community, kind, *numbers in records.connection.execute(wanted):
        count = Count(*map(int, numbers))
        if count != Count():
            found.setdefault(community, {})[kind or None] = count
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
            token,
            EnrolmentState(rest[0]) if rest and rest[0] else None,
            int(rest[1]) if len(rest) > 1 else None,
        )
        for person_id, household_id, kind, token, *rest in records.connection.execute(wanted)
    ]
