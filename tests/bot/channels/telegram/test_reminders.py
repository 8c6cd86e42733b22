"""A reminder on Telegram: its buttons go on for the person that it is about, whatever was asked before."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from bot.channels.telegram.broadcast import Broadcasting
from bot.channels.telegram.sender import TelegramSender
from bot.outreach.clock import Clock
from bot.outreach.dispatching import Dispatching, Run
from bot.outreach.hours import Hours
from bot.outreach.planning import plan_due
from member_store.members import collection, delegations, reminder_choices
from member_store.members.collection import Days
from member_store.members.contributions import Part
from member_store.members.records import OFFICE_TIME
from member_store.tables.access import Basis
from tests.bot.channels.telegram.conftest import Hebao, settings_without_store
from tests.member_store.members.money import keep, somebody, verified
from tests.standins.telegram import Person, TelegramStandIn, wait_for

ALL_DAY = Hours(0, 24, lambda _: True)


def owes(hebao: Hebao, person: Person, relation: str, name: str, year: int = 2008) -> None:
    today = datetime.now(UTC).astimezone(OFFICE_TIME).date()
    with hebao.service.store.records() as records:
        collection.set_window(records, "demo", 2008, Days(today - timedelta(days=20), today + timedelta(days=30)))
        resident = somebody(records, name)
        keep(records, verified(records, resident, year), Part("own_part", "individual", 6000))
        contact = delegations.contact_of(records, "telegram", str(person.id), "zh_Hans")
        delegations.link(records, contact, resident, relation, Basis.SELF)
        reminder_choices.agree(records, contact, reminder_choices.KINDS, "w")


def reminded(telegram: TelegramStandIn, hebao: Hebao) -> Run:
    async def run() -> Run:
        settings = settings_without_store(telegram, telegram_chat_seconds=0.01)
        clock = Clock(lambda: datetime.now(UTC), lambda: None)
        list(plan_due(hebao.service.store, ALL_DAY, clock))
        async with Broadcasting(settings) as sender:
            return await Dispatching(hebao.service.store, TelegramSender(sender, settings), ALL_DAY, clock).run()

    return asyncio.run(run())


def test_a_button_of_a_reminder_goes_on_with_the_right_person_in_the_middle_of_something_else(
    telegram: TelegramStandIn, hebao: Hebao, person: Person
) -> None:
    owes(hebao, person, "mother", "张秀英")
    owes(hebao, person, "father", "王建国")
    asked = person.asks("我能参保吗")[-1]
    reminded(telegram, hebao)
    shown = person.sees()[-1]
    assert "张秀英（母亲）还没有交，要交60元" in shown
    assert "王建国（父亲）还没有交" in shown
    labels = person.buttons()
    assert labels == ["查母亲的参保状态", "查父亲的参保状态", "别提醒我"]
    before = len(person.sees())
    tap = person.taps("查母亲的参保状态")
    wait_for(lambda: len(person.sees()) > before and tap.shown is not None)
    wait_for(lambda: not telegram.world.updates)
    answer = "\n".join(person.sees()[before:])
    assert "张秀英" in answer
    assert "王建国" not in answer
    assert asked.splitlines()[-1] in answer, "and what was asked before is asked again"
    before = len(person.sees())
    person.taps("别提醒我")
    wait_for(lambda: len(person.sees()) > before)
    assert "不再提醒" in "\n".join(person.sees()[before:])
