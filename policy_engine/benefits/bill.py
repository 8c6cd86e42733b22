"""The amounts of one bill, as far as they are known, and of what came before it in the year."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from policy_engine.benefits.formula import Amounts, Fen, Formula
from policy_engine.errors import N_, FactError
from policy_engine.facts import ASSUMED, EARLIER, Value, with_bill
from policy_engine.money import NOTHING, UNBOUNDED, Money, exactly, rounded

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
            self.whole.low,
        )

    def candidates(self, formula: Formula, cost: Fen, most: bool) -> Iterator[Amounts]:
        """Amounts of a bill of this cost among which the formula pays the most, or else the least.

        More of class B, more paid before, or more that is not on the list never brings a person more. What earlier
        stays came to may matter either way, so every amount is tried at which something changes.
        """
        class_b = self.class_b.low if most else _top(self.class_b)
        paid = self.paid.low if most else _top(self.paid)
        whole = cost if self.listed else self.whole.low if most else _top(self.whole)
        if self.simple:
            yield Amounts(
                cost, min(class_b, cost), paid, self.reported.low, self.entered.low, self.own_share.low, whole
            )
            return
        first = Amounts(cost, min(class_b, cost), paid, whole=whole)
        for reported in _tried(self.reported, _reported_turns(formula, first)):
            amounts = first._replace(reported=reported)
            for entered in _tried(self.entered, _entered_turns(formula, amounts)):
                amounts = amounts._replace(entered=entered)
                for own_share in _tried(self.own_share, _own_share_turns(formula, amounts)):
                    yield amounts._replace(own_share=own_share)


def _top(amount: Money) -> Fen:
    return _FAR if amount.high is None else amount.high


def _tried(amount: Money, turns: Collection[Fen]) -> list[Fen]:
    """The ends of an amount and what turns within it; only one end where nothing turns, since then any will do."""
    if not turns:
        return [amount.low]
    low, high = amount.low, _top(amount)
    return sorted({low, high, *(each for each in turns if low < each < high)})


def _around(ends: Collection[Fen], *parts: Fen) -> set[Fen]:
    """The ends, and where something of the size of one of the parts would have to begin to reach up to them."""
    return {*ends, *(end - part for end in ends for part in parts)}


def _band_ends(formula: Formula) -> set[Fen]:
    return {end for end, _ in formula.bands if end is not None}


def _reported_turns(formula: Formula, amounts: Amounts) -> set[Fen]:
    """Where what was reported before turns what a formula pays of this bill."""
    ends = _band_ends(formula) if formula.basis == "year_gross" else set()
    deductible = formula.steps(amounts).borne
    if formula.yearly:
        deductible = max(0, (formula.deductible or 0) - formula.carried)
        ends.add(deductible)
    if formula.cost_ceiling is not None:
        ends.add(formula.cost_ceiling)
    listed = amounts.cost - rounded(formula.class_b_share * amounts.class_b, formula.borne_rounding)
    return _around(_around(ends, deductible), listed) if ends else set()


def _entered_turns(formula: Formula, amounts: Amounts) -> set[Fen]:
    """Where what was left after deductibles before turns what a formula pays of this bill."""
    if formula.basis != "year_net":
        return set()
    return _around(_band_ends(formula), formula.steps(amounts).entering)


def _own_share_turns(formula: Formula, amounts: Amounts) -> set[Fen]:
    """Where what was left to the person before turns what a second layer pays of this bill."""
    if formula.layer is None:
        return set()
    return _around(formula.layer.turns, formula.steps(amounts).feeding)


def read_bill(known: Mapping[str, Value], uses: Collection[str]) -> Bill:
    """The amounts among the facts, with what is assumed where nobody said it. An unknown bill is open above.

    `uses` are the amounts besides that the rules look at (`class_b_cost`, what earlier stays came to, how much was paid
    for outpatient visits); the others count as nothing. Where the whole bill is among them, it may be larger than the
    reportable part. Raises FactError where a part would be more than the whole.
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
        if "bill_total" in uses and isinstance(known.get("reportable_cost"), Money):
            whole, listed = Money(reportable.low, None), False
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
    paid = bill.paid
    if "outpatient_paid_this_year" in uses:
        # A part of all that was paid; where it is open which of the two counts, it is one of them.
        part = amount("outpatient_paid_this_year", Money(0, paid.high))
        paid = part.hull(paid) if "fund_paid_this_year" in uses else part
    before = NOTHING if bill.stay == 1 else UNBOUNDED
    reported, entered, own_share = (amount(name, before) for name in EARLIER)
    return replace(
        bill,
        paid=paid,
        class_b=class_b if bill.reportable.high is None else class_b.at_most(exactly(bill.reportable.high)),
        reported=reported,
        entered=entered,
        own_share=own_share,
    )
