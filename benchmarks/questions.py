"""How many questions until the answer: as the engine asks, beside the fewest possible and beside two forms."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.askers import TOWN, askers
from benchmarks.engine import DAY, SCHEME
from benchmarks.fewest import Missing, Person, fewest, in_order, mean_asked
from benchmarks.timing import Table
from bot.languages import catalogue
from dialogs.context import Case
from dialogs.flows import plan
from dialogs.plans import Ask
from policy_engine.benefits.classes import conditions_of
from policy_engine.benefits.profiles import benefit_day
from policy_engine.conditions import Condition, domain
from policy_engine.contribution import contribution
from policy_engine.eligibility import eligibility
from policy_engine.estimate import estimate
from policy_engine.facts import FACTS, Value, parse_facts
from policy_engine.loader import load_scheme
from policy_engine.scheme import Scheme

ASKERS = 5000
MIGRANTS = replace(TOWN, local=20)
UNINSURED = replace(MIGRANTS, insured={"works": 2, "retired from town": 2, "other adult": 1})

Asker = Mapping[str, Any]


@dataclass(frozen=True)
class Goal:
    """One thing that people want to know, by the rules of one county.

    `domains` are the facts that its decision table looks at, in the vocabulary's order, with the values that it can
    tell apart; `said` is what is known before the first question.
    """

    scheme: Scheme
    name: str
    answer: Callable[..., Any]
    domains: Mapping[str, Sequence[Value]]
    said: Mapping[str, Value]

    @property
    def facts(self) -> tuple[str, ...]:
        """What its decision table looks at, in the vocabulary's order."""
        return tuple(self.domains)

    def people(self, asking: Iterable[Asker]) -> list[Person]:
        """What each would answer; in place of a number the one that stands for its stretch."""
        return [tuple(_standing_for(each[fact], values) for fact, values in self.domains.items()) for each in asking]

    def missing(self) -> Missing:
        """What the engine says is missing, worked out once for everything that can be known."""
        return _remembered(lambda known: self.answer(self.scheme, {**self.said, **known}, DAY).missing)

    def asked_in_talk(self) -> Missing:
        """What a conversation asks next."""
        words = catalogue("zh_Hans")

        def asked(known: Mapping[str, Value]) -> Sequence[str]:
            step = plan(self.name, Case("self", {**self.said, **known}, frozenset(), self.scheme, DAY, words))
            return (step.fact,) if isinstance(step, Ask) else ()

        return _remembered(asked)


def _standing_for(value: Value, values: Sequence[Value]) -> Value:
    if isinstance(value, bool) or not isinstance(value, int):
        return value
    return max((each for each in values if isinstance(each, int) and each <= value), default=values[0])


def _remembered(missing: Missing) -> Missing:
    found: dict[frozenset[tuple[str, Value]], tuple[str, ...]] = {}

    def remembering(known: Mapping[str, Value]) -> Sequence[str]:
        key = frozenset(known.items())
        if key not in found:
            found[key] = tuple(missing(known))
        return found[key]

    return remembering


def joining(scheme: Scheme) -> Goal:
    """May the person join?"""
    conditions = [rule.when for rule in (*scheme.cannot_join, *scheme.may_join)]
    return Goal(scheme, "eligibility", eligibility, _domains(conditions), {})


def paying(scheme: Scheme) -> Goal:
    """What does a year cost? How somebody joins settles who pays the rest, so those rules look at facts for it too."""
    rules = scheme.contribution
    assert rules is not None
    conditions = [each.when for each in (*rules.entries, *scheme.may_join)]
    return Goal(scheme, "contribution", contribution, _domains(conditions), {})


def being_paid(scheme: Scheme, bill: str) -> Goal:
    """What does the fund pay of this bill?"""
    day = benefit_day(scheme, DAY)
    conditions = conditions_of(day.rules, day.rules.on(DAY))
    looked_at = {fact: values for fact, values in _domains(conditions).items() if fact in day.looked_at}
    return Goal(scheme, "estimate", estimate, looked_at, parse_facts({"bill_total": bill}))


def _domains(conditions: Iterable[Condition]) -> dict[str, tuple[Value, ...]]:
    """The facts of the conditions, in the vocabulary's order; the county is known, so it is none of them."""
    looked_at = tuple(conditions)
    names = {name for each in looked_at for name, _ in each.needs()} - {"county"}
    return {name: domain(name, looked_at) for name in FACTS if name in names}


@dataclass(frozen=True)
class Asked:
    """Mean numbers of questions over the same `people`: ours, the fewest, two forms, and in a conversation."""

    people: int
    ours: float
    fewest: float
    skipping: float
    everything: float
    in_talk: float | None = None

    @property
    def over(self) -> float:
        """How much more than the fewest ours are: 0.05 is 5 %."""
        return self.ours / self.fewest - 1 if self.fewest else 0.0

    def row(self, name: str) -> tuple[str, ...]:
        """As a row of the table."""
        means = (self.fewest, self.skipping, self.everything)
        talk = "" if self.in_talk is None else f"{self.in_talk:.2f}"
        return (
            name,
            f"{self.people:,}",
            f"{self.ours:.2f}",
            *(f"{each:.2f}" for each in means),
            talk,
            f"{self.over:.1%}",
        )


def asked(goal: Goal, asking: Sequence[Asker], *, talk: bool = False) -> Asked:
    """How many questions these people are asked who have said nothing yet."""
    people, missing = goal.people(asking), goal.missing()
    return Asked(
        people=len(people),
        ours=mean_asked(people, goal.facts, missing),
        fewest=fewest(people, goal.facts, missing),
        skipping=mean_asked(people, goal.facts, in_order(goal.facts, missing)),
        everything=len(goal.facts),
        in_talk=mean_asked(people, goal.facts, goal.asked_in_talk()) if talk else None,
    )


def asked_after_telling(goal: Goal, asking: Sequence[Asker], told: int) -> Asked:
    """How many questions they are still asked once they have told so many facts, any of them as often as the next.

    The fewest are those of the best way of asking for each thing that can be told, over everybody who could tell it.
    """
    people, missing = goal.people(asking), goal.missing()
    parts = []
    for places in itertools.combinations(range(len(goal.facts)), told):
        alike: dict[Person, list[Person]] = {}
        for person in people:
            alike.setdefault(tuple(person[place] for place in places), []).append(person)
        parts += [_told(goal, missing, dict(zip(places, said, strict=True)), who) for said, who in alike.items()]
    return mean(parts)


def _told(goal: Goal, missing: Missing, told: Mapping[int, Value], people: Sequence[Person]) -> Asked:
    said = {goal.facts[place]: value for place, value in told.items()}
    left = [place for place in range(len(goal.facts)) if place not in told]
    facts = [goal.facts[place] for place in left]
    rest = [tuple(person[place] for place in left) for person in people]

    def still(known: Mapping[str, Value]) -> Sequence[str]:
        return missing({**said, **known})

    return Asked(
        len(rest),
        mean_asked(rest, facts, still),
        fewest(rest, facts, still),
        mean_asked(rest, facts, in_order(facts, still)),
        len(facts),
    )


def asked_about_bills(scheme: Scheme, asking: Sequence[Asker], *, talk: bool = False) -> Asked:
    """How many questions they are asked who have given their bill; the fewest are found for each bill."""
    of_bill: dict[str, list[Asker]] = {}
    for each in asking:
        of_bill.setdefault(each["bill_total"], []).append(each)
    return mean([asked(being_paid(scheme, bill), who, talk=talk) for bill, who in of_bill.items()])


def mean(parts: Sequence[Asked]) -> Asked:
    """Several groups of people as one."""
    people = sum(each.people for each in parts)

    def of(value: Callable[[Asked], float]) -> float:
        return sum(value(each) * each.people for each in parts) / people

    talk = [each.in_talk for each in parts]
    return Asked(
        people=people,
        ours=of(lambda each: each.ours),
        fewest=of(lambda each: each.fewest),
        skipping=of(lambda each: each.skipping),
        everything=of(lambda each: each.everything),
        in_talk=None if None in talk else of(lambda each: each.in_talk or 0.0),
    )


def questions() -> Table:
    """Every goal in the demonstration county; then what changes where towns, what is told, or open figures differ."""
    asking = askers(ASKERS)
    demo, haining = load_scheme(SCHEME, "demo"), load_scheme(SCHEME, "haining")
    rows = (
        asked(joining(demo), asking, talk=True).row("eligibility"),
        asked(paying(demo), asking, talk=True).row("contribution"),
        asked_about_bills(demo, asking, talk=True).row("estimate, the bill given"),
        asked_after_telling(joining(demo), asking, 1).row("eligibility, one fact told"),
        asked_after_telling(joining(demo), asking, 2).row("eligibility, two facts told"),
        asked(joining(demo), askers(ASKERS, MIGRANTS)).row("eligibility, four of five from elsewhere"),
        asked(joining(demo), askers(ASKERS, UNINSURED)).row("eligibility, these, hardly any insured as employees"),
        asked_about_bills(haining, asking, talk=True).row("estimate, Haining (figures open)"),
    )
    columns = ("what", "people", "ours", "fewest possible", "form, skipping", "form", "in a conversation", "ours over")
    return Table("Questions until the answer, on average", columns, rows, (_HOW, _WHO))


_HOW = (
    "*Ours*: the first of `missing` is asked until none is. *Fewest possible*: no way of asking, however the next "
    "question depends on the answers, has a smaller mean over the same people; all are searched, those too that ask "
    "what cannot decide. *Form, skipping*: a fixed order without what no longer matters. *Form*: every fact that the "
    "rules look at. *In a conversation*: as the flow asks."
)
_WHO = (
    "The people are drawn from a seed, with invented shares (`benchmarks/askers.py`); facts depend on one another. "
    "*Told*: so many facts, any as often as the next, are known before the first question, and whoever then needs none "
    "counts too. The engine takes all answers for equally likely; the last rows show where that costs questions."
)
