"""Who may act for whom: begun, shown, limited, taken back; and codes that nobody can guess."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest

from member_store.members import codes, delegations, enrolments, people, staff
from member_store.members.people import Personal
from member_store.members.refusals import Refusal
from member_store.members.states import ENROLMENT, HARDSHIP, LIVE
from member_store.store import Store
from member_store.tables.access import Basis, Contact, Role
from member_store.tables.people import EnrolmentState

numbers = itertools.count(200000000000000000)
NOW = datetime(2008, 3, 1, 9, tzinfo=UTC)


def somebody(records, community=None):
    personal = Personal("张秀英", "resident_identity_card", str(next(numbers)))
    return people.add(records, personal, "jiashan", community_id=community.id if community else None)


def contact(records) -> Contact:
    return delegations.contact_of(records, "web", str(next(numbers)), "zh_Hans")


def test_an_applicant_sees_and_does_nothing_more_until_the_office_has_looked(shared_store: Store):
    with shared_store.records() as records:
        person, applicant = somebody(records), contact(records)
        delegations.link(records, applicant, person, "self", Basis.APPLICATION)
        delegations.require(records, applicant, person.id, delegations.LOOK)
        for scope in (delegations.ACT, delegations.OWN):
            with pytest.raises(Refusal, match="not_allowed"):
                delegations.require(records, applicant, person.id, scope)
        delegations.confirm(records, person.id, applicant.id, minor=False)
        delegations.require(records, applicant, person.id, delegations.OWN)


@pytest.mark.parametrize(
    ("relation", "minor", "basis"),
    [
        ("self", False, Basis.SELF),
        ("child", True, Basis.GUARDIAN),
        ("child", False, Basis.APPLICATION),
        ("mother", False, Basis.APPLICATION),
    ],
)
def test_whom_the_office_confirms(shared_store: Store, relation, minor, basis):
    with shared_store.records() as records:
        person, applicant = somebody(records), contact(records)
        delegations.link(records, applicant, person, relation, Basis.APPLICATION)
        assert delegations.confirm(records, person.id, applicant.id, minor=minor).basis is basis


def test_a_code_is_of_use_once_to_one_other_person_and_until_the_last_day(shared_store: Store):
    with shared_store.records(now=NOW) as records:
        person, gran, daughter, other = somebody(records), contact(records), contact(records), contact(records)
        delegations.link(records, gran, person, "self", Basis.SELF)
        code = delegations.offer(records, person, (delegations.LOOK,), date(2008, 3, 31))
        with pytest.raises(Refusal, match="own_code"):
            delegations.redeem(records, gran, code, "self")
        delegations.redeem(records, daughter, code, "mother")
        with pytest.raises(Refusal, match="wrong_code"):
            delegations.redeem(records, other, code, "mother")
        with pytest.raises(Refusal, match="not_allowed"):
            delegations.require(records, daughter, person.id, delegations.ACT)
        key, her = person.id, daughter.id
    for day, there in ((date(2008, 3, 31), True), (date(2008, 4, 1), False)):
        with shared_store.records(now=NOW, today=day) as records:
            found = delegations.represented(records, records.locked(Contact, her))
            assert [each.person.id for each in found] == ([key] if there else [])


def test_a_code_that_waits_too_long_or_is_taken_back_opens_nothing(shared_store: Store):
    with shared_store.records(now=NOW) as records:
        person = somebody(records)
        late = delegations.offer(records, person, (delegations.LOOK,), date(2009, 1, 1))
        back = delegations.offer(records, person, (delegations.LOOK,), date(2009, 1, 1))
        delegations.revoke(records, delegations.offered(records, back), "asked")
        with pytest.raises(Refusal, match="wrong_code"):
            delegations.redeem(records, contact(records), back, "mother")
    with shared_store.records(now=NOW + delegations.CODE_LASTS + timedelta(seconds=1)) as records:
        late_comer = contact(records)
        with pytest.raises(Refusal, match="wrong_code"):
            delegations.redeem(records, late_comer, late, "mother")


def test_who_guesses_has_to_wait(shared_store: Store):
    with shared_store.records(now=NOW) as records:
        guesser = contact(records)
        for _ in range(codes.MOST_WRONG):
            codes.may_try(records, guesser)
            codes.was_wrong(records, guesser)
        with pytest.raises(Refusal, match=r"too_many_codes: minutes 6[01]"):
            codes.may_try(records, guesser)
        key = guesser.id
    with shared_store.records(now=NOW + codes.WAIT) as records:
        codes.may_try(records, records.locked(Contact, key))


def test_codes_are_long_and_hold_nothing_that_can_be_misread():
    made = {codes.new_code() for _ in range(200)}
    assert len(made) == 200
    assert {len(code) for code in made} == {codes.LENGTH}
    assert set("".join(made)) <= set("23456789ABCDEFGHJKMNPQRSTVWXYZ")


def test_a_worker_acts_in_their_own_community_and_an_office_in_its_county(shared_store: Store):
    with shared_store.records(now=NOW) as records:
        here = people.community(records, "jiashan", f"大云村{next(numbers)}")
        there = people.community(records, "jiashan", f"云海村{next(numbers)}")
        far = people.community(records, "pinghu", f"新仓村{next(numbers)}")
        worker = staff.add(records, f"w{next(numbers)}"[:30], "王", Role.WORKER, community=here)
        office = staff.add(records, f"o{next(numbers)}"[:30], "李", Role.OFFICE, county="jiashan")
        near, next_door = somebody(records, here), somebody(records, there)
        staff.require(worker, near, Role.WORKER)
        staff.require(office, next_door, Role.OFFICE)
        with pytest.raises(Refusal, match="not_your_place"):
            staff.require(worker, next_door, Role.WORKER)
        with pytest.raises(Refusal, match="not_your_role"):
            staff.require(worker, near, Role.OFFICE)
        abroad = staff.add(records, f"p{next(numbers)}"[:30], "钱", Role.OFFICE, county=far.county)
        with pytest.raises(Refusal, match="not_your_place"):
            staff.require(abroad, near, Role.OFFICE)


def test_a_member_of_staff_is_bound_by_their_code_once_and_dismissed_at_once(shared_store: Store):
    with shared_store.records(now=NOW) as records:
        login = f"s{next(numbers)}"[:30]
        member = staff.add(records, login, "王", Role.OFFICE, county="jiashan")
        old, code = staff.new_code(records, member), staff.new_code(records, member)
        phone, other = contact(records), contact(records)
        for wrong in (old, "23456789"):
            with pytest.raises(Refusal, match="wrong_code"):
                staff.bind(records, phone, wrong)
        assert staff.bind(records, phone, code).login == login
        with pytest.raises(Refusal, match="wrong_code"):
            staff.bind(records, other, code)
        assert staff.of_contact(records, phone).login == login
        staff.dismiss(records, member)
        assert staff.of_contact(records, phone) is None
        with pytest.raises(Refusal, match="no_staff"):
            staff.by_login(records, login)
        with pytest.raises(Refusal, match="login_taken"):
            staff.add(records, login, "又一个", Role.OFFICE, county="jiashan")


def test_a_worker_without_a_community_is_refused(shared_store: Store):
    with shared_store.records() as records, pytest.raises(Refusal, match="no_place: role worker"):
        staff.add(records, f"x{next(numbers)}"[:30], "王", Role.WORKER, county="jiashan")


@pytest.mark.parametrize("machine", [ENROLMENT, HARDSHIP], ids=lambda each: each.what)
def test_every_move_that_is_not_named_is_refused(machine):
    for before in machine.moves:
        for after in machine.moves:
            if after in machine.moves[before]:
                machine.check(before, after)
            else:
                with pytest.raises(Refusal, match="no_move"):
                    machine.check(before, after)


def test_one_enrolment_a_year_goes_on_and_an_ended_one_does_not_stand_in_the_way(shared_store: Store):
    stated = {"category": "rural", "rules": "v", "rules_on": date(2008, 1, 1), "facts": {"age": 60}}
    with shared_store.records(now=NOW) as records:
        person = somebody(records)
        first = enrolments.submit(records, person, 2008, **stated)
        with pytest.raises(Refusal, match="enrolled: year 2008, state submitted"):
            enrolments.submit(records, person, 2008, **stated)
        enrolments.submit(records, person, 2009, **stated)
        with pytest.raises(Refusal, match="no_move"):
            enrolments.move(records, first, EnrolmentState.ACTIVE)
        enrolments.move(records, first, EnrolmentState.REJECTED, reason="papers_missing")
        again = enrolments.submit(records, person, 2008, **stated)
        assert enrolments.current(records, person.id, 2008).id == again.id
        assert enrolments.facts_of(records, again) == {"age": 60}
        ended = enrolments.end_all(records, person.id, "death", date(2008, 3, 1))
        assert {each.state for each in ended} == {EnrolmentState.WITHDRAWN}
        assert all(each.state not in LIVE for each in enrolments.all_of(records, person.id))
