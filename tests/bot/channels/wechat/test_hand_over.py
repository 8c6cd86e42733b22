"""W22: people on WeChat's customer service take over, and give back; the program is silent meanwhile."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bot.channels.wechat.hebao import Hebao, Resident, settings_with
from tests.standins.wechat import Rules, RunningWeChat
from tests.standins.wechat.phone import Account, Push

TRANSFER = "transfer_customer_service"


@pytest.fixture(scope="module")
def staffed(running_wechat: RunningWeChat, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hebao]:
    """The program of an account with customer service."""
    running_wechat.rules = Rules(everybody_follows=True)
    with ExitStack() as running:
        settings = settings_with(running_wechat, tmp_path_factory.mktemp("store"), wechat_humans=True)
        yield running.enter_context(Hebao(settings))


@pytest.fixture
def resident(staffed: Hebao, account: Account) -> Resident:
    return Resident(staffed, account)


def test_w22_who_asks_for_people_is_handed_over_and_told(
    staffed: Hebao, resident: Resident, running_wechat: RunningWeChat
) -> None:
    running_wechat.opens(resident.openid)
    resident.says("我能参保吗")
    shown = resident.told(resident.types("转人工"))
    assert shown.kind == TRANSFER
    assert set(shown.fields) == {"ToUserName", "FromUserName", "CreateTime", "MsgType"}
    assert shown.fields["ToUserName"] == resident.openid


def test_w22_the_program_is_silent_and_hands_each_message_on_until_one_word_brings_it_back(resident: Resident) -> None:
    resident.says("我能参保吗")
    resident.told(resident.types("转人工"))
    for push in (resident.types("没参加"), resident.photographs(), resident.speaks("喂"), resident.sends("hologram")):
        assert resident.told(push).kind == TRANSFER
    assert resident.facts == {}
    shown = resident.says("合保")
    assert shown.kind == "text"
    assert "职工" in shown.text
    resident.says("没参加")
    assert resident.facts == {"employee_insured": False}


def test_w22_customer_service_takes_over_and_gives_back(resident: Resident) -> None:
    resident.says("我能参保吗")
    assert resident.hears(resident.reports("kf_create_session", KfAccount="a@gh_1")) is None
    assert resident.told(resident.types("没参加")).kind == TRANSFER
    switch = resident.reports("kf_switch_session", FromKfAccount="a@gh_1", ToKfAccount="b@gh_1")
    assert resident.hears(switch) is None
    assert resident.told(resident.types("没参加")).kind == TRANSFER
    assert resident.hears(resident.reports("kf_close_session", KfAccount="b@gh_1")) is None
    assert resident.told(resident.types("没参加")).kind == "text"
    assert resident.facts == {"employee_insured": False}


EVENTS: dict[str, Callable[[Resident], Push]] = {
    "a tap that asks for people": lambda resident: resident.clicks("human"),
    "a tap": lambda resident: resident.clicks("eligibility"),
    "a key that nobody knows": lambda resident: resident.clicks("x"),
    "a scan": lambda resident: resident.scans("county-haining"),
    "a scan of nothing": lambda resident: resident.scans("x"),
    "a follow": lambda resident: resident.follows(),
}


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("handed_over", [False, True])
def test_w22_an_event_is_never_handed_over(resident: Resident, event: str, handed_over: bool) -> None:
    resident.says("我能参保吗")
    if handed_over:
        resident.told(resident.types("转人工"))
    shown = resident.hears(EVENTS[event](resident))
    assert shown is None or shown.kind == "text"


def test_w22_a_tap_that_asks_for_people_is_answered_and_what_is_said_next_is_handed_over(resident: Resident) -> None:
    shown = resident.told(resident.clicks("human"))
    assert "已经为您转人工" in shown.text
    assert resident.told(resident.types("在吗")).kind == TRANSFER


def test_w22_an_account_without_customer_service_hands_nobody_over(hebao: Hebao, account: Account) -> None:
    resident = Resident(hebao, account)
    assert "没有人工" in resident.says("转人工").text
    assert resident.says("我能参保吗").kind == "text"


def test_w22_it_holds_in_plain_mode_too(staffed: Hebao, account: Account) -> None:
    resident = Resident(staffed, replace(account, mode="plain"))
    assert resident.told(resident.types("转人工")).kind == TRANSFER


def test_w22_after_half_an_hour_without_people_the_program_goes_on(
    open_hebao: Callable[..., Hebao], account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hebao = open_hebao(wechat_humans=True, wechat_human_minutes=1)
    resident = Resident(hebao, account)
    resident.says("我能参保吗")
    resident.told(resident.types("转人工"))
    assert resident.told(resident.types("没参加")).kind == TRANSFER
    real, later = hebao.service.handle, datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=2)
    monkeypatch.setattr(hebao.service, "handle", lambda inbound, now=None: real(inbound, later))
    assert resident.says("没参加").kind == "text"
    assert resident.facts == {"employee_insured": False}
