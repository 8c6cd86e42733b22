"""`hebao hospitals`: what the directory has, for a reader and for a script."""

from __future__ import annotations

import datetime
import json
import subprocess

import pytest

from bot.commands.hospitals import hospitals_text
from bot.languages import LOCALES, catalogue
from policy_engine.directory import load_directory
from policy_engine.hospitals import MARKS
from policy_engine.loader import load_scheme
from tests.servers import HEBAO, environment

SCHEME = load_scheme("jiaxing-2008")
JIAXING = load_directory("jiaxing")


def hebao(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*HEBAO, "hospitals", *arguments],
        env=environment(LANG="en_GB.UTF-8", LC_ALL="", HEBAO_SCHEME="jiaxing-2008"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def text(name: str, day: str, locale: str) -> str:
    return hospitals_text(JIAXING.find(name), datetime.date.fromisoformat(day), SCHEME, catalogue(locale))


def test_without_a_name_all_are_listed_on_the_first_day_of_the_scheme() -> None:
    ran = hebao("--json")
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert found["on"] == "2008-01-01"
    assert found["version"] == JIAXING.version
    assert [each["id"] for each in found["hospitals"]] == [each.id for each in JIAXING.hospitals]


@pytest.mark.parametrize(("day", "levels"), [("2011-07-31", ["township"]), ("2011-09-01", ["county"])])
def test_the_level_is_that_of_the_day_asked_for(day: str, levels: list[str]) -> None:
    (found,) = json.loads(hebao("海宁二院", "--on", day, "--json").stdout)["hospitals"]
    assert (found["name"], found["levels"]) == ("海宁市第二人民医院", levels)


def test_a_shared_nickname_lists_all_who_have_it() -> None:
    found = json.loads(hebao("妇保院", "--json").stdout)["hospitals"]
    assert {each["name"] for each in found} == {"嘉兴市妇幼保健院", "海宁市妇幼保健院", "嘉善县妇幼保健院"}


def test_an_unknown_hospital_is_refused_in_one_sentence_with_the_nearest() -> None:
    ran = hebao("海宁市第二医院")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "海宁市第二人民医院 (haining_second_people_hospital)" in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("day", ["2008-02-30", "tomorrow", ""])
def test_a_day_that_is_none_is_refused(day: str) -> None:
    ran = hebao("--on", day)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "2008-03-01" in ran.stderr


def test_a_reader_of_chinese_sees_level_source_and_how_good_it_is() -> None:
    said = text("荣军医院", "2008-01-01", "zh_Hans")
    assert said.splitlines()[2].startswith("浙江省荣军医院 · Zhejiang Rongjun Hospital")
    assert "嘉兴市级医院、省级医院" in said
    assert "没有核实：预约挂号网页 浙江省荣军医院 https://cont.jd.com/mhospital/department/15010077294-7300237" in said
    assert "要问经办机构" in said
    assert "嘉兴市本级" in said


def test_a_reader_of_english_sees_the_same_in_english() -> None:
    said = text("Pinghu First People's Hospital", "2017-01-01", "en")
    assert said.splitlines()[2].startswith("Pinghu First People's Hospital · 平湖市第一人民医院")
    assert "grade 2, class A (from January 21, 2013;" in said
    assert "grade 3, class B (from November 21, 2016;" in said
    assert said.count("Grade: ") == 2
    assert "our inference" in said


def test_what_is_not_on_record_is_said_to_be_so() -> None:
    assert "这一天没有记录" in text("桐乡一院", "2008-01-01", "zh_Hans")


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("day", ["1990-01-01", "2011-08-15", "2024-01-01"])
def test_the_whole_directory_can_be_worded(locale: str, day: str) -> None:
    words = catalogue(locale)
    said = hospitals_text(JIAXING.hospitals, datetime.date.fromisoformat(day), SCHEME, words)
    paragraphs = said.split("\n\n")[1:]
    assert len(paragraphs) == len(JIAXING.hospitals)
    for hospital, paragraph in zip(JIAXING.hospitals, paragraphs, strict=True):
        assert hospital.id in paragraph.splitlines()[0]
        for evidence in hospital.level_evidence(datetime.date.fromisoformat(day)):
            assert words(f"grade.{evidence.mark}") in paragraph
            assert (evidence.source.title.zh if locale == "zh_Hans" else evidence.source.title.en) in paragraph


@pytest.mark.parametrize("locale", LOCALES)
def test_every_grade_of_a_source_has_a_word_of_its_own(locale: str) -> None:
    words = catalogue(locale)
    assert len({words(f"grade.{mark}") for mark in MARKS}) == len(MARKS)
