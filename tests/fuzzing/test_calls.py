"""A few hundred hostile calls to a real server, each time the same; `python -m benchmarks.webhooks` sends more."""

from __future__ import annotations

import asyncio
import copy
import random
from pathlib import Path

import pytest

from benchmarks.server import Server
from bot.opening import open_store
from bot.settings import read_settings
from tests.fuzzing.calls import Calls
from tests.fuzzing.running import Fuzz, settings_of
from tests.fuzzing.spoiling import spoil, spoilt_xml
from tests.standins.telegram import TOKEN, TelegramStandIn
from tests.standins.wechat import RunningWeChat
from tests.standins.wechat.phone import Account, Phone

SECRET = "a-secret_of-the-webhook"
CALLS = 500


@pytest.mark.server
def test_hostile_calls_bring_no_error_no_turn_twice_and_nothing_personal_in_the_log(
    tmp_path: Path,
) -> None:
    account = Account(token="aTokenOfOurOwn")
    fuzz_calls = Calls(1, account, SECRET, "qxzjvwkqxzjvwk")
    with RunningWeChat() as wechat, TelegramStandIn() as telegram:
        settings = settings_of(account, SECRET, wechat.url, telegram.url, TOKEN)
        with Server(tmp_path, **settings) as server:
            fuzz = Fuzz(server.port, fuzz_calls)
            asyncio.run(fuzz.run(CALLS))
    with open_store(read_settings(_env_file=None, database_url=f"sqlite:///{tmp_path}/hebao.db")) as store:
        fuzz.judge_turns(store)
    fuzz.judge_log(server.log.read_text("utf-8", "replace"), account.token, account.aes_key, SECRET, TOKEN)
    assert fuzz.faults == []
    assert fuzz.counts["turns taken"] > CALLS // 10
    assert {"answered 200", "answered 400", "answered 401", "answered 403", "answered 405"} <= set(fuzz.counts)


def test_the_same_seed_makes_the_same_calls() -> None:
    account = Account()
    one, other = (Calls(7, account, SECRET, "m") for _ in range(2))
    assert [one.next().kind for _ in range(200)] == [other.next().kind for _ in range(200)]


def test_what_is_spoilt_is_not_what_it_was() -> None:
    draw, xml = random.Random(1), Phone(Account()).types("你好").xml.encode()
    assert sum(spoilt_xml(xml, draw) != xml for _ in range(200)) > 150
    whole = {"message": {"chat": {"id": 1}, "text": "a"}}
    assert sum(_spoilt(whole, draw) != whole for _ in range(200)) > 150


def _spoilt(data: dict[str, object], draw: random.Random) -> object:
    changed = copy.deepcopy(data)
    spoil(changed, draw)
    return changed
