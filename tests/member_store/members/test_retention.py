"""What was kept for long enough goes, and nothing else does."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func
from sqlmodel import select

from member_store.members import delegations, doubts, enrolments, ledger, ledger_check, people, retention
from member_store.members.retention import Keep
from member_store.store import Store
from member_store.tables.money import Account, EntryKind, HardshipApplication
from member_store.tables.people import Doubt, EnrolmentState, Person
from member_store.tables.records import History
from member_store.turns import Reduced
from tests.member_store.members import filled as known
from tests.member_store.members.filled import Filled, fill

KEEP = Keep(ended_years=10, conversation_days=365)


def at(store: Store, moment: datetime):
    """Transactions of that moment."""

    @contextmanager
    def begin():
        with store.records(now=moment) as records:
            yield records

    return begin


def due(store: Store, moment: datetime) -> list[int]:
    with store.reading_records(now=moment) as records:
        return retention.due_for_erasure(records, KEEP.ended_years)


def in_year(year: int) -> datetime:
    return datetime(year, 6, 1, tzinfo=UTC)


@pytest.fixture
def filled(store: Store) -> Filled:
    return fill(store)


def end(store: Store, filled: Filled) -> None:
    """End everything that goes on, in May 2008."""
    with store.records(now=known.NOW) as records:
        enrolments.end_all(records, filled.person, "asked", records.today)
        for case in records.session.exec(select(HardshipApplication)):
            records.change(
                case, "hardship_refused", person_id=case.person_id, state="refused", decided_on=records.today
            )
        for doubt in records.session.exec(select(Doubt)):
            doubts.decide(records, doubt.id, join=False)


def test_people_are_due_when_nothing_was_done_with_them_for_so_many_years(store, filled):
    end(store, filled)
    assert due(store, in_year(2017)) == []
    # Her agreement covers 2010, so that it is over in 2011.
    assert due(store, in_year(2019)) == [filled.mother]
    assert due(store, in_year(2021)) == [filled.person, filled.mother]


def test_an_enrolment_that_goes_on_or_a_payment_of_late_keeps_a_person(store, filled):
    end(store, filled)
    with store.records(now=in_year(2020)) as records:
        mother = records.session.get(Person, filled.mother)
        rules = {"category": None, "rules": "r", "rules_on": date(2020, 1, 1)}
        enrolments.submit(records, mother, 2020, facts={"age": 58}, **rules)
        ledger.pay(records, records.session.get(Person, filled.person), 2008, 100, date(2020, 5, 1))
    assert due(store, in_year(2021)) == []
    with store.reading_records(now=in_year(2032)) as records:
        found = retention.count(records, KEEP)
        assert found.counts["people"] == 1
    assert due(store, in_year(2032)) == [filled.mother]


def test_nobody_with_whom_money_is_open_is_due_and_it_is_told_how_many_there_are(store, filled):
    end(store, filled)
    with store.records(now=known.NOW) as records:
        postings = {(Account.INDIVIDUAL, 2008): -700, (Account.BANK, 2008): 700}
        ledger.book(records, EntryKind.PAYMENT, filled.person, records.today, postings)
    assert due(store, in_year(2021)) == [filled.mother]
    with store.reading_records(now=in_year(2021)) as records:
        assert retention.count(records, KEEP).held_up == 1
    applied = retention.apply(at(store, in_year(2021)), KEEP)
    assert (applied.counts["people"], applied.held_up) == (1, 1)
    with store.reading_records() as records:
        assert people.find(records, "resident_identity_card", known.NUMBER) is not None


def test_who_is_due_is_erased_even_where_nobody_ever_ended_their_enrolment(store, filled):
    assert due(store, in_year(2021)) == [filled.person, filled.mother]
    with store.reading_records(now=in_year(2021)) as records:
        before = retention.count(records, KEEP).counts
    applied = retention.apply(at(store, in_year(2021)), KEEP)
    assert applied.counts["people"] == before["people"] == 2
    assert applied.counts["conversations"] == before["conversations"] == 1
    with store.reading_records(now=in_year(2021)) as records:
        assert people.find(records, "resident_identity_card", known.NUMBER) is None
        (enrolment,) = enrolments.all_of(records, filled.person)
        assert (enrolment.state, enrolment.reason, enrolment.facts) == (EnrolmentState.LAPSED, "retention", None)
        assert list(ledger_check.findings(records)) == []
        assert set(retention.count(records, KEEP).counts.values()) == {0}


def test_what_has_ended_is_cleared_while_the_person_stays(store, filled):
    end(store, filled)
    with store.records(now=in_year(2020)) as records:
        ledger.pay(records, records.session.get(Person, filled.person), 2008, 100, date(2020, 5, 1))
    assert retention.apply(at(store, in_year(2017)), KEEP).counts["enrolments"] == 0
    applied = retention.apply(at(store, in_year(2019)), KEEP)
    assert {name: applied.counts[name] for name in ("enrolments", "doubts", "hardship")} == {
        "enrolments": 1,
        "doubts": 1,
        "hardship": 1,
    }
    assert applied.counts["former_values"] > 0
    with store.reading_records() as records:
        person = people.find(records, "resident_identity_card", known.NUMBER)
        assert people.personal_of(records, person).name == known.NAME
        (enrolment,) = enrolments.all_of(records, filled.person)
        assert (enrolment.state, enrolment.facts) == (EnrolmentState.WITHDRAWN, None)
        assert [each.stated for each in records.session.exec(select(Doubt))] == [None]
        assert [each.grounds for each in records.session.exec(select(HardshipApplication))] == [None]
        old = datetime(2009, 1, 1, tzinfo=UTC)
        assert records.session.exec(select(History).where(History.changed_at < old)).all() == []
        assert list(ledger_check.findings(records)) == []


def test_conversations_go_after_so_many_days_without_a_word(store):
    start = in_year(2020)
    for number in range(3):
        when = start + timedelta(days=number)
        store.turn("web", f"c{number}", "1", "hello", lambda *_: Reduced({"n": 1}, [{"n": 1}], {}), now=when)
    applied = retention.apply(at(store, start + timedelta(days=366, hours=1)), KEEP)
    assert applied.counts["conversations"] == 2
    assert [store.history("web", f"c{number}") == [] for number in range(3)] == [True, True, False]


def test_it_goes_batch_by_batch_and_can_be_run_again(store, monkeypatch):
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    with store.records(now=in_year(2000)) as records:
        for number in range(7):
            people.add(records, people.Personal("n", "resident_identity_card", str(number)), "jiashan")
    assert retention.apply(at(store, in_year(2012)), KEEP).counts["people"] == 7
    assert retention.apply(at(store, in_year(2012)), KEEP).counts["people"] == 0
    with store.reading_records() as records:
        living = select(func.count()).select_from(Person).where(Person.erased_at.is_(None))
        assert records.session.exec(living).one() == 0


def test_the_last_of_february_has_a_day_ten_years_before(store):
    with store.reading_records(today=date(2024, 2, 29)) as records:
        assert KEEP.day(records) == date(2014, 2, 28)


def test_a_contact_is_no_longer_reached_once_everybody_it_served_is_gone(store, filled):
    retention.apply(at(store, in_year(2021)), KEEP)
    with store.reading_records() as records:
        assert delegations.known_contact(records, "wechat", known.ACCOUNT).account is None
        assert delegations.known_contact(records, "wechat", known.HELPER).account is None
