"""All that is kept on somebody, and nobody else's."""

import json

from member_store.members import enrolments, erasure, export, people
from member_store.store import Store
from member_store.tables.people import EnrolmentState, Person
from tests.member_store.members import filled as known
from tests.member_store.members.filled import fill
from tests.member_store.members.test_in_clear import given_away


def test_everything_that_was_stated_is_in_the_copy_and_nobody_elses_data(store: Store):
    filled = fill(store)
    with store.reading_records() as records:
        data = export.everything_about(records, records.session.get(Person, filled.person))
    written = json.dumps(data, ensure_ascii=False)
    assert given_away(written.encode()) == {
        known.NAME,
        known.NUMBER,
        known.PHONE,
        known.ADDRESS,
        known.CERTIFICATE,
        known.BANK,
        known.GROUNDS,
        known.PAYMENT,
        "浒弄桥",
    }
    assert data["household"] == {"others": 1}
    assert data["personal"]["birth_date"] == "1988-03-15"
    assert [each["phone"] for each in data["formerly"]] == [known.PHONE, "13700000000"]
    assert [(each["booked_as"], each["amount_fen"]) for each in data["statement"]] == [
        ("due", 4_000),
        ("payment", -4_000),
    ]
    (enrolment,) = data["enrolments"]
    assert enrolment["facts"]["disabled"] is True
    assert [each["amount_fen"] for each in enrolment["contribution"]["parts"]] == [4_000, 10_000]
    assert [each["fund_paid_fen"] for each in data["settlements"]] == [123_450]
    assert {(each["relation"], *each["scopes"]) for each in data["delegations"]} == {
        ("self", "look", "act", "own"),
        ("sister", "look", "act"),
    }
    assert [each["wording"] for each in data["consents"]] == ["2008-1"]
    assert {"person_added", "enrolment_active", "ledger_payment"} <= {each["action"] for each in data["audit"]}


def test_a_conversation_is_in_the_copy_word_for_word(store: Store):
    fill(store)
    with store.reading_records() as records:
        turns = export.conversation_of(records, "wechat", known.ACCOUNT)
        assert export.conversation_of(records, "wechat", "nobody") == []
    assert [each["said"] for each in turns] == ["你好", known.SAID]
    assert turns[0]["at"] == "2008-05-06T07:08:09+00:00"
    assert turns[0]["replies"] == [{"kind": "text", "text": "您说的是：你好"}]


def test_of_somebody_who_was_erased_the_copy_holds_what_has_to_be_accounted_for(store: Store):
    filled = fill(store)
    with store.records() as records:
        (enrolment,) = enrolments.all_of(records, filled.person)
        enrolments.move(records, enrolment, EnrolmentState.WITHDRAWN, reason="asked")
        erasure.erase(records, records.session.get(Person, filled.person), "asked")
    with store.reading_records() as records:
        data = export.everything_about(records, records.session.get(Person, filled.person))
        assert people.find(records, "resident_identity_card", known.NUMBER) is None
    assert given_away(json.dumps(data, ensure_ascii=False).encode()) == set()
    assert data["formerly"] == []
    assert len(data["statement"]) == 2
