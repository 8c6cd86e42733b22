"""Who takes part in a community: the counts and the lists, on both databases."""

from __future__ import annotations

import datetime
import itertools
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from sqlmodel import select

from member_store.members import delegations, enrolments, erasure, ledger, participation, people
from member_store.members.participation import Count, Listed, Participation
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.store import Store
from member_store.tables.counts import ParticipationCount
from member_store.tables.people import Community, Doubt, DoubtState, Enrolment, EnrolmentState, Person
from tests.member_store.members.money import DAY, SHARES, keep

_numbers = itertools.count(5_000_000)


def resident(records: Records, community: Community | None, kind: str | None = "rural", name: str = "张秀英") -> Person:
    personal = people.Personal(name, "resident_identity_card", f"{next(_numbers):018d}")
    where = community.id if community else None
    return people.add(records, personal, "haining", community_id=where, registration_kind=kind)


def enrol(records: Records, person: Person, *states: EnrolmentState, year: int = 2008) -> None:
    found = enrolments.submit(records, person, year, category="rural", rules="v", rules_on=DAY, facts={})
    for state in states:
        found = enrolments.move(records, found, state)


def charge(records: Records, person: Person) -> None:
    found = enrolments.submit(records, person, 2008, category="rural", rules="v", rules_on=DAY, facts={})
    keep(records, enrolments.move(records, found, EnrolmentState.VERIFIED), *SHARES)


def who(listed: list[Listed]) -> list[int]:
    return [each.person_id for each in listed]


def counted(store: Store, name: str = "斜桥村", year: int = 2008) -> Participation:
    with store.reading_records() as records:
        village = next(each for each in people.communities(records, "haining") if each.name == name)
        return participation.of_community(records, village, year)


def recounted(store: Store) -> dict[tuple[str, int, int, str, str], int]:
    """What the kept counts ought to be, from every row."""
    found: Counter[tuple[str, int, int, str, str]] = Counter()
    with store.reading_records() as records:
        for each in records.session.exec(select(Person)):
            if each.died_on is None and each.erased_at is None:
                found[each.county, 0, each.community_id or 0, each.registration_kind or "", ""] += 1
        for made in records.session.exec(select(Enrolment)):
            kind = made.registration_kind or ""
            found[made.county, made.year, made.community_id or 0, kind, made.state.value] += 1
    return dict(found)


def kept(store: Store) -> dict[tuple[str, int, int, str, str], int]:
    with store.reading_records() as records:
        return {
            (each.county, each.year, each.community_id, each.registration_kind, each.state): each.people
            for each in records.session.exec(select(ParticipationCount))
            if each.people
        }


def test_a_place_where_nobody_lives_has_nobody_enrolled(store: Store) -> None:
    with store.records() as records:
        people.community(records, "haining", "斜桥村")
    assert counted(store).all == Count()
    with store.reading_records() as records:
        assert [each.name for each in participation.of_county(records, "haining", 2008)] == ["斜桥村"]
        assert participation.of_county(records, "pinghu", 2008) == []


def test_verified_awaiting_and_active_count_as_enrolled_and_others_do_not(store: Store) -> None:
    verified, active, waiting = EnrolmentState.VERIFIED, EnrolmentState.ACTIVE, EnrolmentState.AWAITING_PAYMENT
    with store.records() as records:
        village = people.community(records, "haining", "斜桥村")
        for moves in [(), (verified,), (verified, active), (verified, waiting), (EnrolmentState.REJECTED,)]:
            enrol(records, resident(records, village), *moves)
        enrol(records, resident(records, village), verified, EnrolmentState.WITHDRAWN)
        enrol(records, resident(records, village, "urban"), verified, active)
        enrol(records, resident(records, village, "urban"), verified, active, year=2009)
        resident(records, village, None)
    found = counted(store)
    assert found.kinds == {"rural": Count(6, 3, 1), "urban": Count(2, 1, 1), None: Count(1, 0, 0)}
    assert found.all == Count(9, 4, 2)
    assert kept(store) == recounted(store)


def test_whoever_died_or_was_erased_is_no_resident(store: Store) -> None:
    with store.records() as records:
        village = people.community(records, "haining", "斜桥村")
        dead, erased, living = (resident(records, village) for _ in range(3))
    assert counted(store).all == Count(3, 0, 0)
    with store.records() as records:
        dead, erased = (records.locked(Person, each.id or 0) for each in (dead, erased))
        records.change(dead, "person_died", person_id=dead.id, died_on=DAY)
        erasure.erase(records, erased, "asked")
    assert counted(store).all == Count(1, 0, 0)
    with store.records() as records:
        assert who(participation.not_enrolled(records, village.id or 0, 2008)) == [living.id]
        back = records.locked(Person, dead.id or 0)
        records.change(back, "death_was_a_mistake", person_id=back.id, died_on=None)
    assert counted(store).all == Count(2, 0, 0)
    assert kept(store) == recounted(store)


def test_a_county_counts_every_community_and_those_without_one(store: Store) -> None:
    with store.records() as records:
        first, second = (people.community(records, "haining", name) for name in ("一村", "二村"))
        other = people.community(records, "pinghu", "一村")
        enrol(records, resident(records, first), EnrolmentState.VERIFIED)
        resident(records, second, "urban")
        enrol(records, resident(records, None), EnrolmentState.VERIFIED, EnrolmentState.ACTIVE)
        person = resident(records, None)
        records.change(person, "person_moved", person_id=person.id, county="pinghu", community_id=other.id)
    with store.reading_records() as records:
        places = participation.of_county(records, "haining", 2008)
        assert {each.name: each.all for each in places} == {
            "一村": Count(1, 1, 0),
            "二村": Count(1, 0, 0),
            None: Count(1, 1, 1),
        }
        assert participation.county_wide(places) == {"rural": Count(2, 2, 1), "urban": Count(1, 0, 0)}
        assert participation.counties(records) == ["haining", "pinghu"]
    assert kept(store) == recounted(store)


def test_what_is_rolled_back_was_not_counted(store: Store) -> None:
    with store.records() as records:
        village = people.community(records, "haining", "斜桥村")
        enrol(records, resident(records, village), EnrolmentState.VERIFIED)
    with suppress(Refusal), store.records() as records:
        enrol(records, resident(records, village), EnrolmentState.VERIFIED)
        raise Refusal("not_today")
    with store.records() as records:
        resident(records, village)
        with suppress(Refusal), records.undoable():
            enrol(records, resident(records, village), EnrolmentState.VERIFIED)
            raise Refusal("not_today")
    assert counted(store).all == Count(2, 1, 0)
    assert kept(store) == recounted(store)


def test_changes_of_many_at_once_in_any_order_wait_for_nobody_for_ever_and_are_all_counted(store: Store) -> None:
    with store.records() as records:
        places = [people.community(records, "haining", name) for name in ("一村", "二村")]
        persons = [resident(records, places[each % 2]) for each in range(40)]

    def work(turn: int) -> None:
        mine = persons[turn::4]
        for person in mine if turn % 2 else reversed(mine):
            with store.records() as records:
                state = (EnrolmentState.VERIFIED, EnrolmentState.ACTIVE, EnrolmentState.AWAITING_PAYMENT)[: turn + 1]
                enrol(records, records.locked(Person, person.id or 0), *state)
                moved = records.locked(Person, mine[0].id or 0)
                records.change(moved, "person_moved", person_id=moved.id, community_id=places[turn % 2].id)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))
    assert kept(store) == recounted(store)
    assert sum(kept(store).values()) == 80


def test_the_unpaid_stand_with_what_is_outstanding_of_their_own_part(store: Store) -> None:
    with store.records() as records:
        village = people.community(records, "haining", "斜桥村")
        nothing, part, everything = (resident(records, village) for _ in range(3))
        for person in (nothing, part, everything):
            charge(records, person)
        ledger.pay(records, part, 2008, 2500, DAY)
        ledger.pay(records, everything, 2008, 6000, DAY)
        unpaid = participation.unpaid(records, village.id or 0, 2008)
        assert {each.person_id: each.outstanding_fen for each in unpaid} == {nothing.id: 6000, part.id: 3500}
        assert {each.personal(records).name for each in unpaid} == {"张秀英"}
        enrolled = participation.enrolled(records, village.id or 0, 2008)
        assert {each.person_id: each.state for each in enrolled} == {
            nothing.id: EnrolmentState.AWAITING_PAYMENT,
            part.id: EnrolmentState.AWAITING_PAYMENT,
            everything.id: EnrolmentState.ACTIVE,
        }
        assert participation.unpaid(records, village.id or 0, 2009) == []


def test_who_is_not_enrolled_may_have_applied(store: Store) -> None:
    with store.records() as records:
        village = people.community(records, "haining", "斜桥村")
        never, applied, before = (resident(records, village) for _ in range(3))
        enrol(records, applied)
        enrol(records, before, EnrolmentState.VERIFIED, year=2007)
        enrol(records, resident(records, village), EnrolmentState.VERIFIED)
        found = {each.person_id: each.state for each in participation.not_enrolled(records, village.id or 0, 2008)}
        assert found == {never.id: None, applied.id: EnrolmentState.SUBMITTED, before.id: None}


def test_households_stay_together_in_a_list(store: Store) -> None:
    with store.records() as records:
        village = people.community(records, "haining", "斜桥村")
        members = [resident(records, village) for _ in range(4)]
        first = people.join_household(records, [members[0], members[3]], village.id)
        people.join_household(records, [members[1], members[2]], village.id)
        found = participation.not_enrolled(records, village.id or 0, 2008)
        assert who(found) == [members[each].id for each in (0, 3, 1, 2)]
        assert found[1].household_id == first


def test_the_doubtful_are_those_whom_an_open_doubt_is_about(store: Store) -> None:
    with store.records() as records:
        village, other = (people.community(records, "haining", name) for name in ("一村", "二村"))
        here, settled, elsewhere = resident(records, village), resident(records, village), resident(records, other)
        contact = delegations.contact_of(records, "web", "somebody", "zh-CN")
        for person, state in (
            (here, DoubtState.OPEN),
            (here, DoubtState.OPEN),
            (settled, DoubtState.REFUSED),
            (elsewhere, DoubtState.OPEN),
        ):
            records.add(
                Doubt(
                    person_id=person.id or 0,
                    contact_id=contact.id,
                    relation="mother",
                    year=2008,
                    state=state,
                    created_at=records.now,
                )
            )
        assert who(participation.doubtful(records, village.id or 0)) == [here.id]


def test_nobody_is_named_in_what_is_printed(store: Store) -> None:
    with store.records(today=datetime.date(2008, 3, 1)) as records:
        village = people.community(records, "haining", "斜桥村")
        resident(records, village, name="欧阳娜依")
        assert "欧阳" not in repr(participation.not_enrolled(records, village.id or 0, 2008))
