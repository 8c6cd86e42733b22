"""What follows an answer: service messages while WeChat's window is open, a notice where it is not, the next visit."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.channels.wechat import delivering as module
from bot.channels.wechat.api import client as client_module
from bot.channels.wechat.api.client import WeChatClient
from bot.channels.wechat.delivering import Delivering
from bot.channels.wechat.notices import read_notices
from bot.exchange import Inbound, Parcel
from bot.service import Service
from bot.settings import Settings
from bot.threads import Threads
from member_store.members import deliveries, notice_consents
from member_store.tokens import Tokens
from tests.standins.wechat import RunningWeChat

SEND, NOTICE = "message/custom/send", "message/subscribe/bizsend"
TEMPLATE = "pY7cUq2m0hBq3aW1kT9vXs8rLd4eNf6gZjRi5oAuMwE"
MAPPING = f"""\
answer_waiting:
  template: {TEMPLATE}
  fields:
    thing1: '{{what}}'
    thing2: '{{next}}'
    time3: '{{time}}'
    phrase4: 医疗保险
"""
NOW = datetime.now(UTC)


class Phone:
    """Somebody on WeChat, and our sender with a clock that can be turned."""

    def __init__(
        self, wechat: RunningWeChat, service: Service, settings: Settings, client: WeChatClient, threads: Threads
    ) -> None:
        self.wechat, self.service, self.threads = wechat, service, threads
        self.openid = wechat.user().openid
        self.clock = NOW
        notices = read_notices(settings.wechat_notices)
        self.delivering = Delivering(threads, client, settings, notices, lambda: self.clock)
        self._count = 0

    def writes(self, *follow: Parcel, text: str = "你好", opens: str = "message") -> str:
        """Say something whose answer is followed by these parts. Returns what the response itself says."""
        self._count += 1
        self.wechat.opens(self.openid, opens)
        inbound = Inbound(
            "wechat",
            self.openid,
            f"m{self._count}",
            text,
            opens=opens,
            follows=lambda _: list(follow) if follow else [],
        )
        answer = self.service.handle(inbound, self.clock)
        return "\n".join(getattr(reply, "text", "") for reply in answer.replies)

    async def gets(self) -> list[str]:
        """What this person's phone has shown since they were there, after whatever waits was sent."""
        await self.delivering.deliver(self.openid)
        return self.shown()

    def shown(self) -> list[str]:
        return [each.get("text") or each.get("template") or each["kind"] for each in self.wechat.seen(self.openid)]

    def agrees(self, count: int = 1) -> None:
        """Agree to so many notices that an answer waits."""
        self.wechat.consents(self.openid, TEMPLATE, count)
        with self.service.store.records() as records:
            for _ in range(count):
                notice_consents.agreed(records, "wechat", self.openid, TEMPLATE)

    def agreed(self) -> bool:
        with self.service.store.records() as records:
            return notice_consents.left(records, "wechat", self.openid, TEMPLATE)

    def ledger(self) -> list[tuple[str, str, str | None, str | None]]:
        """Every message in the ledger: kind, state, reason, WeChat's code."""
        with self.service.store.reading_records() as records:
            rows = records.connection.execute(text("SELECT kind, state, reason, code FROM delivery ORDER BY id"))
            return [tuple(row) for row in rows]

    def states(self) -> list[tuple[str, str | None]]:
        return [(state, reason) for _, state, reason, _ in self.ledger()]

    def advance(self, **by: float) -> None:
        self.clock += timedelta(**by)
        self.wechat.advance(timedelta(**by).total_seconds())


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PAUSES_SECONDS", (0.01, 0.01))
    monkeypatch.setattr(client_module, "_FIRST_PAUSE_SECONDS", 0.001)


@pytest.fixture
async def phone(
    wechat: RunningWeChat, wechat_settings: Callable[..., Settings], open_with: Callable[..., Service], tmp_path: Path
) -> AsyncIterator[Phone]:
    mapping = tmp_path / "notices.yaml"
    mapping.write_text(MAPPING, "utf-8")
    settings = wechat_settings(wechat_notices=mapping)
    service = open_with()
    client = WeChatClient(settings, Tokens(service.store))
    threads = Threads(service, settings)
    yield Phone(wechat, service, settings, client, threads)
    await client.aclose()
    threads.close()


def said(*texts: str) -> tuple[Parcel, ...]:
    return tuple(Parcel("text", each) for each in texts)


SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect width="20" height="10" fill="#fff"/></svg>'


async def test_w08_what_follows_arrives_in_its_order_and_once(phone: Phone) -> None:
    phone.writes(*said("一", "二"), Parcel("picture", SVG), *said("三"))
    assert await phone.gets() == ["一", "二", "image", "三"]
    assert await phone.gets() == ["一", "二", "image", "三"]
    assert phone.states() == [("sent", None)] * 4


async def test_w08_many_who_want_to_deliver_at_once_send_everything_once(phone: Phone) -> None:
    phone.writes(*said("一", "二", "三"))
    await asyncio.gather(*(phone.delivering.deliver(phone.openid) for _ in range(10)))
    assert phone.shown() == ["一", "二", "三"]


async def test_w08_a_choice_that_follows_can_be_tapped(phone: Phone) -> None:
    phone.writes(Parcel("text", "哪一种？\n1. 住院", (("1. 住院", "17.0"),)))
    (shown,) = await phone.gets()
    assert 'msgmenuid=17.0">1. 住院</a>' in shown


async def test_w17_five_messages_follow_what_somebody_wrote_and_the_rest_waits_for_them(phone: Phone) -> None:
    phone.writes(*said(*"一二三四五六七"))
    assert await phone.gets() == list("一二三四五")
    assert phone.wechat.count(SEND) == 5, "the sixth was not even tried"
    assert phone.writes(text="还有呢").startswith("六\n\n七")
    assert phone.states() == [("sent", None)] * 5 + [("given", None)] * 2


async def test_w17_after_48_hours_nothing_is_tried(phone: Phone) -> None:
    phone.writes(*said("一"))
    phone.advance(hours=48)
    assert await phone.gets() == []
    assert phone.wechat.count(SEND) == 0
    assert phone.writes(text="我回来了").startswith("一")


@pytest.mark.parametrize("opens", ["click", "follow", "scan"])
async def test_w17_three_messages_a_minute_follow_a_tap_a_follow_and_a_scan(phone: Phone, opens: str) -> None:
    phone.writes(*said(*"一二三四"), opens=opens)
    assert await phone.gets() == list("一二三")


@pytest.mark.parametrize("opens", ["click", "follow", "scan"])
async def test_w17_a_minute_after_a_tap_a_follow_or_a_scan_nothing_is_tried(phone: Phone, opens: str) -> None:
    phone.writes(*said("一"), opens=opens)
    phone.advance(seconds=61)
    assert await phone.gets() == []
    assert phone.wechat.count(SEND) == 0


async def test_w17_a_tap_does_not_end_the_window_of_a_message(phone: Phone) -> None:
    phone.writes(*said("一"))
    phone.writes(*said("二"), opens="click")
    phone.advance(minutes=5)
    phone.writes(*said("三"), opens="click")
    phone.advance(minutes=5)
    # What waited was said in the answers; the last goes by the window of the first message.
    assert await phone.gets() == ["三"]


async def test_w17_the_quotas_come_from_settings(
    wechat: RunningWeChat, wechat_settings: Callable[..., Settings], open_with: Callable[..., Service]
) -> None:
    settings = wechat_settings(wechat_window_messages=1, wechat_window_hours=1)
    service, threads = open_with(), None
    client = WeChatClient(settings, Tokens(service.store))
    threads = Threads(service, settings)
    phone = Phone(wechat, service, settings, client, threads)
    phone.writes(*said("一", "二"))
    assert await phone.gets() == ["一"]
    await client.aclose()
    threads.close()


@pytest.mark.parametrize("code", [45015, 45047])
async def test_w17_where_wechat_says_that_no_window_is_open_a_notice_says_that_an_answer_waits(
    phone: Phone, code: int
) -> None:
    phone.agrees()
    phone.wechat.fails(SEND, code)
    phone.writes(*said("一", "二"))
    assert await phone.gets() == [TEMPLATE]
    (notice,) = phone.wechat.seen(phone.openid)
    assert notice["fields"]["thing1"] == "您问的事有答复了"
    assert re.fullmatch(r"20\d\d年\d+月\d+日 \d\d:\d\d", notice["fields"]["time3"])
    assert phone.ledger() == [
        ("text", "waiting", "no_window", str(code)),
        ("text", "waiting", None, None),
        ("answer_waiting", "sent", None, None),
    ]
    assert not phone.agreed(), "one agreement is one notice"
    assert phone.writes(text="来了").startswith("一\n\n二")


async def test_w17_that_an_answer_waits_is_said_once_for_what_waits(phone: Phone) -> None:
    phone.agrees(5)
    phone.wechat.fails(SEND, 45015, times=9)
    phone.writes(*said("一"))
    assert await phone.gets() == [TEMPLATE]
    assert await phone.gets() == [TEMPLATE]


async def test_w17_whoever_agreed_to_nothing_gets_no_notice_and_finds_the_answer_at_the_next_visit(
    phone: Phone,
) -> None:
    phone.wechat.fails(SEND, 45015)
    phone.writes(*said("一"))
    assert await phone.gets() == []
    assert phone.wechat.count(NOTICE) == 0
    assert phone.writes(text="在吗").startswith("一")


async def test_w18_where_wechat_says_that_nobody_agreed_nothing_is_tried_again(phone: Phone) -> None:
    phone.agrees(3)
    phone.wechat.fails(SEND, 45015, times=9)
    phone.wechat.fails(NOTICE, 43101)
    phone.writes(*said("一"))
    assert await phone.gets() == []
    assert not phone.agreed(), "what the ledger had of agreements was wrong"
    phone.writes(*said("二"))
    assert await phone.gets() == []
    assert phone.wechat.count(NOTICE) == 1
    assert ("answer_waiting", "refused", "no_consent", "43101") in phone.ledger()


async def test_w18_a_notice_that_wechat_could_not_take_costs_no_agreement(phone: Phone) -> None:
    phone.agrees()
    phone.wechat.fails(SEND, 45015)
    phone.wechat.fails(NOTICE, -1, times=9)
    phone.writes(*said("一"))
    assert await phone.gets() == []
    assert phone.agreed()


async def test_w19_a_day_whose_quota_is_spent_waits_for_the_next(phone: Phone) -> None:
    phone.wechat.fails(SEND, 45009)
    phone.writes(*said("一"))
    assert await phone.gets() == []
    phone.writes(*said("二"))
    assert await phone.gets() == []
    assert phone.wechat.count(SEND) == 1, "nothing is tried on a spent day"
    assert phone.states()[-1] == ("waiting", "quota")


async def test_w19_where_wechat_is_busy_it_is_tried_again_and_then_waits(phone: Phone) -> None:
    phone.wechat.fails(SEND, -1, times=4)
    phone.writes(*said("一"))
    assert await phone.gets() == ["一"]
    phone.wechat.fails(SEND, -1, times=99)
    phone.writes(*said("二"))
    assert await phone.gets() == ["一"]
    assert phone.states()[-1] == ("waiting", "unavailable")


async def test_w19_a_set_up_that_somebody_has_to_mend_is_not_tried_again(phone: Phone) -> None:
    phone.wechat.rules.whitelist = []
    phone.writes(*said("一", "二"))
    assert await phone.gets() == []
    assert phone.wechat.count("stable_token") == 1
    assert phone.states() == [("waiting", "misconfigured"), ("waiting", None)]


async def test_what_wechat_refuses_for_good_does_not_hold_up_the_rest(phone: Phone) -> None:
    phone.wechat.fails(SEND, 45002)
    phone.writes(*said("一", "二"))
    assert await phone.gets() == ["二"]
    assert phone.states() == [("refused", "not_accepted"), ("sent", None)]


async def test_w12_whoever_has_left_gets_nothing_more(phone: Phone) -> None:
    phone.writes(*said("一", "二"))
    phone.wechat.leaves(phone.openid)
    assert await phone.gets() == []
    assert phone.wechat.count(SEND) == 1
    assert phone.states() == [("refused", "blocked")] * 2


async def test_where_nobody_knows_whether_it_arrived_it_is_not_sent_again_but_said_at_the_next_visit(
    phone: Phone,
) -> None:
    phone.wechat.fails(SEND, drop=True, after_acting=True)
    phone.writes(*said("一", "二"))
    assert await phone.gets() == ["一", "二"]
    assert phone.states() == [("in_doubt", "in_doubt"), ("sent", None)]
    assert phone.writes(text="在").startswith("一")


async def test_a_program_that_stops_waits_for_nothing(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PAUSES_SECONDS", (60.0,))
    phone.wechat.fails(SEND, 45011)
    phone.writes(*said("一"))
    task = asyncio.create_task(phone.delivering.deliver(phone.openid))
    while phone.wechat.count(SEND) == 0:
        await asyncio.sleep(0.01)
    phone.delivering.close()
    await asyncio.wait_for(task, 5)
    assert phone.states() == [("waiting", "too_fast")]


async def test_a_store_that_fails_is_no_error_and_loses_nothing(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    phone.writes(*said("一"))

    def broken(*_: Any, **__: Any) -> None:
        raise OSError("disk")

    with monkeypatch.context() as patch:
        patch.setattr(deliveries, "begin", broken)
        assert await phone.gets() == []
    assert await phone.gets() == ["一"]


async def test_w26_what_is_logged_of_a_failure_names_nobody(phone: Phone, capsys: pytest.CaptureFixture[str]) -> None:
    phone.wechat.fails(SEND, 45002)
    phone.writes(*said("身份证330421195003121234"))
    await phone.gets()
    logged = "".join(capsys.readouterr())
    assert "not_accepted" in logged
    for secret in (phone.openid, "330421195003121234", phone.wechat.secret):
        assert secret not in logged
