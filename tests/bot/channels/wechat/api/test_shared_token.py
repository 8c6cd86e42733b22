"""W20: one token for all processes on one database, whatever they do at once, and whatever becomes of one of them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from member_store.encryption import generate_key
from member_store.store import Store
from member_store.tables.sending import access_tokens
from tests.servers import environment
from tests.standins.wechat import RunningWeChat

pytestmark = pytest.mark.server

PROCESSES = 4
LEASE = 4.0
"""Seconds, in these processes."""
FETCH = "stable_token"
ALL_WELL = ["ok"] * PROCESSES


class Worker:
    """Another process with the same store and account."""

    def __init__(self, given: dict[str, str], *more: str) -> None:
        command = [sys.executable, "-m", "tests.bot.channels.wechat.api.worker", json.dumps(given), *more]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(),
            cwd=Path(__file__).parents[5],
        )

    def hear(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()


@dataclass
class Group:
    """Processes that share a database and an account."""

    given: dict[str, str]
    workers: list[Worker]

    def start(self) -> Worker:
        """One more, which is ready when this returns."""
        self.workers.append(Worker(self.given, str(LEASE)))
        assert self.workers[-1].hear() == "ready"
        return self.workers[-1]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def group(
    request: pytest.FixtureRequest, running_wechat: RunningWeChat, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Group]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('shared')}/hebao.db"
    else:
        url = request.getfixturevalue("postgresql_database")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
    given = {
        "database_url": url,
        "keys": generate_key(),
        "wechat_app_id": running_wechat.app_id,
        "wechat_app_secret": running_wechat.secret,
        "wechat_api_base": running_wechat.url,
    }
    Store.open(url, given["keys"]).close()
    made = Group(given, [Worker(given, str(LEASE)) for _ in range(PROCESSES)])
    assert [worker.hear() for worker in made.workers] == ["ready"] * PROCESSES
    yield made
    for worker in made.workers:
        worker.kill()


@pytest.fixture
def workers(group: Group, wechat: RunningWeChat) -> list[Worker]:
    """The processes, before any of them has a token."""
    with Store.open(group.given["database_url"], group.given["keys"]) as store, store.records() as records:
        records.connection.execute(access_tokens.delete())
    wechat.menu = {"menu": {"button": []}}
    return group.workers[:PROCESSES]


def all_at_once(workers: list[Worker], line: str) -> list[str]:
    for worker in workers:
        worker.tell(line)
    return [worker.hear() for worker in workers]


def test_w20_many_processes_at_once_fetch_one_token(workers: list[Worker], wechat: RunningWeChat) -> None:
    # So slow that all of them are there before it has come.
    wechat.fails(FETCH, delay=0.5)
    assert all_at_once(workers, "get") == ALL_WELL
    assert wechat.count(FETCH) == 1
    assert wechat.count("menu/get") == PROCESSES


def test_w20_after_its_time_one_of_them_fetches_the_next(workers: list[Worker], wechat: RunningWeChat) -> None:
    assert all_at_once(workers, "get") == ALL_WELL
    late = wechat.rules.token_seconds
    wechat.advance(late)
    wechat.fails(FETCH, delay=0.5)
    assert all_at_once(workers, f"get {late}") == ALL_WELL
    assert wechat.count(FETCH) == 2
    assert not wechat.forced
    # And that one is shared too.
    assert all_at_once(workers, f"get {late + 60}") == ALL_WELL
    assert wechat.count(FETCH) == 2


def test_w20_a_token_that_is_refused_to_all_at_once_is_replaced_once(
    workers: list[Worker], wechat: RunningWeChat
) -> None:
    assert all_at_once(workers, "get") == ALL_WELL
    wechat.invalidate_tokens()
    wechat.fails(FETCH, delay=0.5)
    assert all_at_once(workers, "again") == ALL_WELL
    assert wechat.count(FETCH) == 2
    # Each was refused once and tried once more.
    assert wechat.count("menu/get") == 3 * PROCESSES


def test_w20_a_process_that_is_killed_while_it_fetches_holds_nobody_up_for_long(
    group: Group, workers: list[Worker], wechat: RunningWeChat
) -> None:
    dies = group.start()
    wechat.fails(FETCH, delay=12.0)
    dies.tell("get")
    deadline = time.monotonic() + 10
    while wechat.count(FETCH) == 0:
        assert time.monotonic() < deadline, "nobody fetches"
        time.sleep(0.01)
    dies.process.kill()
    begun = time.monotonic()
    assert all_at_once(workers, "get") == ALL_WELL
    assert LEASE * 0.5 < time.monotonic() - begun < LEASE + 5
    # One of the others, and not all of them.
    assert wechat.count(FETCH) == 2
