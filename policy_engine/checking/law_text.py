"""A scheme held against the official texts: every number that it states stands in the article that it cites.

The texts themselves are no part of the program; whoever has them gives them as strings.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from policy_engine.checking.citing import Citing, citing
from policy_engine.checking.quantities import Quantity, quantities
from policy_engine.citations import Citation, Document, article_key
from policy_engine.conditions import Below, Condition, Conditional, Is, Joined, Not
from policy_engine.errors import N_, PackError
from policy_engine.facts import FACTS
from policy_engine.parameters import Values
from policy_engine.scheme import Scalar, Scheme, Unit

# How official texts mark an article, the most telling first: 第一条, （一）, 一、. A heading of a coarser kind ends it.
_MARKS = (
    ("第{label}条", ""),
    (r"[(（]{label}[)）]", r"(?:^|(?<=\s))[一二三四五六七八九十]+、"),
    ("{label}、", ""),
)
_ITEM = r"(?:^|(?<=\s)|(?<=。)|(?<=；)){number}(?:[．、]|\.(?![0-9]))"
# What a text says without a digit: that there is none of something, and 18 as the age from which one is grown up.
_IN_WORDS = {Fraction(0): re.compile("不设|不予|不再|不补|取消|免|无"), Fraction(18): re.compile("成年")}
_BRACKETS = str.maketrans(dict.fromkeys("(〔【", "[") | dict.fromkeys(")〕】", "]"))


@dataclass(frozen=True)
class Checked:
    """What holding a scheme against its texts showed: `faults`, and the documents for which there is no text."""

    faults: tuple[PackError, ...]
    without_text: tuple[Document, ...]


def check_numbers(scheme: Scheme, texts: Collection[str]) -> Checked:
    """Every number in the scheme's words and values that its document's text does not have at the cited place."""
    cited = [(each, each.citation.document) for each in citing(scheme) if each.citation.document is not None]
    documents = dict.fromkeys((*scheme.documents.values(), *(document for _, document in cited)))
    faults: list[PackError] = []
    without = []
    for document in documents:
        text = text_of(document, texts)
        if text is None:
            without.append(document)
            continue
        parts = split(document, text)
        faults += _of_document(document, text, parts)
        for entry in (each for each, its in cited if its is document):
            place = article_key(entry.citation.article, entry.citation.item)
            if place in parts:
                faults += _missing(document, place, entry.where, stated(entry), parts[place])
        faults += _dates(scheme, document, text)
        for condition, citation, where in _conditions(scheme):
            place = article_key(citation.article, citation.item)
            if citation.document is document and place in parts:
                faults += _missing(document, place, where, tuple(_bounds(condition)), parts[place])
    return Checked(tuple(faults), tuple(without))


def text_of(document: Document, texts: Collection[str]) -> str | None:
    """The text of the document: the one that names its number before the first article, in whatever brackets."""
    number = _bare(document.number)
    for text in texts:
        starts, _ = _starts(document, text)
        if number in _bare(text[: min((start for start, _ in starts.values()), default=len(text))]):
            return text
    return None


def split(document: Document, text: str) -> dict[str, str]:
    """The stretch of text of each article and item that the pack lists and the text has, without their marks."""
    articles = _stretches(document, text)
    parts = {}
    for place in document.articles:
        article, _, item = place.partition(".")
        if not item:
            if article in articles:
                parts[place] = " ".join(_items(articles[article]).values())
        elif int(item) in (items := _items(articles.get(article, ""))):
            parts[place] = items[int(item)]
    return parts


def stated(entry: Citing) -> tuple[Quantity, ...]:
    """Every number that an entry of a pack states: its figures, and those in its words."""
    in_words = (each for sentence in entry.sentences for each in quantities(sentence))
    figures = (_quantity(value, unit) for value, unit in entry.figures if not isinstance(value, bool | str))
    return (*figures, *in_words)


def _quantity(value: Scalar, unit: Unit) -> Quantity:
    if unit == "yuan":
        amount = Fraction(value) / 100
        return Quantity(amount, "元", shown=f"{_decimal(amount)}元")
    hundredths = abs(Fraction(value) * 100)
    if unit == "points":
        sign = (Fraction(value) > 0) - (Fraction(value) < 0)
        return Quantity(hundredths, "百分点", sign, f"{'-' * (sign < 0)}{_decimal(hundredths)}个百分点")
    return Quantity(hundredths, "%", shown=f"{_decimal(hundredths)}%")


def _of_document(document: Document, text: str, parts: Mapping[str, str]) -> Iterator[PackError]:
    """Faults of the pack's list of articles: one that the text has not, a number in a gist, the day and the title."""
    for place, gist in document.articles.items():
        if place not in parts:
            yield PackError(
                N_("The text of {document} has no {place}. Correct the number of the article."),
                where=document.places.get(place, document.where),
                document=document.number,
                place=place,
            )
            continue
        yield from _missing(document, place, document.places.get(place, ""), quantities(gist), parts[place])
    issued = (_day(document.issued),) if document.issued else ()
    yield from _anywhere(document, document.where, (*issued, *quantities(document.title)), text)


def _dates(scheme: Scheme, document: Document, text: str) -> Iterator[PackError]:
    """A change in the middle of the period stands somewhere in the document; most have one article for all dates."""
    readings = (each for reading in scheme.interpretations.values() for each in reading.sets.values())
    listed = (*scheme.parameters.values(), *(each for parameters in readings for each in parameters.values()))
    for setting in (each for parameter in listed for each in parameter.settings):
        if setting.citation.document is document and setting.start != scheme.start:
            yield from _anywhere(document, setting.where, (_day(setting.start),), text)
    for schedule in scheme.benefits.schedules if scheme.benefits else ():
        cited = Values(scheme, scheme.start).citation(schedule.bands[0].ratio).document
        # A schedule that ends before the scheme does is followed by one that begins.
        if cited is document and schedule.start is not None and schedule.start != scheme.start:
            yield from _anywhere(document, schedule.where, (_day(schedule.start),), text)


def _conditions(scheme: Scheme) -> Iterator[tuple[Condition, Citation, str]]:
    """Every condition with the place that it comes from; for how bills are paid, that of the entry's first figure."""
    for rule in (*scheme.cannot_join, *scheme.may_join):
        yield rule.when, rule.citation, rule.where
    if scheme.contribution is not None:
        for bearer in (*scheme.contribution.own_part, *scheme.contribution.remainder):
            yield bearer.when, bearer.citation, bearer.where
        for note in scheme.contribution.notes:
            yield note.when, note.citation, note.where
        for amounts in scheme.contribution.amounts:
            yield amounts.when, scheme.parameters[amounts.total].citation, amounts.where
    if scheme.benefits is not None:
        rules, values = scheme.benefits, Values(scheme, scheme.start)
        first: list[tuple[Conditional, str]] = [(each, each.bands[0].ratio) for each in rules.schedules]
        first += [(each, each.bands[0].ratio) for each in rules.layers]
        first += [(each, each.points) for each in rules.adjustments]
        first += [(each, each.amount) for each in (*rules.ceilings, *rules.cost_ceilings) if each.amount]
        for entry, figure in first:
            yield entry.when, values.citation(figure), entry.where


def _bounds(condition: Condition) -> Iterator[Quantity]:
    """The whole numbers that a condition compares a fact to: an age, the number of a stay."""
    match condition:
        case Below():
            yield Quantity(Fraction(condition.bound), "", shown=str(condition.bound))
        case Is() if condition.fact in FACTS and FACTS[condition.fact].kind == "int":
            whole = (each for each in condition.values if isinstance(each, int))
            yield from (Quantity(Fraction(each), "", shown=str(each)) for each in whole)
        case Joined():
            for part in condition.parts:
                yield from _bounds(part)
        case Not():
            yield from _bounds(condition.part)


def _missing(
    document: Document, place: str, where: str, numbers: Collection[Quantity], stretch: str
) -> Iterator[PackError]:
    # The year in a document's title goes for all of it.
    years = tuple(each for each in quantities(document.title) if each.unit == "年")
    there = quantities(stretch)
    for number in numbers:
        in_words = _IN_WORDS.get(number.number)
        if in_words and in_words.search(stretch):
            continue
        if not any(number.stands_as(each) for each in (*there, *years)):
            listed = ", ".join(dict.fromkeys(each.shown for each in there)) or "–"
            yield PackError(
                N_("{number} does not stand in {document} {place}. Numbers there: {numbers}. Correct the pack."),
                where=where,
                number=number.shown,
                document=document.number,
                place=place,
                numbers=listed,
            )


def _anywhere(document: Document, where: str, numbers: Collection[Quantity], text: str) -> Iterator[PackError]:
    there = quantities(text)
    for number in numbers:
        if not any(number.stands_as(each) for each in there):
            yield PackError(
                N_("{number} stands nowhere in the text of {document}. Correct the pack."),
                where=where,
                number=number.shown,
                document=document.number,
            )


def _stretches(document: Document, text: str) -> dict[str, str]:
    starts, coarser = _starts(document, text)
    end = len(text)
    # The last article ends where the issuer signs.
    signed = "|".join(re.escape(each) for each in document.issuer.split("、"))
    if starts and (signature := re.compile(rf"^\s*(?:{signed})", re.M).search(text, max(starts.values())[1])):
        end = signature.start()
    ends = [*(start for start, _ in starts.values()), end][1:] if starts else []
    stretches = {}
    for (article, (_, behind)), until in zip(starts.items(), ends, strict=True):
        stretch = text[behind:until]
        stretches[article] = re.split(coarser, stretch, maxsplit=1)[0] if coarser else stretch
    return stretches


def _starts(document: Document, text: str) -> tuple[dict[str, tuple[int, int]], str]:
    """Where each article's mark starts and ends, each behind the one before.

    Of all kinds of marks, the one that finds the most articles. With it, as a pattern, the coarser heading that ends an
    article of that kind, or nothing.
    """
    labels = dict.fromkeys(place.partition(".")[0] for place in document.articles)
    best: tuple[dict[str, tuple[int, int]], str] = {}, ""
    for mark, coarser in _MARKS:
        starts: dict[str, tuple[int, int]] = {}
        behind = 0
        for label in labels:
            if found := _at(mark, label, text, behind):
                starts[label], behind = found.span(), found.end()
        if len(starts) > len(best[0]):
            best = starts, coarser
    return best


def _at(mark: str, label: str, text: str, behind: int = 0) -> re.Match[str] | None:
    """The mark at the head of a paragraph: elsewhere it refers to an article."""
    return re.compile(r"(?:^|(?<=\s))" + mark.format(label=re.escape(label)), re.M).search(text, behind)


def _items(stretch: str) -> dict[int, str]:
    """An article's items by number, 0 for what stands before the first; marks taken off, since they are no numbers."""
    items: dict[int, str] = {}
    behind = 0
    while True:
        number = len(items) + 1
        digits = "".join(f"[{each}{chr(ord(each) + 0xFEE0)}]" for each in str(number))
        found = re.compile(_ITEM.format(number=digits), re.M).search(stretch, behind)
        items[number - 1] = stretch[behind : found.start() if found else len(stretch)]
        if found is None:
            return items
        behind = found.end()


def _bare(text: str) -> str:
    """The text without differences of width, brackets and spaces."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text).translate(_BRACKETS))


def _day(day: datetime.date) -> Quantity:
    return Quantity(Fraction(day.year * 10000 + day.month * 100 + day.day), "日期", shown=day.isoformat())


def _decimal(number: Fraction) -> str:
    return f"{(Decimal(number.numerator) / number.denominator).normalize():f}"
