"""The calculation of `formula.py`, step by step the same, for a whole table at once.

It is not a second set of rules: the figures come from the same formulas, and only the arithmetic is written again. The
tests hold the two together on every scheme that there is.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from policy_engine.batch.figures import FEEDS, Figures, LayerFigures, Stretches
from policy_engine.batch.numbers import (
    ENDLESS,
    Number,
    at_least_nothing,
    divided,
    either,
    larger,
    less,
    plus,
    smaller,
    times,
)


@dataclass(frozen=True)
class AmountColumns:
    """What the bills come to, in fen: `formula.Amounts` for every row."""

    cost: Number
    class_b: Number
    paid: Number
    reported: Number
    entered: Number
    own_share: Number
    whole: Number


class Work:
    """A table in which every step of a calculation becomes a column, since the next ones look at it again and again."""

    def __init__(self, table: pl.LazyFrame) -> None:
        self.table = table
        self._steps = 0

    def step(self, number: Number) -> Number:
        """The number as a column of its own, unless it is one already or the same for all."""
        if isinstance(number, int) or number.meta.is_column():
            return number
        name = f"step.{self._steps}"
        self._steps += 1
        self.table = self.table.with_columns(number.alias(name))
        return pl.col(name)

    def total(self, figures: Figures, amounts: AmountColumns) -> Number:
        """What both layers pay together, in fen: `Formula.total` for every row."""
        step, cost, share = self.step, amounts.cost, figures.class_b
        class_b = step(divided(times(amounts.class_b, share.parts), share.unit, share.carry))
        listed = step(less(cost, class_b))
        above: Number = 0
        if not _endless(figures.cost_ceiling):
            left = at_least_nothing(less(figures.cost_ceiling, amounts.reported))
            above = step(at_least_nothing(less(listed, left)))
            listed = step(less(listed, above))
        deductible = self._deductible(figures, listed, amounts)
        borne = step(smaller(listed, deductible))
        start, end = self._stretch(figures, listed, borne, amounts)
        before = step(self._by_bands(figures.bands, start, end, each_band=figures.each_band))
        if not _nothing(figures.ratio_first):
            by_ratio, left = before, step(at_least_nothing(less(before, deductible)))
            before = step(either(figures.ratio_first, left, by_ratio))
            borne = step(either(figures.ratio_first, less(by_ratio, left), borne))
        if not _nothing(figures.guaranteed.parts):
            share = figures.guaranteed
            of = either(figures.guaranteed_net, at_least_nothing(less(listed, deductible)), cost)
            before = step(larger(before, divided(times(of, share.parts), share.unit, share.carry)))
            class_b = step(smaller(class_b, less(cost, before)))
            above = step(smaller(above, less(less(cost, before), class_b)))
            borne = step(smaller(borne, less(less(less(cost, before), class_b), above)))
        fund = before
        if not _endless(figures.ceiling):
            fund = step(smaller(before, at_least_nothing(less(figures.ceiling, amounts.paid))))
        if figures.layer is None:
            return fund
        parts = {
            "class_b": class_b,
            "above_cost_ceiling": above,
            "deductible": borne,
            "above_ceiling": less(before, fund),
            "own_share": less(less(less(less(cost, class_b), above), borne), before),
        }
        feeding: Number = 0
        for feed, counts in zip(FEEDS, figures.layer.feeds, strict=True):
            feeding = plus(feeding, times(parts[feed], counts))
        years = step(plus(amounts.own_share, feeding)), amounts.own_share
        after, earlier = (self._in_year(figures.layer, year) for year in years)
        bands = figures.layer.bands
        return step(plus(fund, smaller(divided(less(after, earlier), bands.unit, bands.carry), less(cost, fund))))

    def _deductible(self, figures: Figures, listed: Number, amounts: AmountColumns) -> Number:
        share, found = figures.by_share, figures.least
        if not _nothing(share.parts):
            of = either(figures.of_whole, larger(amounts.whole, amounts.cost), listed)
            found = smaller(larger(found, divided(times(of, share.parts), share.unit, share.carry)), figures.most)
        for used_up in (figures.carried, times(figures.yearly, amounts.reported)):
            if not _nothing(used_up):
                found = at_least_nothing(less(found, used_up))
        return self.step(found)

    def _stretch(
        self, figures: Figures, listed: Number, borne: Number, amounts: AmountColumns
    ) -> tuple[Number, Number]:
        """From where to where, on the scale that the bands measure, each bill reaches."""
        first = self.step(either(figures.ratio_first, 0, borne))
        by_reported, by_entered = (
            times(figures.from_reported, amounts.reported),
            times(figures.from_entered, amounts.entered),
        )
        base = self.step(plus(by_reported, by_entered))
        start = self.step(plus(base, either(figures.net, 0, first)))
        return start, self.step(plus(base, less(listed, either(figures.net, first, 0))))

    def _by_bands(self, stretches: Stretches, start: Number, end: Number, *, each_band: bool) -> Number:
        paid: Number = 0
        for high, ratio in stretches.bands:
            part = times(_between(start, end, high), ratio)
            paid = plus(paid, divided(part, stretches.unit, stretches.carry) if each_band else part)
            start = self.step(high if _nothing(start) else larger(start, high))
        return paid if each_band else divided(paid, stretches.unit, stretches.carry)

    def _in_year(self, layer: LayerFigures, year: Number) -> Number:
        """What a second layer pays in a year in which so much was left to the person, in parts of its unit."""
        paid: Number = 0
        low = layer.deductible
        for high, ratio in layer.bands.bands:
            paid = plus(paid, times(_between(low, year, high), ratio))
            low = self.step(high if _nothing(low) else larger(low, high))
        return self.step(smaller(paid, layer.ceiling))


def _between(start: Number, end: Number, high: Number) -> Number:
    """How much lies between `start` and `end`, below `high`."""
    reach = smaller(end, high)
    return reach if _nothing(start) else at_least_nothing(less(reach, start))


def _nothing(number: Number) -> bool:
    return isinstance(number, int) and number == 0


def _endless(number: Number) -> bool:
    return isinstance(number, int) and number >= ENDLESS
