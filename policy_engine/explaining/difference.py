"""How much more or less is paid in one situation than in another, where both share what is not known.

Subtracting two ranges takes each for itself, as if an unknown age could be 10 in the one and 40 in the other. Here what
both share is the same in both: every combination of the facts that are unknown in both is looked at on its own, an
unknown bill is one bill, and rules that are the same with the same figures make no difference, whatever the figures.
The result covers everything that can turn out; where something is left to be taken for each side by itself it says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from typing import Any, Literal, NamedTuple

from policy_engine.benefits.bill import Bill
from policy_engine.benefits.classes import CHOOSING, Class
from policy_engine.benefits.formula import Formula
from policy_engine.benefits.profiles import Option
from policy_engine.conditions import PARAMETER
from policy_engine.diagram import Branch, Leaf, Node
from policy_engine.explaining.situation import Situation
from policy_engine.explaining.spread import Payment, spread
from policy_engine.facts import FACTS
from policy_engine.money import NOTHING, Money, yuan

Taken = Literal["exact", "together", "apart"]
"""How sharp a difference is: `exact`, one amount; `together`, a range in which all that both sides share was the same
in both; `apart`, a range for which something shared was taken for each side by itself, so that it may be too wide."""

_FACTS = tuple(FACTS)


class Span(NamedTuple):
    """From `low` to `high` fen, below 0 where less is paid; None where nothing bounds it."""

    low: int | None
    high: int | None

    @property
    def exact(self) -> bool:
        """Whether only one amount is possible."""
        return self.low is not None and self.low == self.high

    def hull(self, other: Span) -> Span:
        """The smallest span that holds both."""
        low = None if self.low is None or other.low is None else min(self.low, other.low)
        high = None if self.high is None or other.high is None else max(self.high, other.high)
        return Span(low, high)

    @property
    def negated(self) -> Span:
        """The same the other way round: so much less."""
        return Span(None if self.high is None else -self.high, None if self.low is None else -self.low)

    def to_json(self) -> str | dict[str, str | None]:
        """Yuan as a decimal string with its sign, or an object with `low` and `high`."""
        if self.low is not None and self.low == self.high:
            return _signed(self.low)
        return {"low": _optional(self.low), "high": _optional(self.high)}


SAME = Span(0, 0)


def _signed(fen: int) -> str:
    return "-" * (fen < 0) + yuan(abs(fen))


def _optional(fen: int | None) -> str | None:
    return None if fen is None else _signed(fen)


@dataclass(frozen=True)
class Difference:
    """How much more the `fund` and the `person` pay afterwards, less where negative."""

    fund: Span
    person: Span
    taken: Taken

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of a difference."""
        return {"fund_pays": self.fund.to_json(), "person_pays": self.person.to_json(), "taken": self.taken}

    def hull(self, other: Difference) -> Difference:
        """What covers both."""
        apart = "apart" in {self.taken, other.taken}
        return Difference(self.fund.hull(other.fund), self.person.hull(other.person), "apart" if apart else "together")


def less(after: Money, before: Money) -> Span:
    """One range less another, each taken by itself."""
    low = None if before.high is None else after.low - before.high
    return Span(low, None if after.high is None else after.high - before.low)


def difference(before: Situation, after: Situation, apart: Collection[str] = ()) -> Difference:
    """How much more is paid in the second situation than in the first, over all that can turn out.

    `apart` are facts that may be one thing in the one and another in the other, such as an age a year later.
    """
    pairs = _pairs(before, after, apart)
    found = reduce(Difference.hull, (_between(before, after, *each) for each in pairs))
    return replace(found, taken="exact") if found.fund.exact and found.person.exact else found


def _pairs(before: Situation, after: Situation, apart: Collection[str]) -> Iterator[tuple[Class, Class]]:
    """The classes before and after that can go together, each pair once."""
    separate = {*apart}
    if before.settled.hospital is not after.settled.hospital:
        # The level that one of them may have says nothing about the other.
        separate.update(name for name, _ in (*before.settled.possible, *after.settled.possible))
    same_rules = _same_rules(before, after)

    def shared(name: str) -> bool:
        # What nobody has set for the one may be set to something else for the other.
        return name not in separate and (same_rules or not name.startswith(PARAMETER))

    seen: set[tuple[int, int]] = set()
    ahead: list[tuple[Node[Class], Node[Class]]] = [(before.profile.classes, after.profile.classes)]
    while ahead:
        one, other = ahead.pop()
        if (id(one), id(other)) in seen:
            continue
        seen.add((id(one), id(other)))
        if isinstance(one, Leaf) and isinstance(other, Leaf):
            yield one.outcome, other.outcome
        else:
            ahead += _parts(one, other, shared)


def _parts(
    one: Node[Class], other: Node[Class], shared: Callable[[str], bool]
) -> Iterator[tuple[Node[Class], Node[Class]]]:
    """What remains of two diagrams once the unknown is known that comes first in either of them.

    Every diagram of classes has its unknowns in one order (`classes.domains_of`), so what does not come first in the
    other one either does not occur in it any more.
    """
    first = min((each.name for each in (one, other) if isinstance(each, Branch)), key=_place)
    ones, others = (isinstance(each, Branch) and each.name == first for each in (one, other))
    if ones and others and shared(first):
        assert isinstance(one, Branch)  # noqa: S101 - as has just been asked
        assert isinstance(other, Branch)  # noqa: S101
        values = dict.fromkeys((*one.values, *other.values))
        yield from ((one.part(value), other.part(value)) for value in values)
    elif isinstance(one, Branch) and ones:
        yield from ((part, other) for part in one.parts)
    elif isinstance(other, Branch):
        yield from ((one, part) for part in other.parts)


def _place(name: str) -> tuple[int, int, str]:
    """Where an unknown comes in the order of the diagrams."""
    if name in CHOOSING:
        return 0, CHOOSING.index(name), name
    return (1, _FACTS.index(name), name) if name in _FACTS else (2, 0, name)


def _between(before: Situation, after: Situation, one: Class, other: Class) -> Difference:
    """How much more the second class pays than the first, of a bill that may be the same."""
    option, another = before.profile.options[one], after.profile.options[other]
    if before.bill == after.bill and _same(before, after, option, another):
        return Difference(SAME, SAME, "together")
    plain = _apart(before, after, one, other)
    if not _same_cost(before.bill, after.bill):
        return plain
    fund, taken = plain.fund, plain.taken
    if taken == "apart" and option.sides.exact and another.sides.exact:
        along = _along(before.bill, after.bill, option.sides.least, another.sides.least)
        fund, taken = (along, "together") if along is not None else (fund, taken)
    # Of one and the same bill the person pays just so much less as the fund pays more.
    return Difference(fund, fund.negated, taken)


@lru_cache(maxsize=4096)
def _along(one: Bill, other: Bill, first: Formula, second: Formula) -> Span | None:
    """The difference of two formulas over every amount that the bill can be; None where more than that is open."""
    if not all(each.simple and each.paid.exact and each.class_b == NOTHING for each in (one, other)):
        return None
    before, after = Payment(first, one.amounts()), Payment(second, other.amounts())
    found = spread(before, after, one.reportable.low, one.reportable.high)
    return None if found is None else Span(*found)


def _apart(before: Situation, after: Situation, one: Class, other: Class) -> Difference:
    """The difference with each side's range taken by itself; that is no loss where only one of them is a range."""
    first, second = before.cases[one], after.cases[other]
    fund, person = less(second.fund, first.fund), less(second.person, first.person)
    alone = first.fund.exact or second.fund.exact
    if not _same_cost(before.bill, after.bill):
        alone = alone and (first.person.exact or second.person.exact)
    return Difference(fund, person, "together" if alone else "apart")


def _same_cost(one: Bill, other: Bill) -> bool:
    """Whether both are about the same bill, as far as it is known."""
    return (one.whole, one.reportable, one.listed) == (other.whole, other.reportable, other.listed)


def _same_rules(before: Situation, after: Situation) -> bool:
    """Whether what nobody has set is the same in both: one scheme in one county, in one stretch of time."""
    one, other = before.scheme, after.scheme
    same_place = (one.id, one.overlay) == (other.id, other.overlay)
    return same_place and before.day.values.on == after.day.values.on


def _same(before: Situation, after: Situation, one: Option, other: Option) -> bool:
    """Whether two classes pay the same of every bill, whatever may yet be set."""
    if (one.sides.least, one.sides.most) != (other.sides.least, other.sides.most):
        return False
    if one.sides.exact:
        return True
    if not _same_rules(before, after) or one.figures != other.figures:
        return False
    # A reading may let a figure depend on another one that nobody has set either.
    return all(before.day.values.named(name) == after.day.values.named(name) for name in one.figures)
