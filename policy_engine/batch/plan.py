"""How each kind of people is paid: the classes that its facts leave open, with the scalar engine's own formulas."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import polars as pl

from policy_engine.batch.bills import AMOUNTS, Where
from policy_engine.batch.columns import People
from policy_engine.batch.figures import Formulas, direction, formulas_of
from policy_engine.batch.kinds import Coded, Kinds, coded, facts_of, kinds_of, values_of
from policy_engine.batch.known import DAY, POSSIBLE
from policy_engine.batch.questions import Question, questions_of
from policy_engine.benefits.classes import Class, conditions_of
from policy_engine.benefits.formula import Formula
from policy_engine.benefits.profiles import BenefitDay, Profile, benefit_day
from policy_engine.conditions import domain
from policy_engine.facts import EARLIER, FACTS
from policy_engine.scheme import Scheme

USES, EITHER = "uses.", "either."

_STAY = "stay"


@dataclass(frozen=True, eq=False)
class Way:
    """How one kind of people is paid: its `profile`, and the formulas of each of its classes.

    `pairs` are the places of the formulas on the side that pays least and the one that pays most, each pair once;
    `of_class` says which pair a class has.
    """

    profile: Profile
    pairs: tuple[tuple[int, int], ...]
    of_class: Mapping[Class, int]

    @property
    def questions(self) -> tuple[Question, ...]:
        """The facts that tell its classes apart."""
        return questions_of(self.profile, self.of_class)

    @property
    def settled(self) -> bool:
        """Whether there is one formula, with everything set."""
        return len(self.pairs) == 1 and all(option.sides.exact for option in self.profile.options.values())


@dataclass(frozen=True, eq=False)
class Plan:
    """How all kinds in a table are paid, a `way` each.

    `table` has for every kind whether it is `settled` (one formula, everything set) or at least `single` (one pair of
    them), whether a figure is open that a `county` sets, and the `least` and `most` formulas as lists. Under USES and
    EITHER with the name of an amount it has whether that is looked at, and whether more of it may bring more or less.
    """

    ways: tuple[Way, ...]
    table: pl.DataFrame
    least: Formulas
    most: Formulas

    def of_kind(self, name: str) -> Where:
        """Of each row, a yes or no that `table` has of its kind."""
        column = self.table[name]
        return column.all() if column.n_unique() == 1 else pl.lit(column).gather(pl.col("kind"))

    @cached_property
    def uses(self) -> dict[str, Where]:
        """Which rows look at each of the amounts besides the reportable cost; one that none looks at is left out."""
        found = {name: self.of_kind(USES + name) for name in (*AMOUNTS, "fund_paid_this_year")}
        return {name: where for name, where in found.items() if where is not False}

    @cached_property
    def asking(self) -> tuple[pl.Series, tuple[tuple[int, tuple[Question, ...]], ...]]:
        """Which kinds are asked alike: of each kind the place of its number of pairs and its questions in the list."""
        places: dict[tuple[int, tuple[Question, ...]], int] = {}
        of_kind = [places.setdefault((len(each.pairs), each.questions), len(places)) for each in self.ways]
        return pl.Series("asking", of_kind, dtype=pl.UInt32), tuple(places)

    @property
    def looked_at(self) -> set[str]:
        """The facts besides those that tell kinds apart on which what is paid may depend."""
        capped = any(each.profile.may_be_capped for each in self.ways)
        always = {"provider", "admission_date", "stays_this_year", "bill_total", "reportable_cost"}
        return always | self.uses.keys() | ({"fund_paid_this_year"} if capped else set())

    @property
    def largest(self) -> int:
        """The largest amount, in fen, that can be worked out."""
        return min(self.least.largest, self.most.largest)


def planned(scheme: Scheme, people: People, day: datetime.date) -> tuple[Plan, Kinds]:
    """How everybody in a table is paid, and of which kind each row is."""
    days = scheme.turns if DAY in people.frame.columns else (scheme.since(day),)
    kinds = kinds_of(people, _codes(scheme, people, days))
    return _plan(scheme, days[0], kinds.signature), kinds


def _codes(scheme: Scheme, people: People, days: tuple[datetime.date, ...]) -> Iterator[Coded | None]:
    """What tells people apart whose bills are paid: the day, the facts that choose a class, and the stay's number."""
    rules = scheme.benefits
    assert rules is not None  # noqa: S101 - the caller has refused a scheme without such rules
    if len(days) > 1:
        later = [(pl.col(DAY) >= pl.lit(turn)).cast(pl.UInt32) for turn in days[1:]]
        yield Coded(DAY, days, pl.sum_horizontal(later))
    if people.possible != ((),):
        yield Coded(POSSIBLE, people.possible, pl.col(POSSIBLE))
    conditions = conditions_of(rules, rules.schedules)
    looked_at = {name for each in days for name in benefit_day(scheme, each).looked_at}
    for name in FACTS:
        if name in looked_at:
            yield coded(name, domain(name, conditions), people)
    if "stays_this_year" in people.names:
        # All stays from the last one on that has a deductible of its own are alike.
        last = max(2, 1 + max(len(each.deductible.later_stays) for each in rules.schedules))
        stay = pl.col("stays_this_year").fill_null(1).clip(1, last).cast(pl.UInt32) - 1
        yield Coded(_STAY, tuple(range(1, last + 1)), stay)


@lru_cache(maxsize=64)
def _plan(scheme: Scheme, day: datetime.date, signature: tuple[Any, ...]) -> Plan:
    *names, keys = signature
    profiles = [_profile(scheme, values_of(key, names), day) for key in keys]
    least, most = _Numbered(), _Numbered()
    ways = tuple(_way(each, least, most) for each in profiles)
    table = {
        "settled": [each.settled for each in ways],
        "single": [len(each.pairs) == 1 for each in ways],
        "county": [each.profile.left_to_counties for each in ways],
        "least": pl.Series([[one for one, _ in each.pairs] for each in ways], dtype=pl.List(pl.UInt32)),
        "most": pl.Series([[other for _, other in each.pairs] for each in ways], dtype=pl.List(pl.UInt32)),
    }
    for fact in (*AMOUNTS, "fund_paid_this_year"):
        table[USES + fact] = [fact in each.profile.uses for each in ways]
        table[EITHER + fact] = [_either_way(each.profile, fact) for each in ways]
    return Plan(ways, pl.DataFrame(table), formulas_of(least.formulas, "least"), formulas_of(most.formulas, "most"))


class _Numbered:
    """Formulas, each once and by its place."""

    def __init__(self) -> None:
        self._places: dict[Formula, int] = {}

    def __call__(self, formula: Formula) -> int:
        return self._places.setdefault(formula, len(self._places))

    @property
    def formulas(self) -> tuple[Formula, ...]:
        return tuple(self._places)


def _profile(scheme: Scheme, values: dict[str, Any], day: datetime.date) -> Profile:
    rules: BenefitDay = benefit_day(scheme, values.get(DAY, day))
    return rules.profile(facts_of(values), values.get(_STAY, 1), values.get(POSSIBLE, ()))


def _way(profile: Profile, least: _Numbered, most: _Numbered) -> Way:
    pairs: dict[tuple[int, int], int] = {}
    of_class = {
        each: pairs.setdefault((least(option.sides.least), most(option.sides.most)), len(pairs))
        for each, option in profile.options.items()
    }
    return Way(profile, tuple(pairs), of_class)


def _either_way(profile: Profile, fact: str) -> bool:
    return fact in EARLIER and any(
        direction(formula, fact) == "either"
        for option in profile.options.values()
        for formula in (option.sides.least, option.sides.most)
    )
