"""What is due leaves once, in each person's order, by the platform's rules; what cannot leave says why and waits."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.channels.faults import (
    BadTarget,
    Blocked,
    DeliveryFault,
    Misconfigured,
    NoConsent,
    QuotaSpent,
    Unavailable,
    Wait,
)
from bot.outreach import dispatching
from bot.outreach.clock import Clock
from bot.outreach.dispatching import Dispatching, Run
from bot.outreach.hours import Hours
from bot.outreach.messages import Message
from bot.outreach.planning import plan_due
from member_store.encryption import generate_key
from member_store.errors import StoreError
from member_store.members import collection, delegations, deliveries, enrolments, ledger, outbox, reminder_choices
from member_store.members.collection import Days
from member_store.members.contributions import Part
from member_store.members.records import Records
from member_store.store import Store
from member_store.tables.access import Basis
from member_store.tables.people import EnrolmentState, Person
from member_store.tables.sending import deliveries as table
from tests.member_store.members.money import keep, somebody, verified

MORNING = datetime(2008, 3, 3, 2, tzinfo=UTC)
"""Ten o'clock where the offices are."""
HOURS = Hours(9, 20)


class Sender:
    """A platform that does what it is told: `does` has a fault, or a moment to wait, for each call to come."""

    channel = "wechat"
    per_second = 10_000.0
    at_once = 4

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.ways: dict[str, str | None] = {}
        self.does: list[DeliveryFault | float | None] = []
        self.after: list[tuple[str, Exception | None]] = []

    def way(self, records: Records, message: Message) -> str | None:
        return self.ways.get(message.account, "service")

    async def send(self, message: Message, way: str) -> str | None:
        what = self.does.pop(0) if self.does else None
        if isinstance(what, DeliveryFault):
            raise what
        if what is not None:
            await asyncio.sleep(what)
        self.sent.append((message.account, message.payload["body"]))
        return f"id-{len(self.sent)}"

    def settled(self, records: Records, message: Message, way: str, fault: Exception | None) -> None:
        self.after.append((way, fault))


class World:
    """A store, a sender, and a clock that can be turned."""

    def __init__(self, store: Store) -> None:
        self.store, self.sender, self.now = store, Sender(), MORNING
        self._number = itertools.count(1)
        self.clock = Clock(lambda: self.now, lambda: None)
        with store.records(now=MORNING) as records:
            collection.set_window(records, "demo", 2008, Days(date(2008, 3, 3), date(2008, 4, 30)))

    async def run(self, **passed: float) -> Run:
        self.now += timedelta(**passed)
        return await Dispatching(self.store, self.sender, HOURS, self.clock).run()

    def plan(self) -> int:
        return sum(each.messages for each in plan_due(self.store, HOURS, self.clock))

    def leaves(self, account: str, body: str) -> int:
        with self.store.records(now=self.now) as records:
            delegations.contact_of(records, "wechat", account, "zh_Hans")
            return deliveries.leave(records, "wechat", account, "text", {"body": body}, try_at=self.now)

    def owes(self, *accounts: str, relation: str = "self", name: str = "张秀英") -> int:
        """Somebody who has to pay, and who wants to be reminded, or has helpers who do."""
        with self.store.records(now=self.now) as records:
            person = somebody(records, name, f"{next(self._number):018d}")
            keep(records, verified(records, person), Part("own_part", "individual", 6000))
            for account in accounts:
                contact = delegations.contact_of(records, "wechat", account, "zh_Hans")
                delegations.link(records, contact, person, relation, Basis.SELF)
                reminder_choices.agree(records, contact, reminder_choices.KINDS, "w")
            return person.id or 0

    def ledger(self) -> list[tuple[str, str | None]]:
        with self.store.reading_records() as records:
            rows = records.connection.execute(table.select().order_by(table.c.id)).all()
        return [(row.state.value, row.reason) for row in rows]

    def change(self, work: Any) -> None:
        with self.store.records(now=self.now) as records:
            work(records)


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[World]:
    url = f"sqlite:///{tmp_path}/hebao.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_url")
    with Store.open(url, generate_key()) as store:
        yield World(store)


async def test_a_reminder_is_planned_sent_and_not_planned_or_sent_again(world: World) -> None:
    world.owes("zhang")
    assert world.plan() == 1
    assert (await world.run()).sent == 1
    ((account, body),) = world.sender.sent
    assert account == "zhang"
    assert "2008年度医保开始缴费了，从2008年3月3日到2008年4月30日。" in body
    assert "您还没有交，要交60元。" in body
    assert world.plan() == 0
    assert (await world.run()).sent == 0
    assert world.ledger() == [("sent", None)]


async def test_whoever_helps_several_people_gets_one_message_that_names_them_all(world: World) -> None:
    world.owes("daughter", relation="mother", name="张秀英")
    world.owes("daughter", relation="father", name="王建国")
    world.owes("daughter", name="王小红")
    world.owes("other", name="李强")
    assert world.plan() == 4
    assert (await world.run()).sent == 4
    bodies = dict(world.sender.sent)
    assert set(bodies) == {"daughter", "other"}
    for part in ("张秀英（母亲）还没有交", "王建国（父亲）还没有交", "您还没有交"):
        assert part in bodies["daughter"]
    assert bodies["daughter"].count("开始缴费了") == 1
    assert "张秀英" not in bodies["other"]


async def test_what_happens_after_the_plan_counts_up_to_the_moment_of_sending(world: World) -> None:
    keys = {account: world.owes(account) for account in ("paid", "died", "withdrew", "declined", "moved", "stays")}
    assert world.plan() == 6

    def happens(records: Records) -> None:
        ledger.pay(records, records.locked(Person, keys["paid"]), 2008, 6000, date(2008, 3, 3))
        records.locked(Person, keys["died"]).died_on = date(2008, 3, 3)
        records.locked(Person, keys["moved"]).county = "haiyan"
        enrolments.move(
            records, enrolments.all_of(records, keys["withdrew"])[0], EnrolmentState.WITHDRAWN, reason="asked"
        )
        contact = delegations.known_contact(records, "wechat", "declined")
        assert contact is not None
        reminder_choices.decline(records, contact, reminder_choices.KINDS)

    world.change(happens)
    await world.run()
    assert [account for account, _ in world.sender.sent] == ["stays"]
    reasons = ["already_paid", "deceased", "withdrawn", "no_consent", "moved"]
    assert world.ledger() == [*(("refused", each) for each in reasons), ("sent", None)]


async def test_a_window_that_is_changed_or_taken_back_stops_what_was_planned_for_it(world: World) -> None:
    world.owes("zhang")
    world.plan()
    world.change(
        lambda records: collection.set_window(records, "demo", 2008, Days(date(2008, 3, 5), date(2008, 4, 30)))
    )
    await world.run()
    assert world.ledger() == [("refused", "rescheduled")]
    world.now += timedelta(days=2)
    assert world.plan() == 1, "the new day has a reminder of its own"
    world.change(lambda records: collection.clear_window(records, "demo", 2008))
    await world.run()
    assert world.ledger()[1] == ("refused", "no_collection")
    assert world.sender.sent == []


async def test_what_had_to_wait_does_not_leave_on_a_day_off_either(world: World) -> None:
    world.owes("o-1")
    assert world.plan() == 1
    # From Monday to Friday nothing goes; the platform has its quota back on Saturday.
    saturday = MORNING + timedelta(days=5)
    world.sender.does = [QuotaSpent(saturday)]
    assert (await world.run()).sent == 0
    assert (await world.run(days=5)).sent == 0
    assert (await world.run(days=1)).sent == 0
    assert (await world.run(days=1)).sent == 1, "on Monday"


async def test_reminders_wait_for_the_hours_and_other_messages_do_not(world: World) -> None:
    world.now = MORNING - timedelta(hours=2)
    world.owes("zhang")
    world.leaves("li", "您绑定了新账号。")
    assert world.plan() == 0, "nothing is planned before it could be sent"
    assert (await world.run()).sent == 1
    world.now = MORNING
    assert world.plan() == 1
    assert (await world.run(hours=11)).sent == 0, "at nine in the evening nobody is disturbed"
    assert (await world.run(hours=12)).sent == 1


async def test_where_there_is_no_way_it_waits_for_the_next_visit(world: World) -> None:
    world.owes("zhang")
    world.plan()
    world.sender.ways["zhang"] = None
    assert (await world.run()).put_back == 1
    assert world.ledger() == [("waiting", "no_window")]
    assert (await world.run(hours=1)).put_back == 0, "it is not tried again and again"


async def test_a_quota_that_is_spent_lets_everything_wait_for_its_next_day(world: World) -> None:
    for account in ("a", "b", "c"):
        world.owes(account)
    world.plan()
    tomorrow = MORNING + timedelta(hours=14)
    world.sender.at_once = 1
    world.sender.does = [None, QuotaSpent(tomorrow), QuotaSpent(tomorrow)]
    run = await world.run()
    assert (run.sent, run.put_back, type(run.stopped)) == (1, 2, QuotaSpent)
    assert sorted(world.ledger()) == [("sent", None), ("waiting", "quota"), ("waiting", "quota")]
    assert (await world.run(hours=8)).sent == 0
    assert (await world.run(hours=16)).sent == 2


async def test_what_failed_for_now_is_tried_again_later_and_later_until_its_last_day(world: World) -> None:
    world.owes("zhang")
    world.plan()
    for minutes in (0, 1, 1, 2, 4):
        world.sender.does = [Unavailable("5xx")]
        assert (await world.run(minutes=minutes)).put_back == 1, minutes
    assert (await world.run(minutes=7)).sent == 0
    assert world.ledger() == [("waiting", "unavailable")]
    world.now = datetime(2008, 4, 2, 2, tzinfo=UTC)
    with world.store.records(now=world.now) as records:
        from member_store.members import reminders

        assert reminders.expire(records) == 1
    assert world.ledger() == [("refused", "unavailable")], "it says why it never left"


async def test_a_platform_that_is_down_is_left_alone_for_a_while(world: World) -> None:
    for number in range(60):
        world.leaves(f"p{number}", "…")
    world.sender.does = [Unavailable("down")] * dispatching.TAKEN_AT_ONCE
    run = await world.run()
    assert isinstance(run.stopped, Unavailable)
    assert run.put_back == dispatching.TAKEN_AT_ONCE, "one handful, and no more"
    assert (await world.run(seconds=10)).sent == 0
    assert (await world.run(minutes=2)).sent == 60


async def test_settings_that_are_wrong_end_a_run_at_once(world: World) -> None:
    world.leaves("a", "…")
    world.sender.does = [Misconfigured("40164")]
    run = await world.run()
    assert isinstance(run.stopped, Misconfigured)
    assert world.ledger() == [("waiting", "misconfigured")]


async def test_who_has_left_gets_nothing_more_and_a_wrong_address_is_not_tried_again(world: World) -> None:
    world.leaves("left", "一")
    world.leaves("wrong", "一")
    world.sender.at_once = 1
    world.sender.does = [Blocked("43004"), BadTarget("40003")]
    run = await world.run()
    assert (run.blocked, run.refused) == (1, 1)
    assert world.ledger() == [("refused", "blocked"), ("refused", "bad_target")]
    world.owes("left")
    world.now += timedelta(hours=1)
    assert world.plan() == 0
    world.leaves("left", "二")
    await world.run()
    assert world.sender.sent == []
    assert world.ledger()[-1] == ("waiting", "blocked"), "they may come back"


async def test_a_notice_to_which_nobody_agrees_any_more_leaves_the_other_way_open(world: World) -> None:
    world.owes("zhang")
    world.plan()
    world.sender.ways["zhang"] = "notice"
    world.sender.does = [NoConsent("43101")]
    await world.run()
    assert world.sender.sent, "tried again at once, by whatever way there is then"
    assert [(way, type(fault)) for way, fault in world.sender.after] == [
        ("notice", NoConsent),
        ("notice", type(None)),
    ]


async def test_what_may_have_arrived_is_in_doubt_and_not_sent_again(world: World) -> None:
    world.owes("zhang")
    world.plan()
    world.sender.does = [Unavailable("lost", in_doubt=True)]
    assert (await world.run()).in_doubt == 1
    assert (await world.run(days=1)).sent == 0
    assert world.ledger() == [("in_doubt", "in_doubt")]


async def test_messages_to_one_person_keep_their_order_and_wait_for_each_other(world: World) -> None:
    for text in ("一", "二", "三"):
        world.leaves("zhang", text)
    world.sender.does = [Wait(30)]
    assert (await world.run()).sent == 0
    assert (await world.run(seconds=31)).sent == 3
    assert [text for _, text in world.sender.sent] == ["一", "二", "三"]


async def test_a_fault_of_our_own_is_a_doubt_and_the_rest_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.leaves("a", "一")
    world.leaves("b", "一")
    send = world.sender.send

    async def fails(message: Message, way: str) -> str | None:
        if message.account == "a":
            raise ZeroDivisionError
        return await send(message, way)

    monkeypatch.setattr(world.sender, "send", fails)
    run = await world.run()
    assert (run.sent, run.in_doubt) == (1, 1)


async def test_a_sender_that_is_told_to_close_ends_what_it_has_in_hand(world: World) -> None:
    for number in range(120):
        world.leaves(f"p{number}", "…")
    world.sender.does = [0.01] * 120
    sending = Dispatching(world.store, world.sender, HOURS, world.clock)
    task = asyncio.create_task(sending.run())
    while not world.sender.sent:
        await asyncio.sleep(0.001)
    sending.close()
    assert (await task).sent == dispatching.TAKEN_AT_ONCE
    assert {state for state, _ in world.ledger()} == {"sent", "waiting"}


async def test_one_that_is_cancelled_knows_of_what_it_had_begun_that_it_is_in_doubt(world: World) -> None:
    for number in range(10):
        world.leaves(f"p{number}", "…")
    world.sender.does = [5.0] * 10
    task = asyncio.create_task(world.run())
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    states = [state for state, _ in world.ledger()]
    assert states.count("in_doubt") == world.sender.at_once
    assert states.count("waiting") == 10 - world.sender.at_once


async def test_what_a_sender_that_died_had_in_hand_is_in_doubt_after_a_while_and_told_at_the_next_visit(
    world: World,
) -> None:
    world.owes("zhang")
    world.plan()

    def taken(records: Records) -> None:
        for (due,) in outbox.due(records, "wechat", 10):
            assert deliveries.begin(records, due.id, "service")

    world.change(taken)
    world.now += timedelta(seconds=60)
    world.change(lambda records: [] if outbox.doubt_stale(records) == 0 else pytest.fail("it may be alive"))
    world.change(lambda records: outbox.still_sending(records, [1]))
    world.now += timedelta(seconds=100)
    world.change(lambda records: [] if outbox.doubt_stale(records) == 0 else pytest.fail("it said that it is"))
    world.now += timedelta(seconds=30)
    world.change(lambda records: [] if outbox.doubt_stale(records) == 1 else pytest.fail("nobody said anything"))
    assert world.ledger() == [("in_doubt", "in_doubt")]
    with world.store.records(now=world.now) as records:
        ((told,), more) = deliveries.take(records, "wechat", "zhang")
        assert told.in_doubt
        assert not more


async def test_a_database_that_is_away_when_it_is_to_be_written_down_is_waited_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatching, "_WRITE_AGAIN_SECONDS", 0.05)
    world.leaves("a", "一")
    real, away = world.store.records, iter([False, True, True, True])

    def records(*given: Any, **named: Any) -> Any:
        if next(away, False):
            raise StoreError("The database failed", "here", "See that it runs.")
        return real(*given, **named)

    monkeypatch.setattr(world.store, "records", records)
    assert (await world.run()).sent == 1
    assert world.ledger() == [("sent", None)]


async def test_several_senders_at_once_send_everything_once(world: World) -> None:
    for number in range(200):
        world.leaves(f"p{number}", "…")
    world.sender.does = [0.001] * 200
    runs = await asyncio.gather(*(world.run() for _ in range(3)))
    assert sum(each.sent for each in runs) == 200
    assert len(world.sender.sent) == len(set(world.sender.sent)) == 200
