"""The engine's questions, answers and conclusions in a few words each, as tables and drawings show them."""

from __future__ import annotations

from collections.abc import Iterable

from bot.languages import Catalogue
from dialogs.sources import place_of, sources
from policy_engine.checking.paths import Admission, Answer, Stretch
from policy_engine.citations import Citation
from policy_engine.conditions import PARAMETER
from policy_engine.contribution import UNDECIDED
from policy_engine.facts import FACTS
from policy_engine.money import UNBOUNDED, Money
from policy_engine.scheme import Scheme


def asked_about(fact: str, words: Catalogue) -> str:
    """What a question is about: "Whether there is a residence permit"."""
    text = words(f"fact.{fact}")
    return text[:1].upper() + text[1:]


def answered(fact: str, answer: Answer, words: Catalogue) -> str:
    """An answer as a statement: "no residence permit", "18 to 59"."""
    if not isinstance(answer, Stretch):
        return words(f"state.{fact}.{str(answer).lower()}")
    if answer.low == answer.high:
        return str(answer.low)
    if answer.high >= FACTS[fact].high:
        return words("table.at_least", number=answer.low)
    if answer.low <= FACTS[fact].low:
        return words("table.at_most", number=answer.high)
    return words("table.from_to", low=answer.low, high=answer.high)


def answered_in(name: str, answer: Answer, scheme: Scheme, words: Catalogue) -> str:
    """An answer as `answered` has it, also which county of the scheme it is, and yes or no to a parameter."""
    if name.startswith(PARAMETER):
        return words("label.yes") if answer else words("label.no")
    if name == "county":
        county = scheme.counties.get(str(answer))
        return words.source(county.name) if county else words("table.other_county")
    return answered(name, answer, words)


def admission(conclusion: Admission, words: Catalogue) -> str:
    """The outcome."""
    return words("table.eligible") if conclusion.outcome == "eligible" else words("table.ineligible")


def payers(found: Iterable[str], words: Catalogue) -> str:
    """Who pays; that nobody has to, where the part is zero."""
    named = [words("table.undecided") if each == UNDECIDED else words(f"payer.{each}") for each in found]
    return words.listed(named) if named else words("table.nobody")


def amount(found: Money, words: Catalogue) -> str:
    """What is paid; that it is not set where it can be anything."""
    return words("figure.unset") if found == UNBOUNDED else words.money(found)


def places(citations: Iterable[Citation], words: Catalogue) -> str:
    """The articles, with each document named once."""
    by_document: dict[str, list[str]] = {}
    for citation in citations:
        if citation.document is None:
            (source,) = sources([citation], words)
            by_document.setdefault("", []).append(source.label)
            continue
        place = place_of(citation.article, citation.item, words)
        by_document.setdefault(citation.document.number, []).append(place)
    return words.listed(
        [
            words("source.label", document=document, place=words.listed(found)) if document else words.listed(found)
            for document, found in by_document.items()
        ]
    )
