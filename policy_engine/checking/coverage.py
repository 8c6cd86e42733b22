"""What became of every article of a scheme's documents: worked with, left to somebody, left open, only told, lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from policy_engine.checking.citing import Citing, citing
from policy_engine.citations import Document, article_key
from policy_engine.parameters import decided_by
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
    `reasons` say for each kind why: who decides what is delegated or silent, who could confirm a reading, the kinds of
    the statements (`office` for whom to ask), and for what nothing cites the pack's reason, if it gives one.
    `through_items` marks an article that only its items speak for: nothing cites it as a whole, and `kinds` are theirs.
    """

    article: str
    gist: str
    kinds: tuple[str, ...]
    cited_by: Mapping[str, tuple[str, ...]]
    reasons: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    through_items: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of a place."""
        return {
            "article": self.article,
            "gist": self.gist,
            "kinds": list(self.kinds),
            "cited_by": {kind: list(ids) for kind, ids in self.cited_by.items()},
            "reasons": {kind: list(reasons) for kind, reasons in self.reasons.items()},
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
    found: dict[tuple[Document, str], list[Citing]] = {}
    for each in citing(scheme):
        if each.citation.document is not None:
            place = each.citation.document, article_key(each.citation.article, each.citation.item)
            found.setdefault(place, []).append(each)
    return Coverage(
        scheme.id,
        tuple(
            DocumentCoverage(
                document,
                _with_items(
                    [
                        _place(scheme, document, article, found.get((document, article), []))
                        for article in document.articles
                    ]
                ),
            )
            for document in scheme.documents.values()
        ),
    )


def _place(scheme: Scheme, document: Document, article: str, citing: Sequence[Citing]) -> Place:
    cited_by: dict[str, dict[str, None]] = {}
    reasons: dict[str, dict[str, None]] = {}
    for each in citing:
        kind = _KIND_OF[each.kind]
        cited_by.setdefault(kind, {})[each.id] = None
        if reason := _reason(scheme, each):
            reasons.setdefault(kind, {})[reason] = None
    if not citing and article in document.not_encoded:
        reasons["not_encoded"] = {document.not_encoded[article]: None}
    return Place(
        article,
        document.articles[article],
        _kinds(cited_by),
        {kind: tuple(cited_by[kind]) for kind in KINDS if kind in cited_by},
        {kind: tuple(reasons[kind]) for kind in KINDS if kind in reasons},
    )


def _reason(scheme: Scheme, each: Citing) -> str:
    match each.kind:
        case "delegated" | "silent":
            return decided_by(scheme, scheme.parameters[each.id])
        case "reading":
            return scheme.interpretations[each.id].confirmed_by
        case "statement":
            return next(statement.kind for statement in scheme.statements if statement.id == each.id)
        case "office":
            return "office"
    return ""


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
