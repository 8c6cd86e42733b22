"""W12 to W15: whatever comes is answered by what can be done about it, and the open question again."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from bot.channels.wechat.keys import KEYS
from bot.exchange import Inbound, Parcel
from bot.languages import LOCALES, catalogue
from dialogs.members.codes import CODE_ALPHABET
from member_store.members.delegations import contact_of, known_contact
from tests.bot.channels.wechat.hebao import CHANNEL, Hebao, Resident
from tests.standins.wechat import RunningWeChat
from tests.standins.wechat.phone import Account, Push

# -- coming and going --------------------------------------------------------------------------------------------------


def leaves_something(resident: Resident) -> None:
    """An answer is left of which a part could not be sent yet."""
    resident.hebao.service.handle(
        Inbound(
            CHANNEL,
            resident.openid,
            f"left {resident.turns}",
            "我能参保吗",
            follows=lambda _: [Parcel("text", "第二段")],
        )
    )
    assert resident.hebao.waiting(resident.openid) == [("text", "第二段")]


def test_w12_whoever_leaves_is_sent_nothing_more_and_is_answered_nothing(
    hebao: Hebao, resident: Resident, running_wechat: RunningWeChat
) -> None:
    leaves_something(resident)
    assert resident.hears(resident.leaves()) is None
    assert hebao.waiting(resident.openid) == []
    assert running_wechat.seen(resident.openid) == []


def test_w12_of_somebody_known_it_is_noted_that_they_left_and_that_they_are_back(
    hebao: Hebao, resident: Resident
) -> None:
    def is_gone() -> bool:
        with hebao.service.store.reading_records() as records:
            contact = known_contact(records, CHANNEL, resident.openid)
            return contact is not None and contact.gone_at is not None

    with hebao.service.store.records() as records:
        contact_of(records, CHANNEL, resident.openid, "zh_Hans")
    resident.hears(resident.leaves())
    assert is_gone()
    resident.told(resident.follows())
    assert not is_gone()


def test_w12_whoever_follows_is_greeted(resident: Resident) -> None:
    shown = resident.told(resident.follows())
    assert "我是合保" in shown.text
    assert shown.choices


def test_w12_whoever_follows_again_goes_on_where_they_were(hebao: Hebao, resident: Resident) -> None:
    resident.says("我妈65岁，农村户口，能参保吗")
    leaves_something(resident)
    resident.hears(resident.leaves())
    shown = resident.told(resident.follows())
    assert "65岁" in shown.text
    assert "职工" in shown.text
    assert "第二段" not in shown.text, "it was for somebody who had left"
    assert resident.state["asks"] == "employee_insured"
    leaves_something(resident)
    assert "第二段" in resident.says("没参加").text, "they are not taken for back"


@pytest.mark.parametrize("known", [False, True], ids=["who follows by it", "who follows already"])
def test_w12_a_code_on_the_wall_says_which_county_it_is(resident: Resident, known: bool) -> None:
    push: Callable[[str], Push] = resident.scans if known else resident.follows
    resident.told(push("county-haining"))
    assert resident.facts == {"county": "haining"}


@pytest.mark.parametrize(
    "scene", ["12", "county-atlantis", "county-", "COUNTY-haining", "'; DROP TABLE", "x" * 64, "last_trade_no_1"]
)
def test_w12_any_other_code_brings_the_greeting(resident: Resident, scene: str) -> None:
    for push in (resident.follows(scene), resident.scans(scene)):
        assert "您好" in resident.told(push).text
    assert resident.facts == {}


def test_w12_a_code_that_somebody_was_given_is_taken_for_it(hebao: Hebao, account: Account) -> None:
    one, other, code = Resident(hebao, account), Resident(hebao, account), CODE_ALPHABET[:8]
    assert one.told(one.follows(code)).text == other.told(other.types(code)).text


# -- speech ------------------------------------------------------------------------------------------------------------


def test_w13_what_was_heard_is_said_and_answered_as_if_typed(resident: Resident) -> None:
    shown = resident.told(resident.speaks("我妈六十五岁，农村户口，能参保吗。"))
    assert shown.text.startswith("我听到的是：“我妈六十五岁，农村户口，能参保吗。”")
    assert resident.facts["age"] == 65
    assert resident.state["asks"] == "employee_insured"


def test_w13_a_number_that_was_heard_is_not_said_again(resident: Resident) -> None:
    shown = resident.told(resident.speaks("身份证330499195206011120"))
    assert "330499195206011120" not in shown.text
    assert shown.text.startswith("我听到的是：“身份证〔…〕”")


@pytest.mark.parametrize("heard", [None, "", "   ", "\n"])
def test_w13_speech_of_which_nothing_was_heard_is_asked_for_again(resident: Resident, heard: str | None) -> None:
    resident.says("我能参保吗")
    shown = resident.told(resident.speaks(heard))
    assert "没有听出字来" in shown.text
    assert "打字" in shown.text
    assert resident.state["asks"] == "employee_insured"


# -- what is not text --------------------------------------------------------------------------------------------------

KINDS: dict[str, tuple[Callable[[Resident], Push], str]] = {
    "image": (lambda resident: resident.photographs(), "照片"),
    "video": (lambda resident: resident.films(), "视频"),
    "short video": (lambda resident: resident.films("shortvideo"), "视频"),
    "location": (lambda resident: resident.shares_place(), "位置"),
    "link": (lambda resident: resident.shares_link(), "链接"),
    "mini program": (lambda resident: resident.sends("miniprogrampage", Title="t", AppId="wx1"), "链接"),
    "file": (lambda resident: resident.sends("file", Title="病历.pdf"), "看不懂"),
    "unknown": (lambda resident: resident.sends("hologram"), "看不懂"),
    "sticker": (lambda resident: resident.types("【收到不支持的消息类型，暂无法显示】"), "看不懂"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_w14_what_is_not_text_is_answered_with_what_to_do_and_the_question_again(resident: Resident, kind: str) -> None:
    push, word = KINDS[kind]
    first = resident.told(push(resident))
    assert word in first.text
    resident.says("我能参保吗")
    shown = resident.told(push(resident))
    assert word in shown.text
    assert "打字" in shown.text
    assert "职工" in shown.text
    assert shown.choices
    assert resident.facts == {}
    assert resident.told(resident.taps(shown, "没有")).text
    assert resident.facts == {"employee_insured": False}


def test_w14_a_text_without_a_word_is_answered(resident: Resident) -> None:
    assert resident.told(resident.types("")).text
    resident.says("我能参保吗")
    assert "职工" in resident.told(resident.types("")).text


@pytest.mark.parametrize("event", ["LOCATION", "pic_weixin", "scancode_push", "user_enter_tempsession", "x" * 200])
def test_w14_an_event_that_concerns_nobody_here_is_taken_and_nothing_is_said(resident: Resident, event: str) -> None:
    assert resident.hears(resident.reports(event, EventKey="")) is None
    assert resident.turns == 0


# -- taps --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("key", KEYS)
def test_w15_a_tap_on_the_menu_says_what_its_key_stands_for(
    hebao: Hebao, account: Account, key: str, locale: str
) -> None:
    tapping, typing = Resident(hebao, account), Resident(hebao, account)
    for each in (tapping, typing):
        each.says("你好" if locale == "zh_Hans" else "hello")
    shown = tapping.told(tapping.clicks(key))
    words = catalogue(locale)(KEYS[key])
    assert hebao.turns(tapping.openid)[-1].text == words
    assert shown.text == typing.says(words).text
    assert tapping.state["asks"] == typing.state["asks"]


@pytest.mark.parametrize("key", ["", "of-another-year", "ELIGIBILITY", "关于我们", "x" * 128])
def test_w15_a_key_that_nobody_knows_is_answered_by_what_one_can_come_for(resident: Resident, key: str) -> None:
    assert "能不能参保" in resident.told(resident.clicks(key)).text
    resident.says("我妈65岁，能参保吗")
    resident.now = int(time.time()) + 1  # of two events in one second the other is a copy
    shown = resident.told(resident.clicks(key))
    assert "职工" in shown.text
    assert resident.facts["age"] == 65


@pytest.mark.parametrize("url", ["https://hebao.example/", "", "x" * 1024])
def test_w15_a_tap_that_opens_a_page_is_left_alone(resident: Resident, url: str) -> None:
    assert resident.hears(resident.views(url)) is None
    assert resident.turns == 0


def test_w15_a_choice_in_the_text_can_be_tapped_once_its_question_is_open(resident: Resident) -> None:
    asked = resident.says("我能参保吗")
    resident.told(resident.taps(asked, "没有"))
    assert resident.facts == {"employee_insured": False}
    late = resident.told(resident.taps(asked, "有"))
    assert "前面的" in late.text
    assert resident.facts == {"employee_insured": False}


@pytest.mark.parametrize("menu_id", ["", "1", "x.y", "17.2.3", "'; DROP TABLE", "１.２", "9" * 40 + ".1", "a.9999"])
def test_w15_a_tap_that_is_none_is_what_it_says(resident: Resident, menu_id: str) -> None:
    resident.says("我能参保吗")
    resident.told(resident.sends("text", Content="没参加", bizmsgmenuid=menu_id))
    assert resident.facts == {"employee_insured": False}
