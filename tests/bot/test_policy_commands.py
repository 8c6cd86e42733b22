"""`hebao policy coverage` and `hebao policy lint --sources` as somebody at a terminal meets them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from policy_engine.loader import PACKS, load_scheme, scheme_ids
from tests.bot.test_cli import hebao
from tests.policy_engine.checking.test_law_text import invented


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
    assert "only told (about the fund / a procedure / a target): scheme_form" in ran.stdout
    assert "left to others (for Jiaxing city proper and each county to decide): inpatient.points.minor" in ran.stdout
    assert "open, a reading was chosen (for the office of Jiaxing's leading group" in ran.stdout
    assert "by its items: rules or values" in ran.stdout
    assert lines[-1].startswith("Total: rules or values 9")


def test_coverage_as_json_and_in_chinese() -> None:
    found = json.loads(hebao("policy", "coverage", "mohrss-2008", "--json").stdout)
    assert [each["article"] for each in found["documents"][0]["articles"]] == list("一二三四五六")
    assert "只作介绍" in hebao("policy", "coverage", "mohrss-2008", "--locale", "zh").stdout


def test_packs_that_agree_with_the_texts_pass(sources: Path) -> None:
    ran = hebao("policy", "lint", "--sources", str(sources))
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count(": ok") == sum(1 + len(load_scheme(name).counties) for name in scheme_ids())
    compared = [line for line in ran.stdout.splitlines() if line.startswith(("jiaxing-2008", "mohrss-2008"))]
    assert not [line for line in compared if "not compared" in line]
    assert "jiaxing-2024: no text of" in ran.stdout


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


def test_lint_lists_what_is_unset_by_who_decides() -> None:
    ran = hebao("policy", "lint", "jiaxing-2008")
    lines = ran.stdout.splitlines()
    (place,) = (number for number, line in enumerate(lines) if "unset" in line)
    unset = [name for name, each in load_scheme("jiaxing-2008").parameters.items() if each.set_by]
    assert lines[place] == (
        f"jiaxing-2008: {len(unset)} parameters unset, for Jiaxing city proper and each county to decide"
    )
    assert [line.split()[0] for line in lines[place + 1 :]] == unset
    assert lines[place + 1].endswith("total funding per person a year [嘉政发〔2007〕70号, article 十三, item 1]")
    by_pack = {each["pack"]: each for each in json.loads(hebao("policy", "lint", "--json").stdout)}
    assert list(by_pack["jiaxing-2008"]["unset"].values()) == [len(unset)]
    listed = by_pack["jiaxing-2008"]["unset_parameters"]
    assert [each["parameter"] for each in listed] == unset
    assert listed[0].keys() == {"parameter", "label", "decided_by", "stated", "citation"}
    assert by_pack["mohrss-2008"]["unset"] == {}


def test_lint_tells_notes_and_exits_0() -> None:
    ran = hebao("policy", "lint", "jiaxing-2008")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "jiaxing-2008: ok" in ran.stdout
    assert "benefits.yaml:86: minor and provincial both apply, and their points add up, where " in ran.stdout
    (city, *counties) = json.loads(hebao("policy", "lint", "jiaxing-2008", "--json").stdout)
    assert {each["severity"] for each in city["findings"]} == {"note"}
    assert city["notes"] == [f"{each['place']}: {each['sentence']}" for each in city["findings"]]
    assert [each["findings"] for each in counties] == [[]] * 7


def test_lint_exits_2_where_something_is_never_used(pack: Path) -> None:
    parameters = pack / "parameters.yaml"
    text = parameters.read_text("utf-8")
    parameters.write_text(text + "x.y: {label: 没有用的, unit: yuan, set_by: county, silent: 七}\n", "utf-8")
    ran = hebao("policy", "lint", str(pack))
    assert ran.returncode == 2
    line = text.count("\n") + 1
    fault = f"jiaxing-2008/parameters.yaml:{line}: No rule works with x.y. Use it in one, or remove it."
    assert ran.stderr.strip() == f"hebao: {fault}"
    assert json.loads(hebao("policy", "lint", str(pack), "--json").stdout)[0]["faults"] == [fault]


def test_coverage_gives_the_packs_reason_for_what_nothing_cites(tmp_path: Path, pack: Path) -> None:
    documents = pack / "documents.yaml"
    text = documents.read_text("utf-8")
    text = text.replace("  articles:\n", "  not_encoded: {二十: 只是附件。}\n  articles:\n    二十: 附件。\n", 1)
    documents.write_text(text, "utf-8")
    ran = hebao("policy", "coverage", "jiaxing-2008", HEBAO_PACKS=str(tmp_path / "packs"))
    assert ran.returncode == 0, ran.stderr
    assert "    nothing cites it (只是附件。)" in ran.stdout
