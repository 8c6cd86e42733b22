"""What would the fund pay of this bill, and what is left to the person? A receipt, or an honest range."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from policy_engine.calculation import Bill, Case, Class, ReceiptLine, calculate, classes_of, hull, read_bill, results
from policy_engine.citations import Citation
from policy_engine.conditions import PARAMETER
from policy_engine.diagram import Node, ask_first, given, mapped
from policy_engine.errors import N_, PolicyError
from policy_engine.facts import ASSUMED, FACTS, Facts, Value, fact_to_json, with_age
from policy_engine.money import NOTHING, Money, exactly
from policy_engine.parameters import Unset, Values
from policy_engine.scheme import BenefitRules, Scheme


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
    classes = given(classes_of(scheme, day), known)
    remaining = results(classes, rules, values, bill)
    result = hull(remaining)
    amounts = _amounts(classes, rules, values, bill)
    missing = list(ask_first(amounts, tuple(FACTS), _doubt))
    named = {name.removeprefix(PARAMETER) for name in amounts.support if name.startswith(PARAMETER)}
    unset = _unset(classes, rules, values, bill, result, named)
    if not {"bill_total", "reportable_cost"} & known.keys() and result.fund != NOTHING:
        missing = _after_schedule(missing, "bill_total")
    if scheme.overlay is None and not result.fund.exact and _left_to_counties(classes, rules, values):
        missing.insert(0, "county")
    return Estimate(
        fund_pays=result.fund,
        person_pays=result.person,
        receipt=result.lines,
        ceiling=_ceiling(classes, values),
        unset=unset,
        missing=tuple(missing),
        assumptions=_assumptions(rules, values, known, result),
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


PROBES = tuple(exactly(yuan * 100) for yuan in (1_000, 10_000, 100_000, 1_000_000))
"""Bills that stand for one that is unknown, to see which facts will matter once it is known."""


def _amounts(classes: Node[Class], rules: BenefitRules, values: Values, bill: Bill) -> Node[tuple[Money, ...]]:
    """What the fund pays, class by class. A bill that is not exact is tried at several amounts: a fact that matters at
    none of them does not matter, though over the whole range every class may look alike."""
    if bill.reportable.exact:
        tried = [bill]
    elif bill.reportable.high is None:
        tried = [replace(bill, whole=each, reportable=each) for each in PROBES]
    else:
        ends = (exactly(bill.reportable.low), exactly(bill.reportable.high))
        tried = [bill, *(replace(bill, whole=each, reportable=each) for each in ends)]
    return mapped(classes, lambda each: tuple(calculate(each, rules, values, at).fund for at in tried))


def _doubt(node: Node[tuple[Money, ...]]) -> float:
    """How wide the range still is, in fen; an open end counts as a bill larger than any."""
    return float(sum(_width(funds) for funds in zip(*node.odds, strict=True)))


def _width(funds: Sequence[Money]) -> int:
    return max(10**14 if fund.high is None else fund.high for fund in funds) - min(fund.low for fund in funds)


def _parameters(classes: Node[Class], rules: BenefitRules) -> dict[str, None]:
    """Every parameter that can play a part, in the order of the calculation."""
    names: dict[str, None] = {}
    for each in classes.odds:
        schedule = rules.schedules[each.care, each.level]
        names.update(dict.fromkeys((schedule.deductible, schedule.ratio, *each.points)))
        if schedule.guaranteed:
            names[schedule.guaranteed] = None
    names.update(dict.fromkeys(each.ceiling.amount for each in classes.odds if each.ceiling))
    return names


def _ceiling(classes: Node[Class], values: Values) -> tuple[Money, tuple[Citation, ...]] | None:
    names = list(dict.fromkeys(each.ceiling.amount for each in classes.odds if each.ceiling))
    if not names or any(each.ceiling is None for each in classes.odds):
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


def _unset(
    classes: Node[Class], rules: BenefitRules, values: Values, bill: Bill, result: Case, named: set[str]
) -> tuple[Unset, ...]:
    """The unset parameters that can still change the result: held to either end, they give two results."""

    def at(name: str, upper: bool) -> Money:
        return hull(results(classes, rules, values.pin(name, upper), bill)).fund

    if bill.reportable.high is None:
        return ()  # what decides while the bill itself is unknown is the bill
    deciding = [
        name
        for name in _parameters(classes, rules)
        if not values.is_set(name) and at(name, upper=False) != at(name, upper=True)
    ]
    if bill.stay > 1 and not values.is_set(rules.deductible_counts) and not result.fund.exact:
        deciding.append(rules.deductible_counts)
    if not deciding and not values.is_set(rules.rounding) and not result.fund.exact and not named:
        deciding.append(rules.rounding)
    deciding += [name for name in values.scheme.parameters if name in named]
    return tuple(values.unset(name) for name in deciding)


def _assumptions(
    rules: BenefitRules, values: Values, known: Mapping[str, Value], result: Case
) -> tuple[tuple[str, Value], ...]:
    """What nobody said and was taken for granted, where it can matter."""
    assumed: list[tuple[str, Value]] = []
    if "bill_total" in known and "reportable_cost" not in known:
        assumed.append(("reportable_cost", known["bill_total"]))
    outpatient_free = known.get("care") == "outpatient" and values.yes(rules.ceiling_counts_outpatient) is False
    if "fund_paid_this_year" not in known and result.fund != NOTHING and not outpatient_free:
        assumed.append(("fund_paid_this_year", ASSUMED["fund_paid_this_year"]))
    each_stay = values.choice(rules.deductible_counts) == "per_stay" or known.get("care") == "outpatient"
    if "stays_this_year" not in known and not each_stay:
        assumed.append(("stays_this_year", ASSUMED["stays_this_year"]))
    return tuple(assumed)


def _interpretations(classes: Node[Class], rules: BenefitRules) -> tuple[str, ...]:
    places = dict.fromkeys((each.care, each.level) for each in classes.odds)
    return tuple(dict.fromkeys(name for place in places for name in rules.schedules[place].interpretations))
