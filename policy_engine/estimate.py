"""What would the fund pay of this bill, and what is left to the person? A receipt, or an honest range."""

from __future__ import annotations

import datetime
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from policy_engine.calculation import Bill, Case, ReceiptLine, calculate, formula_of, hull, read_bill
from policy_engine.citations import Citation
from policy_engine.classes import Class, classes_of
from policy_engine.conditions import PARAMETER
from policy_engine.diagram import Node, ask_first, given, mapped
from policy_engine.errors import N_, PolicyError
from policy_engine.facts import ASSUMED, FACTS, Facts, Value, fact_to_json, with_age
from policy_engine.money import LARGEST, NOTHING, Money
from policy_engine.parameters import Unset, Values
from policy_engine.scheme import BenefitRules, Scalar, Scheme


@dataclass(frozen=True)
class Estimate:
    """What the fund pays of one stay or visit.

    Exact where everything needed is known; then the `fund` and `person` lines of the receipt add up to the bill, to
    the fen. `ceiling` is the most that the fund pays this person in a year, with where that stands; None where no
    ceiling applies. `assumptions` are the facts taken for granted because nobody said them. `unset` and `missing` hold
    only what can still change the result.
    """

    fund_pays: Money
    person_pays: Money
    receipt: tuple[ReceiptLine, ...]
    ceiling: tuple[Money, tuple[Citation, ...]] | None
    unset: tuple[Unset, ...]
    missing: tuple[str, ...]
    assumptions: tuple[tuple[str, Value], ...]
    interpretations: tuple[str, ...]
    illustrative: bool
    scheme: str
    version: str
    on: datetime.date

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of an estimate."""
        return {
            "fund_pays": self.fund_pays.to_json(),
            "person_pays": self.person_pays.to_json(),
            "receipt": [line.to_dict() for line in self.receipt],
            "ceiling": self.ceiling[0].to_json() if self.ceiling else None,
            "unset": [each.to_dict() for each in self.unset],
            "missing": list(self.missing),
            "assumptions": [{"fact": fact, "value": fact_to_json(value)} for fact, value in self.assumptions],
            "interpretations": list(self.interpretations),
            "illustrative": self.illustrative,
            "scheme": self.scheme,
            "version": self.version,
            "on": self.on.isoformat(),
        }


def estimate(
    scheme: Scheme, facts: Facts, on: datetime.date | None = None, today: datetime.date | None = None
) -> Estimate:
    """What the fund pays of the bill in `facts`, under the rules of the day of admission, or else the day `on`.

    Article 十四 for Jiaxing 2008. Raises DateError for a day that the scheme does not cover, FactError for facts that
    cannot be together, PolicyError for a document that has no such rules.
    """
    rules = scheme.benefits
    if rules is None:
        raise PolicyError(N_("{scheme} has no rules on benefits. Choose a city's scheme."), scheme=scheme.id)
    admitted = facts.get("admission_date")
    day = scheme.on(admitted if isinstance(admitted, datetime.date) else on, today)
    known = with_age(facts, day)
    values = Values(scheme, day)
    bill = read_bill(known)
    classes = given(classes_of(scheme, values), known)
    cases = {each: calculate(each, rules, values, bill) for each in classes.odds}
    fund, person, receipt = hull(list(cases.values()))
    alike: dict[Hashable, Case] = {}
    remaining = mapped(classes, lambda each: alike.setdefault(cases[each].sameness, cases[each]))
    missing = list(ask_first(remaining, tuple(FACTS), _doubt))
    if not {"bill_total", "reportable_cost"} & known.keys() and fund != NOTHING:
        missing = _after_schedule(missing, "bill_total")
    if scheme.overlay is None and not fund.exact and _left_to_counties(classes, rules, values):
        missing.insert(0, "county")
    named = [name for name in scheme.parameters if PARAMETER + name in remaining.support]
    return Estimate(
        fund_pays=fund,
        person_pays=person,
        receipt=receipt,
        ceiling=_ceiling(classes, values),
        unset=tuple(values.unset(name) for name in _unset(classes, rules, values, bill, named)),
        missing=tuple(missing),
        assumptions=_assumptions(classes, rules, values, known, fund),
        interpretations=_interpretations(classes, rules),
        illustrative=any(values.illustrative(name) for name in _parameters(classes, rules)),
        scheme=scheme.id,
        version=scheme.version,
        on=day,
    )


def _after_schedule(missing: list[str], fact: str) -> list[str]:
    """The kind of care and the level choose the schedule, so they come first; then the bill; then who the person is."""
    schedule = [name for name in missing if name in {"care", "provider_level"}]
    return [*schedule, fact, *(name for name in missing if name not in schedule)]


def _doubt(node: Node[Case]) -> float:
    """How wide the range still is, in fen; an open end counts as a bill larger than any."""
    highs = [LARGEST if case.probe.high is None else case.probe.high for case in node.odds]
    return float(max(highs) - min(case.probe.low for case in node.odds))


def _figures(each: Class, rules: BenefitRules) -> tuple[str, ...]:
    """The parameters that play a part for one class, in the order of the calculation."""
    schedule = rules.schedules[each.care, each.level]
    figures = (schedule.deductible, schedule.ratio, *each.points, schedule.guaranteed, each.ceiling)
    return tuple(name for name in figures if name)


def _parameters(classes: Node[Class], rules: BenefitRules) -> dict[str, None]:
    """Every parameter that can play a part."""
    return dict.fromkeys(name for each in classes.odds for name in _figures(each, rules))


def _ceiling(classes: Node[Class], values: Values) -> tuple[Money, tuple[Citation, ...]] | None:
    names = list(dict.fromkeys(each.ceiling for each in classes.odds if each.ceiling))
    if not all(each.ceiling for each in classes.odds):
        return None
    amount = values.money(names[0])
    for name in names[1:]:
        amount = amount.hull(values.money(name))
    return amount, tuple(dict.fromkeys(values.citation(name) for name in names))


def _left_to_counties(classes: Node[Class], rules: BenefitRules, values: Values) -> bool:
    return any(
        not values.is_set(name) and values.scheme.parameters[name].set_by == "county"
        for name in _parameters(classes, rules)
    )


def _unset(classes: Node[Class], rules: BenefitRules, values: Values, bill: Bill, named: list[str]) -> list[str]:
    """The unset parameters that can still change the result; `named` are those that choose the class.

    One can change it if two of its values give two results, the other unset ones being as small or as large as they
    can be. How fen are rounded is told only where nothing else is open: next to a ratio it does not matter to anyone.
    """
    if bill.reportable.high is None:
        return []  # what decides while the bill itself is unknown is the bill

    for_all = {rules.deductible_counts, rules.rounding}
    concerned = {each: for_all.union(_figures(each, rules)) for each in classes.odds}

    def decides(name: str, one: Scalar, other: Scalar, others: Mapping[str, Scalar]) -> bool:
        at, instead = values.pin({**others, name: one}), values.pin({**others, name: other})
        return any(
            formula_of(each, rules, at, bill).steps(bill.reportable).fund
            != formula_of(each, rules, instead, bill).steps(bill.reportable).fund
            for each, names in concerned.items()
            if name in names
        )

    unset = [name for name in _parameters(classes, rules) if not values.is_set(name)]
    ranges = {name: _ends(name, values, bill) for name in unset}
    # An unset deductible is half the bill meanwhile, since at all or none of it the others would not show.
    deductibles = {rules.schedules[each.care, each.level].deductible for each in classes.odds} & ranges.keys()
    half = dict.fromkeys(deductibles, bill.reportable.high // 2)
    small = {name: low for name, (low, _) in ranges.items()} | half
    large = {name: high for name, (_, high) in ranges.items()} | half
    if bill.stay > 1 and not values.is_set(rules.deductible_counts):
        ranges[rules.deductible_counts] = ("per_stay", "per_year")
    deciding = [
        name
        for name, (low, high) in ranges.items()
        if decides(name, low, high, large) or decides(name, low, high, small)
    ]
    if not deciding and not values.is_set(rules.rounding) and decides(rules.rounding, "down", "up", {}):
        deciding = [rules.rounding]
    return list(dict.fromkeys(map(values.named, (*deciding, *named))))


def _ends(name: str, values: Values, bill: Bill) -> tuple[Scalar, Scalar]:
    """The smallest and the largest value that make a difference to this bill."""
    low = values.floor(name)
    if values.scheme.parameters[name].unit == "yuan":
        return int(low), max(int(low), bill.reportable.high or 0)
    return low, Fraction(1)


def _assumptions(
    classes: Node[Class], rules: BenefitRules, values: Values, known: Mapping[str, Value], fund: Money
) -> tuple[tuple[str, Value], ...]:
    """What nobody said and was taken for granted, where it can matter."""
    assumed: list[tuple[str, Value]] = []
    if "bill_total" in known and "reportable_cost" not in known:
        assumed.append(("reportable_cost", known["bill_total"]))
    if "fund_paid_this_year" not in known and fund != NOTHING and any(each.ceiling for each in classes.odds):
        assumed.append(("fund_paid_this_year", ASSUMED["fund_paid_this_year"]))
    each_stay = values.choice(rules.deductible_counts) == "per_stay"
    if "stays_this_year" not in known and not each_stay and any(each.care == "inpatient" for each in classes.odds):
        assumed.append(("stays_this_year", ASSUMED["stays_this_year"]))
    return tuple(assumed)


def _interpretations(classes: Node[Class], rules: BenefitRules) -> tuple[str, ...]:
    places = dict.fromkeys((each.care, each.level) for each in classes.odds)
    return tuple(dict.fromkeys(name for place in places for name in rules.schedules[place].interpretations))
