"""What became of every article of a scheme's documents: worked with, left to somebody, left open, only told, lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from policy_engine.citations import Document, article_key
from policy_engine.citing import citing
from policy_engine.scheme import Scheme

KINDS = ("encoded", "delegated", "silent", "ambiguous", "informational", "not_encoded")
"""What can become of an article: rules or values rest on it; it leaves a parameter to somebody; a parameter is needed
that it does not mention; it is open, and a named reading was chosen; it is only told; nothing cites it."""

_KIND_OF = {
    "rule": "encoded",
    "bearer": "encoded",
    "note": "encoded",
    "value": "encoded",
    "floor": "encoded",
    "delegated": "delegated",
    "silent": "silent",
    "reading": "ambiguous",
    "statement": "informational",
    "office": "informational",
}


@dataclass(frozen=True)
class Place:
    """One article, or one item as "十四.4", with its `gist`.

    `kinds` says what became of it, in the order of KINDS; `informational` stands there only where nothing else does.
    `cited_by` has, for each kind, the ids of what cites it; statements and offices are always under `informational`.
    `through_items` marks an article that only its items speak for: nothing cites it as a whole, and `kinds` are theirs.
    """

    article: str
    gist: str
    kinds: tuple[str, ...]
    cited_by: Mapping[str, tuple[str, ...]]
    through_items: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of a place."""
        return {
            "article": self.article,
            "gist": self.gist,
            "kinds": list(self.kinds),
            "cited_by": {kind: list(ids) for kind, ids in self.cited_by.items()},
            "through_items": self.through_items,
        }


@dataclass(frozen=True)
class DocumentCoverage:
    """Every place of one document, in the document's order."""

    document: Document
    places: tuple[Place, ...]

    @property
    def totals(self) -> dict[str, int]:
        """How many places are of each kind; a place of several kinds counts for each, one through items for none."""
        return {kind: sum(kind in each.kinds for each in self.places if not each.through_items) for kind in KINDS}

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of a document's coverage."""
        return {
            "number": self.document.number,
            "title": self.document.title,
            "articles": [each.to_dict() for each in self.places],
            "totals": self.totals,
        }


@dataclass(frozen=True)
class Coverage:
    """What became of every document that a scheme brings with it; those of a scheme above it are that scheme's."""

    scheme: str
    documents: tuple[DocumentCoverage, ...]

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of a scheme's coverage."""
        return {"scheme": self.scheme, "documents": [each.to_dict() for each in self.documents]}


def coverage(scheme: Scheme) -> Coverage:
    """What became of every article and item that the scheme's documents list."""
    found: dict[tuple[Document, str], dict[str, dict[str, None]]] = {}
    for each in citing(scheme):
        if each.citation.document is not None:
            place = each.citation.document, article_key(each.citation.article, each.citation.item)
            found.setdefault(place, {}).setdefault(_KIND_OF[each.kind], {})[each.id] = None
    return Coverage(
        scheme.id,
        tuple(
            DocumentCoverage(
                document,
                _with_items(
                    [_place(document, article, found.get((document, article), {})) for article in document.articles]
                ),
            )
            for document in scheme.documents.values()
        ),
    )


def _place(document: Document, article: str, cited: Mapping[str, Iterable[str]]) -> Place:
    return Place(
        article,
        document.articles[article],
        _kinds(cited),
        {kind: tuple(cited[kind]) for kind in KINDS if kind in cited},
    )


def _kinds(found: Iterable[str]) -> tuple[str, ...]:
    among = set(found)
    kinds = tuple(kind for kind in KINDS if kind in among)
    return tuple(kind for kind in kinds if kind != "informational") or kinds or ("not_encoded",)


def _with_items(places: list[Place]) -> tuple[Place, ...]:
    """An article that nothing cites as a whole has what its items have."""
    whole = []
    for place in places:
        items = [each for each in places if each.article.startswith(f"{place.article}.")]
        if items and not place.cited_by:
            kinds = _kinds(kind for item in items for kind in item.kinds)
            place = Place(place.article, place.gist, kinds, {}, through_items=True)
        whole.append(place)
    return tuple(whole)
