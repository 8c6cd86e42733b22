"""`hebao dialogs`: drawn and checked from the command line."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from policy_engine.loader import PACKS
from tests.bot.test_cli import hebao


@pytest.mark.parametrize("flow", ["eligibility", "contribution", "estimate", "compare_hospitals"])
def test_a_drawing_has_every_node_that_an_arrow_names(flow: str) -> None:
    ran = hebao("dialogs", "draw", flow, "--unsure", "--locale", "en", HEBAO_COUNTY="demo")
    assert (ran.returncode, ran.stderr) == (0, "")
    drawn = ran.stdout
    nodes = set(re.findall(r"^    ([qe]\d+)[({]", drawn, re.M))
    arrows = re.findall(r"^    (\w+) -->\|.*\| (\w+)$", drawn, re.M)
    assert {name for arrow in arrows for name in arrow} == nodes
    assert "I don’t know" in drawn or "I don't know" in drawn


def test_what_a_scheme_has_no_rules_on_exits_2_with_one_sentence() -> None:
    ran = hebao("dialogs", "draw", "eligibility", "--locale", "en", HEBAO_SCHEME="jiaxing-2024")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert len(ran.stderr.splitlines()) == 1


def test_the_questions_are_fine_and_those_that_nobody_is_asked_are_named() -> None:
    ran = hebao("dialogs", "lint", "--json", HEBAO_COUNTY="demo")
    assert ran.returncode == 0, ran.stdout
    found = json.loads(ran.stdout)
    assert found["faults"] == []
    assert "transferred_from" in found["asked_by_no_conversation"]
    assert "age" not in found["asked_by_no_conversation"]


def test_what_is_wrong_with_a_question_is_told_once_a_language_and_exits_2(tmp_path: Path) -> None:
    shutil.copytree(PACKS, tmp_path / "packs")
    jiashan, pinghu = (tmp_path / "packs/jiaxing-2008/counties" / f"{name}.yaml" for name in ("jiashan", "pinghu"))
    jiashan.write_text(jiashan.read_text("utf-8").replace("嘉善县", "平湖市"), "utf-8")
    assert "平湖市" in pinghu.read_text("utf-8")
    ran = hebao("dialogs", "lint", "--locale", "zh", HEBAO_PACKS=str(tmp_path / "packs"))
    assert ran.returncode == 2, ran.stderr
    twice = [line for line in ran.stdout.splitlines() if "有两个选项都叫" in line]
    assert len(twice) == len(set(twice)) == 2
    assert all("county" in line for line in twice)
