"""What a server writes to its logs while somebody tells it who they are, and while everything fails."""

from __future__ import annotations

import json
import secrets
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from member_store.encryption import generate_key
from tests.member_store.members.filled import ADDRESS, NAME, NUMBER, PHONE, SAID
from tests.member_store.members.test_in_clear import given_away
from tests.servers import HEBAO, environment

pytestmark = pytest.mark.server

RAISING = """
import sys
from bot.service import Service
from bot.settings import read_settings
from bot.server import run

def fail(self, inbound, now=None):
    try:
        int(inbound.text)
    except ValueError as error:
        raise KeyError(inbound.text, inbound.account) from error

Service.handle = fail
run(read_settings(port=0))
"""
"""A server in which every turn fails, with the message in the error, and with another one as its cause."""


class Talk:
    """A server, and what was said to it."""

    def __init__(self, command: list[str], database: Path, **settings: str) -> None:
        self.database = database
        self.process = subprocess.Popen(
            command,
            env=environment(HEBAO_DATABASE_URL=f"sqlite:///{database}", **settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started = self.process.stdout.readline()
        self.url = self.started.split()[2]

    def say_who(self) -> list[int]:
        """Say it in every way that there is; returns the statuses."""
        contact = secrets.token_hex(16)
        path = f"/api/v1/conversations/{contact}/messages"
        # A connection each: the web server closes the one on which something failed.
        limits = httpx.Limits(max_keepalive_connections=0)
        with httpx.Client(base_url=self.url, trust_env=False, timeout=30, limits=limits) as client:
            form = {"text": SAID, "message_id": secrets.token_hex(16)}
            facts = {"facts": {"age": NAME, NUMBER: ADDRESS}}
            return [
                each.status_code
                for each in (
                    client.post(path, json={"text": SAID}),
                    client.post(path, json={"text": "我要参保"}),
                    client.post(path, json={"text": NUMBER, "message_id": NUMBER}),
                    client.post(path, json={"text": [SAID]}),
                    client.post(path, content=SAID.encode() + b'{"text": '),
                    client.post("/messages", data=form),
                    client.post("/messages", data={"text": SAID, "message_id": PHONE}),
                    client.post("/api/v1/eligibility", json=facts),
                    client.get(f"/{NUMBER}", params={"name": NAME}),
                    client.get("/", headers={"Accept-Language": NUMBER, "User-Agent": PHONE}),
                    client.post(f"/api/v1/conversations/{NUMBER}.{PHONE}/messages", json={"text": NUMBER}),
                )
            ]

    def spoil(self, statement: str) -> None:
        with closing(sqlite3.connect(self.database, timeout=30)) as database, database:
            database.execute(statement)

    def end(self) -> str:
        """Everything that was written."""
        self.process.send_signal(signal.SIGTERM)
        output, errors = self.process.communicate(timeout=30)
        return self.started + output + errors


@pytest.fixture
def talk(tmp_path: Path) -> Iterator:
    begun: list[Talk] = []

    def begin(command: list[str], **settings: str) -> Talk:
        begun.append(Talk(command, tmp_path / "hebao.db", **settings))
        return begun[-1]

    yield begin
    for each in begun:
        if each.process.poll() is None:
            each.process.kill()
            each.process.communicate()


def test_logs_hold_nothing_of_what_people_say_even_when_the_store_fails(talk) -> None:
    server = talk([*HEBAO, "serve", "--port", "0"])
    assert set(server.say_who()) <= {200, 303, 404, 422}
    server.spoil("UPDATE conversation SET state = 'A' || substr(state, 2)")
    server.spoil("ALTER TABLE inbox RENAME TO elsewhere")
    statuses = server.say_who()
    assert 503 in statuses
    written = server.end()
    assert '"event": "store unavailable"' in written
    assert given_away(written.encode()) == set()


def test_logs_hold_nothing_of_what_people_say_even_when_the_program_fails_with_it(talk) -> None:
    server = talk([sys.executable, "-c", RAISING])
    assert 500 in server.say_who()
    written = server.end()
    assert '"error": "KeyError"' in written
    assert given_away(written.encode()) == set()
    assert all(json.loads(line) for line in written.splitlines()[1:])


def test_a_server_that_is_started_with_another_key_says_so_and_nothing_else(talk, tmp_path: Path) -> None:
    server = talk([*HEBAO, "serve", "--port", "0"], HEBAO_KEYS=generate_key())
    server.say_who()
    server.end()
    refused = subprocess.run(
        [*HEBAO, "serve", "--port", "0"],
        env=environment(HEBAO_DATABASE_URL=f"sqlite:///{server.database}", HEBAO_KEYS=generate_key()),
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert refused.returncode == 2
    assert b"HEBAO_KEYS" in refused.stderr
    assert given_away(refused.stdout + refused.stderr) == set()
