"""The command line as a newcomer meets it: real processes, real exit codes."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from policy_engine.loader import PACKS, load_scheme, scheme_ids
from tests.cases import read_yaml
from tests.servers import HEBAO, environment

CASES = read_yaml(Path(__file__).parent / "cli_cases.yaml")


def hebao(*arguments: str, stdin: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*HEBAO, *arguments],
        env=environment(LANG="en_GB.UTF-8", LC_ALL="", **settings),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("case", CASES["answers"], ids=lambda case: case["name"])
def test_a_question_is_answered(case: dict[str, Any]) -> None:
    command = [*case["command"], "--json"]
    facts = json.dumps(case["facts"])
    ran = hebao(command[0], facts, *command[1:])
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    for key, value in case["gives"].items():
        assert found[key] == value, key
    for words in case.get("says", []):
        assert words in ran.stdout


@pytest.mark.parametrize("case", CASES["refusals"], ids=lambda case: " ".join(case["command"])[:60])
def test_bad_input_exits_2_with_one_clear_sentence(case: dict[str, Any]) -> None:
    ran = hebao(*case["command"])
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert "Traceback" not in ran.stderr
    for words in case["says"]:
        assert words in ran.stderr, ran.stderr
    assert len(ran.stderr.strip().splitlines()) <= 4


def test_without_json_the_key_figures_come_first() -> None:
    facts = '{"care":"inpatient","provider_level":"city","reportable_cost":"12000","age":40}'
    ran = hebao("estimate", facts, "--county", "demo")
    assert "fund_pays:   4480.00\nperson_pays: 7520.00\nmissing:     -\n" in ran.stdout
    assert "Illustrative" in ran.stdout


def test_facts_can_come_from_stdin() -> None:
    ran = hebao("eligibility", "-", "--json", stdin='{"employee_insured": true}')
    assert json.loads(ran.stdout)["outcome"] == "ineligible"


def test_every_shipped_pack_passes_the_lint() -> None:
    ran = hebao("policy", "lint")
    assert ran.returncode == 0, ran.stderr
    packs = {line.partition(":")[0] for line in ran.stdout.splitlines() if line.endswith(": ok")}
    schemes = {scheme: load_scheme(scheme).counties for scheme in scheme_ids()}
    assert packs == {*schemes, *(f"{scheme}/{county}" for scheme, counties in schemes.items() for county in counties)}


def test_a_broken_pack_is_refused_with_file_line_and_remedy(tmp_path: Path) -> None:
    pack = tmp_path / "jiaxing-2008"
    shutil.copytree(PACKS / "jiaxing-2008", pack)
    shutil.copytree(PACKS / "mohrss-2008", tmp_path / "mohrss-2008")
    parameters = pack / "parameters.yaml"
    parameters.write_text(parameters.read_text("utf-8").replace("cite: 十四.1}", "citation: 十四.1}", 1), "utf-8")
    ran = hebao("policy", "lint", str(pack))
    assert ran.returncode == 2
    assert "parameters.yaml:" in ran.stderr
    assert "cite" in ran.stderr


def test_policy_show_names_the_source_of_every_value_and_who_decides() -> None:
    ran = hebao("policy", "show", "--county", "haining", HEBAO_SCHEME="jiaxing-2008")
    assert "inpatient.deductible.township" in ran.stdout
    assert "300.00" in ran.stdout
    assert "official text" in ran.stdout
    assert "for Haining to decide" in ran.stdout
    national = json.loads(hebao("policy", "show", "mohrss-2008", "--json").stdout)
    assert national["kind"] == "national"
    assert any(each["id"] == "subsidy_2008" for each in national["statements"])


def test_understand_gives_facts_with_their_spans() -> None:
    found = json.loads(hebao("understand", "我妈65岁，农村户口，能参保吗").stdout)
    assert found["facts"] == {"subject": "mother", "age": 65, "registration_kind": "rural"}
    assert found["spans"]["age"]["text"] == "65岁"
    lines = hebao("understand", "--lines", stdin="我妈65岁\n住院\n").stdout.splitlines()
    assert [json.loads(line)["facts"] for line in lines] == [{"subject": "mother", "age": 65}, {"care": "inpatient"}]


def test_the_same_message_id_three_times_at_once_makes_one_turn(tmp_path: Path) -> None:
    settings = environment(HEBAO_DATABASE_URL=f"sqlite:///{tmp_path}/hebao.db", HEBAO_COUNTY="demo")
    command = [*HEBAO, "say", "--json", "--message-id", "m-1", "--contact", "a", "我能参保吗"]
    running = [subprocess.Popen(command, env=settings, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    turns = [json.loads(process.communicate(timeout=60)[0]) for process in running]
    assert sorted(turn.pop("repeated") for turn in turns) == [False, True, True]
    assert turns[0] == turns[1] == turns[2]


def test_an_error_reads_in_the_language_of_the_terminal() -> None:
    chinese = subprocess.run(
        [*HEBAO, "eligibility", '{"agee": 1}'],
        env=environment(LANG="zh_CN.UTF-8", LC_ALL=""),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "您是不是要写：age" in chinese.stderr
