"""`hebao policy coverage` as text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from bot.languages import Catalogue
from policy_engine.checking.coverage import KINDS, Coverage, DocumentCoverage, Place

GIST_COLUMNS = 60
"""How much of an article's gist is printed, in columns of a terminal; a Chinese character takes two."""


def coverage_text(found: Coverage, words: Catalogue) -> str:
    """What became of every article, document by document, with totals."""
    return "\n\n".join("\n".join(_document(each, words)) for each in found.documents)


def _document(found: DocumentCoverage, words: Catalogue) -> Iterator[str]:
    yield f"{found.document.number} 《{found.document.title}》"
    for place in found.places:
        yield f"{place.article}  {_short(words.source(place.gist))}"
        yield f"    {_became(place, words)}"
    names = coverage_names(words)
    totals = [f"{names[kind]} {count}" for kind, count in found.totals.items()]
    yield words("coverage.totals", totals=words.listed(totals))


def _became(place: Place, words: Catalogue) -> str:
    names = coverage_names(words)
    if place.through_items:
        return words("coverage.through_items", kinds=words.listed([names[kind] for kind in place.kinds]))
    return "; ".join(
        f"{_because(kind, place, words)}: {', '.join(place.cited_by[kind])}"
        if kind in place.cited_by
        else _because(kind, place, words)
        for kind in KINDS
        if kind in place.kinds or kind in place.cited_by
    )


def _because(kind: str, place: Place, words: Catalogue) -> str:
    """What became of it, and why or through whom."""
    name = coverage_names(words)[kind]
    kinds = statement_kinds(words)
    reasons = " / ".join(kinds.get(reason) or words.source(reason) for reason in place.reasons.get(kind, ()))
    if kind == "not_encoded":
        return words("coverage.because", kind=name, reasons=reasons or words("coverage.no_reason"))
    if not reasons:
        return name
    if kind == "ambiguous":
        return words("coverage.to_confirm", kind=name, reasons=reasons)
    if kind == "informational":
        return words("coverage.because", kind=name, reasons=reasons)
    return words("coverage.to_decide", kind=name, reasons=reasons)


def statement_kinds(words: Catalogue) -> dict[str, str]:
    """What kinds of statements are called, and `office`, which says whom to ask."""
    return {
        "target": words("statement.target"),
        "floor": words("statement.floor"),
        "process": words("statement.process"),
        "fund": words("statement.fund"),
        "meta": words("statement.meta"),
        "direction": words("statement.direction"),
        "benefit": words("statement.benefit"),
        "silent": words("statement.silent"),
        "office": words("statement.office"),
    }


def coverage_names(words: Catalogue) -> dict[str, str]:
    """What is called what can become of an article."""
    return {
        "encoded": words("coverage.encoded"),
        "delegated": words("coverage.delegated"),
        "silent": words("coverage.silent"),
        "ambiguous": words("coverage.ambiguous"),
        "informational": words("coverage.informational"),
        "not_encoded": words("coverage.not_encoded"),
    }


def _short(gist: str) -> str:
    """As much of the gist as fits, with an ellipsis where it was cut."""
    columns = 0
    for index, letter in enumerate(gist):
        columns += 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if columns > GIST_COLUMNS:
            return gist[:index].rstrip() + "…"
    return gist
