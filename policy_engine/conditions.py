"""Conditions over facts, three-valued: true, false, or None while a fact that decides is unknown.

A condition is data in a pack:

    {registered_locally: true}                 a fact has this value
    {hardship_certificate: [a, b]}             … one of these
    {age: {below: 18}}, {age: {at_least: 60}}  a bound
    {parameter: student.includes_university}   a yes/no that some authority sets, and may not have set yet
    {all: [...]}, {any: [...]}, {not: ...}

The same tree evaluates, names the facts and parameters that it needs, and says which of them made it false.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from policy_engine.errors import N_, PolicyError
from policy_engine.facts import FACTS, Value, parse_fact
from policy_engine.source import Node

PARAMETER = "parameter:"
"""Prefix of a yes/no parameter's name where facts and such parameters are kept side by side."""


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


Condition = Is | Below | Joined | Not
ALWAYS = Joined((), decisive=False)


def read_condition(node: Node) -> Condition:
    """A condition from a pack. Raises PackError for a fact, value or form that does not exist."""
    entries = node.entries()
    if len(entries) != 1:
        raise node.refuse(N_("A condition has one key. Put several under all: or any:, each after a dash."))
    ((key, value),) = entries.items()
    match key:
        case "all":
            return Joined(tuple(read_condition(each) for each in value.some()), decisive=False)
        case "any":
            return Joined(tuple(read_condition(each) for each in value.some()), decisive=True)
        case "not":
            return Not(read_condition(value))
        case "parameter":
            return Is(PARAMETER + value.text(), frozenset({True}))
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
    if FACTS[name].kind == "enum":
        return FACTS[name].values
    bounds = {bound for condition in conditions for each, bound in condition.needs() if each == name}
    numbers = {side for bound in bounds if bound is not None for side in (bound - 1, bound)}
    return tuple(sorted(numbers))
