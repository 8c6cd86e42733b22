"""Two helpers and the resident at work on the same household at the same moment: nothing that anybody did is lost."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlmodel import select

from member_store.members import audit, contributions, delegations, enrolments, ledger, ledger_check, people
from member_store.members.actors import Actor, ActorKind
from member_store.members.contributions import Part
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.store import Store
from member_store.tables.access import Contact
from member_store.tables.people import Certificate, EnrolmentState, Household, Person
from member_store.tables.records import Audit, History

HELPERS = 3
TIMES = 8
FIELDS = ("phone", "address", "sex")


@pytest.fixture
def stores(url: str, key: str) -> Iterator[list[Store]]:
    """One for each of the helpers: nothing in the program's memory may be what keeps them apart."""
    opened = [Store.open(url, key) for _ in range(HELPERS)]
    yield opened
    for each in opened:
        each.close()


@pytest.fixture
def family(stores: list[Store]) -> list[int]:
    with stores[0].records() as records:
        members = [
            people.add(records, people.Personal(f"n{each}", "resident_identity_card", str(each)), "jiashan")
            for each in range(3)
        ]
        return [each.id for each in members]


def at_once(stores: list[Store], work: Callable[[Records, int], object], times: int = 1) -> list[object]:
    """Let every helper do the work so many times, each time in a transaction; returns results and refusals."""
    together = threading.Barrier(len(stores))

    def help_out(number: int) -> list[object]:
        done: list[object] = []
        together.wait()
        for _ in range(times):
            try:
                with stores[number].records(Actor(ActorKind.CONTACT, number, "web")) as records:
                    done.append(work(records, number))
            except Refusal as refusal:
                done.append(refusal.code)
        return done

    with ThreadPoolExecutor(len(stores)) as pool:
        return [each for done in pool.map(help_out, range(len(stores))) for each in done]


def former(store: Store, person: int, field: str) -> list[object]:
    """Every value that somebody's field ever had before it was changed, oldest first, and the one that it has now."""
    with store.reading_records() as records:
        rows = records.session.exec(select(History).where(History.person_id == person).order_by(History.id))
        before = [records.unseal(row.before, "history")["personal"][field] for row in rows]
        now = people.personal_of(records, records.session.get(Person, person))
        return [*before, getattr(now, field)]


def whole(store: Store) -> None:
    with store.reading_records() as records:
        assert list(audit.broken(records.connection)) == []
        assert list(ledger_check.findings(records)) == []


def test_each_changes_another_field_and_all_of_it_is_there(stores, family):
    counts = [0] * HELPERS

    def change(records, number):
        counts[number] += 1
        person = records.session.get(Person, family[0])
        return people.change_personal(records, person, **{FIELDS[number]: str(counts[number])})

    assert at_once(stores, change, TIMES) == [True] * HELPERS * TIMES
    for field in FIELDS:
        values = list(dict.fromkeys(former(stores[0], family[0], field)))
        assert values == [None, *(str(each) for each in range(1, TIMES + 1))]
    whole(stores[0])
    with stores[0].reading_records() as records:
        who = records.session.exec(select(Audit.actor_id).where(Audit.action == "person_changed")).all()
        assert sorted(who) == sorted([*range(HELPERS)] * TIMES)


def test_all_change_the_same_field_and_each_builds_on_the_one_before(stores, family):
    def change(records, number):
        person = records.locked(Person, family[0])
        before = people.personal_of(records, person).address or ""
        people.change_personal(records, person, address=f"{before}{number}")

    at_once(stores, change, TIMES)
    *before, now = former(stores[0], family[0], "address")
    assert sorted(now) == sorted("012" * TIMES)
    assert before == [None, *(now[:length] for length in range(1, len(now)))]
    whole(stores[0])


def test_all_hand_in_an_enrolment_and_there_is_one(stores, family):
    def submit(records, number):
        person = records.session.get(Person, family[0])
        facts = {"by": number}
        at = {"category": None, "rules": "r@1", "rules_on": date(2008, 1, 1), "facts": facts}
        return enrolments.submit(records, person, 2008, **at).id

    done = at_once(stores, submit, 2)
    assert sorted(map(str, done)) == ["1", *["enrolled"] * (HELPERS * 2 - 1)]
    with stores[0].reading_records() as records:
        assert len(enrolments.all_of(records, family[0])) == 1
    whole(stores[0])


def test_all_pay_and_every_payment_counts_but_one_reference_only_once(stores, family):
    with stores[0].records() as records:
        person = records.session.get(Person, family[0])
        at = {"rules": "r@1", "rules_on": date(2008, 1, 1)}
        enrolment = enrolments.submit(records, person, 2008, category=None, facts={}, **at)
        enrolment = enrolments.move(records, enrolment, EnrolmentState.VERIFIED)
        parts = [Part("own_part", "individual", 1_000 * HELPERS)]
        due = {"total_fen": 1_000 * HELPERS, "parts": parts, "illustrative": False, "worked_out": {}}
        contributions.keep(records, enrolment, **due, **at)

    def pay(reference):
        def work(records, number):
            person = records.session.get(Person, family[0])
            return ledger.pay(records, person, 2008, 1_000, date(2008, 3, 1), reference(number)).kind.value

        return work

    assert sorted(at_once(stores, pay(lambda _: "one and the same"))) == ["already_booked", "already_booked", "payment"]
    assert at_once(stores, pay(lambda number: f"from {number}"), 1) == ["payment"] * HELPERS
    with stores[0].reading_records() as records:
        assert ledger.balance(records, family[0], 2008).paid_fen == 1_000 * (HELPERS + 1)
        assert enrolments.current(records, family[0], 2008).state is EnrolmentState.ACTIVE
    whole(stores[0])


def test_the_office_decides_once_whoever_decides_at_the_same_moment(stores, family):
    with stores[0].records() as records:
        person = records.session.get(Person, family[0])
        at = {"category": None, "rules": "r@1", "rules_on": date(2008, 1, 1), "facts": {}}
        key = enrolments.submit(records, person, 2008, **at).id

    def decide(records, number):
        to = (EnrolmentState.VERIFIED, EnrolmentState.REJECTED, EnrolmentState.WITHDRAWN)[number]
        (enrolment,) = enrolments.all_of(records, family[0])
        assert enrolment.id == key
        return enrolments.move(records, enrolment, to, reason="decided").state.value

    done = at_once(stores, decide)
    with stores[0].reading_records() as records:
        (enrolment,) = enrolments.all_of(records, family[0])
    # One after the other: a move that the one before has made impossible is refused.
    assert enrolment.state.value in done
    assert done.count("no_move") in (1, 2)
    whole(stores[0])


def test_families_put_together_at_once_are_one_household(stores, family):
    pairs = ([0, 1], [2, 1], [1, 0])

    def join(records, number):
        members = [records.session.get(Person, family[each]) for each in pairs[number]]
        return people.join_household(records, members)

    assert len(set(at_once(stores, join))) == 1
    with stores[0].reading_records() as records:
        assert len({records.session.get(Person, each).household_id for each in family}) == 1
        assert len(records.session.exec(select(Household)).all()) == 1
    whole(stores[0])


def test_the_same_somebody_is_added_once_and_a_certificate_and_a_contact_as_well(stores, family):
    def add(records, number):
        return people.add(records, people.Personal("new", "resident_identity_card", "new"), "jiashan").id

    assert at_once(stores, add).count("known") == HELPERS - 1

    def certify(records, number):
        person = records.session.get(Person, family[0])
        return people.hold_certificate(records, person, "permit", number=f"P{number}").id

    assert set(at_once(stores, certify)) == {1}

    def greet(records, number):
        return delegations.contact_of(records, "web", "zhang", "en").id

    assert set(at_once(stores, greet)) == {1}
    with stores[0].reading_records() as records:
        assert len(records.session.exec(select(Certificate)).all()) == 1
        assert len(records.session.exec(select(Contact)).all()) == 1
    whole(stores[0])


def test_a_code_that_several_use_at_once_serves_one_of_them(stores, family):
    with stores[0].records() as records:
        contacts = [delegations.contact_of(records, "web", f"c{each}", "en").id for each in range(HELPERS)]
        person = records.session.get(Person, family[0])
        code = delegations.offer(records, person, (delegations.LOOK,), date(2099, 1, 1))

    def redeem(records, number):
        contact = records.session.get(Contact, contacts[number])
        return delegations.redeem(records, contact, code, "daughter").contact_id

    done = at_once(stores, redeem)
    assert done.count("wrong_code") == HELPERS - 1
    whole(stores[0])


def test_processes_that_change_the_same_person_lose_nothing_either(stores, family, start_worker):
    workers = [start_worker("change_person", field, str(TIMES)) for field in FIELDS]
    assert [each.hear() for each in workers] == ["ready"] * HELPERS
    for each in workers:
        each.tell("go")
    assert [each.hear() for each in workers] == ["done"] * HELPERS
    for field in FIELDS:
        values = list(dict.fromkeys(former(stores[0], family[0], field)))
        assert values == [None, *(str(each) for each in range(TIMES))]
    whole(stores[0])
