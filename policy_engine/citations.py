"""Where a rule stands: documents, their articles, and how good the source is."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

GRADES = ("official", "repost", "press", "unverified", "illustrative")
"""How good a source is, best first: the official text; an official text on another site; a newspaper or agency; a
site that names no source; a value made up to try the program out."""


@dataclass(frozen=True, eq=False)
class Document:
    """An official document, the same only as itself.

    `issued` is None where the source gives no day. `articles` gives each article (and item, as "十四.1") in our own
    plain words, `not_encoded` why nothing rests on an article where that is so. `where` is "file:line" in the pack, and
    `places` the same for each article.
    """

    id: str
    number: str
    title: str
    issuer: str
    issued: datetime.date | None
    grade: str
    found_at: str
    articles: Mapping[str, str]
    where: str = ""
    places: Mapping[str, str] = field(default_factory=dict)
    not_encoded: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Short, since all its articles written out would fill a log."""
        return f"Document({self.id!r})"


@dataclass(frozen=True)
class Citation:
    """One place in a document: `article` as the document numbers it (十四), `item` within it (4) or 0 for all of it.

    An illustrative value has no document; then `document` is None and `article` empty.
    """

    document: Document | None
    article: str
    item: int
    grade: str

    @property
    def gist(self) -> str:
        """What that place says, in plain words."""
        return self.document.articles[article_key(self.article, self.item)] if self.document else ""

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of a citation."""
        number = self.document.number if self.document else None
        cited: dict[str, Any] = {"document": number, "article": self.article or None, "grade": self.grade}
        if self.item:
            cited["item"] = self.item
        return cited


def article_key(article: str, item: int) -> str:
    """How packs write an article: 十四, or 十四.4 for its item 4."""
    return f"{article}.{item}" if item else article
