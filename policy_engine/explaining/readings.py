"""The open places of a text: how each is read, how else it could be, and who could confirm it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from policy_engine.scheme import Interpretation, Scheme

Readings = tuple[tuple[str, str], ...]
"""Open places by name, each with the choice to take."""

Load = Callable[[Readings], Scheme]
"""Gives the same scheme in the same county with other readings; whoever has loaded it knows where from."""


def other_choices(scheme: Scheme, names: Iterable[str]) -> Iterator[tuple[Interpretation, str]]:
    """Every choice that is not in force, of each of these open places."""
    for name in names:
        place = scheme.interpretations[name]
        yield from ((place, choice) for choice in place.choices if choice != place.choice)


def switched(scheme: Scheme, name: str, choice: str) -> Readings:
    """The readings of the scheme with one of them switched."""
    return tuple(sorted({**dict(scheme.switched), name: choice}.items()))


def reading_to_dict(place: Interpretation) -> dict[str, Any]:
    """The stable JSON of an open place. Where only one reading is on record its choice is called ""."""
    return {
        "reading": place.id,
        "question": place.question,
        "choices": dict(place.choices),
        "choice": place.choice,
        "default": place.default,
        "confirmed_by": place.confirmed_by,
        "citation": place.citation.to_dict(),
    }
