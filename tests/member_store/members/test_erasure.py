"""The right to be forgotten, on both databases."""

from datetime import date

import pytest
from sqlmodel import SQLModel, select

from member_store.members import delegations, doubts, enrolments, erasure, ledger, ledger_check, people
from member_store.members.refusals import Refusal
from member_store.store import Store
from member_store.tables import TABLES
from member_store.tables.access import Contact
from member_store.tables.columns import is_encrypted
from member_store.tables.money import Account, EntryKind, HardshipApplication, HardshipState, LedgerPosting, Settlement
from member_store.tables.people import Certificate, Doubt, DoubtState, EnrolmentState, Person
from member_store.tables.records import History
from member_store.turns import Reduced
from tests.member_store.members import filled as known
from tests.member_store.members.filled import Filled, fill


@pytest.fixture
def filled(store: Store) -> Filled:
    return fill(store)


def withdraw(store: Store, filled: Filled) -> None:
    with store.records() as records:
        enrolment = enrolments.current(records, filled.person, known.YEAR)
        enrolments.move(records, enrolment, EnrolmentState.WITHDRAWN, reason="asked")


def erase(store: Store, filled: Filled) -> erasure.Erased:
    with store.records(now=known.NOW) as records:
        return erasure.erase(records, records.locked(Person, filled.person), "asked")


def rows(store: Store, model: type[SQLModel], filled: Filled) -> list:
    with store.reading_records() as records:
        return list(records.session.exec(select(model).where(model.person_id == filled.person)).all())


def test_nobody_is_erased_while_they_are_insured(store, filled):
    with pytest.raises(Refusal) as refusal:
        erase(store, filled)
    assert (refusal.value.code, refusal.value.details) == ("still_enrolled", {"year": 2008, "state": "active"})
    with store.reading_records() as records:
        assert people.find(records, "resident_identity_card", known.NUMBER).id == filled.person


@pytest.mark.parametrize(("fen", "owed_by"), [(700, "person"), (-700, "office")])
def test_nobody_is_erased_while_money_is_open_either_way(store, filled, fen, owed_by):
    withdraw(store, filled)
    with store.records() as records:
        postings = {(Account.INDIVIDUAL, 2008): fen, (Account.BANK, 2008): -fen}
        ledger.book(records, EntryKind.REFUND, filled.person, records.today, postings)
    with pytest.raises(Refusal) as refusal:
        erase(store, filled)
    assert refusal.value.code == "money_open"
    assert refusal.value.details == {"year": 2008, "amount_fen": 700, "owed_by": owed_by}


def test_no_encrypted_column_of_any_table_keeps_anything_of_who_was_erased(store, filled):
    withdraw(store, filled)
    erase(store, filled)
    looked_at = []
    for model in TABLES:
        columns = [name for name, field in model.model_fields.items() if is_encrypted(field.description)]
        if "person_id" in model.model_fields and columns:
            looked_at += [f"{model.__tablename__}.{name}" for name in columns]
            assert not any(getattr(row, name) for row in rows(store, model, filled) for name in columns), model
    assert {"enrolment.facts", "certificate.number", "doubt.stated", "agreement.account", "history.before"} <= set(
        looked_at
    )
    with store.reading_records() as records:
        person = records.session.get(Person, filled.person)
        assert (person.identity, person.personal, person.household_id) == (None, None, None)
        assert people.find(records, "resident_identity_card", known.NUMBER) is None
        assert people.personal_of(records, person) is None


def test_what_went_and_what_stays_is_told_with_the_reason(store, filled):
    withdraw(store, filled)
    erased = erase(store, filled)
    assert set(erased.went) == {
        "applications",
        "enrolment_facts",
        "certificate_numbers",
        "hardship_grounds",
        "doubts",
        "agreement_accounts",
        "payment_numbers",
        "consents",
        "delegations",
        "contact_accounts",
        "identity",
        "household",
        "history",
    }
    assert erased.stays == {
        "ledger": "accounts",
        "enrolments": "accounts",
        "settlements": "accounts",
        "audit": "accountability",
    }


def test_the_ledger_and_the_settlements_stay_as_they_were_and_the_audit_is_whole(store, filled):
    before = [(each.account, each.amount_fen) for each in rows(store, LedgerPosting, filled)]
    withdraw(store, filled)
    erase(store, filled)
    after = [(each.account, each.amount_fen) for each in rows(store, LedgerPosting, filled)]
    assert after == before
    assert sum(fen for _, fen in after) == 0
    assert [each.fund_paid_fen for each in rows(store, Settlement, filled)] == [123_450]
    with store.reading_records() as records:
        assert list(ledger_check.findings(records)) == []


def test_what_was_going_on_is_ended(store, filled):
    withdraw(store, filled)
    erase(store, filled)
    assert [each.state for each in rows(store, HardshipApplication, filled)] == [HardshipState.WITHDRAWN]
    assert [each.state for each in rows(store, Doubt, filled)] == [DoubtState.REFUSED]
    assert [each.kind for each in rows(store, Certificate, filled)] == ["hardship_disabled"]


def test_an_application_that_the_office_has_not_decided_ends_with_the_person(store):
    with store.records() as records:
        person = people.add(records, people.Personal("张三", "resident_identity_card", "1"), "jiashan")
        enrolments.submit(records, person, 2008, category=None, rules="r", rules_on=date(2008, 1, 1), facts={"a": 1})
        erasure.erase(records, person, "asked")
    with store.reading_records() as records:
        (enrolment,) = enrolments.all_of(records, person.id)
        assert (enrolment.state, enrolment.facts) == (EnrolmentState.WITHDRAWN, None)
        assert records.session.exec(select(History)).all() == []


def test_nobody_acts_for_who_was_erased_and_a_contact_that_serves_others_keeps_its_account(store, filled):
    withdraw(store, filled)
    erase(store, filled)
    with store.records() as records:
        own, helper = (delegations.known_contact(records, "wechat", each) for each in (known.ACCOUNT, known.HELPER))
        assert delegations.represented(records, own) == []
        assert [each.person.id for each in delegations.represented(records, helper)] == [filled.mother]
        assert own.account is None
        assert records.unseal(helper.account, "contact") == known.HELPER
        assert [each.id for each in people.household_of(records, records.session.get(Person, filled.mother))] == [
            filled.mother
        ]
    with store.records() as records:
        back = delegations.contact_of(records, "wechat", known.ACCOUNT, "zh_Hans")
        assert records.unseal(back.account, "contact") == known.ACCOUNT


def test_who_comes_back_is_somebody_new(store, filled):
    withdraw(store, filled)
    erase(store, filled)
    with pytest.raises(Refusal, match="erased"):
        erase(store, filled)
    with store.records() as records:
        again = people.add(records, people.Personal(known.NAME, "resident_identity_card", known.NUMBER), "jiashan")
        assert again.id != filled.person


def test_a_contact_that_serves_nobody_can_be_forgotten_and_one_that_does_is_not(store, filled):
    with store.records() as records:
        delegations.contact_of(records, "web", "visitor", "en")
        assert erasure.erase_contact(records, "web", "visitor", "asked")
        assert not erasure.erase_contact(records, "web", "visitor", "asked")
        assert not erasure.erase_contact(records, "web", "nobody", "asked")
        assert not erasure.erase_contact(records, "wechat", known.HELPER, "asked")
    with store.reading_records() as records:
        assert len(records.session.exec(select(Contact).where(Contact.account.is_(None))).all()) == 1


def test_what_a_contact_stated_of_others_goes_with_it_and_leaves_no_trace(store, filled):
    with store.records() as records:
        person = records.session.get(Person, filled.person)
        contact = delegations.contact_of(records, "web", "stranger", "en")
        doubt = doubts.raise_doubt(records, person, contact, "mother", 2008, {"name": known.NAME})
        doubts.raise_doubt(records, person, contact, "mother", 2008, {"name": known.MOTHER})
    with store.records() as records:
        assert erasure.erase_contact(records, "web", "stranger", "asked")
    with store.reading_records() as records:
        doubt = records.session.get(Doubt, doubt.id)
        assert (doubt.state, doubt.stated) == (DoubtState.TAKEN_BACK, None)
        assert records.session.exec(select(History).where(History.entity == "doubt")).all() == []


def test_the_turn_that_asks_to_be_forgotten_is_all_that_is_left_of_a_conversation(store, filled):
    def forgetting(_state, _records):
        return Reduced({}, [{"text": "gone"}], {"done": True}, forgets=True)

    def never(_state, _records):
        pytest.fail("done twice")

    stored = store.turn("wechat", known.ACCOUNT, "forget", "forget me", forgetting)
    assert [each.text for each in store.history("wechat", known.ACCOUNT)] == ["forget me"]
    assert store.conversation("wechat", known.ACCOUNT) == {}
    again = store.turn("wechat", known.ACCOUNT, "forget", "forget me", never)
    assert again.repeated
    assert (again.replies, again.outcome, again.turn) == (stored.replies, stored.outcome, stored.turn)
    after = store.turn("wechat", known.ACCOUNT, "later", "hello", lambda *_: Reduced({"n": 1}, [], {}))
    assert after.turn == stored.turn + 1
    assert [each.text for each in store.history("wechat", known.ACCOUNT)] == ["forget me", "hello"]


def test_a_conversation_can_be_forgotten_from_outside_and_the_next_message_begins_a_new_one(store, filled):
    assert store.forget_conversation("wechat", known.ACCOUNT)
    assert not store.forget_conversation("wechat", known.ACCOUNT)
    assert store.history("wechat", known.ACCOUNT) == []
    seen = []
    stored = store.turn("wechat", known.ACCOUNT, "1", "hi", lambda state, _: seen.append(state) or Reduced({}, [], {}))
    assert (seen, stored.turn) == ([None], 1)


def test_an_erasure_that_fails_half_way_changes_nothing(store, filled):
    withdraw(store, filled)

    def fail_afterwards():
        with store.records() as records:
            erasure.erase(records, records.locked(Person, filled.person), "asked")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_afterwards()
    with store.reading_records() as records:
        person = people.find(records, "resident_identity_card", known.NUMBER)
        assert people.personal_of(records, person).phone == known.PHONE
