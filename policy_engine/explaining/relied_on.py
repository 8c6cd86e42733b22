"""The open places of a text that a result rests on: those of the rules that apply, and those that keep one from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from policy_engine.benefits.classes import settled_parameters
from policy_engine.benefits.schedule import BenefitRules
from policy_engine.conditions import Condition, Conditional, Joined, Not, Read, readings_of
from policy_engine.explaining.situation import Situation
from policy_engine.facts import Value


def relied_on(named: Iterable[str], entries: Iterable[Conditional], known: Mapping[str, Value]) -> tuple[str, ...]:
    """The readings that a result has `named`, and those of which another choice would make one of the entries apply or
    not, or leave that open, under these facts."""
    return tuple(dict.fromkeys((*named, *_deciding(entries, known))))


def relied_on_by_estimate(named: Iterable[str], under: Situation) -> tuple[str, ...]:
    """The same for an estimate, of which only the entries count that can be reached."""
    rules, values = under.day.rules, under.day.values
    known = {**settled_parameters(rules, values), **under.settled.facts}
    return relied_on(named, _reached(rules, under, known), known)


def _reached(rules: BenefitRules, under: Situation, known: Mapping[str, Value]) -> Iterator[Conditional]:
    """Of each list the entries down to the first that certainly fits, and all adjustments."""
    lists: tuple[Sequence[Conditional], ...] = (
        rules.on(under.day.values.on),
        rules.cost_ceilings,
        rules.ceilings,
        rules.layers,
    )
    yield from rules.adjustments
    for entries in lists:
        for entry in entries:
            yield entry
            if entry.when.holds(known):
                break


def _deciding(entries: Iterable[Conditional], known: Mapping[str, Value]) -> Iterator[str]:
    for entry in entries:
        for name in dict.fromkeys(readings_of(entry.when)):
            if _otherwise(entry.when, name).holds(known) is not entry.when.holds(known):
                yield name


def _otherwise(condition: Condition, reading: str) -> Condition:
    """The condition with one open place read the other way round wherever it looks at it."""
    match condition:
        case Read() if condition.reading == reading:
            return Read(condition.reading, condition.choice, not condition.in_force)
        case Joined():
            return Joined(tuple(_otherwise(part, reading) for part in condition.parts), condition.decisive)
        case Not():
            return Not(_otherwise(condition.part, reading))
    return condition
