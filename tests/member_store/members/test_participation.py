"""Who takes part in a community: the counts and the lists, on both databases."""

from __future__ import annotations

import datetime
import itertools

from member_store.members import delegations, enrolments, ledger, participation, people
from member_store.members.participation import Count, Listed
from member_store.members.records import Records
from member_store.store import Store
from member_store.tables.people import Community, Doubt, DoubtState, EnrolmentState, Person
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


def test_a_place_where_nobody_lives_has_nobody_enrolled(store: Store) -> None:
    with store.records() as records:
        village = people.community(records, "haining", "斜桥村")
        assert participation.of_community(records, village, 2008).all == Count()
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
        found = participation.of_community(records, village, 2008)
        assert found.kinds == {"rural": Count(6, 3, 1), "urban": Count(2, 1, 1), None: Count(1, 0, 0)}
        assert found.all == Count(9, 4, 2)


def test_whoever_died_or_was_erased_is_no_resident(store: Store) -> None:
    with store.records() as records:
        village = people.community(records, "haining", "斜桥村")
        dead, erased = resident(records, village), resident(records, village)
        records.change(dead, "person_died", person_id=dead.id, died_on=DAY)
        records.change(erased, "person_erased", person_id=erased.id, erased_at=records.now, personal=None)
        living = resident(records, village)
        assert participation.of_community(records, village, 2008).all == Count(1, 0, 0)
        assert who(participation.not_enrolled(records, village.id or 0, 2008)) == [living.id]


def test_a_county_counts_every_community_and_those_without_one(store: Store) -> None:
    with store.records() as records:
        first, second = (people.community(records, "haining", name) for name in ("一村", "二村"))
        other = people.community(records, "pinghu", "一村")
        enrol(records, resident(records, first), EnrolmentState.VERIFIED)
        resident(records, second, "urban")
        enrol(records, resident(records, None), EnrolmentState.VERIFIED, EnrolmentState.ACTIVE)
        person = resident(records, None)
        records.change(person, "person_moved", person_id=person.id, county="pinghu", community_id=other.id)
        places = participation.of_county(records, "haining", 2008)
        assert {each.name: each.all for each in places} == {
            "一村": Count(1, 1, 0),
            "二村": Count(1, 0, 0),
            None: Count(1, 1, 1),
        }
        assert participation.county_wide(places) == {"rural": Count(2, 2, 1), "urban": Count(1, 0, 0)}
        assert participation.counties(records) == ["haining", "pinghu"]


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
        assert {each.personal.name for each in unpaid} == {"张秀英"}
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
