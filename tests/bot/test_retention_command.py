"""`hebao retention apply`, as somebody meets it who puts it on a timer."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from member_store.encryption import generate_key
from member_store.store import Store
from tests.member_store.members.filled import fill
from tests.servers import HEBAO, environment


@pytest.fixture
def hebao(tmp_path: Path):
    key, url = generate_key(), f"sqlite:///{tmp_path}/hebao.db"
    with Store.open(url, key) as store:
        fill(store)

    def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        given = environment(LANG="en_GB.UTF-8", LC_ALL="", HEBAO_DATABASE_URL=url, HEBAO_KEYS=key, **settings)
        return subprocess.run(
            [*HEBAO, "retention", *arguments], env=given, capture_output=True, text=True, timeout=60, check=False
        )

    return run


def test_a_dry_run_says_how_many_there_are_and_deletes_nothing(hebao) -> None:
    for _ in range(2):
        ran = hebao("apply", "--dry-run", "--json", HEBAO_TODAY="2008-12-31", HEBAO_KEEP_ENDED_YEARS="5")
        assert ran.returncode == 0, ran.stderr
        found = json.loads(ran.stdout)
        assert found["dry_run"]
        # The conversation was in 2008, and it is later than that on every clock.
        assert (found["people"], found["conversations"]) == (0, 1)
    assert "Dry run: nothing was deleted" in hebao("apply", "--dry-run").stdout


def test_what_was_kept_long_enough_is_deleted_once(hebao) -> None:
    first = json.loads(hebao("apply", "--json").stdout)
    assert (first["people"], first["conversations"], first["held_up"]) == (2, 1, 0)
    assert first["dry_run"] is False
    again = json.loads(hebao("apply", "--json").stdout)
    assert set(again.values()) == {0}
    assert "已经删除" in hebao("apply", "--locale", "zh").stdout


@pytest.mark.parametrize("setting", ["HEBAO_KEEP_ENDED_YEARS", "HEBAO_KEEP_CONVERSATIONS_DAYS"])
def test_keeping_for_no_time_at_all_is_refused(hebao, setting: str) -> None:
    ran = hebao("apply", **{setting: "0"})
    assert ran.returncode == 2
    assert setting in ran.stderr
