"""What is due is worked out by the engine, kept with its rules, and brings the enrolment on."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.members.dues import certificate_has_expired, decide_hardship, verify, work_out, work_out_again
from bot.members.hardship_notice import notice_list
from member_store.members import contributions, delegations, enrolments, hardship, ledger, people
from member_store.members.ledger_check import findings
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.store import Store
from member_store.tables.access import Basis
from member_store.tables.money import Contribution
from member_store.tables.people import Enrolment, EnrolmentState, Person
from policy_engine.loader import load_scheme
from policy_engine.scheme import Scheme
from tests.bot.members.conftest import add_person, new_number

DAY = datetime.date(2008, 3, 1)
RESIDENT = {"registered_locally": True, "registration_kind": "rural", "hardship_certificate": "none"}
HOLDER = {**RESIDENT, "hardship_certificate": "minimum_living"}


@pytest.fixture
def records(shared_store: Store) -> Iterator[Records]:
    with shared_store.records(today=DAY) as opened:
        yield opened
    with shared_store.reading_records(today=DAY) as reading:
        assert list(findings(reading)) == []


def scheme_for(county: str | None) -> Scheme:
    return load_scheme("jiaxing-2008", county)


def submitted(records: Records, person: Person, facts: dict[str, Any], **given: Any) -> Enrolment:
    return enrolments.submit(
        records, person, 2008, category="rural_resident", rules="v", rules_on=DAY, facts=facts, **given
    )


def verified(records: Records, facts: dict[str, Any], county: str = "demo") -> tuple[Person, Enrolment, Contribution]:
    person = add_person(records, county=county)
    enrolment = submitted(records, person, facts)
    found = verify(records, enrolment, scheme_for, DAY)
    assert found is not None
    return person, enrolment, found


def test_a_resident_owes_the_own_part_once_the_office_has_verified(records: Records) -> None:
    _, enrolment, found = verified(records, RESIDENT)
    assert enrolment.state is EnrolmentState.AWAITING_PAYMENT
    due = contributions.due_of(records, enrolment)
    assert (due.own_fen, due.balance.outstanding_fen, found.total_fen) == (6000, 6000, 15000)
    assert (found.rules, found.rules_on) == (scheme_for("demo").version, DAY)
    assert found.illustrative


def test_what_is_kept_of_the_result_has_citations_and_nothing_of_the_person(records: Records) -> None:
    _, _, found = verified(records, {**RESIDENT, "birth_date": "1940-01-01"})
    kept = contributions.worked_out(found)
    assert kept["parts"][0]["citation"]["article"] == "十三"
    assert "facts" not in kept
    assert "1940" not in json.dumps(kept)


def test_a_certificate_holder_is_covered_at_once(records: Records) -> None:
    _, enrolment, found = verified(records, HOLDER)
    assert enrolment.state is EnrolmentState.ACTIVE
    assert contributions.due_of(records, enrolment).own_fen == 0
    assert not certificate_has_expired(found)


def test_an_expired_certificate_waives_nothing_and_says_so(records: Records) -> None:
    person = add_person(records)
    people.hold_certificate(records, person, "minimum_living", valid_until=datetime.date(2008, 2, 29))
    enrolment = submitted(records, person, HOLDER)
    found = verify(records, enrolment, scheme_for, DAY)
    assert enrolment.state is EnrolmentState.AWAITING_PAYMENT
    assert contributions.due_of(records, enrolment).own_fen == 6000
    assert certificate_has_expired(found)
    people.hold_certificate(records, person, "minimum_living", valid_until=datetime.date(2008, 12, 31))
    work_out(records, enrolment, scheme_for, DAY)
    assert enrolment.state is EnrolmentState.ACTIVE


def test_where_the_county_has_set_nothing_the_enrolment_waits(records: Records) -> None:
    _, enrolment, found = verified(records, RESIDENT, county="haining")
    assert enrolment.state is EnrolmentState.VERIFIED
    assert found.total_fen is None
    assert contributions.due_of(records, enrolment).own_fen is None


def test_a_year_that_the_rules_do_not_reach_waits_until_they_do(records: Records) -> None:
    person = add_person(records)
    later = enrolments.submit(records, person, 2009, category="rural_resident", rules="v", rules_on=DAY, facts=RESIDENT)
    assert verify(records, later, scheme_for, DAY) is None
    assert later.state is EnrolmentState.VERIFIED
    assert work_out_again(records, "demo", 2009, scheme_for, DAY).waiting == 1
    longer = replace(scheme_for("demo"), end=datetime.date(2009, 12, 31))
    assert work_out_again(records, "demo", 2009, lambda _: longer, DAY).due == 1
    assert later.state is EnrolmentState.AWAITING_PAYMENT


def test_a_holder_is_covered_even_before_the_county_has_set_anything(records: Records) -> None:
    _, enrolment, _ = verified(records, HOLDER, county="haining")
    assert enrolment.state is EnrolmentState.ACTIVE


def test_once_the_figures_are_set_all_who_waited_are_worked_out(records: Records) -> None:
    _, waiting, _ = verified(records, RESIDENT, county="tongxiang")
    _, holder, _ = verified(records, HOLDER, county="tongxiang")
    nothing_new = work_out_again(records, "tongxiang", 2008, scheme_for, DAY)
    assert (nothing_new.due, nothing_new.waiting) == (1, 1)
    waiting_id, holder_id = waiting.id or 0, holder.id or 0
    done = work_out_again(records, "tongxiang", 2008, lambda _: scheme_for("demo"), DAY)
    assert (done.due, done.waiting, done.refused) == (2, 0, ())
    assert records.locked(Enrolment, waiting_id).state is EnrolmentState.AWAITING_PAYMENT
    charged = contributions.due_of(records, records.locked(Enrolment, holder_id))
    assert (charged.own_fen, charged.contribution.total_fen) == (0, 15000)
    again = work_out_again(records, "tongxiang", 2008, scheme_for, DAY)
    assert (again.due, again.waiting) == (0, 0)


def test_facts_that_do_not_go_together_do_not_stop_the_others(records: Records) -> None:
    _, wrong, _ = verified(records, RESIDENT, county="pinghu")
    _, right, _ = verified(records, RESIDENT, county="pinghu")
    amiss = {**RESIDENT, "birth_date": "2008-12-31"}
    records.change(wrong, "facts_changed", person_id=wrong.person_id, facts=records.seal(amiss))
    wrong_id, right_id = wrong.id or 0, right.id or 0
    done = work_out_again(records, "pinghu", 2008, lambda _: scheme_for("demo"), DAY)
    assert (done.due, done.refused) == (1, ((wrong_id, "rules_refuse"),))
    assert records.locked(Enrolment, right_id).state is EnrolmentState.AWAITING_PAYMENT


def test_whoever_applied_for_themselves_acts_for_themselves_once_verified(records: Records) -> None:
    person = add_person(records)
    contact = delegations.contact_of(records, "web", f"visitor {person.id}", "zh_Hans")
    delegations.link(records, contact, person, "self", Basis.APPLICATION)
    verify(records, submitted(records, person, RESIDENT, contact_id=contact.id), scheme_for, DAY)
    assert delegations.require(records, contact, person.id or 0, delegations.OWN).basis is Basis.SELF


@pytest.mark.parametrize(("born", "basis"), [("1990-03-02", Basis.GUARDIAN), ("1990-03-01", Basis.APPLICATION)])
def test_a_guardian_acts_for_whoever_is_under_18(records: Records, born: str, basis: Basis) -> None:
    personal = people.Personal(
        "张小明", "resident_identity_card", new_number(), birth_date=datetime.date.fromisoformat(born)
    )
    person = people.add(records, personal, "demo")
    contact = delegations.contact_of(records, "web", f"parent {person.id}", "zh_Hans")
    delegations.link(records, contact, person, "child", Basis.APPLICATION)
    verify(records, submitted(records, person, RESIDENT, contact_id=contact.id), scheme_for, DAY)
    assert delegations.require(records, contact, person.id or 0, delegations.LOOK).basis is basis


def test_verifying_twice_is_refused(records: Records) -> None:
    _, enrolment, _ = verified(records, RESIDENT)
    with pytest.raises(Refusal, match="no_move"):
        verify(records, enrolment, scheme_for, DAY)


# -- hardship ---------------------------------------------------------------------------------------------------------


def on_notice(records: Records, person: Person) -> None:
    case = hardship.apply(records, person, 2008, None, DAY)
    hardship.review(records, case, DAY)
    hardship.give_notice(records, case, DAY, days=5)


@pytest.mark.parametrize("paid", [0, 6000])
def test_after_an_approval_the_government_pays_the_own_part(records: Records, paid: int) -> None:
    person, enrolment, _ = verified(records, {**RESIDENT, "disabled": True})
    if paid:
        ledger.pay(records, person, 2008, paid, DAY)
    on_notice(records, person)
    with pytest.raises(Refusal, match="notice_runs"):
        decide_hardship(records, person.id or 0, 2008, scheme_for, DAY, approve=True)
    decide_hardship(records, person.id or 0, 2008, scheme_for, datetime.date(2008, 3, 6), approve=True)
    due = contributions.due_of(records, enrolment)
    assert (enrolment.state, due.own_fen) == (EnrolmentState.ACTIVE, 0)
    assert due.balance.credit_fen == paid
    assert {part.payer for part in due.parts} == {"government", "collective"}
    with pytest.raises(Refusal, match="no_hardship"):
        decide_hardship(records, person.id or 0, 2008, scheme_for, DAY, approve=True)


def test_after_a_refusal_the_person_owes_what_they_owed(records: Records) -> None:
    person, enrolment, _ = verified(records, RESIDENT)
    on_notice(records, person)
    day = datetime.date(2008, 3, 6)
    decide_hardship(records, person.id or 0, 2008, scheme_for, day, approve=False, reason="objection")
    assert contributions.due_of(records, enrolment).balance.outstanding_fen == 6000


def test_names_on_a_public_notice_are_masked(records: Records) -> None:
    person = add_person(records, name="诸葛秀芳")
    on_notice(records, person)
    shown = notice_list(records, "demo", DAY)
    assert "诸**芳" in {each.name for each in shown}
    assert "诸葛秀芳" not in repr(shown)
