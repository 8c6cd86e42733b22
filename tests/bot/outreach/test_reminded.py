"""Who is told at which moment and why somebody is not, on each database: the lines of reminded.yaml."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.outreach.moments import occasion_of
from bot.outreach.workdays import is_workday
from member_store.members import (
    agreements,
    collection,
    delegations,
    enrolments,
    ledger,
    links,
    remindable,
    reminder_choices,
    reminders,
)
from member_store.members.collection import Days
from member_store.members.contributions import Part
from member_store.members.reach import gone
from member_store.members.records import Records
from member_store.members.remindable import Occasion
from member_store.store import Store
from member_store.tables.access import Basis
from member_store.tables.conversations import conversations
from member_store.tables.people import EnrolmentState, Notices, Person
from member_store.tables.reminders import Moment
from member_store.tables.sending import deliveries as ledger_table
from tests.cases import read_yaml
from tests.member_store.members.money import keep, somebody, verified

CASES = read_yaml(Path(__file__).with_name("reminded.yaml"))
WINDOW = Days(date(2008, 3, 3), date(2008, 4, 30))
_accounts = itertools.count(1)


@pytest.fixture
def records(shared_store: Store) -> Iterator[Records]:
    with shared_store.records(today=WINDOW.first) as opened:
        collection.set_window(opened, "demo", 2008, WINDOW)
        yield opened


def occasion(records: Records, moment: str) -> Occasion:
    found = occasion_of(collection.window_of(records, "demo", 2008), Moment(moment), is_workday)
    assert found is not None
    return found


def made(records: Records, case: dict[str, Any]) -> Person:
    """The person of a case."""
    person = somebody(records)
    state = case.get("is", "enrolled")
    own = case.get("own", 60) * 100
    shares = [Part("own_part", "individual", own)] if own else [Part("own_part", "government", 6000)]
    if state in ("enrolled", "last_year"):
        enrolment = verified(records, person, 2008 if state == "enrolled" else 2007)
        keep(records, enrolment, *shares, Part("remainder", "government", 9000))
        if state == "last_year":
            ledger.pay(records, person, 2007, own, WINDOW.first)
        if case.get("pays"):
            ledger.pay(records, person, 2008, case["pays"] * 100, WINDOW.first)
        if case.get("withdrew"):
            enrolments.move(records, enrolment, EnrolmentState.WITHDRAWN, reason="asked")
    elif state == "applied":
        enrolments.submit(records, person, 2008, category="rural", rules="v", rules_on=WINDOW.first, facts={})
    if case.get("withdrew_this_year"):
        enrolments.move(records, verified(records, person), EnrolmentState.WITHDRAWN, reason="asked")
    if case.get("agreement"):
        agreements.sign(records, person, 2008, 2010, WINDOW.first, None)
    _account(records, person, case)
    person.died_on = WINDOW.first if case.get("died") else None
    person.county = "haiyan" if case.get("moved") else "demo"
    records.session.flush()
    return person


def _account(records: Records, person: Person, case: dict[str, Any]) -> None:
    kind = case.get("account", "self")
    person.notices = Notices(case.get("notices", "both"))
    if kind == "none":
        records.session.flush()
        return
    account = f"o-{next(_accounts)}"
    contact = delegations.contact_of(records, "wechat", account, "zh_Hans")
    basis = {"helper": Basis.CODE, "applicant": Basis.APPLICATION}.get(kind, Basis.SELF)
    relation = "self" if basis is Basis.SELF else "mother"
    if basis is Basis.CODE:
        given = delegations.link(records, contact, person, relation, Basis.SELF)
        given.basis, given.scopes = Basis.CODE, "look act"
        if case.get("expired"):
            given.expires_on = WINDOW.first - timedelta(days=1)
    else:
        delegations.link(records, contact, person, relation, basis)
    if kind == "applicant" and not case.get("of_another"):
        for each in enrolments.all_of(records, person.id or 0):
            each.contact_id = contact.id
    wants = case.get("wants", ["opening", "deadline", "late"])
    reminder_choices.agree(records, contact, [f"remind_{each}" for each in wants], "w")
    records.session.flush()
    if kind == "gone":
        gone(records, "wechat", account)


@pytest.mark.parametrize("case", CASES, ids=[each["name"] for each in CASES])
def test_who_is_told_and_why_somebody_is_not(records: Records, case: dict[str, Any]) -> None:
    person = made(records, case)
    key = person.id or 0
    for moment, wanted in case["at"].items():
        found = list(remindable.standings(records, occasion(records, moment), [key]))
        if wanted == "nobody":
            assert found == [], moment
            continue
        assert [each.reason or "told" for each in found] == [wanted], moment
        assert found[0].situation.value == case["situation"], moment


@pytest.mark.parametrize("case", CASES, ids=[each["name"] for each in CASES])
def test_what_is_planned_is_what_is_said_of_each_and_a_message_for_whoever_is_told(
    records: Records, case: dict[str, Any]
) -> None:
    key = made(records, case).id or 0
    for moment, wanted in case["at"].items():
        this = occasion(records, moment)
        assert reminders.plan(records, this, records.now, key - 1, key).reminders == (wanted != "nobody")
        assert reminders.plan(records, this, records.now, key - 1, key).reminders == 0, "once"
    rows = records.connection.execute(reminders.reminders.select().where(reminders.reminders.c.person_id == key)).all()
    told = {row.moment.value: row.reason or "told" for row in rows}
    assert told == {moment: reason for moment, reason in case["at"].items() if reason != "nobody"}
    with_message = {
        row.reminder_id
        for row in records.connection.execute(ledger_table.select().where(ledger_table.c.reminder_id.is_not(None)))
    }
    for row in rows:
        assert (row.id in with_message) == (row.reason is None)


def test_somebody_with_several_accounts_is_told_on_the_messenger_that_they_used_last(records: Records) -> None:
    person = somebody(records)
    keep(records, verified(records, person), Part("own_part", "individual", 6000))
    web = delegations.contact_of(records, "web", f"w-{next(_accounts)}", "zh_Hans")
    delegations.link(records, web, person, "self", Basis.SELF)
    reminder_choices.agree(records, web, reminder_choices.KINDS, "w")
    others = [
        delegations.contact_of(records, each, f"c-{next(_accounts)}", "zh_Hans") for each in ("wechat", "telegram")
    ]
    for each in others:
        links.join(records, each, links.offer(records, web))
    this = occasion(records, "opening")

    def told_on(moment: str) -> list[str]:
        key = person.id or 0
        assert reminders.plan(records, occasion(records, moment), records.now, key - 1, key).messages == 1
        last = ledger_table.select().order_by(ledger_table.c.id.desc()).limit(1)
        return [row.channel for row in records.connection.execute(last)]

    assert told_on("opening") == ["telegram"], "of two that never wrote, the one that was linked last"
    heard = {"heard_at": records.now, "channel": "wechat", "contact": others[0].contact, "state": records.seal({})}
    records.connection.execute(
        conversations.insert().values(turn=1, created_at=records.now, updated_at=records.now, waiting=False, **heard)
    )
    assert told_on("halfway") == ["wechat"]
    others[0].gone_at = records.now
    records.session.flush()
    assert told_on("seven_days") == ["telegram"]
    others[1].gone_at = records.now
    records.session.flush()
    assert told_on("one_day") == ["web"]
    planned = select(reminders.reminders.c.id).where(reminders.reminders.c.person_id == person.id)
    ids = list(records.connection.execute(planned).scalars())
    assert set(reminders.audience(records, this, ids)) == {(person.id, web.contact)}


def test_a_plan_goes_on_where_it_stopped_and_ends(records: Records) -> None:
    people = [made(records, {}) for _ in range(5)]
    this = occasion(records, "late")
    last = people[-1].id or 0
    chunk = max(1, last // 3 + 1)
    found = []
    while (planned := reminders.plan_next(records, this, records.now, chunk)) is not None:
        found.append(planned)
    assert len(found) == 3
    assert sum(each.messages for each in found) >= 5
    assert reminders.plan_next(records, this, records.now, chunk) is None
