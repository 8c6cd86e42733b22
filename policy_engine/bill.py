"""The amounts of one bill, as far as they are known, and of what came before it in the year."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from policy_engine.errors import N_, FactError
from policy_engine.facts import ASSUMED, EARLIER, Value, with_bill
from policy_engine.formula import Amounts, Fen, Formula
from policy_engine.money import NOTHING, UNBOUNDED, Money, exactly

_FAR = 10**17
"""Fen; more than any amount."""


@dataclass(frozen=True, slots=True)
class Bill:
    """The `whole` bill, the `reportable` part, what of it is `class_b`, and which `stay` of the year it is.

    `listed` says that the part is the whole: both are then the same amount, even where it is only a range. `paid` is
    what the fund paid before in the year; `reported`, `entered` and `own_share` are what earlier stays came to.
    """

    whole: Money
    reportable: Money
    listed: bool
    paid: Money
    stay: int
    class_b: Money = NOTHING
    reported: Money = NOTHING
    entered: Money = NOTHING
    own_share: Money = NOTHING

    @property
    def exact(self) -> bool:
        """Whether every amount is known."""
        known = self.whole.exact and (self.listed or self.reportable.exact) and self.paid.exact
        return known and self.simple

    @property
    def simple(self) -> bool:
        """Whether everything besides the bill itself and what was paid before is known."""
        return self.class_b.exact and self.reported.exact and self.entered.exact and self.own_share.exact

    @property
    def extremes(self) -> tuple[Fen, Fen | None]:
        """The reportable part that leaves the person least, and the one that leaves them most.

        Least is left of the smallest bill when as much as possible of it is listed.
        """
        if self.listed:
            return self.whole.low, self.whole.high
        return self.reportable.at_most(exactly(self.whole.low)).high or 0, self.reportable.low

    def of(self, cost: Fen) -> Bill:
        """The same with another amount, all of it on the list."""
        return replace(self, whole=exactly(cost), reportable=exactly(cost), listed=True)

    def amounts(self) -> Amounts:
        """The amounts of a bill that is known."""
        return Amounts(
            self.reportable.low,
            min(self.class_b.low, self.reportable.low),
            self.paid.low,
            self.reported.low,
            self.entered.low,
            self.own_share.low,
        )

    def candidates(self, formula: Formula, cost: Fen, most: bool) -> Iterator[Amounts]:
        """Amounts of a bill of this cost among which the formula pays the most, or else the least.

        More of class B, or more paid before, never brings a person more. What earlier stays came to may matter either
        way, so every amount is tried at which something changes.
        """
        class_b = self.class_b.low if most else _top(self.class_b)
        paid = self.paid.low if most else _top(self.paid)
        if self.simple:
            yield Amounts(cost, min(class_b, cost), paid, self.reported.low, self.entered.low, self.own_share.low)
            return
        turning = _turning(formula, cost)
        layer = formula.layer
        in_layer = _ends(layer.bands, layer.deductible, cost) if layer is not None else {0}
        for reported, entered, own_share in itertools.product(
            _tried(self.reported, turning), _tried(self.entered, turning), _tried(self.own_share, in_layer)
        ):
            yield Amounts(cost, min(class_b, cost), paid, reported, entered, own_share)


def _top(amount: Money) -> Fen:
    return _FAR if amount.high is None else amount.high


def _tried(amount: Money, turning: Collection[Fen]) -> list[Fen]:
    ends = {amount.low, _top(amount)}
    return sorted(ends.union(each for each in turning if amount.low < each < _top(amount)))


def _ends(bands: tuple[tuple[Fen | None, int], ...], deductible: Fen | None, cost: Fen) -> set[Fen]:
    """Where the payment of bands turns, for a year's sum before or after this bill."""
    ends = {end for end, _ in bands if end is not None} | {deductible or 0}
    return ends | {end - cost for end in ends}


def _turning(formula: Formula, cost: Fen) -> set[Fen]:
    """Where what was reported or entered before turns what a formula pays."""
    turning = _ends(formula.bands, formula.deductible, cost)
    if formula.cost_ceiling is not None:
        turning |= {formula.cost_ceiling, formula.cost_ceiling - cost}
    deductible = formula.deductible or 0
    return turning | {each - deductible for each in turning} | {each + deductible for each in turning}


def read_bill(known: Mapping[str, Value], uses: Collection[str]) -> Bill:
    """The amounts among the facts, with what is assumed where nobody said it. An unknown bill is open above.

    `uses` are the amounts besides that the rules look at (`class_b_cost` and what earlier stays came to); the others
    count as nothing. Raises FactError where a part would be more than the whole.
    """
    whole, reportable = known.get("bill_total"), known.get("reportable_cost")
    if whole is not None and reportable is not None:
        fitting = with_bill({"bill_total": whole, "reportable_cost": reportable})
        whole, reportable = fitting["bill_total"], fitting["reportable_cost"]
    listed = not (isinstance(whole, Money) and isinstance(reportable, Money))
    if not isinstance(reportable, Money):
        reportable = whole if isinstance(whole, Money) else UNBOUNDED
    if not isinstance(whole, Money):
        whole = reportable
    paid = known.get("fund_paid_this_year", ASSUMED["fund_paid_this_year"])
    stay = known.get("stays_this_year", ASSUMED["stays_this_year"])
    bill = Bill(
        whole,
        reportable,
        listed,
        paid if isinstance(paid, Money) else NOTHING,
        stay if isinstance(stay, int) else 1,
    )
    return _with_more(bill, known, uses) if uses else bill


def _with_more(bill: Bill, known: Mapping[str, Value], uses: Collection[str]) -> Bill:
    def amount(name: str, unknown: Money) -> Money:
        if name not in uses:
            return NOTHING
        value = known.get(name, unknown)
        return value if isinstance(value, Money) else NOTHING

    class_b = amount("class_b_cost", Money(0, bill.reportable.high))
    if bill.reportable.high is not None and class_b.low > bill.reportable.high:
        raise FactError(
            N_("class_b_cost is a part of what is on the list, so it cannot be more. Give the smaller amount.")
        )
    before = NOTHING if bill.stay == 1 else UNBOUNDED
    reported, entered, own_share = (amount(name, before) for name in EARLIER)
    return replace(
        bill,
        class_b=class_b if bill.reportable.high is None else class_b.at_most(exactly(bill.reportable.high)),
        reported=reported,
        entered=entered,
        own_share=own_share,
    )
