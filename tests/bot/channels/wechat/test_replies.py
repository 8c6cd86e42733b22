"""W9 to W11: answers as WeChat takes them, whatever they hold and however long they are."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.limits import WECHAT_TEXT
from bot.channels.wechat.messages import Received
from bot.channels.wechat.rendering import Rendered, Rendering, response, said, sendable
from bot.exchange import Inbound, Outbound
from bot.settings import Settings
from dialogs.replies import Choice, Question, Reply, Text
from tests.bot.channels.wechat.hebao import Hebao, Resident
from tests.standins.wechat import RunningWeChat
from tests.standins.wechat.phone import Account, bubble_of

RECEIVED = Received("text", "oResident", "gh_1", 1_700_000_000, "1", text="你好")
FAMILY = "👨‍👩‍👧‍👦"


def outbound(*replies: Reply, offer: str | None = None) -> Outbound:
    return Outbound(replies, None, "zh_Hans", False, {}, offer=offer)


@pytest.fixture
def rendering(settings: Callable[..., Settings]) -> Rendering:
    return Rendering(settings())


def content(rendered: Rendered) -> str:
    """What an XML parser makes of the text of a reply."""
    reply = response(rendered, RECEIVED)
    assert reply is not None
    return ElementTree.fromstring(reply.render()).findtext("Content") or ""


def test_w09_the_answer_goes_from_the_account_to_whoever_wrote_at_a_whole_second(
    hebao: Hebao, account: Account
) -> None:
    resident = Resident(hebao, replace(account, mode="plain"))
    push = resident.types("能参保吗")
    root = ElementTree.fromstring(hebao.post(push).content)
    assert {each.tag: each.text for each in root} | {"Content": ""} == {
        "ToUserName": resident.openid,
        "FromUserName": account.name,
        "CreateTime": ElementTree.fromstring(push.xml).findtext("CreateTime"),
        "MsgType": "text",
        "Content": "",
    }


HOSTILE = [
    "]]>",
    "a]]></Content><x>1</x><![CDATA[b",
    "]]]]>>",
    "]]&gt;",
    "<![CDATA[",
    "]]>]]>",
    "& < > \" '",
    "\x00\x08\x0b\x1f",
    "\ud800",
    "\ufffe",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_w10_text_stays_text(rendering: Rendering, text: str) -> None:
    shown = content(rendering.render(outbound(Text(f"前{text}后")), RECEIVED))
    kept = re.sub("[\x00-\x1f\ud800\ufffe]", "", text).replace("<", "＜")
    assert shown == f"前{kept}后"


@given(st.text(alphabet=st.sampled_from("]>[<!CDATA&;参a\n\u200d👨"), min_size=1, max_size=60))
def test_w10_no_text_gets_out_of_its_element(text: str) -> None:
    reply = said(f"前{text}后", RECEIVED)
    root = ElementTree.fromstring(reply.render())
    assert sorted(each.tag for each in root) == ["Content", "CreateTime", "FromUserName", "MsgType", "ToUserName"]
    assert root.findtext("Content") == f"前{text}后"


def test_w10_what_somebody_says_and_hears_again_stays_text(resident: Resident) -> None:
    resident.says("我要参保")
    resident.says("同意")
    shown = resident.says("我叫]]></Content><x>1</x><![CDATA[b")
    assert "]]></Content" not in "".join(shown.fields.get(name, "") for name in ("ToUserName", "FromUserName"))
    assert set(shown.fields) == {"ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"}


def test_w10_nobody_can_have_us_send_a_link_of_theirs(resident: Resident) -> None:
    resident.told(resident.speaks('<a href="https://evil.example">点这里</a>'))
    shown = resident.told(resident.speaks('<a href="weixin://bizmsgmenu?msgmenucontent=x&msgmenuid=1">是</a>'))
    assert "<a href" not in shown.text
    assert not any("evil" in each.content or each.menu_id == "1" for each in shown.choices)


@pytest.mark.parametrize("letter", ["参", "a", "é", "👍", FAMILY, "🇨🇳"])
@pytest.mark.parametrize("over", [-1, 0, 1, 5000])
def test_w11_a_long_answer_is_cut_on_a_character_and_nothing_of_it_is_lost(
    rendering: Rendering, letter: str, over: int
) -> None:
    size = len(letter.encode())
    text = letter * ((WECHAT_TEXT + over * size) // size)
    rendered = rendering.render(outbound(Text(text)), RECEIVED)
    parts = [content(rendered), *(each.body for each in rendered.rest)]
    assert all(0 < len(part.encode()) <= WECHAT_TEXT for part in parts)
    assert all(part == letter * part.count(letter) for part in parts), "cut inside a character"
    assert "".join(parts) == text
    assert len(parts) == -(-len(text.encode()) // (WECHAT_TEXT - WECHAT_TEXT % size))
    assert [each.body for each in rendered.whole] == parts


def test_w11_no_choice_is_cut_in_two_and_all_can_be_tapped(rendering: Rendering) -> None:
    choices = tuple(Choice(f"value{place}", f"第{place}家医院，在很远的地方") for place in range(40))
    question = Question("hospital", "去的是哪一家？", choices)
    rendered = rendering.render(outbound(Text("参" * 600), question, offer="17"), RECEIVED)
    assert rendered.text is not None
    texts = [rendered.text, *(sendable(each.body, each.taps) for each in rendered.rest)]
    assert len(texts) > 2
    assert all(len(text.encode()) <= WECHAT_TEXT for text in texts)
    shown = [bubble_of(text) for text in texts]
    assert not any("<" in bubble.text or "weixin:" in bubble.text for bubble in shown)
    tapped = [(each.shown, each.menu_id) for bubble in shown for each in bubble.choices]
    assert tapped == [(f"{n + 1}. 第{n}家医院，在很远的地方", f"17.{n}") for n in range(40)]


LONG = "\n".join(f"第{n}条：参保人员在定点医疗机构发生的费用。" for n in range(100))


def talks_long(hebao: Hebao, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks whether they can join is told more than fits a message."""
    real = hebao.service.handle

    def handle(inbound: Inbound, *more: Any) -> Outbound:
        if "能参保" not in inbound.text:
            return real(inbound, *more)
        follows = inbound.follows
        assert follows is not None
        given = replace(inbound, follows=lambda answer: follows(replace(answer, replies=(Text(LONG),))))
        return replace(real(given, *more), replies=(Text(LONG),))

    monkeypatch.setattr(hebao.service, "handle", handle)


def test_w11_what_fits_only_as_long_as_its_choices_are_no_links_is_cut(rendering: Rendering) -> None:
    choices = tuple(Choice(str(number), f"第{number}个村的卫生院") for number in range(1, 9))
    for length in range(300, 620, 5):
        found = rendering.render(
            outbound(Text("说" * length), Question("x", "哪一个？", choices), offer="AAAA"), RECEIVED
        )
        assert len(content(found).encode()) <= WECHAT_TEXT, length
        assert content(found).count("<a ") + sum(len(each.taps) for each in found.rest) == len(choices)


def test_w11_over_http_the_response_has_the_first_part_and_the_rest_follows(
    hebao: Hebao, resident: Resident, running_wechat: RunningWeChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    talks_long(hebao, monkeypatch)
    running_wechat.opens(resident.openid)
    texts = [resident.says("能参保吗").text]
    deadline = time.monotonic() + 10
    while len("\n".join(texts)) < len(LONG):
        assert time.monotonic() < deadline
        time.sleep(0.01)
        texts[1:] = [each["text"] for each in running_wechat.seen(resident.openid)]
    assert len(texts) > 1
    assert "\n".join(texts) == LONG


def test_w11_where_nothing_can_follow_one_is_told_how_to_ask_for_the_rest(
    open_hebao: Callable[..., Hebao], account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    resident = Resident(open_hebao(wechat_app_secret=""), account)
    talks_long(resident.hebao, monkeypatch)
    first = resident.says("我能参保吗").text
    body, onward = first.rsplit("\n\n", 1)
    assert "更多" in onward
    parts = [body]
    while "更多" in onward:
        shown = resident.says("更多").text
        body, _, onward = shown.rpartition("\n\n") if "更多" in shown else (shown, "", "")
        parts.append(body)
    assert "\n".join(parts) == LONG
