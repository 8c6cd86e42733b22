"""A condition of a pack in words, for whoever holds it against the law."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable

from bot.commands.conclusions import answered_in
from bot.commands.figures import label
from bot.languages import Catalogue
from policy_engine.conditions import ALWAYS, PARAMETER, Below, Condition, Is, Joined, Not, Read
from policy_engine.facts import FACTS, Value
from policy_engine.scheme import Scheme


def condition(found: Condition, scheme: Scheme, words: Catalogue) -> str:
    """When it holds, in words."""
    return _Words(scheme, words).said(found)


def in_force(found: Condition) -> Condition | None:
    """The condition as the text is read now, with no reading left in it; None where it can hold for nobody."""
    simpler = _settled(found, lambda read: read.in_force)
    if simpler is True:
        return ALWAYS
    return None if simpler is False else simpler


def otherwise(found: Condition) -> Condition:
    """The condition with only those readings left in it that are not in force."""
    simpler = _settled(found, lambda read: True if read.in_force else None)
    return ALWAYS if isinstance(simpler, bool) else simpler


def _settled(found: Condition, settle: Callable[[Read], bool | None]) -> Condition | bool:
    """The condition without the readings that `settle` settles."""
    match found:
        case Read():
            settled = settle(found)
            return found if settled is None else settled
        case Not():
            part = _settled(found.part, settle)
            return not part if isinstance(part, bool) else Not(part)
        case Joined():
            parts = [_settled(part, settle) for part in found.parts]
            if any(part is found.decisive for part in parts):
                return found.decisive
            left = tuple(part for part in parts if not isinstance(part, bool))
            if not left:
                return not found.decisive
            return left[0] if len(left) == 1 else Joined(left, found.decisive)
    return found


class _Words:
    def __init__(self, scheme: Scheme, words: Catalogue) -> None:
        self._scheme, self._words = scheme, words

    def said(self, found: Condition) -> str:
        words = self._words
        match found:
            case Is():
                return self._is(found)
            case Below():
                if found.inverted:
                    return words("condition.at_least", fact=self._about(found.fact), bound=found.bound)
                return words("condition.below", fact=self._about(found.fact), bound=found.bound)
            case Read():
                reading = self._scheme.interpretations[found.reading]
                chosen = words.source(reading.choices[found.choice]).rstrip("。.")
                return words("condition.reading", chosen=chosen)
            case Not():
                return self._not(found.part)
            case Joined():
                if not found.parts:
                    return words("condition.everybody")
                if not found.decisive:
                    return self._all(self._part(part) for part in found.parts)
                return self._any(self._part(part) for part in found.parts)
        raise TypeError(type(found))

    def _part(self, found: Condition) -> str:
        """A part of a larger condition, in brackets where it has several parts itself."""
        inner = self.said(found)
        several = isinstance(found, Joined) and len(found.parts) > 1
        return self._words("condition.group", inner=inner) if several else inner

    def _is(self, found: Is) -> str:
        return " / ".join(self._value(found.fact, value) for value in _in_order(found))

    def _value(self, fact: str, value: Value) -> str:
        if fact.startswith(PARAMETER):
            parameter = self._scheme.parameters[fact.removeprefix(PARAMETER)]
            return self._words("condition.parameter", label=label(parameter, self._words))
        if FACTS[fact].kind == "int":
            return self._words("condition.equal", fact=self._about(fact), number=value)
        said = answered_in(fact, value, self._scheme, self._words)
        return self._words("condition.county", county=said) if fact == "county" else said

    def _not(self, part: Condition) -> str:
        if isinstance(part, Is) and len(part.values) == 1:
            (value,) = part.values
            if part.fact.startswith(PARAMETER):
                parameter = self._scheme.parameters[part.fact.removeprefix(PARAMETER)]
                return self._words("condition.parameter_not", label=label(parameter, self._words))
            if part.fact == "county":
                county = answered_in("county", value, self._scheme, self._words)
                return self._words("condition.county_not", county=county)
            if isinstance(value, bool):
                return answered_in(part.fact, not value, self._scheme, self._words)
        return self._words("condition.not", inner=self._part(part))

    def _about(self, fact: str) -> str:
        return self._words(f"fact.{fact}")

    def _all(self, parts: Iterable[str]) -> str:
        return functools.reduce(lambda first, second: self._words("condition.and", first=first, second=second), parts)

    def _any(self, parts: Iterable[str]) -> str:
        return functools.reduce(lambda first, second: self._words("condition.or", first=first, second=second), parts)


def _in_order(found: Is) -> list[Value]:
    """The values as the vocabulary orders them."""
    order = FACTS[found.fact].values if found.fact in FACTS else ()
    return sorted(found.values, key=lambda value: (order.index(value) if value in order else -1, str(value)))
