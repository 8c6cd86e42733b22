"""The fewest questions: what no way of asking can beat, found by trying every one.

A way of asking is a decision tree: which fact to ask first, and after each answer which next, until what is known
settles the matter. The best tree for a group of people is made of the best trees for the people that each answer
leaves, so one search over everything that can be known, each partial knowledge once, finds the least possible mean.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from policy_engine.facts import Value

Person = tuple[Value, ...]
"""The answers of one person, in the order of the facts."""

Missing = Callable[[Mapping[str, Value]], Sequence[str]]
"""The facts that can still change the matter, once some are known; none where it is settled."""

_Known = tuple[Value | None, ...]


def mean_asked(people: Iterable[Person], facts: Sequence[str], missing: Missing) -> float:
    """How many questions a person is asked on average by asking the first of what is missing, again and again."""
    asked = [_asked(person, facts, missing) for person in people]
    return sum(asked) / len(asked)


def _asked(person: Person, facts: Sequence[str], missing: Missing) -> int:
    answers = dict(zip(facts, person, strict=True))
    known: dict[str, Value] = {}
    while wanted := missing(known):
        known[wanted[0]] = answers[wanted[0]]
    return len(known)


def in_order(facts: Sequence[str], missing: Missing) -> Missing:
    """A form that asks in a fixed order and skips what no longer matters."""

    def wanted(known: Mapping[str, Value]) -> Sequence[str]:
        left = set(missing(known))
        return [fact for fact in facts if fact in left]

    return wanted


def fewest(people: Iterable[Person], facts: Sequence[str], missing: Missing) -> float:
    """The least possible mean number of questions until nothing is missing, over all ways of asking these people.

    Every fact is tried at every place, one that can no longer change the matter as well: what it tells about the
    person could be worth its question. Each partial knowledge that some person can come to is searched once.
    """
    everybody = Counter(people)
    least: dict[_Known, int] = {}

    def search(known: _Known, group: Mapping[Person, int]) -> int:
        """The questions that all of a group together are still asked, at the least."""
        found = least.get(known)
        if found is None:
            said = {fact: value for fact, value in zip(facts, known, strict=True) if value is not None}
            found = min(after(place, known, group) for place in _open(known)) if missing(said) else 0
            least[known] = found
        return found

    def after(place: int, known: _Known, group: Mapping[Person, int]) -> int:
        """The same, once the fact in this place is the next to be asked."""
        parts: dict[Value, dict[Person, int]] = {}
        for person, count in group.items():
            parts.setdefault(person[place], {})[person] = count
        rest = (search((*known[:place], value, *known[place + 1 :]), part) for value, part in parts.items())
        return sum(group.values()) + sum(rest)

    return search((None,) * len(facts), everybody) / everybody.total()


def _open(known: _Known) -> Iterable[int]:
    return (place for place, value in enumerate(known) if value is None)
