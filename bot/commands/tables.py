"""A table of the engine's in the reader's language: CSV for a spreadsheet, Markdown for a document."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from bot.commands.conclusions import admission, answered, asked_about, payers, places
from bot.languages import Catalogue
from policy_engine.paths import Admission
from policy_engine.scheme import Scheme
from policy_engine.table import Row, Table

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What makes a spreadsheet take a cell for a formula, or hide that it is one."""


def as_csv(table: Table, scheme: Scheme, words: Catalogue) -> str:
    """The table with a header line, as RFC 4180 has it. A cell that a spreadsheet would run begins with a quote."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows([_harmless(cell) for cell in line] for line in _lines(table, scheme, words))
    return text.getvalue()


def as_markdown(table: Table, scheme: Scheme, words: Catalogue) -> str:
    """The table as Markdown; what means something in Markdown or HTML is written so that it reads as itself."""
    head, *lines = ([_plain(cell) for cell in line] for line in _lines(table, scheme, words))
    written = [head, ["---"] * len(head), *lines]
    return "".join(f"| {' | '.join(line)} |\n" for line in written)


def _lines(table: Table, scheme: Scheme, words: Catalogue) -> Iterator[list[str]]:
    yield [*(asked_about(fact, words) for fact in table.facts), *_headings(table, words), words("table.articles")]
    for row in table.rows:
        facts = (
            words("table.any") if each is None else answered(fact, each, words) for fact, each in row.facts.items()
        )
        yield [*facts, *_conclusion(row, scheme, words), places(row.citations, words)]


def _headings(table: Table, words: Catalogue) -> tuple[str, str]:
    if table.what == "eligibility":
        return words("table.outcome"), words("table.category")
    return words("table.own_part"), words("table.remainder")


def _conclusion(row: Row, scheme: Scheme, words: Catalogue) -> tuple[str, str]:
    found = row.conclusion
    if not isinstance(found, Admission):
        return payers(found.own_part, words), payers(found.remainder, words)
    texts = [words.source(rule.text) for rule in scheme.may_join if rule.id in found.admitted_by]
    return admission(found, words), " / ".join(texts) or "—"


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _plain(cell: str) -> str:
    for mark in "\\|<`*_[]":
        cell = cell.replace(mark, f"\\{mark}")
    return " ".join(cell.split())
