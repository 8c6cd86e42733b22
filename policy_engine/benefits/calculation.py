"""From a class of people and treatments, and a bill, to a receipt.

Every amount is kept as the range of what it can be; known facts and set parameters narrow it to the fen. The ends of a
range come from the two formulas of a class, so they are amounts that can really come out.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

from policy_engine.benefits.bill import Bill
from policy_engine.benefits.formula import Amounts, Fen, Formula, Steps
from policy_engine.benefits.sides import Sides
from policy_engine.benefits.sources import Sources
from policy_engine.citations import Citation
from policy_engine.money import NOTHING, UNBOUNDED, Money, exactly
from policy_engine.parameters import Rate, percent_range

Role = Literal["total", "step", "person", "fund"]
ORDER = (
    "bill_total",
    "not_on_the_list",
    "class_b",
    "above_cost_ceiling",
    "deductible",
    "after_deductible",
    "band",
    "own_share",
    "before_ceiling",
    "above_ceiling",
    "basic_pays",
    "second_layer_counts",
    "second_layer_pays",
    "fund_pays",
    "person_pays",
)
"""The lines of a receipt, from top to bottom; there may be several bands."""


class ReceiptLine(NamedTuple):
    """One line of a receipt.

    `role`: `total` is the bill; `person` and `fund` say who carries that share of it, and together they add up to the
    bill; `step` is worked out on the way. `rate` is the ratio applied in that line, where one is; `span` is from where
    to where a band reaches (None: open).
    """

    line: str
    role: Role
    amount: Money
    citations: tuple[Citation, ...] = ()
    rate: Rate | None = None
    span: tuple[Fen, Fen | None] | None = None

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON of a line."""
        data: dict[str, Any] = {"line": self.line, "role": self.role, "amount": self.amount.to_json()}
        data["citation"] = self.citations[0].to_dict() if self.citations else None
        data["citations"] = [each.to_dict() for each in self.citations]
        if self.rate is not None:
            data["rate"] = percent_range(self.rate)
        if self.span is not None:
            low, high = self.span
            data["span"] = Money(low, high).to_json() if high != low else None
        return data


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


PROBE = 100_000_00
"""Fen. Stands for a bill that is not known, to see which fact would change the result most."""

_FAR = 10**17
"""Fen. Beyond every figure of every pack and every bill: what comes out here comes out of any larger bill too."""


def calculate(sides: Sides, sources: Sources, bill: Bill) -> Case:
    """The result for one class of people and treatments."""
    if sides.exact and bill.exact:
        amounts = bill.amounts()
        steps = sides.least.steps(amounts)
        paid = exactly(steps.fund + steps.second)
        left = exactly(bill.whole.low - steps.fund - steps.second)
        return Case(paid, paid, left, paid, exact_lines(sides, sources, bill, steps))
    fund = _fund(sides, bill)
    probe = fund if bill.reportable.high is not None else _fund(sides, bill.of(PROBE))
    person = _person(sides, bill)
    return Case(
        _sameness(sides, bill, fund), fund, person, probe, tuple(_range_lines(sides, sources, bill, fund, person))
    )


def _fund(sides: Sides, bill: Bill) -> Money:
    """What both layers pay together."""
    low = min(sides.least.total(each) for each in bill.candidates(sides.least, bill.reportable.low, most=False))
    return Money(low, _most(sides, bill, bill.reportable.high))


def _most(sides: Sides, bill: Bill, cost: Fen | None) -> Fen | None:
    """The most that is paid of so much cost; None where nothing bounds it."""
    if cost is None:
        far = _most(sides, bill, _FAR)
        return far if far == _most(sides, bill, 2 * _FAR) else None
    return max(sides.most.total(each) for each in bill.candidates(sides.most, cost, most=True))


def _person(sides: Sides, bill: Bill) -> Money:
    """What is left to the person. A larger bill never leaves less, so each end of the bill gives an end of this."""
    least, most = bill.extremes
    low = bill.whole.low - (_most(sides, bill, least) or 0)
    if bill.whole.high is None or most is None:
        return Money(low, None)
    paid = min(sides.least.total(each) for each in bill.candidates(sides.least, most, most=False))
    return Money(low, bill.whole.high - paid)


def _sameness(sides: Sides, bill: Bill, fund: Money) -> Hashable:
    """What two cases must have in common so that no amount within the bill's range tells them apart."""
    if sides.most.of_whole and not bill.whole.exact and not fund.exact:
        return sides.least, sides.most
    if bill.reportable.exact or fund.exact:
        return fund
    if not bill.simple or sides.most.layer is not None:
        return sides.least, sides.most
    left = _left(sides, bill)
    if left is not None and left.high is not None and _before(sides, bill).low >= left.high:
        return left  # whatever the ratios give, the ceiling takes all
    return tuple(_within(formula, bill, left) for formula in (sides.least, sides.most))


def _left(sides: Sides, bill: Bill) -> Money | None:
    """What is left under the year's ceiling; None where there is none."""
    if sides.least.ceiling is None:
        return None
    return Money(sides.least.ceiling, sides.most.ceiling).less(bill.paid)


def _within(formula: Formula, bill: Bill, left: Money | None) -> Formula:
    """The formula without what no bill of this range reaches: its ceiling, and bands further up."""
    high = bill.reportable.high
    if high is None:
        return formula
    if left is not None:
        unlimited = replace(formula, ceiling=None)
        if unlimited.steps(Amounts(high)).fund <= left.low:
            formula = unlimited
    if formula.basis in {"gross", "after_deductible"}:
        low, kept = 0, []
        for end, ratio in formula.bands:
            if low < high:
                kept.append((None if end is None or end >= high else end, ratio))
            low = high if end is None else end
        formula = replace(formula, bands=tuple(kept) or formula.bands[:1])
    return formula


def exact_lines(sides: Sides, sources: Sources, bill: Bill, steps: Steps) -> tuple[ReceiptLine, ...]:
    """The receipt where everything is known: its shares add up to the fen."""
    formula = sides.least
    whole, cost = bill.whole.low, bill.reportable.low
    layered = formula.layer is not None
    person: Role = "step" if layered else "person"
    lines = [ReceiptLine("bill_total", "total", bill.whole)]

    def add(line: str, role: Role, fen: int, cited: tuple[Citation, ...] = (), rate: Rate | None = None) -> None:
        lines.append(ReceiptLine(line, role, Money(fen, fen), cited, rate))

    if not bill.listed and whole != cost:
        add("not_on_the_list", person, whole - cost)
    if formula.class_b_share:
        rate = (formula.class_b_share, formula.class_b_share)
        add("class_b", person, steps.class_b, sources.class_b, rate)
    if steps.above_cost_ceiling:
        add("above_cost_ceiling", person, steps.above_cost_ceiling, sources.cost_ceiling)
    add("deductible", person, steps.borne, sources.deductible)
    if not formula.ratio_first:
        add("after_deductible", "step", steps.entering)
    rate_of_all = sides.rates[0] if len(sides.rates) == 1 else None
    if rate_of_all is None:
        lines.extend(_band_lines(sides, sources, steps))
    own = cost - steps.class_b - steps.above_cost_ceiling - steps.borne - steps.before
    add("own_share", person, own)
    paid = "basic_pays" if layered else "fund_pays"
    if steps.before != steps.fund:
        add("before_ceiling", "step", steps.before, sources.rates, rate_of_all)
        add("above_ceiling", person, steps.before - steps.fund, sources.ceiling)
        add(paid, "fund", steps.fund, sources.ceiling)
    else:
        add(paid, "fund", steps.fund, sources.rates, rate_of_all)
    if layered:
        add("second_layer_counts", "step", steps.feeding, sources.layer)
        add("second_layer_pays", "fund", steps.second, sources.layer)
        add("fund_pays", "step", steps.fund + steps.second)
    add("person_pays", "person" if layered else "step", whole - steps.fund - steps.second)
    return tuple(lines)


def _band_lines(sides: Sides, sources: Sources, steps: Steps) -> Iterator[ReceiptLine]:
    """What each band pays that the bill reaches, to the fen as far as a band's payment is whole."""
    formula, low = sides.least, 0
    for (high, _), rate, paid in zip(formula.bands, sides.rates, steps.by_band, strict=True):
        if paid or (rate[0] == 0 and low < steps.borne + steps.entering):
            yield ReceiptLine(
                "band", "step", Money(paid // formula.unit, -(-paid // formula.unit)), sources.rates, rate, (low, high)
            )
        low = high if high is not None else low


def _range_lines(sides: Sides, sources: Sources, bill: Bill, fund: Money, person: Money) -> Iterator[ReceiptLine]:
    """The receipt where something is open: each line with what it can be."""
    least, most = sides.least, sides.most
    bases = not bill.simple or least.class_b_share or least.cost_ceiling is not None or most.cost_ceiling is not None
    yield ReceiptLine("bill_total", "total", bill.whole)
    if not bill.listed and bill.whole != bill.reportable:
        yield ReceiptLine("not_on_the_list", "person", bill.whole.less(bill.reportable))
    deductible = _deductible(sides, bill)
    borne = bill.reportable.at_most(deductible)
    before = _before(sides, bill) if not bases and least.layer is None else None
    if most.guaranteed and before is not None and bill.reportable.exact and before.exact:
        borne = borne.at_most(bill.reportable.less(before))  # a guaranteed share may reach into the deductible
    if not least.ratio_first:
        yield ReceiptLine("deductible", "person", borne, sources.deductible)
        yield ReceiptLine("after_deductible", "step", bill.reportable.less(deductible))
    rate = sides.rates[0] if len(sides.rates) == 1 else None
    if before is None:
        yield ReceiptLine("fund_pays", "fund", fund, sources.all, rate)
    else:
        if borne.exact and bill.reportable.exact and before.exact and not least.ratio_first:
            yield ReceiptLine("own_share", "person", bill.reportable.less(borne + before))
        if before != fund:
            yield ReceiptLine("before_ceiling", "step", before, sources.rates, rate)
            if before.exact and fund.exact:
                yield ReceiptLine("above_ceiling", "person", before.less(fund), sources.ceiling)
            yield ReceiptLine("fund_pays", "fund", fund, sources.ceiling)
        else:
            yield ReceiptLine("fund_pays", "fund", fund, sources.rates, rate)
    yield ReceiptLine("person_pays", "step", person)


def _deductible(sides: Sides, bill: Bill) -> Money:
    """What the deductible can be for this bill."""
    if sides.least.by_share is not None:
        ends = [
            UNBOUNDED
            if cost is None
            else exactly(formula.steps(Amounts(cost, whole=_FAR if whole is None else whole)).borne)
            for formula, cost, whole in zip((sides.most, sides.least), bill.reportable, bill.whole, strict=True)
        ]
        return ends[0].hull(ends[1])
    low, high = sides.most.deductible or 0, sides.least.deductible
    low = max(0, low - sides.most.carried)
    if sides.most.yearly:
        low = 0 if bill.reported.high is None else max(0, low - bill.reported.high)
    if high is not None:
        high = max(low, high - sides.least.carried - (bill.reported.low if sides.least.yearly else 0))
    return Money(low, high)


def _before(sides: Sides, bill: Bill) -> Money:
    """What the ratios give before any ceiling."""
    return _fund(replace(sides, least=replace(sides.least, ceiling=None), most=replace(sides.most, ceiling=None)), bill)


def hull(cases: Sequence[Case]) -> tuple[Money, Money, tuple[ReceiptLine, ...]]:
    """What the fund pays, what the person pays and the receipt, each covering what it is in any of the cases."""
    first, *others = cases
    fund, person, lines = first.fund, first.person, first.lines
    for case in others:
        fund, person = fund.hull(case.fund), person.hull(case.person)
        lines = lines if case.lines == lines else _together(lines, case.lines)
    return fund, person, lines


def _together(one: tuple[ReceiptLine, ...], other: tuple[ReceiptLine, ...]) -> tuple[ReceiptLine, ...]:
    """Both receipts in one. A step that only one of them has is left out; a share that only one has may be nothing."""
    ones, others = ({line.line: line for line in lines if line.line != "band"} for lines in (one, other))
    complete = "own_share" in ones and "own_share" in others
    lines = []
    for name in ORDER:
        line, counterpart = ones.get(name), others.get(name)
        if line is not None and counterpart is not None:
            lines.append(_widened(line, counterpart))
        elif complete and (single := line or counterpart) is not None and single.role == "person":
            lines.append(single._replace(amount=single.amount.hull(NOTHING)))
    return tuple(lines)


def _widened(line: ReceiptLine, other: ReceiptLine) -> ReceiptLine:
    rate = line.rate
    if rate is not None and other.rate is not None:
        rate = min(rate[0], other.rate[0]), max(rate[1], other.rate[1])
    return line._replace(
        amount=line.amount.hull(other.amount),
        rate=rate,
        citations=tuple(dict.fromkeys((*line.citations, *other.citations))),
    )
