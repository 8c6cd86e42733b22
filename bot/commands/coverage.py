"""`hebao policy coverage` as text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from bot.languages import Catalogue
from policy_engine.coverage import KINDS, Coverage, DocumentCoverage, Place

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
    names = _names(words)
    totals = [f"{names[kind]} {count}" for kind, count in found.totals.items()]
    yield words("coverage.totals", totals=words.listed(totals))


def _became(place: Place, words: Catalogue) -> str:
    names = _names(words)
    if place.through_items:
        return words("coverage.through_items", kinds=words.listed([names[kind] for kind in place.kinds]))
    return "; ".join(
        f"{names[kind]}: {', '.join(place.cited_by[kind])}" if kind in place.cited_by else names[kind]
        for kind in KINDS
        if kind in place.kinds or kind in place.cited_by
    )


def _names(words: Catalogue) -> dict[str, str]:
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
