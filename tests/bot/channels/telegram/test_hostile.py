"""Malformed, hostile and replayed calls of the webhook. `FUZZ_CALLS=5000` makes so many instead of a few hundred."""

from __future__ import annotations

import os
import random
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

import httpx
import pytest

from member_store.encryption import generate_key
from member_store.store import Store
from tests.bot.channels.telegram.conftest import HEADER, SECRET
from tests.bot.channels.telegram.hostile import PERSONAL, Hostile, HostileCall
from tests.servers import Server
from tests.standins.telegram import TOKEN, TelegramStandIn

pytestmark = pytest.mark.server

CALLS = int(os.environ.get("FUZZ_CALLS", "300"))
SEED = int(os.environ.get("FUZZ_SEED", "2008"))
AT_ONCE = 8


class Target:
    """A server of ours, and what it has kept and sent."""

    def __init__(self, telegram: TelegramStandIn, folder: Path) -> None:
        self.telegram = telegram
        self.database, self.keys = f"sqlite:///{folder}/hebao.db", generate_key()
        self._errors: list[str] = []
        self.server = Server(
            {
                "HEBAO_DATABASE_URL": self.database,
                "HEBAO_KEYS": self.keys,
                "HEBAO_TELEGRAM_TOKEN": TOKEN,
                "HEBAO_TELEGRAM_SECRET": SECRET,
                "HEBAO_TELEGRAM_API_BASE": telegram.url,
            }
        )

    def __enter__(self) -> Self:
        self.server.start()
        process = self.server._process
        assert process is not None
        assert process.stderr is not None
        # Read all along: a full pipe would stop the server.
        self._reader = threading.Thread(target=self._errors.extend, args=[process.stderr], daemon=True)
        self._reader.start()
        self._process = process
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join(30)
        for stream in (self._process.stdout, self._process.stderr):
            assert stream is not None
            stream.close()

    def stop(self) -> str:
        """Stop the server; returns what it logged."""
        self._process.terminate()
        self._reader.join(30)
        return "".join(self._errors)

    def make(self, calls: Sequence[HostileCall]) -> list[int]:
        """Make calls, some at once. Returns the statuses."""
        with httpx.Client(timeout=60) as client, ThreadPoolExecutor(AT_ONCE) as threads:
            return list(threads.map(lambda call: self._make(client, call), calls))

    def _make(self, client: httpx.Client, call: HostileCall) -> int:
        headers = [(name.encode(), value.encode("latin-1")) for name, value in call.headers]
        if call.secret is not None:
            headers.insert(0, (HEADER.encode(), call.secret))
        return client.post(f"{self.server.url}/telegram", content=call.body, headers=headers).status_code

    def turns(self, people: list[int]) -> int:
        with Store.open(self.database, self.keys) as store:
            return sum(len(store.history("telegram", str(each), 10_000)) for each in people)

    def memory(self) -> float:
        """The server's memory in MB, 0 where the system does not tell."""
        told = Path(f"/proc/{self._process.pid}/statm")
        return int(told.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6 if told.exists() else 0

    def sent(self) -> Counter[int | None]:
        """The messages in each private chat."""
        with self.telegram.world.lock:
            chats = list(self.telegram.world.chats.values())
        return Counter({chat.id: sum(each.sender is None for each in chat.messages) for chat in chats if chat.id > 0})


@pytest.fixture
def target(telegram: TelegramStandIn, tmp_path: Path) -> Iterator[Target]:
    with Target(telegram, tmp_path) as made:
        yield made


def people(telegram: TelegramStandIn, count: int) -> list[int]:
    made = [telegram.person() for _ in range(count)]
    for each in made:
        each.private.started = True
    return [each.id for each in made]


def test_t02_t03_hostile_and_replayed_calls_do_no_harm(target: Target, telegram: TelegramStandIn) -> None:
    everybody = people(telegram, max(40, CALLS // 4))
    calls = list(Hostile(SEED, everybody, SECRET).calls(CALLS))
    statuses = target.make(calls)
    assert set(statuses) <= {200, 400, 401}, Counter(statuses)
    for call, status in zip(calls, statuses, strict=True):
        # With two such headers the first counts.
        assert (status == 401) == (call.secret != SECRET.encode() and not _only_second(call)), call
    assert Counter(statuses)[200] > CALLS // 3
    turns, sent = target.turns(everybody), target.sent()
    assert turns > CALLS // 10

    before = target.memory()
    again = random.Random(SEED).sample(calls, len(calls))
    assert Counter(target.make(again)) == Counter(statuses)
    assert (target.turns(everybody), target.sent()) == (turns, sent), "nothing is done or said twice"

    assert target.memory() - before < 40, "MB; the second time everything is known already"

    errors = target.stop()
    assert "telegram update failed" not in errors
    for secret in (*PERSONAL, TOKEN, SECRET, *map(str, everybody)):
        assert secret not in errors, secret


def _only_second(call: HostileCall) -> bool:
    return call.secret is None and dict(call.headers).get(HEADER.lower()) == SECRET
