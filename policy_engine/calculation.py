"""The calculation of one benefit: who the person is and where they are treated gives a class, the class a receipt.

The order is: reportable cost, less the deductible, times the ratio, up to what is left under the year's ceiling. Every
amount is kept as the range of what it can be; known facts and set parameters narrow it to the fen.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal

from policy_engine.citations import Citation
from policy_engine.conditions import PARAMETER, domain
from policy_engine.diagram import Node, mapped, unfold
from policy_engine.facts import ASSUMED, FACTS, Value
from policy_engine.money import NOTHING, UNBOUNDED, Money, exactly
from policy_engine.parameters import Rate, Values
from policy_engine.scheme import BenefitRules, Ceiling, Scheme

Role = Literal["total", "step", "person", "fund"]


@dataclass(frozen=True)
class ReceiptLine:
    """One line of a receipt.

    `role`: `total` is the bill; `person` and `fund` say who carries that share of it, and together they add up to the
    bill; `step` is worked out on the way. `rate` is the ratio applied in that line, where one is.
    """

    line: str
    role: Role
    amount: Money
    citations: tuple[Citation, ...] = ()
    rate: Rate | None = None

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of a line."""
        data: dict[str, Any] = {"line": self.line, "role": self.role, "amount": self.amount.to_json()}
        data["citation"] = self.citations[0].to_dict() if self.citations else None
        data["citations"] = [each.to_dict() for each in self.citations]
        if self.rate is not None:
            data["rate"] = percent(self.rate)
        return data


def percent(rate: Rate) -> str | dict[str, str]:
    """A rate as people write it: "60%", "37.5%", or both ends."""

    def written(ratio: Fraction) -> str:
        hundredths = ratio * 100
        return f"{hundredths}%" if hundredths.denominator == 1 else f"{float(hundredths):.4g}%"

    low, high = rate
    return written(low) if low == high else {"low": written(low), "high": written(high)}


@dataclass(frozen=True)
class Case:
    """One possibility for all that is not known about person and place: the result, with its steps."""

    fund: Money
    person: Money
    lines: tuple[ReceiptLine, ...]


@dataclass(frozen=True)
class Bill:
    """The amounts of a bill: `whole`, the `reportable` part, what the fund `paid` before, which `stay` it is."""

    whole: Money
    reportable: Money
    paid: Money
    stay: int


def read_bill(known: Mapping[str, Value]) -> Bill:
    """The amounts among the facts, with what is assumed where nobody said it. An unknown bill is open above."""
    whole, reportable = known.get("bill_total"), known.get("reportable_cost")
    paid = known.get("fund_paid_this_year", ASSUMED["fund_paid_this_year"])
    stay = known.get("stays_this_year", ASSUMED["stays_this_year"])
    if not isinstance(reportable, Money):
        reportable = whole if isinstance(whole, Money) else UNBOUNDED
    if not isinstance(whole, Money):
        whole = reportable
    return Bill(whole, reportable, paid if isinstance(paid, Money) else NOTHING, stay if isinstance(stay, int) else 1)


@dataclass(frozen=True)
class Class:
    """What the rules make of a person and a place, before any amount: schedule, extra points, ceiling."""

    care: str
    level: str
    points: tuple[str, ...]
    ceiling: Ceiling | None


@lru_cache(maxsize=256)
def classes_of(scheme: Scheme, day: datetime.date) -> Node[Class]:
    """The class of every person and place. Yes/no parameters that nobody has set count among the unknowns."""
    rules = scheme.benefits
    assert rules is not None  # noqa: S101 - `estimate` has refused a scheme without such rules
    settled = _yes_no(rules, Values(scheme, day))
    counted = PARAMETER + rules.ceiling_counts_outpatient
    conditions = rules.conditions
    looked_at = {name for condition in conditions for name, _ in condition.needs()}
    domains = {name: domain(name, conditions) for name in FACTS if name in looked_at | {"care", "provider_level"}}
    for name in sorted((looked_at | {counted}) - FACTS.keys() - settled.keys()):
        domains[name] = (True, False)

    def decide(facts: dict[str, Value]) -> Class:
        known = {**settled, **facts}
        care, level = str(known["care"]), str(known["provider_level"])
        points = (
            *rules.schedules[care, level].points,
            *(each.points for each in rules.adjustments if each.care == care and each.when.holds(known)),
        )
        capped = care == "inpatient" or known[counted]
        ceiling = next(each for each in rules.ceilings if each.when.holds(known)) if capped else None
        return Class(care, level, points, ceiling)

    return unfold(domains, decide)


def results(classes: Node[Class], rules: BenefitRules, values: Values, bill: Bill) -> Node[Case]:
    """The result for every class that is still possible, for this bill."""
    return mapped(classes, lambda each: calculate(each, rules, values, bill))


def _yes_no(rules: BenefitRules, values: Values) -> dict[str, Value]:
    """The yes/no parameters that are set, as conditions look them up."""
    names = {name for condition in rules.conditions for name, _ in condition.needs() if name.startswith(PARAMETER)}
    names.add(PARAMETER + rules.ceiling_counts_outpatient)
    found = {name: values.yes(name.removeprefix(PARAMETER)) for name in names}
    return {name: value for name, value in found.items() if value is not None}


def calculate(each: Class, rules: BenefitRules, values: Values, bill: Bill) -> Case:
    """The result for one class of people and places."""
    schedule = rules.schedules[each.care, each.level]
    deductible = _deductible(rules, values, schedule.deductible, bill.stay)
    entering = bill.reportable.less(deductible)
    rate = _rate(values, schedule.ratio, each.points)
    rounding = values.choice(rules.rounding)
    before_ceiling = entering.times(*rate, rounding)  # type: ignore[arg-type]
    cited = (values.citation(schedule.ratio), *(values.citation(name) for name in each.points))
    if schedule.guaranteed:
        floor = bill.reportable.times(*values.rate(schedule.guaranteed), rounding)  # type: ignore[arg-type]
        before_ceiling = before_ceiling.at_least(floor)
        cited = (*cited, values.citation(schedule.guaranteed))
    fund = before_ceiling
    if each.ceiling is not None:
        fund = before_ceiling.at_most(values.money(each.ceiling.amount).less(bill.paid))
    person = _person(bill, fund, deductible, rate, values, schedule.guaranteed)
    lines = _lines(
        values, bill, deductible, entering, before_ceiling, fund, person, rate, cited, schedule.deductible, each.ceiling
    )
    return Case(fund, person, lines)


def _person(bill: Bill, fund: Money, deductible: Money, rate: Rate, values: Values, guaranteed: str) -> Money:
    """What is left to the person. A larger bill never leaves less, so each end of the bill gives an end of this."""
    high = None if bill.whole.high is None else bill.whole.high - min(fund.low, bill.whole.high)
    if bill.whole.exact:
        return Money(bill.whole.low - min(fund.high or 0, bill.whole.low), high)
    small = exactly(bill.reportable.low)
    most = small.less(exactly(deductible.low)).times(rate[1], rate[1], "up")
    if guaranteed:
        most = most.at_least(small.times(*values.rate(guaranteed), "up"))
    low = max(0, bill.whole.low - most.low)
    return Money(low, high if high is None else max(low, high))


def _deductible(rules: BenefitRules, values: Values, parameter: str, stay: int) -> Money:
    """What the person carries before the fund begins. From the second stay on it may or may not be due again."""
    amount = values.money(parameter)
    if stay > 1 and values.choice(rules.deductible_counts) != "per_stay":
        return Money(0, amount.high)
    return amount


def _rate(values: Values, ratio: str, points: tuple[str, ...]) -> Rate:
    """The ratio with all points added, never below 0 nor above 100 %."""
    low, high = values.rate(ratio)
    for name in points:
        less, more = values.rate(name)
        low, high = low + less, high + more
    return min(max(low, Fraction(0)), Fraction(1)), min(max(high, Fraction(0)), Fraction(1))


def _lines(
    values: Values,
    bill: Bill,
    deductible: Money,
    entering: Money,
    before_ceiling: Money,
    fund: Money,
    person: Money,
    rate: Rate,
    rate_cited: tuple[Citation, ...],
    deductible_parameter: str,
    ceiling: Ceiling | None,
) -> tuple[ReceiptLine, ...]:
    not_listed = bill.whole.less(bill.reportable) if bill.whole != bill.reportable else NOTHING
    borne = bill.reportable.at_most(deductible)
    lines = [ReceiptLine("bill_total", "total", bill.whole)]
    if not_listed != NOTHING:
        lines.append(ReceiptLine("not_on_the_list", "person", not_listed))
    lines.append(ReceiptLine("deductible", "person", borne, (values.citation(deductible_parameter),)))
    lines.append(ReceiptLine("after_deductible", "step", entering))
    if entering.exact and before_ceiling.exact:
        lines.append(ReceiptLine("own_share", "person", entering.less(before_ceiling)))
    if before_ceiling != fund:
        cited = (values.citation(ceiling.amount),) if ceiling else ()
        lines.append(ReceiptLine("before_ceiling", "step", before_ceiling, rate_cited, rate))
        over = before_ceiling.less(fund) if before_ceiling.exact and fund.exact else None
        if over is not None:
            lines.append(ReceiptLine("above_ceiling", "person", over, cited))
        lines.append(ReceiptLine("fund_pays", "fund", fund, cited))
    else:
        lines.append(ReceiptLine("fund_pays", "fund", fund, rate_cited, rate))
    lines.append(ReceiptLine("person_pays", "step", person))
    return tuple(lines)


def hull(remaining: Node[Case]) -> Case:
    """All remaining possibilities in one: each amount covers what it is in any of them."""
    first, *others = remaining.odds
    result = first
    for case in others:
        found = {line.line: line for line in case.lines}
        result = Case(
            result.fund.hull(case.fund),
            result.person.hull(case.person),
            tuple(_widened(line, found[line.line]) for line in result.lines if line.line in found),
        )
    return result


def _widened(line: ReceiptLine, other: ReceiptLine) -> ReceiptLine:
    rate = line.rate
    if rate is not None and other.rate is not None:
        rate = min(rate[0], other.rate[0]), max(rate[1], other.rate[1])
    return replace(
        line,
        amount=line.amount.hull(other.amount),
        rate=rate,
        citations=tuple(dict.fromkeys((*line.citations, *other.citations))),
    )
