"""Several hundred questions about the policy: every number of an answer stands in the pack, the article is right.

What may be said is read from the pack's files as text, apart from the code that answers.
"""

from __future__ import annotations

import datetime
import re
import time
import unicodedata
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from bot.ask import Rules
from bot.asking import Replied, ask_policy
from bot.channels.plain import plain
from bot.faqs import faqs
from bot.languages import catalogue, first_language
from dialogs.policy.answering import CERTAIN
from dialogs.policy.index import index_of
from policy_engine.checking.quantities import quantities
from policy_engine.citations import article_key
from policy_engine.loader import PACKS, load_scheme
from tests.cases import read_yaml

Asked = tuple[str, str | None, str, str]

_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_QUESTIONS = read_yaml(Path(__file__).parent / "questions.yaml")
_COUNTIES: dict[str, tuple[str | None, ...]] = {"jiaxing-2008": (None, "demo", "haining")}


def questions(county: str | None = None) -> Iterator[Asked]:
    """Scheme, county, the place expected, and the question."""
    for scheme, by_place in _QUESTIONS.items():
        if county in _COUNTIES.get(scheme, (None,)):
            yield from ((scheme, county, place, each) for place, asked in by_place.items() for each in asked)


def replied(scheme: str, county: str | None, question: str, locale: str | None = None) -> Replied:
    words = catalogue(locale or first_language(question))
    return ask_policy(question, Rules(scheme, county), datetime.date(2008, 3, 1), words)


def said(found: Replied) -> str:
    """Everything that a reader sees of an answer, or the choices where it is not clear what was meant."""
    if found.told.reply is not None:
        return plain(found.told.reply, found.case.words)
    return "\n".join(each.title for each in found.told.meant)


def numbers(text: str) -> set[Fraction]:
    plain_text = unicodedata.normalize("NFKC", text)
    digits = {Fraction(each.replace(",", "")) for each in _NUMBER.findall(plain_text)}
    return digits | {each.number for each in quantities(plain_text) if each.unit != "日期"}


@cache
def pack_numbers(scheme: str, county: str | None) -> set[Fraction]:
    """Every number in the files of a pack, of its county, and of the national document above it."""
    folder = PACKS / scheme
    files = [*folder.glob("*.yaml"), *(PACKS / "mohrss-2008").glob("*.yaml")]
    if county is not None:
        files.append(folder / "counties" / f"{county}.yaml")
    return set().union(*(numbers(path.read_text("utf-8")) for path in files))


def places(found: Replied) -> set[str]:
    keys = set()
    for citation in found.told.citations:
        key = article_key(citation.article, citation.item)
        keys |= {key, f"{citation.document.id}/{key}" if citation.document else ""}
    return keys


def hit(found: Replied, expected: str) -> bool:
    if expected == "none":
        return found.told.outcome == "not_covered"
    return bool(places(found) & set(expected.split("|")))


@pytest.mark.parametrize("county", [None, "demo", "haining"])
@pytest.mark.parametrize("locale", [None, "zh_Hans", "en"])
def test_no_answer_has_a_number_that_the_pack_does_not_have(county: str | None, locale: str | None) -> None:
    for scheme, _, _, question in questions(county):
        found = replied(scheme, county, question, locale)
        invented = numbers(said(found)) - pack_numbers(scheme, county)
        assert not invented, f"{scheme} {county} {question}: {invented} in {said(found)}"


@pytest.mark.parametrize("county", [None, "demo", "haining"])
def test_nine_in_ten_questions_get_the_article_that_answers_them(county: str | None) -> None:
    asked = list(questions(county))
    missed = [
        f"{scheme} {expected} {question}: {found.told.outcome} {[each.id for each in found.told.meant]}"
        for scheme, _, expected, question in asked
        if not hit(found := replied(scheme, county, question), expected)
    ]
    assert len(missed) <= 0.1 * len(asked), "\n".join(missed)


def test_there_are_enough_questions_in_both_languages() -> None:
    asked = {question for _, _, _, question in questions()}
    english = {each for each in asked if each.isascii()}
    assert len(asked) >= 200
    assert len(english) >= 50
    assert len([1 for _, _, place, _ in questions() if place == "none"]) >= 20


@pytest.mark.parametrize(
    "question",
    ["报90%对吗", "起付线是一千块吗", "封顶线是不是十万", "去省里少报20个点对吗", "Is it true that 90% is paid?"],
)
def test_a_figure_that_is_taken_for_granted_is_not_confirmed(question: str) -> None:
    found = replied("jiaxing-2008", None, question)
    assert found.case.words("answer.not_that_figure") in said(found)


@pytest.mark.parametrize(
    "question", ["为什么去省里少报15个点", "封顶线是七万吗", "学生封顶线十二万对吗", "起付线是300元吗"]
)
def test_a_figure_that_stands_there_is_not_doubted(question: str) -> None:
    found = replied("jiaxing-2008", None, question)
    assert found.case.words("answer.not_that_figure") not in said(found)


def test_a_question_takes_less_than_a_millisecond() -> None:
    index = index_of(load_scheme("jiaxing-2008"), faqs(), catalogue("zh_Hans"))
    asked = [question for _, _, _, question in questions()]
    started = time.perf_counter()
    for question in asked:
        index.search(question)
    assert (time.perf_counter() - started) / len(asked) < 0.001


@pytest.mark.parametrize(
    "text", ["", "?", "{", "}{", "{0}", "一" * 10_000, "a" * 10_000, "% " * 5000, "\x00\ud800", "1" * 9999]
)
def test_nothing_that_is_asked_fails(text: str) -> None:
    assert said(replied("jiaxing-2008", None, text, "zh_Hans"))


@pytest.mark.parametrize("question", ["假发能报吗", "磁共振能不能报", "is a wig covered", "does it cover an MRI scan"])
def test_whatever_is_named_it_is_the_list_that_says_whether_it_is_paid(question: str) -> None:
    assert replied("jiaxing-2008", None, question).told.meant[0].id == "faq.list_of_costs"


@pytest.mark.parametrize("told", ["发票弄丢了", "打架受的伤", "没有居住证", "she has a residence permit"])
def test_what_is_only_told_is_no_certain_question(told: str) -> None:
    index = index_of(load_scheme("jiaxing-2008"), faqs(), catalogue(first_language(told)))
    assert max(hit.score for hit in index.search(told)) < CERTAIN


def test_why_somebody_asks_does_not_hide_what_is_asked() -> None:
    found = replied("jiaxing-2008", None, "店里要印一张传单贴在门口给大家看，起付线多少")
    assert found.told.meant[0].id == "faq.deductible"
