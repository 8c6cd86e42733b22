"""Decision diagrams: what an outcome still depends on, once some things are known.

A function of finitely many unknowns is unfolded, one unknown after another, into a tree whose equal parts are one
and the same object; an unknown on which nothing depends disappears. What remains answers three questions at once:
which outcomes are still possible (the leaves), which unknowns can still change them (the support), and which of
those to ask first. So a question is asked only while it can decide something.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from policy_engine.facts import Value

Outcome = TypeVar("Outcome", bound=Hashable)
Other = TypeVar("Other", bound=Hashable)


@dataclass(frozen=True, eq=False)
class Leaf(Generic[Outcome]):
    """Whatever is still unknown, this is the outcome."""

    outcome: Outcome

    @cached_property
    def support(self) -> frozenset[str]:
        """The unknowns that can still change the outcome: none."""
        return frozenset()

    @cached_property
    def odds(self) -> dict[Outcome, float]:
        """How the possible outcomes are spread when every value of every unknown is as likely as the next."""
        return {self.outcome: 1.0}


@dataclass(frozen=True, eq=False)
class Branch(Generic[Outcome]):
    """The outcome depends on `name`: one part for each of its values."""

    name: str
    values: tuple[Value, ...]
    parts: tuple[Leaf[Outcome] | Branch[Outcome], ...]

    @cached_property
    def support(self) -> frozenset[str]:
        """The unknowns that can still change the outcome."""
        return frozenset({self.name}).union(*(part.support for part in self.parts))

    @cached_property
    def odds(self) -> dict[Outcome, float]:
        """How the possible outcomes are spread when every value of every unknown is as likely as the next."""
        odds: dict[Outcome, float] = {}
        for part in self.parts:
            for outcome, share in part.odds.items():
                odds[outcome] = odds.get(outcome, 0.0) + share / len(self.parts)
        return odds

    def part(self, value: Value) -> Leaf[Outcome] | Branch[Outcome]:
        """What remains once `name` is known to have this value.

        For a whole number, `values` stand for the stretches between the bounds that matter; the one is taken in which
        the number lies.
        """
        if isinstance(value, int) and not isinstance(value, bool) and value not in self.values:
            below = [place for place, stretch in enumerate(self.values) if isinstance(stretch, int) and stretch < value]
            return self.parts[below[-1] if below else 0]
        return self.parts[self.values.index(value)]


Node = Leaf[Outcome] | Branch[Outcome]


class _Maker(Generic[Outcome]):
    """Makes nodes so that equal ones are the same object and needless ones are not made."""

    def __init__(self) -> None:
        self._leaves: dict[Outcome, Leaf[Outcome]] = {}
        self._branches: dict[tuple[Any, ...], Branch[Outcome]] = {}

    def leaf(self, outcome: Outcome) -> Leaf[Outcome]:
        return self._leaves.setdefault(outcome, Leaf(outcome))

    def branch(self, name: str, values: tuple[Value, ...], parts: tuple[Node[Outcome], ...]) -> Node[Outcome]:
        if all(part is parts[0] for part in parts):
            return parts[0]
        return self._branches.setdefault((name, *map(id, parts)), Branch(name, values, parts))


def unfold(
    domains: Mapping[str, Sequence[Value]], decide: Callable[[dict[str, Value]], Outcome | None]
) -> Node[Outcome]:
    """The diagram of `decide`, which gets some names with their values and returns the outcome.

    It gives None where the names so far do not settle it; with all of them it must. What is settled early is not
    unfolded further, so put those names first that settle most.
    """
    make: _Maker[Outcome] = _Maker()
    names = list(domains)

    def build(place: int, known: dict[str, Value]) -> Node[Outcome]:
        outcome = decide(known)
        if outcome is not None:
            return make.leaf(outcome)
        name = names[place]
        values = tuple(domains[name])
        return make.branch(name, values, tuple(build(place + 1, {**known, name: value}) for value in values))

    return build(0, {})


def given(node: Node[Outcome], known: Mapping[str, Value]) -> Node[Outcome]:
    """What remains of the diagram once `known` is known. Names that it does not look at are ignored."""
    return _rebuilt(node, known, lambda outcome: outcome)


def narrowed(node: Node[Outcome], possible: Mapping[str, Sequence[Value]]) -> Node[Outcome]:
    """What remains of the diagram where each of these names has one of a few values, nobody knows which."""
    make: _Maker[Outcome] = _Maker()

    def build(old: Node[Outcome]) -> Node[Outcome]:
        if isinstance(old, Leaf):
            return make.leaf(old.outcome)
        left = tuple(
            (value, build(part))
            for value, part in zip(old.values, old.parts, strict=True)
            if old.name not in possible or value in possible[old.name]
        )
        return make.branch(old.name, tuple(value for value, _ in left), tuple(part for _, part in left))

    return build(node)


def mapped(node: Node[Outcome], change: Callable[[Outcome], Other]) -> Node[Other]:
    """The diagram with another outcome in place of each; what no longer makes a difference disappears."""
    return _rebuilt(node, {}, change)


def _rebuilt(node: Node[Outcome], known: Mapping[str, Value], change: Callable[[Outcome], Other]) -> Node[Other]:
    make: _Maker[Other] = _Maker()
    done: dict[int, Node[Other]] = {}

    def build(old: Node[Outcome]) -> Node[Other]:
        new = done.get(id(old))
        if new is None:
            if isinstance(old, Leaf):
                new = make.leaf(change(old.outcome))
            elif old.name in known:
                new = build(old.part(known[old.name]))
            else:
                new = make.branch(old.name, old.values, tuple(build(part) for part in old.parts))
            done[id(old)] = new
        return new

    return build(node)


def ask_first(node: Node[Outcome], order: Sequence[str], *doubts: Callable[[Node[Outcome]], float]) -> tuple[str, ...]:
    """The unknowns that can still decide, the most deciding first.

    That is the one after whose answer the least of the first of `doubts` is left on average; of equals the one after
    which the least of the next is; and equals in all of them keep `order`.
    """
    values = _values(node)

    def doubts_after(name: str) -> tuple[float, ...]:
        rests = [given(node, {name: value}) for value in values[name]]
        return tuple(sum(map(doubt, rests)) / len(rests) for doubt in doubts)

    return tuple(sorted((name for name in order if name in values), key=doubts_after))


def _values(node: Node[Any]) -> dict[str, tuple[Value, ...]]:
    if isinstance(node, Leaf):
        return {}
    found = {node.name: node.values}
    for part in node.parts:
        found.update(_values(part))
    return found
