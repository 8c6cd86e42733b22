"""The questions in the order in which people are asked them, down to every conclusion that they can end in.

Each question is the one that `eligibility` or `contribution` asks for first, so what is drawn or tabled from here is
what people meet. The order is therefore not the decision diagram's own, which is the same on every path: after each
answer the question follows that settles most. A fact that is not asked on a path can change nothing there.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from policy_engine.citations import Citation
from policy_engine.conditions import Condition, domain
from policy_engine.contribution import UNDECIDED, contribution
from policy_engine.eligibility import eligibility
from policy_engine.facts import FACTS, Value, fact_to_json
from policy_engine.money import NOTHING, Money
from policy_engine.scheme import Scheme

What = Literal["eligibility", "contribution"]
"""What is concluded: may the person join, or who pays how much."""


@dataclass(frozen=True)
class Stretch:
    """The whole numbers from `low` to `high`, both included, which no rule tells apart."""

    low: int
    high: int


Answer = Value | Stretch
"""An answer to a question; for a whole number the stretch that it lies in."""


@dataclass(frozen=True)
class Admission:
    """Whether somebody may join, certainly, whatever else is true of them.

    `category` is the rule that admits them where it is one rule only; `admitted_by` are all that may be the one, none
    for somebody who may not join. `citations` are the places that decide, each once.
    """

    outcome: Literal["eligible", "ineligible"]
    category: str | None
    admitted_by: tuple[str, ...]
    citations: tuple[Citation, ...]

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of an admission."""
        return {
            "outcome": self.outcome,
            "category": self.category,
            "admitted_by": list(self.admitted_by),
            "citations": [each.to_dict() for each in self.citations],
        }


@dataclass(frozen=True)
class Payers:
    """Who pays the individual's own part, and who pays the remainder; a payer may be `undecided`.

    `own_amount` is what the own part comes to, `total` the whole for one person and year. `citations` are the places
    that name the payers, each once. Where a part is certainly zero nobody pays it.
    """

    own_part: tuple[str, ...]
    own_amount: Money
    remainder: tuple[str, ...]
    total: Money
    citations: tuple[Citation, ...]

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of payers: null stands where no authority has said who pays."""
        return {
            "own_part": [None if each == UNDECIDED else each for each in self.own_part],
            "own_amount": self.own_amount.to_json(),
            "remainder": [None if each == UNDECIDED else each for each in self.remainder],
            "total": self.total.to_json(),
            "citations": [each.to_dict() for each in self.citations],
        }


Conclusion = Admission | Payers


@dataclass(frozen=True)
class Question:
    """A fact that is asked for, and what follows each of its answers. Equal where all that follows is equal."""

    fact: str
    answers: tuple[tuple[Answer, Question | Conclusion], ...]


def questions(scheme: Scheme, what: What, on: datetime.date | None = None) -> Question | Conclusion:
    """The first question, from nothing known; a conclusion where there is nothing to ask.

    `on` is the day whose rules apply, the scheme's first if not given. Raises DateError for a day that the scheme does
    not cover, PolicyError for a document that has no such rules.
    """
    values = looked_at(scheme, what)

    def follow(known: Mapping[str, Value]) -> Question | Conclusion:
        missing = _missing(scheme, what, known, on)
        fact = next((name for name in missing if name in values), None)
        if fact is None:
            return concluded(scheme, what, known, on)
        return Question(
            fact, tuple((answer(fact, each, values[fact]), follow({**known, fact: each})) for each in values[fact])
        )

    return follow({})


def looked_at(scheme: Scheme, what: What) -> dict[str, tuple[Value, ...]]:
    """The facts that the rules look at, in the vocabulary's order, each with the values that they tell apart."""
    conditions = _conditions(scheme, what)
    names = {name for condition in conditions for name, _ in condition.needs()}
    return {name: domain(name, conditions) for name in FACTS if name in names}


def asked(start: Question | Conclusion) -> tuple[str, ...]:
    """The facts that are asked for anywhere from here on, those first that can be reached with the fewest answers."""
    found: dict[str, None] = {}
    level = [start]
    while level:
        here = [each for each in level if isinstance(each, Question)]
        found.update(dict.fromkeys(each.fact for each in here))
        level = [part for each in here for _, part in each.answers]
    return tuple(found)


def endings(start: Question | Conclusion) -> Iterator[tuple[dict[str, Answer], Conclusion]]:
    """Every way through the questions: what was answered, and what it ends in. No two have a person in common."""
    if not isinstance(start, Question):
        yield {}, start
        return
    for each, part in start.answers:
        for answers, conclusion in endings(part):
            yield {start.fact: each, **answers}, conclusion


def answer(fact: str, value: Value, values: tuple[Value, ...]) -> Answer:
    """A value as an answer: of a whole number's `values`, each stands for all up to the next one."""
    if FACTS[fact].kind != "int" or not isinstance(value, int):
        return value
    place = values.index(value)
    after = values[place + 1] if place + 1 < len(values) else None
    return Stretch(
        value if place else min(value, FACTS[fact].low),
        after - 1 if isinstance(after, int) else max(value, FACTS[fact].high),
    )


def answer_to_json(given: Answer) -> Any:
    """The stable JSON of an answer; a stretch has its two ends."""
    return {"from": given.low, "to": given.high} if isinstance(given, Stretch) else fact_to_json(given)


def concluded(scheme: Scheme, what: What, known: Mapping[str, Value], on: datetime.date | None = None) -> Conclusion:
    """What follows from facts that settle it. Raises as `questions` does; ValueError where they do not settle it."""
    if what == "contribution":
        return _payers(scheme, known, on)
    found = eligibility(scheme, known, on)
    if found.outcome == "undetermined":
        raise ValueError(f"not settled without {', '.join(found.missing)}")
    ways_in = {rule.id for rule in scheme.may_join}
    deciding = found.reasons
    if found.outcome == "ineligible" and not any(step.holds for step in found.reasons):
        # Each way in is closed. An exclusion has a part in it only where it may be what closes one that is still open.
        in_doubt = any(step.holds is None for step in found.reasons if step.rule in ways_in)
        deciding = tuple(step for step in found.reasons if step.rule in ways_in or (in_doubt and step.holds is None))
    admitting = [step.rule for step in deciding if step.rule in ways_in] if found.outcome == "eligible" else []
    return Admission(
        outcome=found.outcome,
        category=found.category,
        admitted_by=tuple(admitting),
        citations=tuple(dict.fromkeys(step.citation for step in deciding)),
    )


def _payers(scheme: Scheme, known: Mapping[str, Value], on: datetime.date | None) -> Payers:
    found = contribution(scheme, known, on)

    def payers(line: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(part.payer for part in found.parts if part.line == line))

    # The last citation of a part is the rule that names its payer; those before it are where its amount stands.
    cited = dict.fromkeys(part.citations[-1] for part in found.parts)
    own = sum((part.amount for part in found.parts if part.line == "own_part"), NOTHING)
    return Payers(payers("own_part"), own, payers("remainder"), found.total, tuple(cited))


def _missing(scheme: Scheme, what: What, known: Mapping[str, Value], on: datetime.date | None) -> tuple[str, ...]:
    if what == "contribution":
        return contribution(scheme, known, on).missing
    return eligibility(scheme, known, on).missing


def _conditions(scheme: Scheme, what: What) -> tuple[Condition, ...]:
    if what == "eligibility":
        return tuple(rule.when for rule in (*scheme.cannot_join, *scheme.may_join))
    rules = scheme.contribution
    return tuple(each.when for each in rules.entries) if rules else ()
