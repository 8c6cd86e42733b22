"""`hebao policy table` and `hebao policy draw`: what is printed reads back as what the engine found."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
import subprocess
from pathlib import Path
from typing import Any, get_args

import pytest

from bot.commands.conclusions import admission, amount, answered, asked_about, payers, places
from bot.commands.drawings import as_mermaid
from bot.commands.tables import as_csv, as_markdown
from bot.languages import LOCALES, catalogue
from policy_engine.checking.drawing import drawing
from policy_engine.checking.paths import Admission, What
from policy_engine.checking.payment_terms import payment_terms
from policy_engine.checking.table import table
from policy_engine.loader import load_scheme
from policy_engine.money import exactly
from policy_engine.scheme import Scheme
from tests.servers import HEBAO, environment

WHATS: tuple[What, ...] = get_args(What)
WIDTH = {"eligibility": 3, "contribution": 5}
"""How many columns a table has besides the facts."""
SCHEME = load_scheme("jiaxing-2008", "demo")


def hebao(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*HEBAO, "policy", *arguments],
        env=environment(LANG="en_GB.UTF-8", LC_ALL=""),
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("what", WHATS)
def test_the_csv_parses_back_to_the_same_rows(what: What, locale: str, full: bool) -> None:
    words = catalogue(locale)
    found = table(SCHEME, what, full=full)
    text = as_csv(found, SCHEME, words)
    head, *lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert text.count("\r\n") == len(found.rows) + 1
    assert len(set(head)) == len(head) == len(found.facts) + WIDTH[what]
    meanings = {
        fact: {
            words("table.any"): None,
            **{answered(fact, each, words): each for row in found.rows if (each := row.facts[fact]) is not None},
        }
        for fact in found.facts
    }
    for row, line in zip(found.rows, lines, strict=True):
        cells = dict(zip(head, line, strict=True))
        assert {fact: meanings[fact][cells[asked_about(fact, words)]] for fact in found.facts} == row.facts
        assert cells[words("table.articles")] == places(row.citations, words)
        if isinstance(row.conclusion, Admission):
            assert cells[words("table.outcome")] == admission(row.conclusion, words)
            for rule in SCHEME.may_join:
                assert (words.source(rule.text) in cells[words("table.category")]) is (
                    rule.id in row.conclusion.admitted_by
                )
        else:
            assert cells[words("table.own_part")] == payers(row.conclusion.own_part, words)
            assert cells[words("table.remainder")] == payers(row.conclusion.remainder, words)
            assert cells[words("table.own_amount")] == amount(row.conclusion.own_amount, words)
            assert cells[words("table.total")] == amount(row.conclusion.total, words)


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@sum", "\tx", "\r=x", "\n=x"])
def test_a_spreadsheet_runs_no_cell(start: str) -> None:
    spoilt = _with_rule_text(f'{start}, "quoted"')
    text = as_csv(table(spoilt, "eligibility"), spoilt, catalogue("en"))
    cells = [cell for line in csv.reader(io.StringIO(text, newline=""), strict=True) for cell in line]
    assert f'\'{start}, "quoted"' in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("what", WHATS)
def test_the_markdown_has_a_cell_for_every_column(what: What, locale: str) -> None:
    found = table(SCHEME, what)
    lines = as_markdown(found, SCHEME, catalogue(locale)).splitlines()
    assert len(lines) == len(found.rows) + 2
    assert {line.count("|") for line in lines} == {len(found.facts) + WIDTH[what] + 1}
    assert set(lines[1]) == set("| -")


def test_markdown_shows_a_text_as_it_is() -> None:
    spoilt = _with_rule_text("a|b <i>*c*\nd")
    text = as_markdown(table(spoilt, "eligibility"), spoilt, catalogue("en"))
    assert r"a\|b \<i>\*c\* d" in text


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("what", WHATS)
def test_the_flowchart_is_sound_mermaid_and_says_every_word(what: What, locale: str) -> None:
    words = catalogue(locale)
    graph = drawing(SCHEME, what)
    head, title, *lines = as_mermaid(graph, what, SCHEME, words).splitlines()
    assert head == "flowchart TD"
    assert title.startswith("    accTitle: ")
    text = r'"[^"\[\](){}|]+"'
    node, edge = rf"(q\d+)\{{\{{{text}\}}\}}|(c\d+)\(\[{text}\]\)", rf"(q\d+) -->\|{text}\| ([qc]\d+)"
    nodes = [found for line in lines if (found := re.fullmatch(node, line.strip()))]
    edges = [found for line in lines if (found := re.fullmatch(edge, line.strip()))]
    assert len(nodes) + len(edges) == len(lines)
    assert [found[1] or found[2] for found in nodes] == [each.id for each in graph.nodes]
    assert [(found[1], found[2]) for found in edges] == [(each.source, each.target) for each in graph.edges]
    written = "\n".join(lines)
    for each in graph.nodes:
        if each.fact:
            assert f'{each.id}{{{{"{asked_about(each.fact, words)}"}}}}' in written
        if each.conclusion:
            assert places(each.conclusion.citations, words) in written


def test_mermaid_shows_a_text_as_it_is() -> None:
    words = catalogue("en")
    spoilt = dataclasses.replace(SCHEME, name='a "b" [c] (d) #35; <br>|')
    drawn = as_mermaid(drawing(spoilt, "eligibility"), "eligibility", spoilt, words)
    title = drawn.splitlines()[1]
    assert not set('"[]()<>|') & set(title)
    assert re.sub(r"#(\d+);", lambda found: chr(int(found[1])), title).count(spoilt.name) == 1


def test_the_commands_print_what_was_asked_for() -> None:
    asked = hebao("table", "--full", "--locale", "zh")
    assert asked.returncode == 0, asked.stderr
    assert asked.stdout.count(b"\r\n") == 513
    assert "可以参加" in asked.stdout.decode()
    data: dict[str, Any] = json.loads(hebao("table", "jiaxing-2008", "--county", "demo", "--json").stdout)
    assert data == table(SCHEME, "eligibility").to_dict()
    markdown = hebao("table", "jiaxing-2008", "--what", "contribution", "--format", "markdown")
    assert markdown.stdout.startswith(b"| ")
    assert b"Remainder paid by" in markdown.stdout
    drawn = hebao("draw", "jiaxing-2008", "--county", "demo", "--what", "contribution", "--locale", "zh")
    graph = drawing(SCHEME, "contribution")
    assert drawn.stdout.decode() == as_mermaid(graph, "contribution", SCHEME, catalogue("zh_Hans"))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("county", [None, "demo", "shibenji"])
def test_the_table_of_payment_has_a_row_for_every_class_and_says_every_figure(locale: str, county: str | None) -> None:
    words, scheme = catalogue(locale), load_scheme("jiaxing-2008", county)
    found = payment_terms(scheme)
    head, *lines = csv.reader(io.StringIO(as_csv(found, scheme, words), newline=""), strict=True)
    assert len(set(head)) == len(head)
    assert len(lines) == len(found.rows)
    for row, line in zip(found.rows, lines, strict=True):
        cells = dict(zip(head, line, strict=True))
        assert cells[words("table.articles")] == places(row.terms.citations, words)
        said = " ".join(line)
        assert row.terms.bands[0].rate == (0, 1) or words.percent(*row.terms.bands[0].rate) in said
        for figure in (row.terms.ceiling, row.terms.deductible.amount if row.terms.deductible else None):
            if figure is not None and figure.setting is not None:
                assert words.money(exactly(int(figure.setting.value))) in said  # type: ignore[arg-type]
    assert as_markdown(found, scheme, words).count("\n") == len(found.rows) + 2


def test_the_table_of_payment_speaks_of_bands_layers_and_shares(tmp_path: Path) -> None:
    """What Jiaxing 2008 has not, a scheme that has it shows in columns of its own."""
    scheme = load_scheme("rich", None, rich_pack(tmp_path))
    said = as_csv(payment_terms(scheme), scheme, catalogue("en"))
    for part in (
        "10% of the whole bill, at least 100 yuan, at most 500 yuan",
        "≤ 3,000 yuan: 50%",
        "> 3,000 yuan, < 10,000 yuan: 60%",
        "≥ 10,000 yuan: 70%",
        "bands of the reportable cost of the year so far",
        "from stay 2 on: 0 yuan",
        "5% of class-B items is paid by oneself first",
        "at least 30% of the reportable cost less the deductible",
        "2,000 yuan (outpatient payments only)",
        "what exceeds 8,000 yuan a year",
        "at most 90,000 yuan a year",
    ):
        assert part in said.replace("; ", ", "), part
    data = json.loads(json.dumps(payment_terms(scheme).to_dict()))
    assert [row["bands"] for row in data["rows"] if row["facts"]["care"] == ["inpatient"]] == [
        [{"up_to": "3000.00", "ratio": "50%"}, {"below": "10000.00", "ratio": "60%"}, {"ratio": "70%"}]
    ]


def rich_pack(folder: Path) -> Path:
    """A pack with everything that a schedule can have."""
    pack = folder / "rich"
    pack.mkdir(parents=True)
    files = {
        "scheme": "scheme: rich\nkind: municipal\nname: 甲\njurisdiction: 乙\n"
        "period: {from: 2008-01-01, to: 2008-12-31}\n",
        "documents": "d: {number: 丙, title: 丁, issuer: 戊, issued: 2008-01-01, grade: official, found_at: x, "
        "articles: {一: 己}}\n",
        "benefits": """
schedules:
  - id: inpatient
    when: {care: inpatient}
    cite: 一
    basis: year_gross
    deductible: {amount: 300, later_stays: [0], counts: per_stay}
    class_b_share: 5%
    guaranteed: {share: 30%, of: after_deductible}
    bands: [{up_to: 3000, ratio: 50%}, {below: 10000, ratio: 60%}, {ratio: 70%}]
  - id: outpatient
    cite: 一
    deductible: {share: 10%, of: bill_total, at_least: 100, at_most: 500}
    ratio: 40%
ceilings:
  - {id: outpatient, when: {care: outpatient}, amount: 2000, counts: outpatient_paid_this_year, cite: 一}
  - {id: general, amount: 100000, cite: 一}
cost_ceilings: [{id: all, amount: 200000, cite: 一}]
second_layers:
  - id: serious
    when: {care: inpatient}
    feeds: [own_share, deductible]
    deductible: 8000
    ratio: 60%
    ceiling: 90000
    cite: 一
rounding: half_up
cite: 一
""",
    }
    for name, text in files.items():
        (pack / f"{name}.yaml").write_text(text, "utf-8")
    return folder


def test_full_goes_with_what_has_questions() -> None:
    ran = hebao("table", "--what", "estimate", "--full")
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert b"--full goes with" in ran.stderr


def test_a_day_of_no_rules_exits_2() -> None:
    for what in ("estimate", "contribution"):
        ran = hebao("table", "jiaxing-2008", "--what", what, "--on", "2009-01-01")
        assert (ran.returncode, ran.stdout) == (2, b"")
        assert b"none for 2009-01-01" in ran.stderr


@pytest.mark.parametrize("command", ["table", "draw"])
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["jiaxing-1999"], "There is no scheme called jiaxing-1999. Did you mean: jiaxing-2013?"),
        (["mohrss-2008"], "mohrss-2008 has no rules on who may join. Choose a city's scheme."),
        (
            ["mohrss-2008", "--what", "contribution"],
            "mohrss-2008 has no rules on contributions. Choose a city's scheme.",
        ),
    ],
)
def test_what_has_no_such_rules_exits_2_with_one_sentence(command: str, arguments: list[str], says: str) -> None:
    ran = hebao(command, *arguments)
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert ran.stderr.decode().strip() == f"hebao: {says}"


def _with_rule_text(text: str) -> Scheme:
    rules = tuple(dataclasses.replace(rule, text=text) for rule in SCHEME.may_join[2:])
    return dataclasses.replace(SCHEME, may_join=(*SCHEME.may_join[:2], *rules))
