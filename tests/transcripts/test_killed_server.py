"""All conversations at once over HTTP, with kill -9 between any two turns."""

from __future__ import annotations

import json
import secrets
import urllib.request
from collections import defaultdict
from itertools import zip_longest
from pathlib import Path

import pytest

from tests.servers import Server
from tests.transcripts.transcript import Heard, Transcript, check, transcripts

pytestmark = pytest.mark.server

FIRST_TURNS = 4
"""The server is killed after each of so many turns, and then after every fourth: each time takes seconds."""


def post(server: Server, path: str, body: dict[str, str]) -> dict[str, object]:
    request = urllib.request.Request(
        server.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=20) as response:
        found: dict[str, object] = json.load(response)
        return found


def by_county() -> dict[str | None, list[Transcript]]:
    found: dict[str | None, list[Transcript]] = defaultdict(list)
    for transcript in transcripts():
        found[transcript.county].append(transcript)
    return found


@pytest.mark.parametrize(
    "county",
    [pytest.param(each, id=str(each), marks=() if each is None else pytest.mark.long) for each in by_county()],
)
def test_n03_a_killed_server_resumes_every_conversation_at_the_same_question(
    county: str | None, tmp_path: Path
) -> None:
    together = by_county()[county]
    paths = [f"/api/v1/conversations/{secrets.token_hex(16)}/messages" for _ in together]
    settings = {"HEBAO_COUNTY": county} if county else {}
    with Server({"HEBAO_DATABASE_URL": f"sqlite:///{tmp_path}/hebao.db", **settings}) as server:
        for number, turns in enumerate(zip_longest(*(each.turns for each in together)), 1):
            said = []
            for transcript, path, turn in zip(together, paths, turns, strict=True):
                if turn is None:
                    continue
                body = {"text": turn.say, "message_id": secrets.token_hex(8), "locale": transcript.locale}
                first = post(server, path, body)
                said.append((path, body, first))
                replies, state, asks = first["replies"], first["state"], first["asks"]
                assert isinstance(replies, list)
                assert isinstance(state, dict)
                heard = Heard(
                    "\n".join(each["plain"] for each in replies), asks if isinstance(asks, str) else None, state
                )
                check(transcript, number, turn, heard)
            if number > FIRST_TURNS and number % 4:
                continue
            server.kill()
            server.start()
            for path, body, first in said:
                again = post(server, path, body)
                assert {**again, "repeated": False} == first, "the same message after a kill must get the same answer"
                assert again["repeated"]
