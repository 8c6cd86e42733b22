"""A person for whom several conditions hold at once, or the certainty that there is none.

The search goes through the values that the conditions can tell apart and turns back as soon as one of them fails, so
it finds every case without going through all of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence

from policy_engine.conditions import ALWAYS, Condition, Joined, Not, Read, domain, readings_of
from policy_engine.facts import Value
from policy_engine.scheme import Interpretation


def witness(conditions: Iterable[Condition]) -> dict[str, Value] | None:
    """The first case in which all of the conditions hold, with no fact that it could do without; None if none does."""
    parts = tuple(conditions)
    joined = Joined(parts, decisive=False)
    names = list(dict.fromkeys(name for name, _ in joined.needs()))

    def search(place: int, known: dict[str, Value]) -> dict[str, Value] | None:
        holds = joined.holds(known)
        if holds is not None:
            return known if holds else None
        for value in domain(names[place], parts):
            found = search(place + 1, {**known, names[place]: value})
            if found is not None:
                return found
        return None

    return _without_needless(joined, search(0, {}))


def _without_needless(condition: Condition, known: dict[str, Value] | None) -> dict[str, Value] | None:
    for name in tuple(known or ()):
        fewer = {each: value for each, value in (known or {}).items() if each != name}
        if condition.holds(fewer):
            known = fewer
    return known


def first_of_all(conditions: Sequence[Condition], place: int) -> tuple[Condition, ...]:
    """What has to hold so that of several entries the one at this place is the first whose condition holds."""
    return (*(Not(each) for each in conditions[:place]), conditions[place])


def in_every_reading(
    conditions: Sequence[Condition], readings: Mapping[str, Interpretation]
) -> Iterator[tuple[Condition, ...]]:
    """The conditions under every combination of the readings that they look at."""
    names = list(dict.fromkeys(name for each in conditions for name in readings_of(each)))
    for choices in itertools.product(*(readings[name].choices for name in names)):
        chosen = dict(zip(names, choices, strict=True))
        yield tuple(_read_as(each, chosen) for each in conditions)


def _read_as(condition: Condition, chosen: Mapping[str, str]) -> Condition:
    match condition:
        case Read():
            return ALWAYS if chosen[condition.reading] == condition.choice else Not(ALWAYS)
        case Joined():
            return Joined(tuple(_read_as(each, chosen) for each in condition.parts), condition.decisive)
        case Not():
            return Not(_read_as(condition.part, chosen))
    return condition
