"""The calculation of one benefit: from a class of people and places, and a bill, to a receipt.

The order is: reportable cost, less the deductible, times the ratio, up to what is left under the year's ceiling. Every
amount is kept as the range of what it can be; known facts and set parameters narrow it to the fen.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

from policy_engine.citations import Citation
from policy_engine.classes import Class
from policy_engine.facts import ASSUMED, Value, with_bill
from policy_engine.money import NOTHING, UNBOUNDED, Money, Rounding, exactly
from policy_engine.parameters import ALL, NONE, Rate, Values
from policy_engine.scheme import BenefitRules

Role = Literal["total", "step", "person", "fund"]
ORDER = (
    "bill_total",
    "not_on_the_list",
    "deductible",
    "after_deductible",
    "own_share",
    "before_ceiling",
    "above_ceiling",
    "fund_pays",
    "person_pays",
)
"""The lines of a receipt, from top to bottom."""


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
class Bill:
    """The amounts of a bill: `whole`, the `reportable` part, what the fund `paid` before, which `stay` it is.

    `listed` says that the part is the whole: both are then the same amount, even where it is only a range.
    """

    whole: Money
    reportable: Money
    listed: bool
    paid: Money
    stay: int

    @property
    def extremes(self) -> tuple[int, int | None]:
        """The reportable part that leaves the person least, and the one that leaves them most.

        Least is left of the smallest bill when as much as possible of it is listed.
        """
        if self.listed:
            return self.whole.low, self.whole.high
        return self.reportable.at_most(exactly(self.whole.low)).high or 0, self.reportable.low


def read_bill(known: Mapping[str, Value]) -> Bill:
    """The amounts among the facts, with what is assumed where nobody said it. An unknown bill is open above.

    Raises FactError where the reportable part would be more than the whole.
    """
    fitting = with_bill(known)
    whole, reportable = fitting.get("bill_total"), fitting.get("reportable_cost")
    paid = known.get("fund_paid_this_year", ASSUMED["fund_paid_this_year"])
    stay = known.get("stays_this_year", ASSUMED["stays_this_year"])
    listed = not (isinstance(whole, Money) and isinstance(reportable, Money))
    if not isinstance(reportable, Money):
        reportable = whole if isinstance(whole, Money) else UNBOUNDED
    if not isinstance(whole, Money):
        whole = reportable
    return Bill(
        whole,
        reportable,
        listed,
        paid if isinstance(paid, Money) else NOTHING,
        stay if isinstance(stay, int) else 1,
    )


@dataclass(frozen=True)
class Formula:
    """How the fund pays one class in this year: the figures, and what is `left` under the ceiling, if there is one."""

    deductible: Money
    rate: Rate
    guaranteed: Rate
    left: Money | None
    rounding: Rounding | None

    def steps(self, reportable: Money) -> Steps:
        """The calculation for this much of reportable cost."""
        entering = reportable.less(self.deductible)
        before = entering.times(*self.rate, self.rounding)
        if self.guaranteed[1]:
            before = before.at_least(reportable.times(*self.guaranteed, self.rounding))
        return Steps(entering, before, before if self.left is None else before.at_most(self.left))


@dataclass(frozen=True)
class Steps:
    """What enters the calculation after the deductible, what it gives before the ceiling, what the fund pays."""

    entering: Money
    before_ceiling: Money
    fund: Money


@dataclass(frozen=True, eq=False)
class Case:
    """The result for one class, the same only as itself.

    Two cases have equal `sameness` where no amount within the bill's range tells them apart.
    """

    sameness: Hashable
    fund: Money
    person: Money
    probe: Money
    lines: tuple[ReceiptLine, ...]


PROBE = exactly(100_000_00)
"""Fen. Stands for a bill that is not known, to see which fact would change the result most."""


def calculate(each: Class, rules: BenefitRules, values: Values, bill: Bill) -> Case:
    """The result for one class of people and places."""
    formula = formula_of(each, rules, values, bill)
    steps = formula.steps(bill.reportable)
    person = _person(formula, bill)
    probe = steps.fund if bill.reportable.high is not None else formula.steps(PROBE).fund
    lines = _lines(each, rules, values, bill, formula, steps, person)
    return Case(_sameness(formula, bill, steps), steps.fund, person, probe, lines)


def formula_of(each: Class, rules: BenefitRules, values: Values, bill: Bill) -> Formula:
    """The figures of one class, as far as they are set."""
    schedule = rules.schedules[each.care, each.level]
    deductible = values.money(schedule.deductible)
    if each.care == "inpatient" and bill.stay > 1 and values.choice(rules.deductible_counts) != "per_stay":
        # Counted by the year, or nobody has said how: from the second stay on it may be used up already.
        deductible = Money(0, deductible.high)
    return Formula(
        deductible,
        _rate(values, schedule.ratio, each.points),
        values.rate(schedule.guaranteed) if schedule.guaranteed else (NONE, NONE),
        values.money(each.ceiling).less(bill.paid) if each.ceiling else None,
        values.choice(rules.rounding),  # type: ignore[arg-type]
    )


def _sameness(formula: Formula, bill: Bill, steps: Steps) -> Hashable:
    """What two cases must have in common so that no amount within the bill's range tells them apart."""
    left = formula.left
    if bill.reportable.exact or steps.fund.exact:
        return steps.fund
    if left is not None and left.high is not None and steps.before_ceiling.low >= left.high:
        return left
    if left is not None and steps.before_ceiling.high is not None and steps.before_ceiling.high <= left.low:
        return replace(formula, left=None)
    return formula


def _person(formula: Formula, bill: Bill) -> Money:
    """What is left to the person. A larger bill never leaves less, so each end of the bill gives an end of this."""
    least, most = bill.extremes
    low = bill.whole.low - (formula.steps(exactly(least)).fund.high or 0)
    if bill.whole.high is None or most is None:
        return Money(low, None)
    return Money(low, bill.whole.high - formula.steps(exactly(most)).fund.low)


def _rate(values: Values, ratio: str, points: tuple[str, ...]) -> Rate:
    """The ratio with all points added, never below 0 nor above 100 %."""
    low, high = values.rate(ratio)
    if not points:
        return low, high
    for name in points:
        less, more = values.rate(name)
        low, high = low + less, high + more
    return min(max(low, NONE), ALL), min(max(high, NONE), ALL)


def _lines(
    each: Class, rules: BenefitRules, values: Values, bill: Bill, formula: Formula, steps: Steps, person: Money
) -> tuple[ReceiptLine, ...]:
    schedule = rules.schedules[each.care, each.level]
    entering, before, fund = steps.entering, steps.before_ceiling, steps.fund
    borne = bill.reportable.at_most(formula.deductible)
    if formula.guaranteed[1] and bill.reportable.exact and before.exact:
        borne = borne.at_most(bill.reportable.less(before))  # a guaranteed share may reach into the deductible
    figures = (schedule.ratio, *each.points, *([schedule.guaranteed] if schedule.guaranteed else []))
    by_rate = tuple(values.citation(name) for name in figures)
    lines = [ReceiptLine("bill_total", "total", bill.whole)]
    if not bill.listed and bill.whole != bill.reportable:
        lines.append(ReceiptLine("not_on_the_list", "person", bill.whole.less(bill.reportable)))
    lines.append(ReceiptLine("deductible", "person", borne, (values.citation(schedule.deductible),)))
    lines.append(ReceiptLine("after_deductible", "step", entering))
    if borne.exact and bill.reportable.exact and before.exact:
        lines.append(ReceiptLine("own_share", "person", bill.reportable.less(borne + before)))
    if before != fund:
        by_ceiling = (values.citation(each.ceiling),)
        lines.append(ReceiptLine("before_ceiling", "step", before, by_rate, formula.rate))
        if before.exact and fund.exact:
            lines.append(ReceiptLine("above_ceiling", "person", before.less(fund), by_ceiling))
        lines.append(ReceiptLine("fund_pays", "fund", fund, by_ceiling))
    else:
        lines.append(ReceiptLine("fund_pays", "fund", fund, by_rate, formula.rate))
    lines.append(ReceiptLine("person_pays", "step", person))
    return tuple(lines)


def hull(cases: Sequence[Case]) -> tuple[Money, Money, tuple[ReceiptLine, ...]]:
    """What the fund pays, what the person pays and the receipt, each covering what it is in any of the cases."""
    first, *others = cases
    fund, person, lines = first.fund, first.person, first.lines
    for case in others:
        fund, person = fund.hull(case.fund), person.hull(case.person)
        lines = _together(lines, case.lines)
    return fund, person, lines


def _together(one: tuple[ReceiptLine, ...], other: tuple[ReceiptLine, ...]) -> tuple[ReceiptLine, ...]:
    """Both receipts in one. A step that only one of them has is left out; a share that only one has may be nothing."""
    ones, others = {line.line: line for line in one}, {line.line: line for line in other}
    complete = "own_share" in ones and "own_share" in others
    lines = []
    for name in ORDER:
        line, counterpart = ones.get(name), others.get(name)
        if line is not None and counterpart is not None:
            lines.append(_widened(line, counterpart))
        elif complete and (single := line or counterpart) is not None and single.role == "person":
            lines.append(replace(single, amount=single.amount.hull(NOTHING)))
    return tuple(lines)


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
