"""A table of the engine's in the reader's language: CSV for a spreadsheet, Markdown for a document."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator

from bot.commands.conclusions import admission, amount, answered, answered_in, asked_about, payers, places
from bot.commands.figures import label
from bot.commands.markdown import plain
from bot.commands.markdown import table as markdown_table
from bot.commands.terms import TermWords
from bot.languages import Catalogue
from policy_engine.checking.paths import Admission, Answer
from policy_engine.checking.payment_terms import TermsTable
from policy_engine.checking.table import Row, Table
from policy_engine.checking.terms import Terms
from policy_engine.conditions import PARAMETER
from policy_engine.scheme import Scheme

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What makes a spreadsheet take a cell for a formula, or hide that it is one."""


def as_csv(table: Table | TermsTable, scheme: Scheme, words: Catalogue) -> str:
    """The table with a header line, as RFC 4180 has it. A cell that a spreadsheet would run begins with a quote."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows([_harmless(cell) for cell in line] for line in _lines(table, scheme, words))
    return text.getvalue()


def as_markdown(table: Table | TermsTable, scheme: Scheme, words: Catalogue) -> str:
    """The table as Markdown; what means something in Markdown or HTML is written so that it reads as itself."""
    head, *lines = ([plain(cell) for cell in line] for line in _lines(table, scheme, words))
    return markdown_table(head, lines) + "\n"


def _lines(table: Table | TermsTable, scheme: Scheme, words: Catalogue) -> Iterator[list[str]]:
    if isinstance(table, TermsTable):
        yield from _terms_lines(table, scheme, words)
        return
    yield [*(asked_about(fact, words) for fact in table.facts), *_headings(table, words), words("table.articles")]
    for row in table.rows:
        facts = (
            words("table.any") if each is None else answered(fact, each, words) for fact, each in row.facts.items()
        )
        yield [*facts, *_conclusion(row, scheme, words), places(row.citations, words)]


def _headings(table: Table, words: Catalogue) -> tuple[str, ...]:
    if table.what == "eligibility":
        return words("table.outcome"), words("table.category")
    return words("table.own_part"), words("table.own_amount"), words("table.remainder"), words("table.total")


def _conclusion(row: Row, scheme: Scheme, words: Catalogue) -> tuple[str, ...]:
    found = row.conclusion
    if not isinstance(found, Admission):
        return (
            payers(found.own_part, words),
            amount(found.own_amount, words),
            payers(found.remainder, words),
            amount(found.total, words),
        )
    texts = [words.source(rule.text) for rule in scheme.may_join if rule.id in found.admitted_by]
    return admission(found, words), " / ".join(texts) or "—"


def _terms_lines(table: TermsTable, scheme: Scheme, words: Catalogue) -> Iterator[list[str]]:
    """The columns of a table of payment; those that only some schemes have stand there where a row needs them."""
    said = TermWords(scheme, words)
    columns: list[tuple[str, Callable[[Terms], str], bool]] = [
        (words("table.deductible"), said.deductible, True),
        (words("table.ratio"), said.bands, True),
        (words("table.guaranteed"), said.guaranteed, False),
        (words("table.class_b"), said.class_b, False),
        (words("table.cost_ceiling"), said.cost_ceiling, False),
        (words("table.ceiling"), said.ceiling, True),
        (words("table.second_layer"), lambda terms: said.layer(terms.layer), False),
        (words("table.articles"), lambda terms: places(terms.citations, words), True),
    ]
    shown = [(head, cell) for head, cell, always in columns if always or any(cell(row.terms) for row in table.rows)]
    yield [*(_asked_about(name, scheme, words) for name in table.facts), *(head for head, _ in shown)]
    for row in table.rows:
        facts = (_answered(name, answers, scheme, words) for name, answers in row.facts.items())
        yield [*facts, *(cell(row.terms) or "—" for _, cell in shown)]


def _asked_about(name: str, scheme: Scheme, words: Catalogue) -> str:
    if name.startswith(PARAMETER):
        return label(scheme.parameters[name.removeprefix(PARAMETER)], words)
    return asked_about(name, words)


def _answered(name: str, answers: tuple[Answer, ...] | None, scheme: Scheme, words: Catalogue) -> str:
    """The answers of which any will do."""
    if answers is None:
        return words("table.any")
    return " / ".join(answered_in(name, each, scheme, words) for each in answers)


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
