"""`hebao policy coverage` and `hebao policy lint --sources` as somebody at a terminal meets them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from policy_engine.loader import PACKS, load_scheme
from tests.bot.test_cli import hebao
from tests.policy_engine.test_law_text import invented


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    folder.mkdir()
    for index, text in enumerate(invented(load_scheme("jiaxing-2008"))):
        (folder / f"{index}.txt").write_text(text, "utf-8")
    return folder


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    shutil.copytree(PACKS, tmp_path / "packs")
    return tmp_path / "packs" / "jiaxing-2008"


def test_coverage_lists_every_article_with_what_cites_it() -> None:
    ran = hebao("policy", "coverage", "jiaxing-2008")
    assert ran.returncode == 0, ran.stderr
    lines = ran.stdout.splitlines()
    heads = [line.partition("  ")[0] for line in lines[1:-1:2]]
    assert heads == list(load_scheme("jiaxing-2008").documents["jiaxing-2007-70"].articles)
    assert "only told: scheme_form" in ran.stdout
    assert "by its items: rules or values" in ran.stdout
    assert lines[-1].startswith("Total: rules or values 9")


def test_coverage_as_json_and_in_chinese() -> None:
    found = json.loads(hebao("policy", "coverage", "mohrss-2008", "--json").stdout)
    assert [each["article"] for each in found["documents"][0]["articles"]] == list("一二三四五六")
    assert "只作介绍" in hebao("policy", "coverage", "mohrss-2008", "--locale", "zh").stdout


def test_packs_that_agree_with_the_texts_pass(sources: Path) -> None:
    ran = hebao("policy", "lint", "--sources", str(sources))
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count(": ok") == 9
    assert "not compared" not in ran.stdout


def test_a_figure_that_the_text_does_not_have_exits_2_with_file_and_line(sources: Path, pack: Path) -> None:
    parameters = pack / "parameters.yaml"
    text = parameters.read_text("utf-8")
    parameters.write_text(text.replace("value: 300,", "value: 350,"), "utf-8")
    line = text[: text.index("value: 300,")].count("\n") + 1
    ran = hebao("policy", "lint", str(pack), "--sources", str(sources))
    assert ran.returncode == 2
    (fault,) = ran.stderr.strip().splitlines()
    assert f"jiaxing-2008/parameters.yaml:{line}: 350元 does not stand in 嘉政发〔2007〕70号 十四.1" in fault
    as_json = json.loads(hebao("policy", "lint", str(pack), "--sources", str(sources), "--json").stdout)
    assert [len(each["faults"]) for each in as_json] == [1, *[0] * 7]
    assert hebao("policy", "lint", str(pack)).returncode == 0


def test_a_text_that_is_not_there_is_said_and_no_fault(tmp_path: Path) -> None:
    ran = hebao("policy", "lint", "mohrss-2008", "--sources", str(tmp_path))
    assert ran.returncode == 0, ran.stderr
    assert "mohrss-2008: no text of 人社部发[2008]39号 in this folder, not compared" in ran.stdout


def test_sources_that_cannot_be_read_exit_2(tmp_path: Path) -> None:
    assert hebao("policy", "lint", "--sources", str(tmp_path / "nowhere")).returncode == 2
    (tmp_path / "a.txt").write_bytes("嘉兴".encode("gbk"))
    ran = hebao("policy", "lint", "--sources", str(tmp_path))
    assert ran.returncode == 2
    assert "a.txt: The file is not UTF-8 text." in ran.stderr


def test_lint_says_who_has_to_decide_what_is_unset() -> None:
    ran = hebao("policy", "lint")
    (line,) = (line for line in ran.stdout.splitlines() if "unset" in line)
    assert line.startswith("jiaxing-2008: 22 parameters unset")
    by_pack = {each["pack"]: each["unset"] for each in json.loads(hebao("policy", "lint", "--json").stdout)}
    assert list(by_pack["jiaxing-2008"].values()) == [22]
    assert by_pack["mohrss-2008"] == {}
