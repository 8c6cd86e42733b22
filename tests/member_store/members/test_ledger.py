"""The ledger: what is charged, paid, given back and carried over, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from member_store.members import contributions, enrolments, ledger
from member_store.members.contributions import Part
from member_store.members.ledger_check import findings
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.store import Store
from member_store.tables.money import Account, EntryKind, LedgerEntry
from member_store.tables.people import EnrolmentState
from tests.member_store.members.money import DAY, SHARES, charged, keep, owes, somebody, verified


@pytest.fixture
def records(shared_store: Store) -> Iterator[Records]:
    with shared_store.records(today=DAY) as opened:
        yield opened
    with shared_store.reading_records(today=DAY) as reading:
        assert list(findings(reading)) == []


def test_what_is_due_is_charged_to_each_payer_and_awaits_payment(records: Records) -> None:
    person = somebody(records)
    enrolment = charged(records, person)
    assert enrolment.state is EnrolmentState.AWAITING_PAYMENT
    assert owes(records, person) == (6000, 0)
    due = contributions.due_of(records, enrolment)
    assert (due.own_fen, due.contribution.total_fen, len(due.parts)) == (6000, 15000, 3)


def test_a_payment_of_all_that_is_outstanding_makes_the_enrolment_active(records: Records) -> None:
    person = somebody(records)
    enrolment = charged(records, person)
    ledger.pay(records, person, 2008, 2000, DAY)
    assert enrolment.state is EnrolmentState.AWAITING_PAYMENT
    ledger.pay(records, person, 2008, 4000, DAY)
    assert enrolment.state is EnrolmentState.ACTIVE
    assert owes(records, person) == (6000, 6000)


def test_whoever_pays_nothing_themselves_is_active_at_once(records: Records) -> None:
    enrolment = verified(records, somebody(records))
    keep(records, enrolment, Part("own_part", "government", 6000), Part("remainder", "government", 9000))
    assert enrolment.state is EnrolmentState.ACTIVE


def test_nothing_is_charged_while_the_own_part_is_open(records: Records) -> None:
    person = somebody(records)
    enrolment = verified(records, person)
    keep(records, enrolment, Part("own_part", "individual", None), Part("remainder", "government", 7500))
    assert enrolment.state is EnrolmentState.VERIFIED
    assert owes(records, person) == (0, 0)
    assert contributions.due_of(records, enrolment).own_fen is None
    keep(records, enrolment, *SHARES)
    assert enrolment.state is EnrolmentState.AWAITING_PAYMENT


def test_a_part_that_nobody_was_named_for_is_charged_to_nobody(records: Records) -> None:
    person = somebody(records)
    enrolment = verified(records, person)
    keep(records, enrolment, Part("own_part", "individual", 6000), Part("remainder", "undecided", 9000))
    assert owes(records, person) == (6000, 0)


def test_what_was_settled_cannot_become_open_again(records: Records) -> None:
    enrolment = charged(records, somebody(records))
    with pytest.raises(Refusal, match="due_unknown"):
        keep(records, enrolment, Part("own_part", "individual", None))


def test_a_new_contribution_takes_the_old_charge_back(records: Records) -> None:
    person = somebody(records)
    enrolment = charged(records, person)
    ledger.pay(records, person, 2008, 6000, DAY)
    keep(records, enrolment, Part("own_part", "individual", 8000), rules="w")
    assert owes(records, person) == (8000, 6000)
    assert enrolment.state is EnrolmentState.AWAITING_PAYMENT
    keep(records, enrolment, Part("own_part", "government", 8000), rules="x")
    assert owes(records, person) == (0, 6000)
    assert enrolment.state is EnrolmentState.ACTIVE
    kinds = [each.kind for each in ledger.statement(records, person.id or 0)]
    assert kinds == [EntryKind.DUE, EntryKind.PAYMENT, EntryKind.REVERSAL, EntryKind.DUE, EntryKind.REVERSAL]


def test_the_same_contribution_again_changes_nothing(records: Records) -> None:
    person = somebody(records)
    enrolment = charged(records, person)
    keep(records, enrolment, *SHARES)
    assert len(ledger.statement(records, person.id or 0)) == 1


def test_too_much_is_carried_over_when_the_next_year_is_charged(records: Records) -> None:
    person = somebody(records)
    charged(records, person, 2008)
    ledger.pay(records, person, 2008, 10000, DAY)
    assert ledger.balance(records, person.id or 0, 2008).credit_fen == 4000
    following = charged(records, person, 2009)
    assert owes(records, person, 2008) == (6000, 6000)
    assert owes(records, person, 2009) == (6000, 4000)
    ledger.pay(records, person, 2009, 2000, DAY)
    assert following.state is EnrolmentState.ACTIVE


def test_carrying_over_twice_does_nothing_more(records: Records) -> None:
    person = somebody(records)
    charged(records, person)
    ledger.pay(records, person, 2008, 7000, DAY)
    assert ledger.carry_over(records, person, 2008, 2009) is not None
    assert ledger.carry_over(records, person, 2008, 2009) is None
    assert owes(records, person, 2009) == (0, 1000)


def test_money_paid_in_advance_waits_for_its_own_year(records: Records) -> None:
    person = somebody(records)
    verified(records, person, 2008)
    ledger.pay(records, person, 2008, 6000, DAY)
    charged(records, person, 2009)
    assert owes(records, person, 2009) == (6000, 0)


def test_a_payment_taken_back_brings_back_what_was_carried_over_of_it(records: Records) -> None:
    person = somebody(records)
    first = charged(records, person, 2008)
    payment = ledger.pay(records, person, 2008, 12000, DAY)
    second = charged(records, person, 2009)
    assert (first.state, second.state) == (EnrolmentState.ACTIVE, EnrolmentState.ACTIVE)
    ledger.reverse(records, payment, "bounced")
    assert (owes(records, person, 2008), owes(records, person, 2009)) == ((6000, 0), (6000, 0))
    assert {first.state, second.state} == {EnrolmentState.AWAITING_PAYMENT}


def test_an_entry_is_taken_back_once_and_a_reversal_never(records: Records) -> None:
    person = somebody(records)
    charged(records, person)
    payment = ledger.pay(records, person, 2008, 6000, DAY)
    charge = records.locked(LedgerEntry, ledger.statement(records, person.id or 0)[0].entry_id)
    with pytest.raises(Refusal, match="charge_stands"):
        ledger.reverse(records, charge, "mistake")
    reversal = ledger.reverse(records, payment, "mistake")
    with pytest.raises(Refusal, match="reversed_already"):
        ledger.reverse(records, payment, "mistake")
    with pytest.raises(Refusal, match="reversal_stands"):
        ledger.reverse(records, reversal, "mistake")


def test_of_a_going_enrolment_only_the_credit_can_be_refunded(records: Records) -> None:
    person = somebody(records)
    enrolment = charged(records, person)
    ledger.pay(records, person, 2008, 7000, DAY)
    with pytest.raises(Refusal, match="refund_too_large") as refused:
        ledger.refund(records, person, 2008, 1001, DAY)
    assert refused.value.details["most_fen"] == 1000
    ledger.refund(records, person, 2008, 1000, DAY)
    assert owes(records, person) == (6000, 6000)
    assert enrolment.state is EnrolmentState.ACTIVE


def test_after_the_end_all_that_was_paid_can_go_back_and_nobody_owes_it_again(records: Records) -> None:
    person = somebody(records)
    enrolment = charged(records, person)
    ledger.pay(records, person, 2008, 7000, DAY)
    enrolments.move(records, enrolment, EnrolmentState.WITHDRAWN, reason="moved")
    ledger.refund(records, person, 2008, 5000, DAY)
    assert owes(records, person) == (2000, 2000)
    with pytest.raises(Refusal, match="refunded_already"):
        contributions.cancel(records, enrolment, "withdrawn")
    with pytest.raises(Refusal, match="refund_too_large"):
        ledger.refund(records, person, 2008, 2001, DAY)
    ledger.refund(records, person, 2008, 2000, DAY)
    assert owes(records, person) == (0, 0)


def test_a_withdrawal_before_the_beginning_cancels_what_was_due(records: Records) -> None:
    person = somebody(records)
    enrolment = charged(records, person)
    ledger.pay(records, person, 2008, 2000, DAY)
    enrolments.move(records, enrolment, EnrolmentState.WITHDRAWN, reason="moved")
    assert contributions.cancel(records, enrolment, "withdrawn")
    assert not contributions.cancel(records, enrolment, "withdrawn")
    assert owes(records, person) == (0, 2000)
    assert contributions.due_of(records, enrolment).contribution is None


def test_whoever_enrols_again_in_the_same_year_is_charged_once(records: Records) -> None:
    person = somebody(records)
    enrolment = charged(records, person)
    ledger.pay(records, person, 2008, 6000, DAY)
    enrolments.move(records, enrolment, EnrolmentState.WITHDRAWN, reason="moved")
    again = charged(records, person)
    assert owes(records, person) == (6000, 6000)
    assert again.state is EnrolmentState.ACTIVE


def test_a_reference_is_booked_once(records: Records) -> None:
    person = somebody(records)
    charged(records, person)
    reference = f"流水 {person.id}"
    entry = ledger.pay(records, person, 2008, 6000, DAY, reference)
    assert reference not in (entry.reference or "")
    with pytest.raises(Refusal, match="already_booked"):
        ledger.pay(records, person, 2008, 6000, DAY, reference)
    assert owes(records, person) == (6000, 6000)


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_cannot_be_paid_or_refunded(records: Records, amount: int) -> None:
    person = somebody(records)
    charged(records, person)
    for move in (ledger.pay, ledger.refund):
        with pytest.raises(Refusal, match="no_amount"):
            move(records, person, 2008, amount, DAY)


def test_what_does_not_add_up_is_not_booked(records: Records) -> None:
    person = somebody(records)
    for postings, code in (
        ({(Account.BANK, 2008): 5, (Account.INDIVIDUAL, 2008): -4}, "not_balanced"),
        ({(Account.BANK, 2008): 0, (Account.INDIVIDUAL, 2008): 0}, "no_amount"),
        ({}, "no_amount"),
    ):
        with pytest.raises(Refusal, match=code):
            ledger.book(records, EntryKind.PAYMENT, person.id or 0, DAY, postings)


def test_nobody_pays_for_a_year_without_an_enrolment(records: Records) -> None:
    with pytest.raises(Refusal, match="not_enrolled"):
        ledger.pay(records, somebody(records), 2008, 6000, DAY)


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_posting"])
@pytest.mark.parametrize("change", ["UPDATE {} SET person_id = person_id", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_change_what_is_booked(shared_store: Store, table: str, change: str) -> None:
    with shared_store.records(today=DAY) as records:
        charged(records, somebody(records))
    with pytest.raises(Exception, match="only grows"), shared_store.records(today=DAY) as records:
        records.connection.execute(text(change.format(table)))
