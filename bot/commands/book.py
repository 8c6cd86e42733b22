"""`hebao policy book`: the rules of a scheme for people, every figure with its article and grade, as Markdown.

Made from the pack alone, so it says what the program does and nothing else. The books of the packs that come with the
program are kept in `docs/rule-book`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.commands.book_benefits import benefits
from bot.commands.book_law import articles, figures, offices, open_places, unset
from bot.commands.book_people import contribution, joining
from bot.commands.book_words import BookWords
from bot.commands.markdown import heading, page, plain, table
from bot.languages import LOCALES, Catalogue, catalogue
from policy_engine.citations import Document
from policy_engine.loader import PACKS, load_scheme, scheme_ids
from policy_engine.scheme import Scheme


def book(scheme: Scheme, words: Catalogue) -> str:
    """The rule book of a scheme, in a county or the whole city, in one language."""
    said = BookWords(scheme, words)
    return page(
        [
            heading(1, words("book.title", scheme=_name(scheme, words))),
            words("book.made"),
            *_identity(said),
            *_documents(said),
            *joining(said),
            *contribution(said),
            *benefits(said),
            *open_places(said),
            *unset(said),
            *articles(said),
            *offices(said),
            *figures(said),
        ]
    )


def kept_books() -> Iterator[tuple[str, str]]:
    """The books that are kept, by file name: of each scheme and each county that has figures, in each language."""
    for scheme_id in scheme_ids():
        for scheme in kept_schemes(scheme_id):
            for locale in LOCALES:
                yield file_name(scheme, locale), book(scheme, catalogue(locale))


def kept_schemes(scheme_id: str, packs: Path = PACKS) -> Iterator[Scheme]:
    """The schemes whose books are kept: the city's, then those of the counties that set anything."""
    city = load_scheme(scheme_id, None, packs)
    yield city
    for county in city.counties:
        scheme = load_scheme(scheme_id, county, packs)
        if scheme.parameters != city.parameters or scheme.documents != city.documents:
            yield scheme


def file_name(scheme: Scheme, locale: str) -> str:
    """What a book is called: jiaxing-2008.zh.md, jiaxing-2008-demo.en.md."""
    name = f"{scheme.id}-{scheme.overlay.id}" if scheme.overlay else scheme.id
    return f"{name}.{locale.partition('_')[0]}.md"


def _name(scheme: Scheme, words: Catalogue) -> str:
    name = words.source(scheme.name)
    return f"{name} · {words.source(scheme.overlay.name)}" if scheme.overlay else name


def _identity(said: BookWords) -> Iterator[str]:
    scheme, words = said.scheme, said.words
    if scheme.overlay is not None and scheme.overlay.illustrative:
        beware = plain(words("book.illustrative"))
        yield f"**{beware}**"
    rows = [
        (words("book.jurisdiction"), said.source(scheme.jurisdiction)),
        (words("book.period"), plain(said.dates(scheme.start, scheme.end))),
    ]
    if scheme.overlay is not None:
        rows.append((words("book.county"), said.source(scheme.overlay.name)))
    elif scheme.counties:
        rows.append(
            (words("book.counties"), words.listed([said.source(each.name) for each in scheme.counties.values()]))
        )
    depends = any(each.applies_when for each in scheme.statements if each.parameter)
    if scheme.kind == "municipal" and (depends or scheme.pilot_city is not None):
        pilot = {True: words("book.pilot_yes"), False: words("book.pilot_no"), None: words("book.pilot_open")}
        rows.append((words("book.pilot"), plain(pilot[scheme.pilot_city])))
    rows.append((words("book.id"), f"`{scheme.id}`"))
    yield table([words("book.what"), words("book.that")], rows)


def _documents(said: BookWords) -> Iterator[str]:
    words = said.words
    yield heading(2, words("book.documents"))
    yield table(
        [
            words("book.number"),
            words("book.document_title"),
            words("book.issuer"),
            words("book.issued"),
            words("book.grade"),
            words("book.found_at"),
        ],
        [
            (
                plain(each.number),
                plain(each.title),
                said.source(each.issuer),
                plain(words.date(each.issued)) if each.issued else words("source.undated"),
                words(f"grade.{each.grade}"),
                plain(each.found_at),
            )
            for each in _cited_documents(said.scheme)
        ],
    )


def _cited_documents(scheme: Scheme) -> list[Document]:
    """The scheme's own documents, then those above it that it cites."""
    above = (each.citation.document for each in scheme.statements if each.parameter)
    return list(dict.fromkeys((*scheme.documents.values(), *filter(None, above))))
