"""W6 and W7: WeChat sends what it has no answer to again, and each message and event is dealt with once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.exchange import Inbound, Outbound
from tests.bot.channels.wechat.hebao import Hebao, Resident, at_once
from tests.standins.wechat.phone import Account, Push


@pytest.fixture
def slow(hebao: Hebao, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Turns wait until this is set."""
    go, real = threading.Event(), hebao.service.handle

    def handle(inbound: Inbound, *more: Any) -> Outbound:
        assert go.wait(10)
        return real(inbound, *more)

    monkeypatch.setattr(hebao.service, "handle", handle)
    return go


def test_w06_the_same_message_thrice_is_one_turn_with_one_answer(hebao: Hebao, account: Account) -> None:
    resident = Resident(hebao, replace(account, mode="plain"))
    push = resident.types("我妈65岁，能参保吗")
    bodies = [hebao.post(each).content for each in (push, push, resident.again(push))]
    assert bodies[1:] == bodies[:1] * 2
    assert b"<Content>" in bodies[0]
    assert resident.turns == 1


def test_w06_in_safe_mode_the_same_message_thrice_gets_the_same_answer(hebao: Hebao, resident: Resident) -> None:
    push = resident.types("我妈65岁，能参保吗")
    answers = [hebao.post(each).content for each in (push, push, resident.again(push))]
    inside = {resident.account.opens(answer) for answer in answers}
    assert len(inside) == 1
    assert "您母亲" in inside.pop()
    assert resident.turns == 1


def test_w06_the_same_message_at_once_is_one_turn_with_one_answer(hebao: Hebao, account: Account) -> None:
    resident = Resident(hebao, replace(account, mode="plain"))
    resident.says("我能参保吗")
    push = resident.types("没参加")
    answers = at_once(hebao, [push, resident.again(push), push, resident.again(push), push])
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert resident.turns == 2
    assert resident.facts == {"employee_insured": False}


def test_w06_a_copy_that_comes_while_the_turn_is_under_way_waits_for_its_answer(
    hebao: Hebao, account: Account, slow: threading.Event
) -> None:
    resident = Resident(hebao, replace(account, mode="plain"))
    push = resident.types("我能参保吗")
    threading.Timer(0.3, slow.set).start()
    answers = at_once(hebao, [push, push, resident.again(push)])
    assert len({answer.content for answer in answers}) == 1
    assert "职工" in resident.sees(answers[0].content).text
    assert resident.turns == 1


def test_w06_a_copy_that_comes_after_other_messages_gets_its_own_answer_again(hebao: Hebao, account: Account) -> None:
    resident = Resident(hebao, replace(account, mode="plain"))
    push = resident.types("我能参保吗")
    first = hebao.post(push).content
    resident.says("没参加")
    resident.says("大字")
    assert hebao.post(resident.again(push)).content == first
    assert resident.turns == 3
    assert resident.facts == {"employee_insured": False}


def test_w06_a_copy_after_a_restart_gets_the_same_answer(open_hebao: Callable[..., Hebao], account: Account) -> None:
    before = Resident(open_hebao(), replace(account, mode="plain"))
    push = before.types("我能参保吗")
    first = before.hebao.post(push).content
    before.hebao.__exit__()
    after = Resident(open_hebao(), before.account, before.openid)
    assert after.hebao.post(push).content == first
    assert after.turns == 1


def test_w06_the_same_number_from_somebody_else_is_another_message(hebao: Hebao, account: Account) -> None:
    one, other = Resident(hebao, account), Resident(hebao, account)
    pushes = [each._push(each.writes("text", Content="我能参保吗", MsgId="7")) for each in (one, other)]
    at_once(hebao, pushes)
    assert (one.turns, other.turns) == (1, 1)


# -- events, and messages without a number -----------------------------------------------------------------------------


def numbered(resident: Resident, **number: str) -> Push:
    return resident._push(resident.writes("text", Content="能参保吗", **number))


EVENTS: dict[str, Callable[[Resident], Push]] = {
    "follow": lambda resident: resident.follows(),
    "follow by code": lambda resident: resident.follows("county-haining"),
    "scan": lambda resident: resident.scans("county-haining"),
    "tap": lambda resident: resident.clicks("eligibility"),
    "a key that nobody knows": lambda resident: resident.clicks("of-another-year"),
    "a message without a number": lambda resident: resident._push(resident.writes("text", Content="能参保吗")),
    "a message with the number 0": lambda resident: resident._push(
        resident.writes("text", Content="能参保吗", MsgId="0")
    ),
}


@pytest.fixture
def still(account: Account, hebao: Hebao) -> Resident:
    """Somebody new, in plain mode, on whose phone no time passes."""
    made = Resident(hebao, replace(account, mode="plain"))
    made.now = int(time.time())
    return made


@pytest.mark.parametrize("event", EVENTS)
def test_w07_an_event_thrice_is_one_turn_with_one_answer(hebao: Hebao, still: Resident, event: str) -> None:
    push = EVENTS[event](still)
    answers = [hebao.post(push).content, *(each.content for each in at_once(hebao, [push, still.again(push)]))]
    assert answers[1:] == answers[:1] * 2
    assert still.sees(answers[0]) is not None
    # A follow is a turn, and a mark that somebody is back.
    assert still.turns == (2 if event.startswith("follow") else 1)


@pytest.mark.parametrize("event", EVENTS)
def test_w07_the_same_event_a_second_later_is_another_one(hebao: Hebao, still: Resident, event: str) -> None:
    still.told(EVENTS[event](still))
    before = still.turns
    still.now += 1
    still.told(EVENTS[event](still))
    assert still.turns == 2 * before


def test_w07_two_events_of_one_second_are_two(hebao: Hebao, still: Resident) -> None:
    for push in (still.clicks("eligibility"), still.clicks("help"), still.scans("eligibility")):
        still.told(push)
    assert still.turns == 3


def test_w07_two_messages_without_a_number_in_one_second_are_two(hebao: Hebao, still: Resident) -> None:
    for text in ("我能参保吗", "没参加"):
        still.told(still._push(still.writes("text", Content=text)))
    assert still.facts == {"employee_insured": False}
