"""What is worked out once for all bills: the classes that some facts leave open, with their formulas and sources.

Few combinations of the facts that choose a class exist and many people share them, so each is kept.
"""

from __future__ import annotations

import bisect
import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from policy_engine.benefits.classes import Class, Entries, classes_of, domains_of, entries_of
from policy_engine.benefits.schedule import BenefitRules
from policy_engine.benefits.sides import Sides, sides_of
from policy_engine.benefits.sources import Sources, choices_of, figures_of, sources_of
from policy_engine.citations import Citation
from policy_engine.diagram import Node, given, narrowed
from policy_engine.facts import EARLIER, FACTS, Value
from policy_engine.money import Money
from policy_engine.parameters import Figure, Values
from policy_engine.provenance import weakest
from policy_engine.scheme import Scheme

_MOST_KEPT = 100_000

Possible = tuple[tuple[str, tuple[Value, ...]], ...]
"""Facts of which only a few values are possible, nobody knows which."""


class BenefitDay:
    """The benefit rules of a scheme while nothing changes, from `since` on."""

    def __init__(self, scheme: Scheme, rules: BenefitRules, since: datetime.date) -> None:
        self.scheme = scheme
        self.rules = rules
        self.values = Values(scheme, since)
        self.classes = classes_of(rules, self.values)
        domains = domains_of(rules, self.values)
        self.looked_at = tuple(name for name in domains if name in FACTS)
        self._stretches = tuple(
            (place, domains[name]) for place, name in enumerate(self.looked_at) if FACTS[name].kind == "int"
        )
        self._profiles: dict[tuple[object, ...], Profile] = {}

    def profile(self, known: Mapping[str, Value], stay: int, possible: Possible = ()) -> Profile:
        """What these facts leave open, at the year's stay of this number."""
        values: list[Any] = [*map(known.get, self.looked_at), stay, possible]
        for place, stretch in self._stretches:
            number = values[place]
            if number is not None:
                values[place] = bisect.bisect_right(stretch, number)
        key = tuple(values)
        found = self._profiles.get(key)
        if found is None:
            if len(self._profiles) >= _MOST_KEPT:
                self._profiles.clear()
            found = Profile(self, {name: known[name] for name in self.looked_at if name in known}, stay, possible)
            self._profiles[key] = found
        return found

    def entries(self, each: Class) -> Entries:
        """The entries of a class, looked up."""
        return entries_of(each, self.rules)


@dataclass(frozen=True, eq=False)
class Option:
    """One class that is possible, with its formulas and where its figures stand."""

    entries: Entries
    sides: Sides
    sources: Sources
    figures: tuple[str, ...]


class Profile:
    """The classes that some facts leave open, and what they have in common whatever the bill."""

    def __init__(self, day: BenefitDay, known: Mapping[str, Value], stay: int, possible: Possible) -> None:
        self.day = day
        self.stay = stay
        remaining = narrowed(day.classes, dict(possible)) if possible else day.classes
        self.classes: Node[Class] = given(remaining, known)
        values = day.values
        self.options: dict[Class, Option] = {}
        for each in self.classes.odds:
            entries = day.entries(each)
            sides = sides_of(entries, day.rules, values, stay)
            self.options[each] = Option(entries, sides, sources_of(entries, values), figures_of(entries))
        only = next(iter(self.options.values())) if len(self.options) == 1 else None
        self.only = only if only is not None and only.sides.exact else None
        self.uses = frozenset(name for each in self.options.values() for name in _uses(each.sides)) | self.paid_apart

    @cached_property
    def counted(self) -> Mapping[Class, str]:
        """Which payments use up the ceiling of a class that has one."""
        ceilings = {each: option.entries.ceiling for each, option in self.options.items()}
        return {each: ceiling.counts for each, ceiling in ceilings.items() if ceiling is not None}

    @cached_property
    def paid_apart(self) -> frozenset[str]:
        """Which payments use up the ceilings, where not those for everything use up every one of them."""
        counted = frozenset(self.counted.values())
        return counted if "outpatient_paid_this_year" in counted else frozenset()

    @cached_property
    def figures(self) -> tuple[str, ...]:
        """Every amount and rate that can play a part."""
        return tuple(dict.fromkeys(name for each in self.options.values() for name in each.figures))

    @cached_property
    def choices(self) -> tuple[str, ...]:
        """Every choice that can play a part."""
        rules, values = self.day.rules, self.day.values
        found = (choices_of(each.entries, rules, values) for each in self.options.values())
        return tuple(dict.fromkeys(name for names in found for name in names))

    @cached_property
    def settings(self) -> tuple[Figure, ...]:
        """Every figure and choice with its value in force."""
        return tuple(map(self.day.values.figure, (*self.figures, *self.choices)))

    @cached_property
    def interpretations(self) -> tuple[str, ...]:
        """The open places of the text that play a part."""
        found = (name for each in self.options.values() for entry in each.entries.all for name in entry.interpretations)
        return tuple(dict.fromkeys(found))

    @cached_property
    def illustrative(self) -> bool:
        """Whether a made-up figure plays a part."""
        return any(self.day.values.illustrative(name) for name in self.figures)

    @cached_property
    def grade(self) -> str:
        """The weakest source of a figure that plays a part."""
        return weakest(each.citation for each in self.settings)

    @cached_property
    def ceiling(self) -> tuple[Money, tuple[Citation, ...]] | None:
        """The most that the fund pays in a year, and where that stands; None where none applies for certain."""
        found = [each.entries.ceiling for each in self.options.values()]
        names = list(dict.fromkeys(each.amount for each in found if each is not None))
        if not all(found):
            return None
        values = self.day.values
        amount = values.money(names[0])
        for name in names[1:]:
            amount = amount.hull(values.money(name))
        return amount, tuple(dict.fromkeys(values.citation(name) for name in names))

    @cached_property
    def may_be_capped(self) -> bool:
        """Whether a ceiling may apply."""
        return any(each.entries.ceiling is not None for each in self.options.values())

    @cached_property
    def left_to_counties(self) -> bool:
        """Whether a figure is open that a county sets."""
        values, parameters = self.day.values, self.day.scheme.parameters
        return any(not values.is_set(name) and parameters[name].set_by == "county" for name in self.figures)

    @cached_property
    def stay_matters(self) -> bool:
        """Whether it matters which stay of the year it is."""
        return any(_stay_matters(each, self.day.values) for each in self.options.values())


def _uses(sides: Sides) -> set[str]:
    """The amounts besides the bill that the formulas look at."""
    found: set[str] = set()
    for formula in (sides.least, sides.most):
        if formula.of_whole:
            found.add("bill_total")
        if formula.class_b_share:
            found.add("class_b_cost")
        if formula.yearly or formula.basis == "year_gross" or formula.cost_ceiling is not None:
            found.add("reported_this_year")
        if formula.basis == "year_net":
            found.add("entered_this_year")
        if formula.layer is not None:
            found.add("own_share_this_year")
    return found


def _stay_matters(option: Option, values: Values) -> bool:
    deductible = option.entries.schedule.deductible
    if deductible.later_stays or (deductible.counts and values.choice(deductible.counts) != "per_stay"):
        return True
    return bool(_uses(option.sides) & set(EARLIER))


@lru_cache(maxsize=256)
def _since(scheme: Scheme, since: datetime.date) -> BenefitDay:
    assert scheme.benefits is not None  # noqa: S101 - `benefit_day` was given them
    return BenefitDay(scheme, scheme.benefits, since)


def benefit_day(scheme: Scheme, on: datetime.date) -> BenefitDay:
    """The benefit rules of a scheme that has some, as they are on that day."""
    return _since(scheme, scheme.since(on))
