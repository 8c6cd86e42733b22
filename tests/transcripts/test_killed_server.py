"""Every conversation over HTTP, with kill -9 between any two turns."""

from __future__ import annotations

import json
import secrets
import urllib.request
from pathlib import Path

import pytest

from tests.servers import Server
from tests.transcripts.transcript import Heard, Transcript, play, transcripts

pytestmark = pytest.mark.server


def post(server: Server, path: str, body: dict[str, str]) -> dict[str, object]:
    request = urllib.request.Request(
        server.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=20) as response:
        found: dict[str, object] = json.load(response)
        return found


@pytest.mark.parametrize("transcript", transcripts(), ids=lambda each: each.file)
def test_a_killed_server_resumes_at_the_same_question(transcript: Transcript, tmp_path: Path) -> None:
    county = {"HEBAO_COUNTY": transcript.county} if transcript.county else {}
    conversation = f"/api/v1/conversations/{secrets.token_hex(16)}/messages"
    with Server({"HEBAO_DATABASE_URL": f"sqlite:///{tmp_path}/hebao.db", **county}) as server:

        def speak(text: str) -> Heard:
            body = {"text": text, "message_id": secrets.token_hex(8), "locale": transcript.locale}
            first = post(server, conversation, body)
            server.kill()
            server.start()
            again = post(server, conversation, body)
            assert {**again, "repeated": False} == first, "the same message after a kill must get the same answer"
            assert again["repeated"]
            replies, state = first["replies"], first["state"]
            assert isinstance(replies, list)
            assert isinstance(state, dict)
            asks = first["asks"]
            return Heard("\n".join(each["plain"] for each in replies), asks if isinstance(asks, str) else None, state)

        play(transcript, speak)
