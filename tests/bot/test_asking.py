"""`hebao ask` and `POST /api/v1/ask`, and the official wording from a folder."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.faqs import originals
from policy_engine.citations import Citation
from policy_engine.loader import load_scheme
from tests.servers import HEBAO, Server, environment

TEXT = """某市文件 嘉政发〔2007〕70号
（十三）这是编的一条。
1．第一项的字句。 2．第二项的字句。
（十四）这也是编的一条。
1．编的甲项。 2．编的乙项。 3．编的丙项。 4．编的丁项，只为试验。
（十五）又一条。
"""


def ask(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*HEBAO, "ask", *arguments],
        env=environment(LANG="en_GB.UTF-8", LC_ALL="", **settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    return tmp_path


def test_the_short_answer_comes_first_in_the_language_of_the_question() -> None:
    ran = ask("起付线是多少", "--county", "haining")
    assert ran.returncode == 0, ran.stderr
    assert "300元" in ran.stdout.splitlines()[0]
    assert "第十四条第1项" in ran.stdout
    assert "海宁市" in ran.stdout


def test_as_json_the_figures_and_places_can_be_used_by_scripts() -> None:
    found: dict[str, Any] = json.loads(ask("what is the ceiling", "--json").stdout)
    assert found["outcome"] == "answered"
    assert found["figures"] == {"ceiling.general": "70000.00", "ceiling.student": "120000.00"}
    assert found["citations"][0]["article"] == "十四"


def test_what_is_not_covered_names_the_office() -> None:
    found: dict[str, Any] = json.loads(ask("股票怎么买", "--json").stdout)
    assert (found["outcome"], found["citations"]) == ("not_covered", [])
    assert "经办机构" in found["answer"]


def test_the_official_wording_is_shown_from_the_folder(texts: Path) -> None:
    ran = ask("去省里少报多少", "--original", HEBAO_SOURCES=str(texts))
    assert "编的丁项，只为试验。" in ran.stdout
    assert "官方原文" in ask("去省里少报多少", "--original").stdout


def test_a_place_without_a_text_has_no_wording(texts: Path) -> None:
    document = next(iter(load_scheme("jiaxing-2008").documents.values()))
    wording = originals(texts)
    assert wording(Citation(document, "十四", 4, "official")) == "编的丁项，只为试验。"
    assert wording(Citation(document, "二", 0, "official")) is None
    assert wording(Citation(None, "", 0, "illustrative")) is None
    assert originals(None)(Citation(document, "十四", 4, "official")) is None


def test_a_day_without_rules_exits_2_with_one_sentence() -> None:
    ran = ask("起付线是多少", "--on", "2009-01-01")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "2009-01-01" in ran.stderr


@pytest.mark.server
def test_the_api_answers_as_the_command_line(server: Server) -> None:
    with httpx.Client(base_url=server.url, trust_env=False, timeout=60) as client:
        found = client.post("/api/v1/ask", json={"question": "为什么去省里少报15个点", "county": "demo"}).json()
        assert found["figures"]["inpatient.points.provincial"] == "-15%"
        english = client.post("/api/v1/ask", json={"question": "起付线是多少", "locale": "en"}).json()
        assert "300 yuan" in english["answer"]
        page = client.post("/messages", data={"text": "起付线是多少", "message_id": "a" * 32}, follow_redirects=True)
        assert "第十四条第1项" in page.text
        assert "reply receipt answer" in page.text
        refused = client.post("/api/v1/ask", json={"question": ""})
        assert refused.status_code == 422
