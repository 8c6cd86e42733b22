"""A flow laid out whole: every question it can come to, what follows each answer, and how it ends.

Nothing here knows the flow: it is asked, with ever more answers, what it does next, as it is when people talk to it.
Parts in which the same questions lead to the same ends are one part, so that a map is small enough to read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from dialogs.context import Case
from dialogs.flows import plan
from dialogs.plans import Ask, Conclude
from dialogs.questions import ASKING
from dialogs.replies import Decision
from policy_engine.benefits.classes import conditions_of
from policy_engine.conditions import Condition
from policy_engine.facts import FACTS, Value, parse_fact
from policy_engine.money import exactly
from policy_engine.scheme import Scheme

SOME_BILL = exactly(12_000_00)
"""The amount that stands for any: which questions follow is told by the kind of treatment, hardly ever by its cost."""


@dataclass(frozen=True, eq=False)
class Ended:
    """The end of a flow: a decision's outcome, or the kind of reply that concludes."""

    outcome: str


@dataclass(frozen=True, eq=False)
class Asked:
    """A question of a flow, and what follows each answer. None among them is *I don't know*.

    The answer to a question for a whole number is the least of the numbers that lead the same way.
    """

    fact: str
    following: tuple[tuple[Value | None, Asked | Ended], ...]


Part = Asked | Ended


def flow_map(
    flow: str, case: Case, rules: Callable[[str | None], Scheme], counties: Sequence[str], *, unsure: bool = False
) -> Part:
    """The map of a flow from this case on; with `unsure`, also where *I don't know* leads.

    `rules` gives the scheme as it stands in a county, `counties` are those on offer. Raises PolicyError where the
    scheme has no such rules.
    """
    return _Mapper(flow, rules, counties, unsure=unsure).part(case)


def parts(start: Part) -> tuple[Part, ...]:
    """Every part of a map once, in the order in which one comes to them."""
    found: dict[int, Part] = {id(start): start}
    waiting = [start]
    for each in waiting:
        for _, following in each.following if isinstance(each, Asked) else ():
            if id(following) not in found:
                found[id(following)] = following
                waiting.append(following)
    return tuple(found.values())


def answers_to(fact: str, scheme: Scheme) -> tuple[Value, ...]:
    """The answers to a question that may lead different ways: its choices, or the least number of every stretch."""
    if FACTS[fact].kind == "bool":
        return (True, False)
    if ASKING[fact].choices:
        return tuple(parse_fact(fact, value) for value, _ in ASKING[fact].choices)
    if FACTS[fact].kind == "int":
        return (0, *sorted(set(_bounds(fact, scheme)) - {0}))
    return (SOME_BILL,)


class _Mapper:
    """One drawing of a map. What it has drawn it draws once."""

    def __init__(
        self, flow: str, rules: Callable[[str | None], Scheme], counties: Sequence[str], *, unsure: bool
    ) -> None:
        self._flow, self._rules, self._counties, self._unsure = flow, rules, counties, unsure
        self._drawn: dict[tuple[object, ...], Part] = {}

    def part(self, case: Case) -> Part:
        following = plan(self._flow, case)
        if isinstance(following, Conclude):
            last = following.replies[-1]
            outcome = last.outcome if isinstance(last, Decision) else last.kind
            return self._drawn.setdefault((outcome,), Ended(outcome))
        assert isinstance(following, Ask), "advice has nothing done"  # noqa: S101
        fact = following.fact
        answers: list[Value | None] = list(self._counties if fact == "county" else answers_to(fact, case.scheme))
        if self._unsure:
            answers.append(None)
        found = tuple((answer, self.part(self._answered(case, fact, answer))) for answer in answers)
        key = (fact, *((answer, id(each)) for answer, each in found))
        return self._drawn.setdefault(key, Asked(fact, found))

    def _answered(self, case: Case, fact: str, answer: Value | None) -> Case:
        if answer is None:
            return replace(case, unsure=case.unsure | {fact})
        scheme = self._rules(str(answer)) if fact == "county" else case.scheme
        return replace(case, facts={**case.facts, fact: answer}, scheme=scheme)


def _bounds(fact: str, scheme: Scheme) -> Iterator[int]:
    for condition in _conditions(scheme):
        for name, bound in condition.needs():
            if name == fact and bound is not None:
                yield bound


def _conditions(scheme: Scheme) -> Iterator[Condition]:
    yield from (rule.when for rule in (*scheme.cannot_join, *scheme.may_join))
    if scheme.contribution is not None:
        yield from (each.when for each in scheme.contribution.entries)
    if scheme.benefits is not None:
        for day in scheme.turns:
            yield from conditions_of(scheme.benefits, scheme.benefits.on(day))
