"""The alternatives that people ask about: each other level of hospital, with or without a referral, waiting until next
year, a larger bill, and each other reading of the open places that the result rests on."""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from policy_engine.benefits.classes import domains_of
from policy_engine.benefits.formula import Fen
from policy_engine.compare import compared_by
from policy_engine.estimate import Estimate, estimate
from policy_engine.explaining.readings import Load, other_choices, switched
from policy_engine.explaining.relied_on import relied_on_by_estimate
from policy_engine.explaining.situation import Situation, situation
from policy_engine.explaining.what_if import Changes, WhatIf, changed_from
from policy_engine.facts import ASSUMED, EARLIER, FACTS, Facts, Value, with_age
from policy_engine.money import LARGEST, NOTHING, Money, exactly
from policy_engine.scheme import Scheme

OUTPATIENT = "outpatient_paid_this_year"

Kind = Literal[
    "place", "referral", "next_year", "larger_bill", "ceiling_reached", "starting_bill", "several", "reading"
]
"""What is otherwise: the level (or grade) of the hospital; whether there is a referral; the year; the bill twice as
large; the bill at which the year's ceiling is reached, or at which the fund starts to pay; several of these; how an
open place of the text is read."""


@dataclass(frozen=True)
class Alternative:
    """One thing that might be otherwise, with what is then paid.

    `reading` and `choice` name the other reading. `next_year_unknown`: the rules of next year are not on record, so
    this year's are applied, as an assumption.
    """

    kind: Kind
    what_if: WhatIf
    reading: str = ""
    choice: str = ""
    next_year_unknown: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of an alternative; the result before is the same for all and stands beside them."""
        data: dict[str, Any] = {"kind": self.kind, **self.what_if.to_dict()}
        del data["before"]
        if self.reading:
            data |= {"reading": self.reading, "choice": self.choice}
        if self.kind == "next_year":
            data["assumes_rules_of_this_year"] = self.next_year_unknown
        return data


@dataclass(frozen=True)
class Alternatives:
    """An estimate and what would be paid if one thing or another were otherwise."""

    before: Estimate
    found: tuple[Alternative, ...]

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of the alternatives."""
        return {"before": self.before.to_dict(), "alternatives": [each.to_dict() for each in self.found]}


def alternatives(
    scheme: Scheme,
    facts: Facts,
    on: datetime.date | None = None,
    today: datetime.date | None = None,
    *,
    load: Load | None = None,
) -> Alternatives:
    """The standard alternatives to an estimate; those of other readings only where `load` gives their rules.

    Raises as `estimate` does.
    """
    before = estimate(scheme, facts, on, today)
    asked = _Asked(scheme, before)
    found = [*asked.of_the_treatment(), *asked.of_the_bill(), *(asked.of_the_text(load) if load else ())]
    return Alternatives(before, tuple(found))


def changes_of_treatment(scheme: Scheme, before: Estimate) -> list[Alternative]:
    """The alternatives that somebody can bring about: another hospital, a referral, waiting."""
    return list(_Asked(scheme, before).of_the_treatment())


class _Asked:
    def __init__(self, scheme: Scheme, before: Estimate) -> None:
        self._scheme, self._before = scheme, before
        self._facts, self._on = before.facts, before.on
        self._under: Situation = situation(scheme, before.facts, before.on)
        self._known = self._under.settled.facts

    def _if(self, kind: Kind, changes: Changes) -> Alternative:
        return Alternative(kind, changed_from(self._before, self._under, self._scheme, changes))

    def of_the_treatment(self) -> Iterator[Alternative]:
        by = compared_by(self._scheme)
        for place in FACTS[by].values:
            if place != self._known.get(by):
                yield self._if("place", {by: place})
        if "referred" in self._under.day.looked_at:
            for referred in (True, False):
                if referred is not self._known.get("referred"):
                    yield self._if("referral", {"referred": referred})
        if self._on.year < datetime.MAXYEAR and self._known.get("age") != FACTS["age"].high:
            yield self._next_year(datetime.date(self._on.year + 1, 1, 1))

    def _next_year(self, day: datetime.date) -> Alternative:
        """The same treatment on the first day of next year: nothing paid yet, the first stay."""
        on_record = day <= self._scheme.end
        changes: dict[str, Value | None] = {**ASSUMED, **{name: None for name in EARLIER if name in self._facts}}
        if OUTPATIENT in {*self._facts, *self._under.profile.uses}:
            changes[OUTPATIENT] = NOTHING
        changes |= self._age_on(day, on_record)
        if on_record:
            changes["admission_date"] = day
        found = changed_from(self._before, self._under, self._scheme, changes, ages=True)
        return Alternative("next_year", found, next_year_unknown=not on_record)

    def _age_on(self, day: datetime.date, on_record: bool) -> dict[str, Value | None]:
        """How old the person is by then, where that has to be said: unknown where one year more or less matters."""
        if "birth_date" in self._facts:
            return {} if on_record else {"age": with_age({"birth_date": self._facts["birth_date"]}, day)["age"]}
        age = self._known.get("age")
        if not isinstance(age, int):
            return {}
        bounds = domains_of(self._under.day.rules, self._under.day.values).get("age", ())
        matters = bisect_right(bounds, age) != bisect_right(bounds, age + 1)
        return {"age": None} if matters else {}

    def of_the_bill(self) -> Iterator[Alternative]:
        names = ("bill_total", "reportable_cost", "class_b_cost")
        doubled = {name: _double(amount) for name in names if isinstance(amount := self._facts.get(name), Money)}
        if doubled.keys() & {"bill_total", "reportable_cost"}:
            yield self._if("larger_bill", doubled)
        reached = ceiling_reached(self._under)
        if reached is not None:
            yield self._if("ceiling_reached", bill_of(self._facts, reached))

    def of_the_text(self, load: Load) -> Iterator[Alternative]:
        names = relied_on_by_estimate(self._before.interpretations, self._under)
        for place, choice in other_choices(self._scheme, names):
            under = load(switched(self._scheme, place.id, choice))
            found = changed_from(self._before, self._under, under, {})
            yield Alternative("reading", found, place.id, choice)


def _double(amount: Money) -> Money:
    return Money(2 * amount.low, None if amount.high is None else 2 * amount.high)


def bill_of(facts: Facts, cost: Fen) -> dict[str, Value | None]:
    """The changes that make so much of the bill reportable, and the whole no smaller than that."""
    whole, reportable = facts.get("bill_total"), facts.get("reportable_cost")
    if not isinstance(whole, Money):
        return {"reportable_cost": exactly(cost)}
    if reportable is None:
        return {"bill_total": exactly(cost)}
    return {"bill_total": whole.at_least(exactly(cost)), "reportable_cost": exactly(cost)}


def ceiling_reached(under: Situation) -> Fen | None:
    """The smallest bill, larger than this one, of which all that is left under the year's ceiling is paid.

    None where there is none, and where it is not known what is left or what is paid of a bill.
    """
    only, bill = under.profile.only, under.bill
    if only is None or not bill.simple or not bill.paid.exact:
        return None
    formula = only.sides.least
    if formula.ceiling is None:
        return None
    left = max(0, formula.ceiling - bill.paid.low)
    known = bill.amounts()

    def reached(cost: Fen) -> bool:
        whole = 0 if bill.listed else max(cost, known.whole)
        return formula.steps(known._replace(cost=cost, class_b=bill.class_b.low, whole=whole)).fund >= left

    found = smallest_bill(reached, bill.class_b.low)
    larger = found is not None and (bill.reportable.high is None or found > bill.reportable.high)
    return found if left and larger else None


def smallest_bill(enough: Callable[[Fen], bool], least: Fen) -> Fen | None:
    """The smallest cost from `least` on that is enough, where any larger one is as well; None where none is."""
    low, high = least, LARGEST
    if not enough(high):
        return None
    while low < high:
        middle = (low + high) // 2
        if enough(middle):
            high = middle
        else:
            low = middle + 1
    return low
