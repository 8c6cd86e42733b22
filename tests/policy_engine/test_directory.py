"""The hospital directory: every name finds its hospitals, every day its level, and nothing is decided that is not."""

import datetime
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_engine.directory import DIRECTORIES, Directory, directory_ids, load_directory
from policy_engine.errors import FactError, PackError, PolicyError
from policy_engine.facts import LEVELS, Value
from policy_engine.hospitals import HOSPITAL_GRADES, MARKS, Evidence, Hospital
from policy_engine.reading.hospitals import read_sources
from policy_engine.reading.source import read_yaml
from tests.cases import read_yaml as cases

CASES = cases(Path(__file__).parent / "cases" / "hospitals.yaml")
FAULTS = cases(Path(__file__).parent / "cases" / "directory_faults.yaml")
JIAXING = load_directory("jiaxing")
DAY = datetime.date(2008, 1, 1)
DAYS = st.dates(datetime.date(1949, 1, 1), datetime.date(2100, 1, 1))
UNIQUE = [word for word, found in JIAXING.words.items() if len(found) == 1]
SHARED = [word for word, found in JIAXING.words.items() if len(found) > 1]

SOURCES = """\
notice:
  title: {zh: 通知, en: A notice}
  address: page
  mark: official
"""
HOSPITALS = """\
first_hospital:
  name: 第一医院
  english: First
  county: haining
  place: in_city
  levels:
    - {level: county, source: notice}
second_hospital:
  name: 第二医院
  english: Second
  aliases: [二院, 老二院]
  levels:
    - {to: 2011-07-31, level: township, source: notice}
    - {from: 2011-09-01, level: county, derived: true, source: notice}
  grades:
    - {from: 2013-01-21, grade: grade_2a, source: notice}
    - {from: 2016-11-21, grade: grade_3b, source: notice, conflicting: true}
  county: pinghu
  place: in_city
provincial_hospital:
  name: 省医院
  english: Provincial
  note: {zh: 无, en: none}
  place: in_province
  levels:
    - {level: provincial, source: notice, reading: provincial_inside}
"""


def the_one(name: str) -> Hospital:
    (hospital,) = JIAXING.find(name)
    return hospital


def written(folder: Path, hospitals: str = HOSPITALS, sources: str = SOURCES) -> Path:
    (folder / "test" / "hospitals").mkdir(parents=True)
    (folder / "test" / "sources.yaml").write_text(sources, encoding="utf-8")
    (folder / "test" / "hospitals" / "all.yaml").write_text(hospitals, encoding="utf-8")
    return folder


# -- what is on record ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES["record"], ids=lambda case: f"{case['name']} {case['day']}")
def test_a_hospital_on_a_day(case: dict[str, Any]) -> None:
    hospital = the_one(case["name"])
    assert hospital.name == case["name"]
    assert list(hospital.levels_on(case["day"])) == case["levels"]
    assert list(hospital.grades_on(case["day"])) == case["grades"]
    assert hospital.county == case.get("county")
    assert hospital.place == case.get("place", "in_city")
    levels, grades = hospital.level_evidence(case["day"]), hospital.grade_evidence(case["day"])
    assert [each.source.id for each in (*levels, *grades)] == case["because"]
    assert all((each.mark == "derived") != case.get("stated", False) for each in levels)


def test_every_hospital_of_the_table_is_there_and_no_other() -> None:
    assert {case["row"] for case in CASES["record"]} == {f"H{number:02}" for number in range(1, 26)}
    assert {case["name"] for case in CASES["record"]} == {hospital.name for hospital in JIAXING.hospitals}


def test_a_street_hospital_became_a_county_one() -> None:
    hospital = the_one("海宁市第二人民医院")
    assert hospital.levels_on(datetime.date(2011, 7, 31)) == ("township",)
    assert hospital.levels_on(datetime.date(2011, 9, 1)) == ("county",)


def test_a_level_taken_from_a_name_is_marked_as_our_inference_whatever_its_source() -> None:
    (level,) = the_one("嘉兴市第一医院").levels
    assert (level.mark, level.source.mark) == ("derived", "official")


def test_grades_are_as_good_as_their_source_and_never_our_inference() -> None:
    for hospital in JIAXING.hospitals:
        for each in hospital.grades:
            assert each.mark == each.source.mark != "derived"


def test_conflicting_grades_keep_both_sources() -> None:
    found = the_one("平湖市第一人民医院").grade_evidence(datetime.date(2017, 1, 1))
    assert [(each.values, each.mark) for each in found] == [(("grade_2a",), "repost"), (("grade_3b",), "unverified")]


def test_what_the_text_cannot_decide_says_why_in_both_languages() -> None:
    open_places = [each for hospital in JIAXING.hospitals for each in hospital.levels if len(each.values) > 1]
    assert len(open_places) == 4
    for each in open_places:
        assert each.note is not None
        assert re.search("[\u3400-\u9fff]", each.note.zh)
        assert each.note.en.isprintable()


def test_the_record_changes_on_the_days_listed_and_on_no_other() -> None:
    found = {}
    for hospital in JIAXING.hospitals:
        evidence = (*hospital.levels, *hospital.grades)
        begun = {each.start for each in evidence if each.start}
        ended = {each.end + datetime.timedelta(days=1) for each in evidence if each.end}
        if begun or ended:
            found[hospital.name] = sorted(begun | ended)
    assert found == CASES["changes"]


def test_every_source_is_listed_and_used_and_graded() -> None:
    listed = read_sources(read_yaml(DIRECTORIES / "jiaxing" / "sources.yaml", "sources"))
    used = {each.source.id for hospital in JIAXING.hospitals for each in (*hospital.levels, *hospital.grades)}
    assert used == set(listed)
    assert {key: {"mark": each.mark, "address": each.address} for key, each in listed.items()} == CASES["sources"]


def test_the_numbers_in_what_a_source_is_called_are_the_same_in_both_languages() -> None:
    for source in read_sources(read_yaml(DIRECTORIES / "jiaxing" / "sources.yaml", "sources")).values():
        zh, en = (re.findall("[0-9]{2,}", words) for words in (source.title.zh, source.title.en))
        assert set(en) <= set(zh), source.id


@given(DAYS)
def test_every_day_every_hospital_has_levels_of_the_vocabulary_in_its_order(day: datetime.date) -> None:
    for hospital in JIAXING.hospitals:
        levels, grades = hospital.levels_on(day), hospital.grades_on(day)
        assert levels
        assert list(levels) == [level for level in LEVELS if level in levels]
        assert list(grades) == [grade for grade in HOSPITAL_GRADES if grade in grades]
        marks = {each.mark for each in (*hospital.level_evidence(day), *hospital.grade_evidence(day))}
        assert marks <= set(MARKS)


def test_the_json_holds_what_is_on_record_on_the_day_with_all_evidence() -> None:
    found = JIAXING.to_dict(JIAXING.find("马桥街道医院"), DAY)
    assert (found["directory"], found["on"]) == ("jiaxing", "2008-01-01")
    (hospital,) = found["hospitals"]
    assert (hospital["id"], hospital["levels"], hospital["grades"]) == (
        "haining_second_people_hospital",
        ["township"],
        [],
    )
    assert [(each["values"], each["from"], each["to"]) for each in hospital["level_evidence"]] == [
        (["township"], None, "2011-07-31"),
        (["township", "county"], "2011-08-01", "2011-08-31"),
        (["county"], "2011-09-01", None),
    ]
    assert hospital["level_evidence"][0]["source"]["address"] == "http://efboo.cn/hospital_detail/introduce/8005.html"
    assert hospital["level_evidence"][0]["source"]["mark"] == hospital["level_evidence"][0]["mark"] == "unverified"


# -- what people call it ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES["nicknames"].values(), ids=list(CASES["nicknames"]))
def test_a_name_that_one_hospital_has_finds_it(case: dict[str, str]) -> None:
    assert [each.name for each in JIAXING.find(case["says"])] == [case["means"]]


@pytest.mark.parametrize(("says", "means"), CASES["shared"].items())
def test_a_shared_name_finds_all_and_is_never_taken_for_one(says: str, means: list[str]) -> None:
    assert {each.name for each in JIAXING.find(says)} == set(means)
    with pytest.raises(FactError) as refused:
        JIAXING.settle({"provider": says}, DAY)
    for name in means:
        assert f"{name} ({the_one(name).id})" in str(refused.value)


def test_no_other_name_is_shared() -> None:
    assert set(SHARED) == set(CASES["shared"])


def test_a_part_of_a_name_finds_nothing() -> None:
    assert JIAXING.find("海宁") == JIAXING.find("") == JIAXING.find("海宁市第二") == ()


@given(st.sampled_from(UNIQUE), st.lists(st.sampled_from(" \t\n\u3000\u00a0"), min_size=1, max_size=6), st.booleans())
def test_spaces_capitals_and_wide_letters_make_no_difference(word: str, spaces: list[str], capitals: bool) -> None:
    spread = "".join(letter + spaces[place % len(spaces)] for place, letter in enumerate(word))
    wide = "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in spread)
    assert JIAXING.find(wide.upper() if capitals else wide) == JIAXING.find(word)


# -- facts settled by it ----------------------------------------------------------------------------------------------


def test_a_hospital_with_one_level_settles_it() -> None:
    settled = JIAXING.settle({"provider": "海宁二院", "age": 40}, DAY)
    assert settled.facts == {"provider": "haining_second_people_hospital", "age": 40, "provider_level": "township"}
    assert (settled.possible, settled.readings) == ({}, ())
    assert settled.hospital is the_one("海宁市第二人民医院")
    assert [each.end for each in settled.evidence] == [datetime.date(2011, 7, 31)]


def test_the_same_hospital_later_settles_to_another_level() -> None:
    settled = JIAXING.settle({"provider": "马桥街道医院"}, datetime.date(2011, 9, 1))
    assert settled.facts["provider_level"] == "county"


def test_a_provincial_hospital_inside_the_city_leaves_two_levels_and_names_the_reading() -> None:
    settled = JIAXING.settle({"provider": "嘉兴市第三医院"}, DAY)
    assert settled.facts == {"provider": "zhejiang_rongjun_hospital"}
    assert settled.possible == {"provider_level": ("city", "provincial")}
    assert settled.readings == ("provincial_inside_city",)


def test_a_private_hospital_leaves_every_level_of_the_city() -> None:
    settled = JIAXING.settle({"provider": "浙江新安国际医院"}, DAY)
    assert settled.possible == {"provider_level": ("township", "county", "city", "provincial")}


def test_a_level_that_somebody_states_decides_among_the_possible_ones() -> None:
    settled = JIAXING.settle({"provider": "荣军医院", "provider_level": "city"}, DAY)
    assert settled.facts == {"provider": "zhejiang_rongjun_hospital", "provider_level": "city"}
    assert (settled.possible, settled.readings) == ({}, ())


@pytest.mark.parametrize("name", ["浙一", "荣军医院"])
def test_a_stated_level_that_contradicts_the_directory_is_refused_with_both(name: str) -> None:
    hospital = the_one(name)
    with pytest.raises(FactError) as refused:
        JIAXING.settle({"provider": name, "provider_level": "township"}, DAY)
    said = str(refused.value)
    assert "provider_level township" in said
    assert f"{hospital.name} ({hospital.id}) as {' / '.join(hospital.levels_on(DAY))}" in said
    assert "2008-01-01" in said
    assert "Leave provider_level out" in said


def test_a_day_that_is_not_on_record_settles_nothing(tmp_path: Path) -> None:
    directory = load_directory("test", written(tmp_path))
    gap = datetime.date(2011, 8, 15)
    settled = directory.settle({"provider": "二院"}, gap)
    assert settled.facts == {"provider": "second_hospital"}
    assert (settled.possible, settled.evidence) == ({}, ())
    stated = directory.settle({"provider": "二院", "provider_level": "city"}, gap)
    assert stated.facts["provider_level"] == "city"


def test_facts_without_a_hospital_stay_as_they_are() -> None:
    facts: dict[str, Value] = {"provider_level": "city", "age": 7}
    settled = JIAXING.settle(facts, DAY)
    assert settled.facts == facts
    assert settled.facts is not facts
    assert settled.hospital is None


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("海宁市第二医院", "Did you mean: 海宁市第二人民医院 (haining_second_people_hospital)?"),
        ("haining_peoples_hospital", "Did you mean: 海宁市人民医院 (haining_people_hospital)?"),
        ("xyz", "give provider_level in place of provider"),
        ("", "give provider_level in place of provider"),
    ],
)
def test_an_unknown_hospital_is_refused_with_the_nearest_name(name: str, says: str) -> None:
    with pytest.raises(FactError) as refused:
        JIAXING.settle({"provider": name}, DAY)
    assert says in str(refused.value)
    assert len(str(refused.value)) < 300


@given(st.text(max_size=80) | st.sampled_from([*UNIQUE, *SHARED]), st.none() | st.sampled_from(LEVELS), DAYS)
def test_whatever_is_said_either_settles_soundly_or_is_refused_in_words(
    name: str, stated: str | None, day: datetime.date
) -> None:
    facts: dict[str, Value] = {"provider": name, **({"provider_level": stated} if stated else {})}
    try:
        settled = JIAXING.settle(facts, day)
    except FactError:
        assert len(JIAXING.find(name)) != 1 or stated not in (None, *the_one(name).levels_on(day))
        return
    assert settled.hospital is not None
    levels = settled.hospital.levels_on(day)
    if "provider_level" in settled.facts:
        assert settled.facts["provider_level"] in levels
        assert settled.possible == {}
    else:
        assert settled.possible == {"provider_level": levels}
        assert len(levels) > 1


# -- reading it -------------------------------------------------------------------------------------------------------


def test_the_small_directory_is_sound(tmp_path: Path) -> None:
    directory = load_directory("test", written(tmp_path))
    (second,) = directory.find("老二院")
    assert second.grades_on(datetime.date(2017, 1, 1)) == ("grade_3b", "grade_2a")
    assert second.levels[1].mark == "derived"


@pytest.mark.parametrize("fault", FAULTS, ids=[each["name"] for each in FAULTS])
def test_a_fault_is_refused_with_file_line_and_remedy(fault: dict[str, Any], tmp_path: Path) -> None:
    files = {"hospitals/all.yaml": HOSPITALS, "sources.yaml": SOURCES}
    assert files[fault["file"]].count(fault["old"]) == 1
    files[fault["file"]] = files[fault["file"]].replace(fault["old"], fault["new"])
    with pytest.raises(PackError) as refused:
        load_directory("test", written(tmp_path, files["hospitals/all.yaml"], files["sources.yaml"]))
    place, _, sentence = str(refused.value).partition(": ")
    assert place == f"test/{fault['file']}:{fault['at']}"
    for words in fault["says"]:
        assert words in sentence


def test_the_same_id_in_two_files_is_refused(tmp_path: Path) -> None:
    folder = written(tmp_path)
    other = HOSPITALS.split("second_hospital:")[0].replace("第一医院", "别的医院").replace("First", "Other")
    (folder / "test" / "hospitals" / "more.yaml").write_text(other, encoding="utf-8")
    with pytest.raises(
        PackError, match=r"^test/hospitals/more.yaml:2: first_hospital is already .* test/hospitals/all.yaml:2"
    ):
        load_directory("test", folder)


def test_a_directory_without_hospitals_is_refused(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "test" / "hospitals" / "all.yaml").unlink()
    with pytest.raises(PackError, match=r"^test/hospitals: There is no file of hospitals"):
        load_directory("test", folder)


def test_a_directory_that_is_not_there_is_refused_with_the_nearest() -> None:
    assert directory_ids() == ("jiaxing",)
    with pytest.raises(PolicyError, match=r"Did you mean: jiaxing\?"):
        load_directory("jiaxin")


def test_a_directory_is_loaded_once_and_its_version_follows_its_files(tmp_path: Path) -> None:
    assert load_directory("jiaxing") is JIAXING
    one: Directory = load_directory("test", written(tmp_path / "one"))
    same = load_directory("test", written(tmp_path / "same"))
    other = load_directory("test", written(tmp_path / "other", HOSPITALS.replace("2011-07-31", "2011-07-30")))
    assert one.version == same.version != other.version


def test_evidence_holds_on_its_first_and_last_day_and_on_no_other() -> None:
    start, end = datetime.date(2011, 8, 1), datetime.date(2011, 8, 31)
    source = next(iter(read_sources(read_yaml(DIRECTORIES / "jiaxing" / "sources.yaml", "sources")).values()))
    evidence = Evidence(("county",), source, "official", start, end)
    one = datetime.timedelta(days=1)
    assert [evidence.holds_on(day) for day in (start - one, start, end, end + one)] == [False, True, True, False]
