"""The rule book: kept up to date, whole, and readable as it stands."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.commands.book import book, kept_books
from bot.commands.condition_words import condition, in_force, otherwise
from bot.languages import LOCALES, catalogue
from policy_engine.conditions import ALWAYS, Joined, Not, Read, read_condition
from policy_engine.loader import PACKS, load_scheme
from policy_engine.reading.plain_data import node_of
from policy_engine.scheme import Scheme
from tests.bot.test_cli import hebao
from tests.policy_engine.conftest import edited, packs  # noqa: F401 - fixtures
from tests.policy_engine.hostile import schemes

KEPT = Path(__file__).parents[2] / "docs" / "rule-book"
ZH, EN = catalogue("zh_Hans"), catalogue("en")
EVERY = schemes(PACKS, Path(__file__).parents[1] / "schemes")
CHINESE = re.compile(r"[\u3400-\u9fff]")


def test_the_kept_books_are_those_of_the_packs_as_they_are() -> None:
    """Where this fails, `make book` brings them up to date: look at the difference before it is committed."""
    written = dict(kept_books())
    assert {path.name for path in KEPT.iterdir()} == written.keys()
    for name, text in written.items():
        assert (KEPT / name).read_text("utf-8") == text, f"docs/rule-book/{name} is not current: make book"


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("county", [None, "demo", "haining"])
def test_every_figure_reading_rule_and_article_stands_in_the_book(locale: str, county: str | None) -> None:
    scheme, words = load_scheme("jiaxing-2008", county), catalogue(locale)
    text = book(scheme, words)
    for parameter in scheme.parameters.values():
        assert words.source(parameter.label) in text
        assert not parameter.settings or f"`{parameter.id}`" in text
    for reading in scheme.interpretations.values():
        assert words.source(reading.question) in text
        for name, choice in reading.choices.items():
            assert words.source(choice) in text
            assert not name or f"`{reading.id}: {name}`" in text
    for rule in (*scheme.may_join, *scheme.cannot_join):
        assert words.source(rule.text) in text
    for document in scheme.documents.values():
        for gist in document.articles.values():
            assert words.source(gist) in text
    for statement in scheme.statements:
        if statement.citation.document in scheme.documents.values():
            assert words.source(statement.text) in text


def test_what_is_not_set_names_who_decides_in_this_county() -> None:
    assert "没有定（由市本级、各县（市）定）" in book(load_scheme("jiaxing-2008"), ZH)
    haining = book(load_scheme("jiaxing-2008", "haining"), ZH)
    assert "没有定（由海宁市定）" in haining
    assert "### 由海宁市定" in haining


def test_the_illustrative_county_says_so_first() -> None:
    demo = book(load_scheme("jiaxing-2008", "demo"), EN)
    assert demo.index("made up for trial") < demo.index("## Documents")
    assert "made up for trial" not in book(load_scheme("jiaxing-2008"), EN)


def test_a_value_with_dates_has_them_and_a_note_too(edited: Callable[..., Scheme]) -> None:  # noqa: F811
    scheme = edited(
        "counties/demo.yaml",
        "inpatient.ratio.county: [{from: 2008-01-01, value: 50%, grade: illustrative}]",
        "inpatient.ratio.county: [{from: 2008-01-01, to: 2008-06-30, value: 50%, grade: illustrative}, "
        "{from: 2008-07-01, value: 55%, grade: illustrative, note: 年中调整}]",
    )
    text = book(scheme, ZH)
    assert "50%（2008年1月1日至2008年6月30日）；55%（2008年7月1日至2008年12月31日）" in text
    assert "| 55% (年中调整) | 2008年7月1日至2008年12月31日 | 示例县的编造数 |" in text


def test_an_english_book_has_chinese_only_where_documents_and_articles_are_named() -> None:
    text = book(load_scheme("jiaxing-2008", "demo"), EN).replace("\\", "")
    for scheme in ("jiaxing-2008", "mohrss-2008"):
        for document in load_scheme(scheme).documents.values():
            for known in (document.number, document.title, document.found_at):
                text = text.replace(known, "")
    text = re.sub("[一二三四五六七八九十]", "", text)
    assert [line for line in text.splitlines() if CHINESE.search(line)] == []


@pytest.mark.parametrize("scheme", EVERY, ids=repr)
def test_every_scheme_has_a_book_in_which_every_table_has_as_many_cells_in_each_row(scheme: Scheme) -> None:
    for words in (ZH, EN):
        text = book(scheme, words)
        assert text.startswith("# ")
        for block in re.findall(r"(?:^\|.*\|$\n?)+", text, re.M):
            cells = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
            assert len(cells) == 1, block
        for parameter in scheme.parameters.values():
            for each in parameter.settings:
                assert each.note == "" or words.source(each.note).split("。")[0][:20] in text


def test_the_command_writes_one_book_or_all(tmp_path: Path) -> None:
    one = hebao("policy", "book", "jiaxing-2008", "--county", "demo", "--locale", "en")
    assert one.returncode == 0, one.stderr
    assert one.stdout == (KEPT / "jiaxing-2008-demo.en.md").read_text("utf-8")
    written = hebao("policy", "book", "mohrss-2008", "--locale", "zh", "--out", str(tmp_path / "a" / "book.md"))
    assert (written.returncode, written.stdout) == (0, "")
    assert (tmp_path / "a" / "book.md").read_bytes() == (KEPT / "mohrss-2008.zh.md").read_bytes()
    assert hebao("policy", "book", "--all", str(tmp_path / "all")).returncode == 0
    assert {path.name for path in (tmp_path / "all").iterdir()} == {path.name for path in KEPT.iterdir()}
    data = json.loads(hebao("policy", "book", "mohrss-2008", "--locale", "en", "--json").stdout)
    assert (data["scheme"], data["county"], data["locale"]) == ("mohrss-2008", None, "en")
    assert data["markdown"] == (KEPT / "mohrss-2008.en.md").read_text("utf-8")


def test_a_file_that_cannot_be_written_exits_2(tmp_path: Path) -> None:
    ran = hebao("policy", "book", "mohrss-2008", "--out", str(tmp_path))
    assert ran.returncode == 2
    assert "cannot be written" in ran.stderr


def said(data: object, locale: str = "en") -> str:
    scheme = load_scheme("jiaxing-2008")
    readings = {name: (each.choice, each.choices) for name, each in scheme.interpretations.items()}
    return condition(read_condition(node_of(data, "here"), readings), scheme, catalogue(locale))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"registered_locally": False}, "not registered in Jiaxing"),
        ({"not": {"registered_locally": True}}, "not registered in Jiaxing"),
        ({"age": {"below": 18}}, "the age: below 18"),
        ({"age": {"at_least": 60}}, "the age: 60 or more"),
        ({"age": 5}, "the age: 5"),
        ({"care": ["outpatient", "inpatient"]}, "a hospital stay / an outpatient visit"),
        ({"county": "haining"}, "insured in Haining"),
        ({"not": {"county": "haining"}}, "not insured in Haining"),
        ({"not": {"care": "inpatient"}}, "not: a hospital stay"),
        (
            {"parameter": "student.includes_preschool"},
            "set to yes: whether kindergarten children count as students",
        ),
        (
            {"not": {"parameter": "student.includes_preschool"}},
            "set to no: whether kindergarten children count as students",
        ),
        (
            {"care": "inpatient", "any": [{"disabled": True}, {"age": {"below": 7}, "referred": True}]},
            "a hospital stay, (a disability, or (the age: below 7, with a referral))",
        ),
        ({"reading": {"points_add_up": "both"}}, "read like this: Both are subtracted"),
    ],
)
def test_a_condition_in_words(data: object, words: str) -> None:
    assert said(data) == words


def test_a_condition_as_the_text_is_read_now() -> None:
    yes, no = Read("a", "b", in_force=True), Read("a", "c", in_force=False)
    other = Joined((), decisive=True)
    assert in_force(yes) == ALWAYS
    assert in_force(no) is None
    assert in_force(Not(no)) == ALWAYS
    assert in_force(Joined((yes, other), decisive=False)) is None
    assert in_force(Joined((no, Not(no)), decisive=True)) == ALWAYS
    assert otherwise(Joined((yes, no), decisive=False)) == no
