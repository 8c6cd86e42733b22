"""Conditions over facts, three-valued: true, false, or None while a fact that decides is unknown.

A condition is data in a pack:

    {registered_locally: true}                 a fact has this value
    {hardship_certificate: [a, b]}             … one of these
    {age: {below: 18}}, {age: {at_least: 60}}  a bound
    {parameter: student.includes_university}   a yes/no that some authority sets, and may not have set yet
    {reading: {points_add_up: both}}           an open place of the text is read like this
    {all: [...]}, {any: [...]}, {not: ...}     several keys in one pair of braces must all hold

The same tree evaluates, names the facts and parameters that it needs, and says which of them made it false.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from policy_engine.errors import N_, PolicyError
from policy_engine.facts import FACTS, Value, parse_fact
from policy_engine.reading.source import Node

Readings = Mapping[str, tuple[str, Collection[str]]]
"""Of every open place of a text: the choice in force, and all choices."""

PARAMETER = "parameter:"
"""Prefix of a yes/no parameter's name where facts and such parameters are kept side by side."""

NO_COUNTY = "none"
"""Stands for an illustrative county, which is none of the real ones that a condition can name."""


@dataclass(frozen=True)
class Is:
    """A fact has one of `values`."""

    fact: str
    values: frozenset[Value]

    def holds(self, known: Mapping[str, Value]) -> bool | None:
        """True, false, or None where the fact is unknown."""
        value = known.get(self.fact)
        return None if value is None else value in self.values

    def needs(self) -> Iterator[tuple[str, int | None]]:
        """The names that it looks at, each with the bound that it is compared to, if any."""
        if self.fact in FACTS and FACTS[self.fact].kind == "int":
            for value in self.values:
                assert isinstance(value, int)  # noqa: S101 - the vocabulary has typed it
                yield from ((self.fact, value), (self.fact, value + 1))
        else:
            yield self.fact, None

    def against(self, known: Mapping[str, Value]) -> tuple[str, ...]:
        """The facts that make it false."""
        return (self.fact,) if self.holds(known) is False else ()


@dataclass(frozen=True)
class Below:
    """A whole-number fact is less than `bound`; `inverted`: is at least `bound`."""

    fact: str
    bound: int
    inverted: bool

    def holds(self, known: Mapping[str, Value]) -> bool | None:
        """True, false, or None where the fact is unknown."""
        value = known.get(self.fact)
        return None if not isinstance(value, int) else (value < self.bound) != self.inverted

    def needs(self) -> Iterator[tuple[str, int | None]]:
        """The names that it looks at, each with the bound that it is compared to, if any."""
        yield self.fact, self.bound

    def against(self, known: Mapping[str, Value]) -> tuple[str, ...]:
        """The facts that make it false."""
        return (self.fact,) if self.holds(known) is False else ()


@dataclass(frozen=True)
class Joined:
    """Several parts. One that turns out as `decisive` settles it: false where all must hold, true where any may."""

    parts: tuple[Condition, ...]
    decisive: bool

    def holds(self, known: Mapping[str, Value]) -> bool | None:
        """True, false, or None where an unknown part decides."""
        result: bool | None = not self.decisive
        for part in self.parts:
            holds = part.holds(known)
            if holds is self.decisive:
                return holds
            if holds is None:
                result = None
        return result

    def needs(self) -> Iterator[tuple[str, int | None]]:
        """The names that its parts look at."""
        for part in self.parts:
            yield from part.needs()

    def against(self, known: Mapping[str, Value]) -> tuple[str, ...]:
        """The facts of the parts that are false; of alternatives, all of them, and only where each is false."""
        if self.decisive and self.holds(known) is not False:
            return ()
        return tuple(dict.fromkeys(fact for part in self.parts for fact in part.against(known)))


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: Condition

    def holds(self, known: Mapping[str, Value]) -> bool | None:
        """True, false, or None where the part is unknown."""
        holds = self.part.holds(known)
        return None if holds is None else not holds

    def needs(self) -> Iterator[tuple[str, int | None]]:
        """The names that its part looks at."""
        yield from self.part.needs()

    def against(self, known: Mapping[str, Value]) -> tuple[str, ...]:
        """The facts of the part, where the part holds."""
        if self.holds(known) is not False:
            return ()
        return tuple(dict.fromkeys(name for name, _ in self.part.needs() if name in known))


@dataclass(frozen=True)
class Read:
    """An open place of the text, `reading`, is read as `choice`; `in_force` says whether it is."""

    reading: str
    choice: str
    in_force: bool

    def holds(self, known: Mapping[str, Value]) -> bool | None:  # noqa: ARG002 - no fact plays a part
        """Whether this choice is in force."""
        return self.in_force

    def needs(self) -> Iterator[tuple[str, int | None]]:
        """The names that it looks at: none."""
        return iter(())

    def against(self, known: Mapping[str, Value]) -> tuple[str, ...]:  # noqa: ARG002 - no fact plays a part
        """The facts that make it false: none can."""
        return ()


Condition = Is | Below | Joined | Not | Read
ALWAYS = Joined((), decisive=False)


class Conditional(Protocol):
    """An entry of a pack that holds under a condition."""

    @property
    def id(self) -> str:
        """The name of the entry."""

    @property
    def when(self) -> Condition:
        """When it holds."""

    @property
    def where(self) -> str:
        """Its place in the pack, "file:line"."""

    @property
    def interpretations(self) -> tuple[str, ...]:
        """The readings of open places that it rests on."""


def read_condition(node: Node, readings: Readings) -> Condition:
    """A condition from a pack. Raises PackError for a fact, value, form or reading that does not exist."""
    entries = node.entries()
    if not entries:
        raise node.refuse(
            N_("A condition is empty. Name a fact and its value, like  {example}."), example="{age: {below: 18}}"
        )
    parts = tuple(_part(key, value, readings) for key, value in entries.items())
    return parts[0] if len(parts) == 1 else Joined(parts, decisive=False)


def readings_of(condition: Condition) -> Iterator[str]:
    """The readings that a condition looks at."""
    match condition:
        case Read():
            yield condition.reading
        case Joined():
            for part in condition.parts:
                yield from readings_of(part)
        case Not():
            yield from readings_of(condition.part)


def _part(key: str, value: Node, readings: Readings) -> Condition:
    match key:
        case "all":
            return Joined(tuple(read_condition(each, readings) for each in value.some()), decisive=False)
        case "any":
            return Joined(tuple(read_condition(each, readings) for each in value.some()), decisive=True)
        case "not":
            return Not(read_condition(value, readings))
        case "parameter":
            return Is(PARAMETER + value.text(), frozenset({True}))
        case "reading":
            named = value.mapping(readings)
            if len(named) != 1:
                raise value.refuse(
                    N_("Name one reading and its choice, like  {example}."), example="reading: {points_add_up: both}"
                )
            ((name, choice),) = named.items()
            in_force, possible = readings[name]
            return Read(name, choice.one_of(possible), choice.text() == in_force)
    if key in FACTS and FACTS[key].kind == "int" and isinstance(value.value, dict):
        bounds = value.mapping({"below", "at_least"})
        if len(bounds) != 1:
            raise value.refuse(N_("Give one bound: below or at_least."))
        ((bound, number),) = bounds.items()
        return Below(key, number.whole(), inverted=bound == "at_least")
    try:
        choices = value.some() if isinstance(value.value, list) else [value]
        return Is(key, frozenset(parse_fact(key, choice.value) for choice in choices))
    except PolicyError as error:
        raise value.refuse(error.template, **error.params) from None


def domain(name: str, conditions: tuple[Condition, ...]) -> tuple[Value, ...]:
    """The values of a fact (or yes/no parameter) that these conditions can tell apart.

    All values of a yes/no or an enum; for a whole number one value on either side of every bound.
    """
    if name.startswith(PARAMETER) or FACTS[name].kind == "bool":
        return (True, False)
    if name == "county":
        return (*FACTS[name].values, NO_COUNTY)
    if FACTS[name].kind == "enum":
        return FACTS[name].values
    bounds = {bound for condition in conditions for each, bound in condition.needs() if each == name}
    numbers = {side for bound in bounds if bound is not None for side in (bound - 1, bound)}
    return tuple(sorted(numbers))
