"""What has to be so for a diagram to end in a certain outcome, written as a condition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from policy_engine.conditions import ALWAYS, Below, Condition, Is, Joined
from policy_engine.diagram import Leaf, Node
from policy_engine.facts import FACTS, Value

Outcome = TypeVar("Outcome")


def leading_to(node: Node[Outcome], outcome: Outcome) -> Condition:
    """The condition under which the diagram ends in `outcome`, over the unknowns that it still looks at.

    Raises ValueError where it cannot end there.
    """
    if outcome not in node.odds:
        raise ValueError(f"{outcome!r} is not possible")
    if isinstance(node, Leaf):
        return ALWAYS
    ways: list[Condition] = []
    for part in dict.fromkeys(node.parts):
        if outcome not in part.odds:
            continue
        chosen = [place for place, each in enumerate(node.parts) if each is part]
        clause = _one_of(node.name, node.values, chosen)
        further = leading_to(part, outcome)
        ways.append(clause if further == ALWAYS else _all_of(clause, further))
    return ways[0] if len(ways) == 1 else Joined(tuple(ways), decisive=True)


def example_of(node: Node[Outcome], outcome: Outcome) -> dict[str, Value]:
    """Values of some unknowns with which the diagram ends in `outcome`.

    Raises ValueError where it cannot end there.
    """
    found: dict[str, Value] = {}
    while not isinstance(node, Leaf):
        place = next((place for place, part in enumerate(node.parts) if outcome in part.odds), None)
        if place is None:
            break
        found[node.name] = node.values[place]
        node = node.parts[place]
    if outcome not in node.odds:
        raise ValueError(f"{outcome!r} is not possible")
    return found


def _all_of(clause: Condition, further: Condition) -> Condition:
    more = further.parts if isinstance(further, Joined) and not further.decisive else (further,)
    return Joined((clause, *more), decisive=False)


def _one_of(name: str, values: tuple[Value, ...], chosen: Sequence[int]) -> Condition:
    """That an unknown has one of the values in these places; of a whole number each stands for a stretch."""
    if name not in FACTS or FACTS[name].kind != "int":
        return Is(name, frozenset(values[place] for place in chosen))
    stretches = tuple(_stretches(name, values, chosen))
    return stretches[0] if len(stretches) == 1 else Joined(stretches, decisive=True)


def _stretches(name: str, values: tuple[Value, ...], chosen: Sequence[int]) -> Iterator[Condition]:
    starts = [place for place in chosen if place - 1 not in chosen]
    for start in starts:
        end = next(place for place in range(start + 1, len(values) + 1) if place not in chosen)
        bounds: list[Condition] = []
        if start > 0:
            bounds.append(Below(name, _whole(values[start]), inverted=True))
        if end < len(values):
            bounds.append(Below(name, _whole(values[end]), inverted=False))
        yield bounds[0] if len(bounds) == 1 else Joined(tuple(bounds), decisive=False)


def _whole(value: Value) -> int:
    assert isinstance(value, int)  # noqa: S101 - the vocabulary has typed it
    return value
