"""An answer that comes too late for WeChat's five seconds: nothing is said in time, and all of it follows."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.exchange import Inbound
from tests.bot.channels.wechat.hebao import CHANNEL, Hebao, Resident
from tests.standins.wechat import RunningWeChat
from tests.standins.wechat.phone import Account

SOON, FOR_LONG = 0.3, 1.2


@contextmanager
def held_up(folder: Path) -> Iterator[None]:
    """Somebody else writes into the store for longer than a response can wait."""
    held = threading.Event()

    def hold() -> None:
        with sqlite3.connect(folder / "hebao.db", isolation_level=None) as connection:
            connection.execute("BEGIN IMMEDIATE")
            held.set()
            time.sleep(FOR_LONG)
            connection.execute("ROLLBACK")
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    yield
    thread.join()


@pytest.fixture
def slow(open_hebao: Callable[..., Hebao]) -> Hebao:
    return open_hebao(wechat_reply_seconds=SOON)


def began(resident: Resident) -> None:
    """Somebody has asked something, and the program has asked them back."""
    resident.hebao.service.handle(Inbound(CHANNEL, resident.openid, "m0", "我能参保吗", opens="message"))


def shown(wechat: RunningWeChat, openid: str, messages: int) -> list[str]:
    """What arrives besides the responses, once there are so many; and a little later still."""
    deadline = time.monotonic() + 10
    while len(wechat.seen(openid)) < messages and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.1)
    return [each["text"] for each in wechat.seen(openid)]


def test_w08_what_is_too_late_is_answered_with_success_in_time_and_follows_whole_and_once(
    slow: Hebao, account: Account, wechat: RunningWeChat, tmp_path: Path
) -> None:
    resident = Resident(slow, account)
    wechat.opens(resident.openid)
    began(resident)
    push = resident.types("没参加职工医保")
    with held_up(tmp_path):
        begun = time.monotonic()
        assert resident.hears(push) is None
        assert time.monotonic() - begun < SOON + 0.5
        # WeChat does not wait for what it was told: a copy may come all the same.
        assert resident.hears(resident.again(push)) is None
    (_,) = shown(wechat, resident.openid, 1)
    assert resident.facts == {"employee_insured": False}
    assert resident.turns == 2
    assert resident.hears(resident.again(push)) is None, "it has been answered"


def test_w08_messages_of_one_person_stay_in_order_and_nobody_else_waits_for_their_answers(
    slow: Hebao, account: Account, wechat: RunningWeChat, tmp_path: Path
) -> None:
    first, second = Resident(slow, account), Resident(slow, account)
    for each in (first, second):
        wechat.opens(each.openid)
        began(each)
    with held_up(tmp_path):
        assert first.hears(first.types("没参加职工医保")) is None
        assert second.hears(second.types("没参加职工医保")) is None
        assert first.hears(first.types("没有")) is None
    assert len(shown(wechat, first.openid, 2)) == 2
    assert len(shown(wechat, second.openid, 1)) == 1
    assert first.facts == {"employee_insured": False, "enrolled_elsewhere": False}


def test_w08_without_the_accounts_secret_the_answer_waits_for_the_next_visit(
    open_hebao: Callable[..., Hebao], account: Account, wechat: RunningWeChat, tmp_path: Path
) -> None:
    slow = open_hebao(wechat_reply_seconds=SOON, wechat_app_secret="")
    resident = Resident(slow, account)
    began(resident)
    with held_up(tmp_path):
        assert resident.hears(resident.types("没参加职工医保")) is None
    while not slow.waiting(resident.openid):
        time.sleep(0.02)
    ((_, missed),) = slow.waiting(resident.openid)
    assert resident.says("没有").text.startswith(missed.split("\n")[0])
    assert wechat.seen(resident.openid) == []
