"""A reminder on WeChat: by the notice that somebody agreed to, else in their window, else at their next visit."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.channels.wechat.api import client as client_module
from bot.channels.wechat.api.client import WeChatClient
from bot.channels.wechat.notices import read_notices
from bot.channels.wechat.sender import WeChatSender
from bot.exchange import Inbound
from bot.outreach.clock import Clock
from bot.outreach.dispatching import Dispatching
from bot.outreach.hours import Hours
from bot.outreach.planning import plan_due
from bot.service import Service
from bot.settings import Settings
from dialogs.replies import Question
from member_store.members import (
    collection,
    delegations,
    deliveries,
    ledger,
    notice_consents,
    reminder_choices,
)
from member_store.members.collection import Days
from member_store.members.contributions import Part
from member_store.members.records import OFFICE_TIME
from member_store.tables.access import Basis
from member_store.tables.people import Person
from member_store.tables.sending import deliveries as table
from member_store.tokens import Tokens
from tests.member_store.members.money import keep, somebody, verified
from tests.standins.wechat import RunningWeChat

SEND, NOTICE = "message/custom/send", "message/subscribe/bizsend"
TEMPLATE = "pY7cUq2m0hBq3aW1kT9vXs8rLd4eNf6gZjRi5oAuMwE"
MAPPING = f"""\
contribution_due:
  template: {TEMPLATE}
  fields:
    thing1: '{{what}}'
    thing2: '{{next}}'
    time3: '{{time}}'
    phrase4: 医疗保险
"""
ALL_DAY = Hours(0, 24, lambda _: True)
FACTS = {
    "age": 60,
    "registered_locally": True,
    "registration_kind": "rural",
    "employee_insured": False,
    "enrolled_elsewhere": False,
    "hardship_certificate": "none",
}


class Resident:
    """Somebody on WeChat who owes something and wants to be reminded."""

    def __init__(
        self, wechat: RunningWeChat, service: Service, settings: Settings, client: WeChatClient, year: int = 2008
    ) -> None:
        self.wechat, self.service = wechat, service
        self.openid = wechat.user().openid
        self.now = datetime.now(UTC)
        self._sender = WeChatSender(client, settings, read_notices(settings.wechat_notices))
        today = self.now.astimezone(OFFICE_TIME).date()
        self.last = today + timedelta(days=30)
        with service.store.records() as records:
            collection.set_window(records, "demo", 2008, Days(today - timedelta(days=20), self.last))
            person = somebody(records)
            self.key = person.id or 0
            enrolment = verified(records, person, year, facts=FACTS, category="rural_resident")
            keep(records, enrolment, Part("own_part", "individual", 6000))
            if year < 2008:
                ledger.pay(records, person, year, 6000, today)
            contact = delegations.contact_of(records, "wechat", self.openid, "zh_Hans")
            delegations.link(records, contact, person, "self", Basis.SELF)
            reminder_choices.agree(records, contact, reminder_choices.KINDS, "w")

    def writes(self, text: str = "你好", tap: str | None = None) -> str:
        self.wechat.opens(self.openid, "message")
        inbound = Inbound("wechat", self.openid, f"m{datetime.now(UTC).timestamp()}", text, tap=tap, opens="message")
        return "\n".join(getattr(each, "text", "") for each in self.service.handle(inbound).replies)

    def offered(self, text: str = "你好") -> list[str]:
        self.writes(text)
        *_, question = self.service.view("wechat", self.openid).exchanges[-1].replies
        assert isinstance(question, Question)
        return [each.label for each in question.choices]

    def page(self) -> str:
        exchange = self.service.view("wechat", self.openid).exchanges[-1]
        return "\n".join(getattr(each, "text", "") for each in exchange.replies)

    def agrees(self) -> None:
        self.wechat.consents(self.openid, TEMPLATE, 1)
        with self.service.store.records() as records:
            notice_consents.agreed(records, "wechat", self.openid, TEMPLATE)

    async def is_reminded(self) -> list[dict[str, object]]:
        clock = Clock(lambda: datetime.now(UTC), lambda: None)
        list(plan_due(self.service.store, ALL_DAY, clock))
        await Dispatching(self.service.store, self._sender, ALL_DAY, clock).run()
        return list(self.wechat.seen(self.openid))

    def ledger(self) -> list[tuple[str, str | None, str | None]]:
        with self.service.store.reading_records() as records:
            rows = records.connection.execute(table.select().order_by(table.c.id)).all()
        return [(row.state.value, row.way, row.reason) for row in rows]


@pytest.fixture
async def residents(
    wechat: RunningWeChat,
    wechat_settings: Callable[..., Settings],
    open_with: Callable[..., Service],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Callable[[int], Resident]]:
    monkeypatch.setattr(client_module, "_FIRST_PAUSE_SECONDS", 0.001)
    mapping = tmp_path / "notices.yaml"
    mapping.write_text(MAPPING, "utf-8")
    settings = wechat_settings(wechat_notices=mapping)
    service = open_with()
    client = WeChatClient(settings, Tokens(service.store))
    yield lambda year: Resident(wechat, service, settings, client, year)
    await client.aclose()


@pytest.fixture
def resident(residents: Callable[[int], Resident]) -> Resident:
    return residents(2008)


async def test_whoever_has_agreed_to_the_notice_gets_it_with_the_last_day(resident: Resident) -> None:
    resident.agrees()
    ((shown),) = await resident.is_reminded()
    assert shown["template"] == TEMPLATE
    last = resident.last
    assert f"{last.year}年{last.month}月{last.day}日" in str(shown)
    assert "城乡居民医保缴费" in str(shown)
    assert resident.ledger() == [("sent", "notice", None)]
    with resident.service.store.records() as records:
        assert not notice_consents.left(records, "wechat", resident.openid, TEMPLATE), "it was for one notice"


async def test_whoever_wrote_lately_gets_a_message_in_which_they_can_tap_what_to_do(resident: Resident) -> None:
    resident.writes()
    (shown,) = await resident.is_reminded()
    text = str(shown["text"])
    assert "您还没有交，要交60元" in text
    assert re.search(r'msgmenucontent=查我的参保&msgmenuid=about\.\d+">查我的参保</a>', text)
    assert 'msgmenucontent=别提醒我&msgmenuid=say.0">别提醒我</a>' in text
    assert resident.ledger() == [("sent", "service", None)]


async def test_what_is_tapped_in_a_reminder_goes_on_from_it(resident: Resident) -> None:
    resident.writes()
    (shown,) = await resident.is_reminded()
    found = re.search(r"about\.\d+", str(shown["text"]))
    assert found is not None
    assert "60元" in resident.writes("查我的参保", tap=found[0])
    assert "不再提醒" in resident.writes("别提醒我", tap="say.0")
    assert "60元" in resident.writes("查我的参保", tap=found[0]), "words that were tapped are words all the same"


async def test_a_tap_with_the_number_of_somebody_elses_reminder_shows_nothing_of_it(resident: Resident) -> None:
    resident.writes()
    await resident.is_reminded()
    with resident.service.store.records() as records:
        stranger = somebody(records, "李阿毛")
        keep(records, verified(records, stranger), Part("own_part", "individual", 4000))
        contact = delegations.contact_of(records, "web", "else", "zh_Hans")
        delegations.link(records, contact, stranger, "self", Basis.SELF)
        reminder_choices.agree(records, contact, reminder_choices.KINDS, "w")
    list(plan_due(resident.service.store, ALL_DAY, Clock(lambda: resident.now + timedelta(days=30), lambda: None)))
    for number in range(1, 6):
        assert "李阿毛" not in resident.writes("查我的参保", tap=f"about.{number}")


async def test_a_bare_yes_answers_the_reminder_and_not_what_was_asked_before_it(resident: Resident) -> None:
    asked = resident.writes("我能参保吗").splitlines()[-1]
    await resident.is_reminded()
    answer = resident.writes("好")
    assert "60元" in answer
    assert answer.splitlines()[-1] == asked, "which is asked again"
    assert "60元" not in resident.writes("好"), "and is what the next yes is for"


async def test_a_bare_no_to_a_reminder_does_nothing_and_takes_nothing_from_the_conversation(
    resident: Resident,
) -> None:
    asked = resident.writes("我能参保吗").splitlines()[-1]
    await resident.is_reminded()
    answer = resident.writes("不要")
    assert "先不办" in answer
    assert answer.splitlines()[-1] == asked


async def test_whoever_can_be_renewed_is_by_one_tap(residents: Callable[[int], Resident]) -> None:
    resident = residents(2007)
    resident.writes()
    (shown,) = await resident.is_reminded()
    text = str(shown["text"])
    found = re.search(r'msgmenucontent=(情况没变，续保)&msgmenuid=(about\.\d+)"', text)
    assert found is not None, text
    assert "2008年的续保办好了" in resident.writes(found[1], tap=found[2])
    assert "续保办好了" not in resident.writes(found[1], tap=found[2]), "once"


async def test_what_a_notice_is_about_is_told_on_the_page_that_it_opens_and_once(resident: Resident) -> None:
    resident.writes()
    resident.agrees()
    await resident.is_reminded()
    store = resident.service.store
    assert store.waits("wechat", resident.openid)
    resident.service.visited("wechat", resident.openid, "visit-1")
    shown = resident.page()
    assert "您还没有交，要交60元" in shown
    assert shown.endswith("您要办哪一样？")
    assert not store.waits("wechat", resident.openid)
    assert "60元" in resident.writes("好")


async def test_where_the_notice_is_refused_the_window_is_used(resident: Resident) -> None:
    resident.writes()
    resident.agrees()
    resident.wechat.fails(NOTICE, 43101)
    (shown,) = await resident.is_reminded()
    assert "要交60元" in str(shown["text"])
    assert resident.ledger() == [("sent", "service", None)]


async def test_who_has_not_written_for_long_hears_it_when_they_come(resident: Resident) -> None:
    assert await resident.is_reminded() == []
    assert resident.ledger() == [("waiting", None, "no_window")]
    said = resident.writes()
    assert "您还没有交，要交60元" in said
    assert resident.ledger() == [("given", None, None)]
    assert "要交60元" not in resident.writes()


async def test_a_later_reminder_asks_its_own_question_in_place_of_the_earlier_ones(resident: Resident) -> None:
    await resident.is_reminded()
    assert resident.offered() == ["查我的参保", "先不办", "别提醒我"]
    with resident.service.store.records() as records:
        ledger.pay(records, records.locked(Person, resident.key), 2008, 6000, resident.now.date())
        mother = somebody(records, "李阿毛")
        keep(records, verified(records, mother), Part("own_part", "individual", 4000))
        contact = delegations.contact_of(records, "wechat", resident.openid, "zh_Hans")
        delegations.link(records, contact, mother, "mother", Basis.SELF)
    later = Clock(lambda: resident.now + timedelta(days=30), lambda: None)
    list(plan_due(resident.service.store, ALL_DAY, later))
    with resident.service.store.records() as records:
        deliveries.tell_at_visit(records, records.hash("wechat", resident.openid))
    assert resident.offered("嘎嘎嘎") == ["查母亲的参保状态", "先不办", "别提醒我"]
    assert "李阿毛" in resident.writes("1")


async def test_where_something_else_is_asked_the_words_to_go_on_by_stand_in_the_reminder(resident: Resident) -> None:
    await resident.is_reminded()
    said = resident.writes("我能参保吗")
    assert "请说“查我的参保”" in said
    assert "您要办哪一样" not in said


async def test_who_has_paid_meanwhile_does_not_hear_it_when_they_come(resident: Resident) -> None:
    await resident.is_reminded()
    with resident.service.store.records() as records:
        ledger.pay(records, records.locked(Person, resident.key), 2008, 6000, resident.now.date())
    assert "要交" not in resident.writes()
    assert resident.ledger() == [("refused", None, "already_paid")]


async def test_who_does_not_follow_the_account_any_more_is_not_written_to_again(resident: Resident) -> None:
    resident.writes()
    resident.wechat.fails(SEND, 43004)
    assert await resident.is_reminded() == []
    assert resident.ledger() == [("refused", "service", "blocked")]
