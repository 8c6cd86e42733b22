"""Whatever is done to the ledger by its own functions, it holds together; whatever is done otherwise is found."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import text

from member_store.errors import StoreError
from member_store.members import contributions, enrolments, erasure, ledger
from member_store.members.contributions import Part
from member_store.members.ledger_check import at_one_moment, findings, sums
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.members.states import LIVE
from member_store.store import Store
from member_store.tables.money import LedgerEntry
from member_store.tables.people import Enrolment, EnrolmentState, Person
from tests.member_store.members.money import DAY, charged, keep, somebody, verified

YEARS = some.sampled_from([2008, 2009, 2010])
FEN = some.integers(1, 20_000)
OWN = some.one_of(some.none(), some.integers(0, 12_000))
ACTS = some.one_of(
    some.tuples(some.just("charge"), YEARS, OWN, some.booleans()),
    some.tuples(some.just("pay"), YEARS, FEN),
    some.tuples(some.just("refund"), YEARS, FEN),
    some.tuples(some.just("carry"), YEARS, YEARS),
    some.tuples(some.just("reverse"), some.integers(0, 30)),
    some.tuples(some.just("withdraw"), YEARS, some.booleans()),
    some.tuples(some.just("erase")),
)


def act(records: Records, person: Person, what: tuple, step: int) -> None:
    """Do one thing, as somebody in an office might."""
    key = person.id or 0
    match what:
        case ("charge", year, own, waived):
            found = enrolments.current(records, key, year)
            if found is None or found.state not in LIVE:
                found = verified(records, person, year)
            payer = "government" if waived else "individual"
            parts = [Part("own_part", payer, own), Part("remainder", "collective", 1500)]
            keep(records, found, *parts, rules=f"v{step}")
        case ("pay", year, amount):
            ledger.pay(records, person, year, amount, DAY)
        case ("refund", year, amount):
            ledger.refund(records, person, year, amount, DAY)
        case ("carry", first, last):
            ledger.carry_over(records, person, first, last)
        case ("reverse", place):
            booked = [line.entry_id for line in ledger.statement(records, key)]
            if booked:
                ledger.reverse(records, records.locked(LedgerEntry, booked[place % len(booked)]), "mistake")
        case ("withdraw", year, before):
            found = enrolments.current(records, key, year)
            if found is not None and found.state in LIVE:
                enrolments.move(records, found, EnrolmentState.WITHDRAWN, reason="moved")
                if before:
                    contributions.cancel(records, found, "withdrawn")
        case ("erase",):
            erasure.erase(records, person, "asked")


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=some.lists(ACTS, max_size=12))
def test_after_any_sequence_of_acts_the_ledger_holds_together(shared_store: Store, acts: list[tuple]) -> None:
    with shared_store.records(today=DAY) as records:
        person = somebody(records)
        for step, what in enumerate(acts):
            try:
                with records.undoable():
                    person = records.locked(Person, person.id or 0)
                    act(records, person, what, step)
            except Refusal:
                person = records.locked(Person, person.id or 0)
            for year in (2008, 2009, 2010):
                stands = ledger.balance(records, person.id or 0, year)
                assert stands.due_fen >= 0
                enrolment = enrolments.current(records, person.id or 0, year)
                if enrolment is not None and enrolment.state is EnrolmentState.ACTIVE:
                    assert stands.outstanding_fen <= 0
        mine = [each for each in findings_but_the_audit(records) if each.code != "audit"]
        assert mine == []
    with shared_store.reading_records() as reading:
        assert sum(sums(reading).values()) == 0


def findings_but_the_audit(records: Records) -> list:
    # Inside of a transaction the audit has not been written yet.
    return [each for each in findings(records) if each.code != "slipped_in"]


def test_all_of_that_left_nothing_to_find(shared_store: Store) -> None:
    with shared_store.reading_records(today=DAY) as reading:
        assert list(findings(reading)) == []


@contextmanager
def tried(records: Records) -> Iterator[None]:
    """Do something and undo it."""
    with suppress(Refusal), records.undoable():
        yield
        raise Refusal("tried")


TAMPERED = {
    "one amount": ("UPDATE ledger_posting SET amount_fen = amount_fen - 1 WHERE account = 'bank'", "unbalanced"),
    "both sides alike": ("UPDATE ledger_posting SET amount_fen = amount_fen * 2 WHERE entry_id = {payment}", "changed"),
    "an entry taken out": ("DELETE FROM ledger_posting WHERE entry_id = {payment}", "taken_out"),
    "a charge": ("UPDATE ledger_posting SET amount_fen = amount_fen * 2 WHERE entry_id = {due}", "charge"),
    "whose it is": ("UPDATE ledger_posting SET person_id = {other} WHERE account = 'bank'", "stranger"),
    "a state": ("UPDATE enrolment SET state = 'active' WHERE state = 'awaiting_payment'", "active_unpaid"),
    "a part": ("UPDATE contribution_part SET amount_fen = 1 WHERE payer = 'individual'", "charge"),
    "the audit": ("UPDATE audit SET changes = '{{}}' WHERE action = 'ledger_payment'", "audit"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_changed_behind_the_program_is_found(shared_store: Store, what: str) -> None:
    change, code = TAMPERED[what]
    with shared_store.records(today=DAY) as records:
        person, other = somebody(records), somebody(records)
        charged(records, person)
        charged(records, other)
        payment = ledger.pay(records, person, 2008, 2000, DAY)
        due = next(each for each in ledger.statement(records, person.id or 0))
    with shared_store.records(today=DAY) as records, tried(records):
        connection = records.connection
        for table in ("ledger_posting", "ledger_entry", "audit"):
            if connection.dialect.name == "sqlite":
                for kind in ("update", "delete"):
                    connection.execute(text(f"DROP TRIGGER {table}_{kind}"))
            else:
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        connection.execute(text(change.format(payment=payment.id, due=due.entry_id, other=other.id)))
        assert code in {each.code for each in findings(records)}
    with shared_store.reading_records(today=DAY) as reading:
        assert list(findings(reading)) == []


def test_a_check_sees_one_moment_whatever_is_booked_meanwhile(shared_store: Store) -> None:
    with shared_store.reading_records(today=DAY) as reading:
        at_one_moment(reading)
        before = sums(reading)
        with shared_store.records(today=DAY) as records:
            charged(records, somebody(records))
        assert sums(reading) == before
        assert list(findings(reading)) == []


def test_two_who_pay_the_same_at_once_leave_one_due_and_one_credit(shared_store: Store) -> None:
    with shared_store.records(today=DAY) as records:
        person = somebody(records)
        enrolment_id = charged(records, person).id or 0
        person_id = person.id or 0
    together = threading.Barrier(4)

    def pay(_: int) -> None:
        together.wait(timeout=30)
        with shared_store.records(today=DAY) as records:
            ledger.pay(records, records.locked(Person, person_id), 2008, 3000, DAY)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(pay, range(4)))
    with shared_store.reading_records(today=DAY) as reading:
        assert ledger.balance(reading, person_id, 2008).credit_fen == 6000
        assert reading.session.get_one(Enrolment, enrolment_id).state is EnrolmentState.ACTIVE
        assert list(findings(reading)) == []


def test_of_one_reference_at_once_only_one_is_booked(shared_store: Store) -> None:
    with shared_store.records(today=DAY) as records:
        people = [somebody(records) for _ in range(3)]
        for each in people:
            charged(records, each)
        reference, keys = f"at once {people[0].id}", [each.id or 0 for each in people]
    together = threading.Barrier(len(keys))

    def pay(key: int) -> bool:
        together.wait(timeout=30)
        try:
            with shared_store.records(today=DAY) as records:
                ledger.pay(records, records.locked(Person, key), 2008, 6000, DAY, reference)
        except (Refusal, StoreError):
            # Where both looked before either had written, the database itself refuses the second.
            return False
        return True

    with ThreadPoolExecutor(len(keys)) as pool:
        assert sorted(pool.map(pay, keys)) == [False, False, True]


def test_the_sums_by_account_balance(shared_store: Store) -> None:
    with shared_store.records(today=DAY) as records:
        before = sums(records)
        person = somebody(records)
        charged(records, person)
        ledger.pay(records, person, 2008, 2000, datetime.date(2008, 2, 1))
        after = sums(records)
    gained = {account.value: after[account] - before[account] for account in after}
    assert gained == {
        "individual": 4000,
        "collective": 1500,
        "enterprise": 0,
        "government": 7500,
        "social": 0,
        "bank": 2000,
        "income": -15000,
    }
