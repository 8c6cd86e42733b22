"""Citations as a reader sees them."""

from __future__ import annotations

from collections.abc import Iterable

from dialogs.context import Words
from dialogs.replies import Source
from policy_engine.citations import Citation


def sources(citations: Iterable[Citation], words: Words) -> tuple[Source, ...]:
    """The places that a conclusion rests on, each once, in the reader's language."""
    return tuple(_source(each, words) for each in dict.fromkeys(citations))


def _source(citation: Citation, words: Words) -> Source:
    grade = words(f"grade.{citation.grade}")
    if citation.document is None:
        return Source(words("source.made_up"), words("source.made_up.gist"), "", grade)
    document = citation.document
    place = (
        words("source.item", article=citation.article, item=citation.item)
        if citation.item
        else words("source.article", article=citation.article)
    )
    return Source(
        label=words("source.label", document=document.number, place=place),
        gist=words.source(citation.gist),
        about=words(
            "source.about",
            document=document.number,
            title=document.title,
            issuer=words.source(document.issuer),
            date=words.date(document.issued),
        ),
        grade=grade,
    )
