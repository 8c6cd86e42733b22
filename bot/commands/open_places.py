"""The open places of a text in words: how each is read, how else it could be, and who could confirm it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.commands.clauses import ClauseWords
from bot.languages import Catalogue
from policy_engine.scheme import Interpretation, Scheme


def open_places(found: Iterable[Interpretation], scheme: Scheme, words: Catalogue) -> str:
    """Each place in a paragraph, with a mark at the choice in force."""
    return "\n".join(line for place in found for line in _place(place, scheme, words))


def _place(place: Interpretation, scheme: Scheme, words: Catalogue) -> Iterator[str]:
    clauses = ClauseWords(scheme, words)
    question = words("readings.question", name=place.id, question=words.source(place.question))
    yield clauses.with_source(question, [place.citation])
    for choice, text in place.choices.items():
        mark = "●" if choice == place.choice else "○"
        said = words.source(text)
        named = words("readings.choice", choice=choice, text=said) if choice else said
        yield f"  {mark} {named}" + (f" {words('readings.switched')}" if _switched(place, choice) else "")
    yield f"  {words('readings.confirmed_by', office=words.source(place.confirmed_by))}"


def _switched(place: Interpretation, choice: str) -> bool:
    return choice == place.choice != place.default
