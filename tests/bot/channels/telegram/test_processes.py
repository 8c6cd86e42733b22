"""Several real processes of ours with one bot: every message is one turn and one answer, whoever is asked."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psycopg
import pytest

from member_store.encryption import generate_key
from member_store.store import Store
from tests.bot.channels.telegram.conftest import SECRET
from tests.servers import Server
from tests.standins.telegram import TOKEN, Person, TelegramStandIn, faults

pytestmark = pytest.mark.server


class Pair:
    """Two servers on one database, and what became of it."""

    def __init__(self, telegram: TelegramStandIn, url: str) -> None:
        self.telegram = telegram
        self.url, self.keys = url, generate_key()
        telegram.world.webhook.secret = SECRET
        known = {
            "HEBAO_DATABASE_URL": url,
            "HEBAO_KEYS": self.keys,
            "HEBAO_TELEGRAM_TOKEN": TOKEN,
            "HEBAO_TELEGRAM_SECRET": SECRET,
            "HEBAO_TELEGRAM_API_BASE": telegram.url,
        }
        self.servers = [Server(known), Server(known)]

    def deliver(self, update: dict[str, object], times: int = 2) -> list[int]:
        """To both at once, so many times each. Returns the statuses."""
        addresses = [f"{each.url}/telegram" for each in self.servers] * times
        with ThreadPoolExecutor(len(addresses)) as threads:
            return list(threads.map(lambda address: self.telegram.deliver(update, address), addresses))

    def said(self, person: Person) -> list[str]:
        """The turns that were taken."""
        with Store.open(self.url, self.keys) as store:
            return [turn.text for turn in store.history("telegram", str(person.id), 100)]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def pair(
    request: pytest.FixtureRequest, telegram: TelegramStandIn, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_database")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
    else:
        url = f"sqlite:///{tmp_path_factory.mktemp('pair')}/hebao.db?timeout=1"
    made = Pair(telegram, url)
    with made.servers[0], made.servers[1]:
        yield made


def test_t02_the_same_update_at_two_servers_at_once_is_one_turn_and_one_answer(
    pair: Pair, telegram: TelegramStandIn
) -> None:
    person = telegram.person()
    said = ["能参保吗", "妈妈", "60岁", "帮助"]
    for taken, text in enumerate(said, 1):
        update = person.says(text)
        telegram.world.fails(faults.slow(0.3), "sendMessage", person.id)
        assert pair.deliver(update) == [200] * 4
        assert len(person.sees()) == taken
        assert pair.deliver(update, times=1) == [200] * 2
        assert len(person.sees()) == taken, "nor later"
    assert pair.said(person) == said


def test_t02_while_the_store_fails_it_comes_again_and_is_answered_then(pair: Pair, telegram: TelegramStandIn) -> None:
    person = telegram.person()
    assert pair.deliver(person.says("能参保吗")) == [200] * 4
    update = person.says("妈妈")
    if pair.url.startswith("sqlite"):
        path = pair.url.removeprefix("sqlite:///").partition("?")[0]
        with sqlite3.connect(path, isolation_level=None) as holder:
            holder.execute("BEGIN IMMEDIATE")
            assert pair.deliver(update) == [503] * 4
            holder.execute("ROLLBACK")
        holder.close()
    else:
        with psycopg.connect(pair.url, autocommit=True) as other:
            other.execute("ALTER TABLE inbox RENAME TO inbox_away")
            assert pair.deliver(update) == [503] * 4
            other.execute("ALTER TABLE inbox_away RENAME TO inbox")
    assert len(person.sees()) == 1
    assert pair.deliver(update) == [200] * 4
    assert len(person.sees()) == 2
    assert pair.said(person) == ["能参保吗", "妈妈"]


@pytest.mark.long
def test_t02_what_a_killed_server_did_not_answer_the_other_answers_once(pair: Pair, telegram: TelegramStandIn) -> None:
    first, second = pair.servers
    person = telegram.person()
    update = person.says("能参保吗")
    telegram.world.fails(replace(faults.INTERNAL, delay=5), "sendMessage", person.id)
    with ThreadPoolExecutor(1) as threads:
        lost = threads.submit(telegram.deliver, update, f"{first.url}/telegram")
        while telegram.world._faults:  # until the turn is saved and its answer on the way
            time.sleep(0.02)
        first.kill()
        assert lost.exception() is not None
    assert telegram.deliver(update, f"{second.url}/telegram") == 200
    assert telegram.deliver(update, f"{second.url}/telegram") == 200
    assert len(person.sees()) == 1
    assert pair.said(person) == ["能参保吗"]
    first.start()
