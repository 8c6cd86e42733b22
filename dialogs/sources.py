"""Citations as a reader sees them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dialogs.context import Words
from dialogs.replies import Source
from policy_engine.citations import Citation

_NUMBERED = re.compile("[一二三四五六七八九十百0-9]+")


def sources(citations: Iterable[Citation], words: Words) -> tuple[Source, ...]:
    """The places that a conclusion rests on, each once, in the reader's language."""
    return tuple(_source(each, words) for each in dict.fromkeys(citations))


def _source(citation: Citation, words: Words) -> Source:
    grade = words(f"grade.{citation.grade}")
    if citation.document is None:
        return Source(words("source.made_up"), words("source.made_up.gist"), "", grade)
    document = citation.document
    return Source(
        label=words("source.label", document=document.number, place=place_of(citation.article, citation.item, words)),
        gist=words.source(citation.gist),
        about=words(
            "source.about",
            document=document.number,
            title=document.title,
            issuer=words.source(document.issuer),
            date=words.date(document.issued) if document.issued else words("source.undated"),
        ),
        grade=grade,
    )


def place_of(article: str, item: int, words: Words) -> str:
    """An article as its document numbers it, or a part of a page that numbers nothing."""
    if not _NUMBERED.fullmatch(article):
        return words("source.part", part=words.source(article))
    return words("source.item", article=article, item=item) if item else words("source.article", article=article)
