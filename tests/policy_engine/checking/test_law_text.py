"""Numbers of a pack held against the text of the law. Every text here is made up."""

import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from policy_engine.checking.law_text import check_numbers, split, text_of
from policy_engine.checking.quantities import quantities
from policy_engine.citations import Document
from policy_engine.errors import PackError
from policy_engine.loader import PACKS, load_scheme
from policy_engine.scheme import Scheme

SCHEME = "jiaxing-2008"
PARAMETERS = (PACKS / SCHEME / "parameters.yaml").read_text("utf-8")
FIGURES = [each.span(1) for each in re.finditer(r"(?:value|at_least): (-?[0-9]+%?)", PARAMETERS)]


def invented(scheme: Scheme) -> tuple[str, ...]:
    """A text for each document that the scheme cites: our own words for each article, marked as official texts are."""
    documents = dict.fromkeys([*scheme.documents.values(), *(each.citation.document for each in scheme.statements)])
    texts = []
    for document in documents:
        assert document is not None
        lines = [document.title, document.number]
        for place, gist in document.articles.items():
            article, _, item = place.partition(".")
            said = [gist, *(each.text for each in scheme.statements if each.citation.gist == gist)]
            lines.append(f"    {item}．{' '.join(said)}" if item else f"（{article}）{' '.join(said)}")
        lines += [
            document.issuer.split("、")[0],
            f"{document.issued:%Y}年{document.issued.month}月{document.issued.day}日",
        ]
        texts.append("\n".join(lines))
    return tuple(texts)


def document(*articles: str, number: str = "虚发〔2001〕7号", issuer: str = "虚县政府") -> Document:
    return Document("d", number, "意见", issuer, date(2001, 2, 3), "official", "-", dict.fromkeys(articles, ""))


def test_a_pack_that_agrees_with_its_texts_has_no_fault() -> None:
    scheme = load_scheme(SCHEME)
    checked = check_numbers(scheme, invented(scheme))
    assert [str(each) for each in checked.faults] == []
    assert checked.without_text == ()


@pytest.mark.parametrize("place", FIGURES, ids=lambda span: f"{PARAMETERS[slice(*span)]}-{span[0]}")
@pytest.mark.parametrize("change", [1, 7, -3])
def test_any_changed_figure_is_a_fault_at_its_line(packs: Path, place: tuple[int, int], change: int) -> None:
    start, end = place
    new = re.sub("[0-9]+", lambda number: str(int(number[0]) + change), PARAMETERS[start:end])
    faults = faults_with(packs, place, new)
    line = PARAMETERS[:start].count("\n") + 1
    assert [each.where for each in faults] == [f"{SCHEME}/parameters.yaml:{line}"]
    assert "does not stand in 嘉政发〔2007〕70号" in str(faults[0])


@pytest.mark.parametrize("place", [each for each in FIGURES if PARAMETERS[each[0]] == "-"])
def test_points_that_are_added_and_not_taken_away_are_a_fault(packs: Path, place: tuple[int, int]) -> None:
    (fault,) = faults_with(packs, place, PARAMETERS[slice(*place)].removeprefix("-"))
    assert "个百分点 does not stand" in str(fault)


def faults_with(packs: Path, place: tuple[int, int], new: str) -> tuple[PackError, ...]:
    """What is wrong with a copy of the packs that has `new` in this place of its parameters."""
    start, end = place
    (packs / SCHEME / "parameters.yaml").write_text(PARAMETERS[:start] + new + PARAMETERS[end:], "utf-8")
    return check_numbers(load_scheme(SCHEME, None, packs), invented(load_scheme(SCHEME))).faults


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("statements.yaml", "参保率目标90%以上", "参保率目标95%以上", "95% does not stand in 嘉政发〔2007〕70号 一"),
        ("statements.yaml", "2008年1月1日起", "2008年1月2日起", "2008年1月2日 does not stand"),
        ("documents.yaml", "起付线300元", "起付线320元", "Numbers there"),
        ("documents.yaml", "issued: 2007-10-12", "issued: 2007-10-13", "2007-10-13 stands nowhere"),
        ("documents.yaml", "    七: ", "    二十: 没有这一条。\n    七: ", "has no 二十"),
        ("interpretations.yaml", "“普通门诊补助不低于列报费用的两成”", "“不低于列报费用的三成”", "30% does not stand"),
        ("eligibility.yaml", "一个人只能在一个县", "一个人在2个县", "2 does not stand in 嘉政发〔2007〕70号 十二"),
    ],
)
def test_a_changed_number_in_words_is_a_fault(
    edited: Callable[..., Scheme], file: str, old: str, new: str, says: str
) -> None:
    texts = invented(load_scheme(SCHEME))
    faults = check_numbers(edited(file, old, new, None), texts).faults
    assert faults
    assert any(says in str(each) for each in faults), [str(each) for each in faults]
    assert all(each.where.startswith(f"{SCHEME}/{file}:") for each in faults)


MINOR = "age: {below: 18}}\n    points: inpatient.points.minor"


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("parameters.yaml", "at_least: 150, cite", "at_least: 150, at_most: 400, cite", "400元 does not stand"),
        (
            "parameters.yaml",
            "ceiling.counts_outpatient:",
            "x: {label: x, unit: yuan, values: [{from: 2008-01-01, same_as: ceiling.general, times: 3, cite: 七}]}\n"
            "ceiling.counts_outpatient:",
            "300% does not stand",
        ),
        ("parameters.yaml", "lowest: 0%, set_by", "lowest: 0%, highest: 12%, set_by", "12个百分点 does not stand"),
        (
            "interpretations.yaml",
            "inpatient.deductible.city: [{from: 2008-01-01, same_as: inpatient.deductible.township, cite: 三}]",
            "inpatient.deductible.city: [{from: 2008-01-01, value: 320, cite: 十四.1}]",
            "320元 does not stand",
        ),
        ("interpretations.yaml", "    own: 要学生自己有", "    own: 3个月以上，要学生自己有", "3 does not stand"),
        (
            "benefits.yaml",
            "deductible: outpatient.deductible.township\n",
            "deductible: 55\n    cite: 十四.3\n",
            "55元 does not stand in 嘉政发〔2007〕70号 十四.3",
        ),
        ("benefits.yaml", MINOR, MINOR.replace("18", "16"), "16 does not stand in 嘉政发〔2007〕70号 十四.5"),
        ("parameters.yaml", "value: 300, cite: 十四.1", "value: 0, cite: 十四.1", "0元 does not stand"),
    ],
)
def test_a_number_is_found_wherever_a_pack_may_state_one(
    edited: Callable[..., Scheme], file: str, old: str, new: str, says: str
) -> None:
    texts = invented(load_scheme(SCHEME))
    faults = check_numbers(edited(file, old, new, None), texts).faults
    assert [each for each in faults if says in str(each)], [str(each) for each in faults]
    assert all(each.where.startswith(f"{SCHEME}/{file}:") for each in faults)


def test_none_of_something_may_stand_in_words(edited: Callable[..., Scheme]) -> None:
    city, country = invented(load_scheme(SCHEME))
    scheme = edited("parameters.yaml", "value: 300, cite: 十四.1", "value: 0, cite: 十四.1", None)
    assert [each.params["number"] for each in check_numbers(scheme, (city, country)).faults] == ["0元"]
    without = city.replace("起付线300元", "一律不设起付线；别处300元")
    assert check_numbers(scheme, (without, country)).faults == ()


def test_a_county_that_cites_a_figure_is_held_to_it(edited: Callable[..., Scheme]) -> None:
    texts = invented(load_scheme(SCHEME))
    scheme = edited(
        "counties/haining.yaml",
        "",
        "parameters:\n  inpatient.ratio.township: [{from: 2008-01-01, value: 61%, cite: 十四.1}]\n",
        "haining",
    )
    (fault,) = check_numbers(scheme, texts).faults
    assert fault.where.startswith(f"{SCHEME}/counties/haining.yaml:")
    assert fault.params["number"] == "61%"


def test_a_day_in_the_middle_of_the_period_stands_in_the_document(edited: Callable[..., Scheme]) -> None:
    texts = invented(load_scheme(SCHEME))
    old, cite = "    - {from: 2008-01-01, value: 300, cite: 十四.1}", "value: 300, cite: 十四.1}"
    scheme = edited("parameters.yaml", old, f"{old}\n    - {{from: 2008-07-01, {cite}", None)
    (fault,) = check_numbers(scheme, texts).faults
    assert str(fault).endswith("2008-07-01 stands nowhere in the text of 嘉政发〔2007〕70号. Correct the pack.")
    assert check_numbers(scheme, [f"{texts[0]}\n自2008年7月1日起", texts[1]]).faults == ()


def test_a_document_without_a_text_is_named_and_no_fault() -> None:
    scheme = load_scheme(SCHEME)
    checked = check_numbers(scheme, ())
    assert checked.faults == ()
    assert [each.number for each in checked.without_text] == ["嘉政发〔2007〕70号", "人社部发[2008]39号"]


@pytest.mark.parametrize(
    "number", ["虚发〔2001〕7号", "虚发[2001]7号", "虚发［２００１］７号", "虚发（2001）7号", "（虚发(2001) 7号）"]
)
def test_a_text_is_known_by_its_number_in_any_brackets(number: str) -> None:
    text = f"意见\n{number}\n一、第一条的话。"
    assert text_of(document("一"), ["别的\n一、无关。", text]) == text


def test_a_text_that_only_refers_to_the_number_is_another_document() -> None:
    assert text_of(document("一"), ["另发〔2002〕1号\n一、按虚发〔2001〕7号办。"]) is None
    assert text_of(document("一"), ["虚发〔2001〕17号\n一、无关。"]) is None


def test_articles_in_brackets_end_at_the_next_heading_and_items_lose_their_marks() -> None:
    text = (
        "虚发〔2001〕7号    一、总则    （一）共5元。    二、细则1    （二）如下。    1．2元，见（一）。    "
        "2．3.5元。    （三）完。\n虚县政府    二○○一年二月三日"
    )
    parts = split(document("一", "二", "二.1", "二.2", "三"), text)
    assert {place: part.strip() for place, part in parts.items() if place != "二"} == {
        "一": "共5元。",
        "二.1": "2元，见（一）。",
        "二.2": "3.5元。",
        "三": "完。",
    }
    assert [each.shown for each in quantities(parts["二"])] == ["2元", "3.5元"]


def test_sections_with_a_comma_and_numbered_articles_are_split_too() -> None:
    assert split(document("一", "二"), "　　一、甲1。\n\n　　二、乙2。")["二"] == "乙2。"
    assert split(document("一", "二"), "第一条 甲。\n第二条 乙，见第一条。")["一"].strip() == "甲。"
    assert set(split(document("一", "二", "二.1"), "一、甲。\n二、乙。")) == {"一", "二"}


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("起付线为３００元", [("300", "元", 0)]),
        ("最高70,000元或12万元", [("70000", "元", 0), ("120000", "元", 0)]),
        ("三百元，一万二千元", [("300", "元", 0), ("12000", "元", 0)]),
        ("补偿标准下降10个百分点", [("10", "百分点", -1)]),
        ("标准提高15个百分点；再降５百分点", [("15", "百分点", 1), ("5", "百分点", -1)]),
        ("降10个或15个百分点", [("10", "百分点", -1), ("15", "百分点", -1)]),
        (
            "60～70%，百分之二十，三成半，两成",
            [(number, "%", 0) for number in ("60", "70", "20", "35", "20")],
        ),
        ("2008年1月1日起", [("20080101", "日期", 0), ("2008", "年", 0)]),
        ("二○○七年十月十二日", [("20071012", "日期", 0), ("2007", "年", 0)]),
        ("一个人，四方，十二条", []),
    ],
)
def test_the_numbers_of_a_sentence(sentence: str, found: list[tuple[str, str, int]]) -> None:
    assert [(each.number, each.unit, each.sign) for each in quantities(sentence)] == [
        (Fraction(number), unit, sign) for number, unit, sign in found
    ]


@pytest.mark.parametrize(
    ("said", "text", "same"),
    [
        ("45元", "45号", False),
        ("45", "45号", True),
        ("20%", "20个百分点", False),
        ("降10个百分点", "提高10个百分点", False),
        ("降10个百分点", "相差10个百分点", True),
        ("30元", "300元", False),
    ],
)
def test_the_same_number_of_other_things_is_another_number(said: str, text: str, same: bool) -> None:
    (one,), (other,) = quantities(said), quantities(text)
    assert one.stands_as(other) is same
