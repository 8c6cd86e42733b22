"""Agreements, hardship cases, settlements and files, on both databases."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest

from member_store.members import agreements, files, hardship, ledger, people, settlements
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.store import Store
from member_store.tables.money import HardshipState
from tests.member_store.members.money import DAY, charged, somebody


@pytest.fixture
def records(shared_store: Store) -> Iterator[Records]:
    with shared_store.records(today=DAY) as opened:
        yield opened


def later(days: int) -> datetime.date:
    return DAY + datetime.timedelta(days)


# -- agreements -------------------------------------------------------------------------------------------------------


def test_an_agreement_covers_its_years_and_no_others(records: Records) -> None:
    person = somebody(records)
    agreements.sign(records, person, 2008, 2010, DAY, "6222000011112222")
    covered = [year for year in range(2006, 2013) if agreements.covering(records, person.id or 0, year)]
    assert covered == [2008, 2009, 2010]


def test_no_year_is_covered_twice(records: Records) -> None:
    person = somebody(records)
    agreements.sign(records, person, 2008, 2010, DAY)
    with pytest.raises(Refusal, match="agreed"):
        agreements.sign(records, person, 2010, 2012, DAY)
    with pytest.raises(Refusal, match="wrong_years"):
        agreements.sign(records, person, 2013, 2012, DAY)


def test_an_agreement_that_ended_no_longer_covers_the_years_after(records: Records) -> None:
    person = somebody(records)
    signed = agreements.sign(records, person, 2008, 2010, DAY)
    agreements.end(records, signed, DAY, "asked")
    covered = [year for year in (2008, 2009) if agreements.covering(records, person.id or 0, year)]
    assert covered == [2008]
    assert agreements.of_person(records, person.id or 0)[0].reason == "asked"
    with pytest.raises(Refusal, match="ended_already"):
        agreements.end(records, signed, DAY, "asked")


def test_deducted_is_what_is_outstanding_from_the_account_that_was_agreed_on(records: Records) -> None:
    person, paid, without = somebody(records), somebody(records), somebody(records)
    for each in (person, paid, without):
        charged(records, each)
    for each in (person, paid):
        agreements.sign(records, each, 2008, 2008, DAY, "6222000011112222")
    ledger.pay(records, person, 2008, 1000, DAY)
    ledger.pay(records, paid, 2008, 6000, DAY)
    mine = {person.id, paid.id, without.id}
    found = [each for each in agreements.deductions(records, 2008, "demo") if each.person_id in mine]
    assert [(each.person_id, each.account, each.outstanding_fen) for each in found] == [
        (person.id, "6222000011112222", 5000)
    ]
    assert "6222" not in repr(found)


# -- hardship ---------------------------------------------------------------------------------------------------------


def test_a_hardship_case_goes_step_by_step_and_each_step_has_its_day(records: Records) -> None:
    person = somebody(records)
    case = hardship.apply(records, person, 2008, "卧病在床", DAY)
    hardship.review(records, case, later(2))
    hardship.give_notice(records, case, later(3), days=7)
    hardship.decide(records, case, later(10), approve=True)
    assert case.state is HardshipState.APPROVED
    days = (case.applied_on, case.reviewed_on, case.notice_from, case.notice_until, case.decided_on)
    assert days == (DAY, later(2), later(3), later(9), later(10))
    held = people.certificates(records, person)
    assert hardship.holds_decision(held, 2008)
    assert not hardship.holds_decision(held, 2009)


@pytest.mark.parametrize("approve", [True, False])
def test_nothing_is_decided_before_the_last_day_of_the_notice_is_over(records: Records, approve: bool) -> None:
    case = hardship.apply(records, somebody(records), 2008, None, DAY)
    hardship.review(records, case, DAY)
    hardship.give_notice(records, case, DAY, days=7)
    with pytest.raises(Refusal, match="notice_runs") as refused:
        hardship.decide(records, case, later(6), approve=approve)
    assert refused.value.details["until"] == later(6)
    hardship.decide(records, case, later(7), approve=approve)


def test_no_step_can_be_left_out(records: Records) -> None:
    case = hardship.apply(records, somebody(records), 2008, None, DAY)
    with pytest.raises(Refusal, match="no_move"):
        hardship.give_notice(records, case, DAY, days=7)
    hardship.review(records, case, DAY)
    with pytest.raises(Refusal, match="no_move"):
        hardship.decide(records, case, DAY, approve=True)
    with pytest.raises(Refusal, match="no_days"):
        hardship.give_notice(records, case, DAY, days=0)
    hardship.decide(records, case, DAY, approve=False, reason="not_disabled")
    assert case.reason == "not_disabled"


def test_one_application_a_year_goes_on_and_a_refused_one_stands_in_nobodys_way(records: Records) -> None:
    person = somebody(records)
    case = hardship.apply(records, person, 2008, None, DAY)
    with pytest.raises(Refusal, match="hardship_open"):
        hardship.apply(records, person, 2008, None, DAY)
    hardship.withdraw(records, case)
    again = hardship.apply(records, person, 2008, None, DAY)
    assert hardship.going_on(records, person.id or 0, 2008).id == again.id
    with pytest.raises(Refusal, match="no_hardship"):
        hardship.going_on(records, person.id or 0, 2009)


def test_on_notice_is_what_hangs_out_that_day(records: Records) -> None:
    case = hardship.apply(records, somebody(records), 2008, None, DAY)
    hardship.review(records, case, DAY)
    hardship.give_notice(records, case, later(1), days=2)
    shown = [
        day for day in range(4) if case.id in {found.id for found, _ in hardship.on_notice(records, "demo", later(day))}
    ]
    assert shown == [1, 2]
    assert case.id not in {found.id for found, _ in hardship.on_notice(records, "haining", later(1))}


# -- settlements ------------------------------------------------------------------------------------------------------


def test_what_the_fund_paid_this_year_adds_up_and_only_stays_are_counted(records: Records) -> None:
    person = somebody(records)
    key = person.id or 0
    settlements.enter(records, person, 2008, DAY, "inpatient", 300_000, bill_fen=500_000, reference="J1")
    settlements.enter(records, person, 2008, DAY, "inpatient", 0)
    settlements.enter(records, person, 2008, DAY, "outpatient", 2_050)
    settlements.enter(records, person, 2007, DAY, "inpatient", 1_000)
    assert settlements.paid_this_year(records, key, 2008) == 302_050
    assert settlements.stays_this_year(records, key, 2008) == 2
    assert (settlements.paid_this_year(records, key, 2009), settlements.stays_this_year(records, key, 2009)) == (0, 0)


def test_a_settlement_that_was_a_mistake_no_longer_counts_and_can_be_entered_right(records: Records) -> None:
    person = somebody(records)
    reference = f"J{person.id}"
    wrong = settlements.enter(records, person, 2008, DAY, "inpatient", 300_000, reference=reference)
    with pytest.raises(Refusal, match="already_booked"):
        settlements.enter(records, person, 2008, DAY, "inpatient", 200_000, reference=reference)
    settlements.reverse(records, wrong, "mistake")
    with pytest.raises(Refusal, match="reversed_already"):
        settlements.reverse(records, wrong, "mistake")
    settlements.enter(records, person, 2008, DAY, "inpatient", 200_000, reference=reference)
    assert settlements.paid_this_year(records, person.id or 0, 2008) == 200_000
    assert settlements.stays_this_year(records, person.id or 0, 2008) == 1


@pytest.mark.parametrize(("paid", "bill", "code"), [(-1, None, "no_amount"), (2, 1, "more_than_bill")])
def test_impossible_settlements_are_refused(records: Records, paid: int, bill: int | None, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        settlements.enter(records, somebody(records), 2008, DAY, "inpatient", paid, bill_fen=bill)


# -- files ------------------------------------------------------------------------------------------------------------


def test_a_file_is_known_by_its_digest_and_its_kind(records: Records) -> None:
    digest = f"{somebody(records).id:064x}"
    taken = files.take_in(records, files.PAYMENTS, digest, 3)
    files.report(records, taken, {"counts": {"matched": 3}})
    known = files.known(records, files.PAYMENTS, digest)
    assert known is not None
    assert files.reported(known) == {"counts": {"matched": 3}}
    assert files.known(records, files.SETTLEMENTS, digest) is None
