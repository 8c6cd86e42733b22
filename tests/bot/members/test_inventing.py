"""Invented people in the store: bookings that balance, figures that are right, questions that no table is read for."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlmodel import col, func, select

from bot.members.inventing import invent
from dialogs.members.identity import read_identity
from member_store.encryption import generate_key
from member_store.members import audit, enrolments, ledger, ledger_check, participation, people
from member_store.members.actors import SYSTEM
from member_store.members.participation import Count
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.store import Store
from member_store.tables.money import Account, LedgerPosting
from member_store.tables.people import Enrolment, EnrolmentState, Person
from policy_engine.errors import PolicyError
from policy_engine.loader import load_scheme

SCHEME = load_scheme("jiaxing-2008", "demo")
TODAY = datetime.date(2008, 3, 1)
PEOPLE = 5_000
KEY = generate_key()


def fill(store: Store, count: int, **given: Any) -> int:
    fixed: dict[str, Any] = {"seed": 1, "counties": ["demo", "haining"], "year": 2008, "today": TODAY}
    return invent(store, SYSTEM, SCHEME, count=count, **{**fixed, **given})


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path_factory.mktemp('village')}/hebao.db", KEY) as store:
        fill(store, PEOPLE)
        yield store


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/hebao.db" if sqlite else request.getfixturevalue("postgresql_url")
    with Store.open(url, KEY) as opened:
        yield opened


@pytest.fixture
def records(village: Store) -> Iterator[Records]:
    with village.reading_records(today=TODAY) as found:
        yield found


def naive(records: Records, county: str) -> dict[tuple[int | None, str | None], Count]:
    """The same counts from every row, one by one."""
    residents: Counter[Any] = Counter()
    enrolled: Counter[Any] = Counter()
    active: Counter[Any] = Counter()
    for person in records.session.exec(select(Person).where(Person.county == county)):
        if person.died_on is None and person.erased_at is None:
            residents[person.community_id, person.registration_kind] += 1
    for each in records.session.exec(select(Enrolment).where(Enrolment.county == county, Enrolment.year == 2008)):
        where = each.community_id, each.registration_kind
        enrolled[where] += each.state.value in {"verified", "awaiting_payment", "active"}
        active[where] += each.state is EnrolmentState.ACTIVE
    return {place: Count(residents[place], enrolled[place], active[place]) for place in residents}


def test_the_participation_of_a_county_is_what_a_naive_count_gives(records: Records) -> None:
    for county in ("demo", "haining"):
        found = participation.of_county(records, county, 2008)
        counted = {(each.community_id, kind): count for each in found for kind, count in each.kinds.items()}
        assert counted == naive(records, county)
        for each in people.communities(records, county):
            alone = participation.of_community(records, each, 2008)
            assert alone in found


def test_the_lists_of_a_community_are_what_a_naive_look_gives(records: Records) -> None:
    for place in people.communities(records, "haining"):
        key = place.id or 0
        unpaid = {each.person_id: each.outstanding_fen for each in participation.unpaid(records, key, 2008)}
        enrolled = {each.person_id for each in participation.enrolled(records, key, 2008)}
        rest = {each.person_id for each in participation.not_enrolled(records, key, 2008)}
        for person in records.session.exec(select(Person).where(Person.community_id == key)):
            if person.died_on is not None:
                assert person.id not in {*unpaid, *enrolled, *rest}
                continue
            found = enrolments.current(records, person.id or 0, 2008)
            state = found.state.value if found else None
            assert (person.id in enrolled) == (state in {"verified", "awaiting_payment", "active"})
            assert (person.id in rest) != (person.id in enrolled)
            assert (person.id in unpaid) == (state == "awaiting_payment")
            if person.id in unpaid:
                assert unpaid[person.id] == ledger.balance(records, person.id or 0, 2008).outstanding_fen > 0


def test_there_are_enrolments_in_every_state_and_the_ledger_holds_together(village: Store) -> None:
    with village.reading_records(today=TODAY) as records:
        states = set(records.session.exec(select(Enrolment.state).distinct()))
        assert states == set(EnrolmentState)
        assert list(ledger_check.findings(records)) == []
        assert sum(ledger_check.sums(records).values()) == 0
        assert ledger_check.sums(records)[Account.BANK] > 0


def test_one_record_tells_of_the_whole_generation(records: Records) -> None:
    said = records.connection.execute(text("SELECT changes FROM audit WHERE action = 'people_invented'")).scalars()
    assert list(said) == ['{"counties":["demo","haining"],"people":5000,"seed":1,"year":2008}']
    assert list(audit.broken(records.connection)) == []


def test_people_are_found_by_their_number_and_read_as_any_others(records: Records) -> None:
    person = records.session.exec(select(Person).where(Person.id == 17)).one()
    personal = people.personal_of(records, person)
    assert personal is not None
    assert people.find(records, personal.document, personal.number) is person
    assert people.Personal.from_dict(personal.to_dict()) == personal
    read = read_identity(personal.number, TODAY)
    assert getattr(read, "birth_date", None) == personal.birth_date
    assert len(people.household_of(records, person)) <= 6


@pytest.mark.parametrize("what", ["county", "community", "unpaid", "enrolled", "doubtful", "not_enrolled", "find"])
def test_no_table_is_read_from_end_to_end(records: Records, what: str) -> None:
    place = people.communities(records, "haining")[0]
    key = place.id or 0
    ask = {
        "county": lambda: participation.of_county(records, "haining", 2008),
        "community": lambda: participation.of_community(records, place, 2008),
        "unpaid": lambda: participation.unpaid(records, key, 2008),
        "enrolled": lambda: participation.enrolled(records, key, 2008),
        "doubtful": lambda: participation.doubtful(records, key),
        "not_enrolled": lambda: participation.not_enrolled(records, key, 2008),
        "find": lambda: people.find(records, "resident_identity_card", "x"),
    }[what]
    asked: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(records.connection, "before_cursor_execute", hear)
    try:
        ask()
    finally:
        event.remove(records.connection, "before_cursor_execute", hear)
    assert asked
    for statement, parameters in asked:
        plan = records.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        steps = [row[3] for row in plan]
        assert not [step for step in steps if step.startswith("SCAN") and "CONSTANT ROW" not in step], steps
        if what in {"county", "community"}:
            assert not [step for step in steps if "person" in step or "enrolment" in step], steps


def test_nobody_is_invented_where_people_are_unless_that_is_asked_for(store: Store) -> None:
    fill(store, 150, counties=["demo"])
    with pytest.raises(Refusal, match="people_there"):
        fill(store, 10)
    fill(store, 150, counties=["demo"], add=True)
    with store.reading_records() as records:
        assert records.session.exec(select(func.count()).select_from(Person)).one() == 300
        assert records.session.exec(select(func.sum(LedgerPosting.amount_fen))).one() == 0


def test_the_ids_that_the_database_gives_go_on_after_those_of_invented_people(store: Store) -> None:
    fill(store, 40, counties=["demo"])
    with store.records(today=TODAY) as records:
        last = records.session.exec(select(func.max(Person.id))).one()
        person = people.add(records, people.Personal("张三", "resident_identity_card", "1"), "demo")
        assert person.id == (last or 0) + 1
        waiting = records.session.exec(
            select(Enrolment).where(col(Enrolment.state) == EnrolmentState.AWAITING_PAYMENT)
        ).first()
        if waiting is not None:
            payer = records.locked(Person, waiting.person_id)
            ledger.pay(records, payer, 2008, 6000, TODAY)
            assert enrolments.current(records, waiting.person_id, 2008).state is EnrolmentState.ACTIVE  # type: ignore[union-attr]


def test_the_same_seed_gives_the_same_people_states_and_amounts(tmp_path: Path) -> None:
    found = []
    for name in ("one", "two"):
        with Store.open(f"sqlite:///{tmp_path}/{name}.db", generate_key()) as store:
            fill(store, 200)
            with store.reading_records() as records:
                rows = records.session.exec(select(Enrolment).order_by(col(Enrolment.id)))
                states = [(each.person_id, each.state, each.category) for each in rows]
                lines = records.connection.execute(
                    text("SELECT person_id, account, amount_fen FROM ledger_posting ORDER BY id")
                ).all()
                names = [people.personal_of(records, each) for each in records.session.exec(select(Person))]
                found.append((states, lines, names))
    assert found[0] == found[1]


def test_a_year_that_the_rules_do_not_cover_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/hebao.db", KEY) as store:
        with pytest.raises(PolicyError):
            fill(store, 10, year=2001)
        with store.reading_records() as records:
            assert records.connection.execute(text("SELECT count(*) FROM audit")).scalar() == 0
