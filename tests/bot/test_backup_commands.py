"""`hebao backup` beside a server that goes on answering, and `hebao restore` once it has stopped."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.servers import HEBAO, Server, environment

pytestmark = pytest.mark.server


def test_what_was_said_comes_back_and_what_came_later_is_kept_aside(tmp_path: Path) -> None:
    settings = {"HEBAO_DATABASE_URL": f"sqlite:///{tmp_path}/var/hebao.db", "HEBAO_OFFER_DEMO": "true"}

    def hebao(*arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        ran = subprocess.run(
            [*HEBAO, *arguments], env=environment(LC_ALL="en_GB.UTF-8", **settings), capture_output=True, text=True
        )
        assert ran.returncode == code, ran.stderr
        return ran

    copy = tmp_path / "monday.db"
    with Server(settings) as server:

        def say(text: str, message_id: str) -> dict[str, object]:
            path = f"{server.url}/api/v1/conversations/somebody-at-a-door/messages"
            answer = httpx.post(path, json={"text": text, "message_id": message_id}, timeout=30, trust_env=False)
            found: dict[str, object] = answer.json()
            return found

        say("我妈能参保吗？她68岁", "one")
        told = json.loads(hebao("backup", str(copy), "--json").stdout)
        assert (told["people"], told["conversations"]) == (0, 1)
        asked = say("农村户口", "two")["asks"]
        said = hebao("restore", str(copy), code=2).stderr
        assert "in use" in said
        assert len(said.splitlines()) == 1
        server.stop()
        ran = hebao("restore", str(copy))
        assert "hebao.db.before-" in ran.stdout
        server.start()
        again = say("农村户口", "two")
        assert not again["repeated"]
        assert again["asks"] == asked
    assert "such a file already" in hebao("backup", str(copy), code=2).stderr
    assert "1" in hebao("backup", str(tmp_path / "tuesday.db"), "--locale", "zh").stdout
