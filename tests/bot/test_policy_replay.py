"""`hebao policy replay`: what the command line printed goes in again."""

import json
import shutil
from pathlib import Path

import pytest

from policy_engine.loader import PACKS
from tests.bot.test_cli import hebao

FACTS = {"care": "inpatient", "provider_level": "county", "reportable_cost": "12000", "age": 40}


def printed(question: str = "estimate", county: str = "demo") -> str:
    ran = hebao(question, json.dumps(FACTS), "--county", county, "--json")
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.parametrize("question", ["eligibility", "contribution", "estimate", "compare"])
def test_what_was_printed_is_the_same(question: str, tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text(printed(question), "utf-8")
    ran = hebao("policy", "replay", str(tmp_path / "result.json"))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert f"{question}, jiaxing-2008/demo, January 1, 2008: the same." in ran.stdout


def test_several_one_a_line_from_stdin() -> None:
    one = json.loads(printed())
    lines = [one, {**one, "fund_pays": "1.00"}]
    ran = hebao("policy", "replay", "-", stdin="\n".join(json.dumps(each) for each in lines) + "\n\n")
    assert ran.returncode == 1
    assert "-:1: estimate" in ran.stdout
    assert 'fund_pays: then "1.00", now "5750.00"' in ran.stdout
    assert "because: Neither the pack nor the engine has changed" in ran.stdout
    as_json = json.loads(hebao("policy", "replay", "-", "--json", stdin=json.dumps(lines)).stdout)
    assert [each["same"] for each in as_json] == [True, False]
    assert as_json[1]["differences"] == [{"path": "fund_pays", "then": "1.00", "now": "5750.00"}]


def test_a_figure_that_has_changed_since_is_named_with_its_place(tmp_path: Path) -> None:
    result = printed()
    shutil.copytree(PACKS, tmp_path / "packs")
    county = tmp_path / "packs" / "jiaxing-2008" / "counties" / "demo.yaml"
    county.write_text(county.read_text("utf-8").replace("value: 50%", "value: 55%"), "utf-8")
    ran = hebao("policy", "replay", "-", stdin=result, HEBAO_PACKS=str(tmp_path / "packs"))
    assert ran.returncode == 1
    assert "because: inpatient.ratio.county was 50% and is 55% today. [The illustrative county]" in ran.stdout


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "-:1: This is no JSON"),
        ("{nonsense", "-:1: This is no JSON"),
        ("[" * 100_000, "-:1: This is no JSON"),
        ("5", "-: This is no result of eligibility"),
        ('{"a": 1}', "-: This is no result of eligibility"),
        ('{"receipt": [], "on": "2008-03-01"}', "-: The result has no readings"),
        ('{"receipt": [], "on": "soon"}', "-: on: 'soon' is not a date"),
    ],
)
def test_what_cannot_be_used_exits_2_with_one_sentence(text: str, says: str) -> None:
    ran = hebao("policy", "replay", "-", stdin=text)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith(f"hebao: {says}")
    assert ran.stderr.count("\n") == 1


def test_a_file_that_cannot_be_read_exits_2(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"\xff")
    for path in (tmp_path, tmp_path / "nowhere", tmp_path / "a.json"):
        ran = hebao("policy", "replay", str(path))
        assert (ran.returncode, ran.stdout) == (2, "")
        assert ran.stderr.startswith(f"hebao: {path}: The file ")
