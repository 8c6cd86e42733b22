"""The calculation of one bill with exact figures: from the cost on the list to what each layer pays.

The order is: class-B items' own share off; the cost that may enter; the deductible; the bands' ratios, or the other way
round where a scheme says so; a guaranteed share; the year's ceiling; a second layer on what is left. What the fund pays
never falls with a larger bill, nor does what is left to the person: every ratio lies between 0 and 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from policy_engine.benefits.schedule import Basis, Feed
from policy_engine.money import Rounding, divided, rounded

Fen = int
Bands = tuple[tuple[Fen | None, int], ...]
"""Stretches of cost, each with its upper end (None: open) and its ratio, in parts of a `unit`."""


class Amounts(NamedTuple):
    """What one bill comes to, in fen.

    `cost` is the reportable part, `class_b` what of it is for class-B items. `paid` is what the fund paid before in the
    year; `reported`, `entered` and `own_share` are what earlier stays came to: their cost, the same after deductibles,
    and what was left to the person. `whole` is the whole bill, as large as `cost` where it is less.
    """

    cost: Fen
    class_b: Fen = 0
    paid: Fen = 0
    reported: Fen = 0
    entered: Fen = 0
    own_share: Fen = 0
    whole: Fen = 0


@dataclass(frozen=True, slots=True)
class LayerFormula:
    """A second layer: `bands` of the year's sum above `deductible` (None: never reached), up to `ceiling`."""

    bands: Bands
    unit: int
    deductible: Fen | None
    ceiling: Fen | None
    feeds: tuple[Feed, ...]

    @property
    def turns(self) -> set[Fen]:
        """The sums of a year at which what it pays turns."""
        if self.deductible is None:
            return {0}
        found, paid, low = {self.deductible}, 0, self.deductible
        for high, ratio in self.bands:
            if self.ceiling is not None and ratio:
                reached = low + max(0, self.ceiling * self.unit - paid) // ratio
                found |= {reached, reached + 1}
            if high is not None and high > low:
                found.add(high)
                paid, low = paid + (high - low) * ratio, high
        return found

    def of(self, year: Fen) -> int:
        """What it pays in a year in which so much was left to the person, in parts of a `unit`."""
        if self.deductible is None:
            return 0
        paid, low = 0, self.deductible
        for high, ratio in self.bands:
            paid += max(0, (year if high is None else min(year, high)) - low) * ratio
            low = low if high is None else max(low, high)
        return paid if self.ceiling is None else min(paid, self.ceiling * self.unit)


@dataclass(frozen=True, slots=True)
class Formula:
    """How the fund pays one class, every figure exact.

    `deductible` None: larger than any bill. `by_share` makes it that share of the cost, or `of_whole` of the whole
    bill, with `least` and `most`. `carried` was carried before a transfer; `yearly` says that earlier cost counts
    towards it. `guaranteed_net`: the guaranteed share is of what is left after the deductible. `ceiling` and
    `cost_ceiling` None: no limit. `borne_rounding` is for what the person carries first, `rounding` for payments.
    """

    bands: Bands
    unit: int = 1
    basis: Basis = "after_deductible"
    deductible: Fen | None = 0
    by_share: Fraction | None = None
    of_whole: bool = False
    least: Fen = 0
    most: Fen | None = None
    carried: Fen = 0
    yearly: bool = False
    ratio_first: bool = False
    class_b_share: Fraction = Fraction(0)
    guaranteed: Fraction = Fraction(0)
    guaranteed_net: bool = False
    cost_ceiling: Fen | None = None
    ceiling: Fen | None = None
    layer: LayerFormula | None = None
    rounding: Rounding = "down"
    borne_rounding: Rounding = "down"
    each_band: bool = False

    def steps(self, amounts: Amounts) -> Steps:
        """The calculation for one bill."""
        cost = amounts.cost
        class_b = rounded(self.class_b_share * amounts.class_b, self.borne_rounding) if self.class_b_share else 0
        listed = cost - class_b
        above_cost_ceiling = 0
        if self.cost_ceiling is not None:
            above_cost_ceiling = max(0, listed - max(0, self.cost_ceiling - amounts.reported))
            listed -= above_cost_ceiling
        deductible = self._deductible(listed, amounts)
        borne = min(listed, deductible)
        entering = listed if self.ratio_first else listed - borne
        start, end = self._stretch(listed, borne, amounts)
        by_band = tuple(self._by_band(start, end))
        before = divided(sum(by_band), self.unit, self.rounding)
        if self.ratio_first:
            # Taken off at the end, the deductible costs the person what the ratio alone would have paid of it.
            by_ratio, before = before, max(0, before - deductible)
            borne = by_ratio - before
        if self.guaranteed:
            of = max(0, listed - deductible) if self.guaranteed_net else cost
            before = max(before, rounded(self.guaranteed * of, self.rounding))
            # A guaranteed share may reach into what the person would carry first.
            class_b = min(class_b, cost - before)
            above_cost_ceiling = min(above_cost_ceiling, cost - before - class_b)
            borne = min(borne, cost - before - class_b - above_cost_ceiling)
        fund = before if self.ceiling is None else min(before, max(0, self.ceiling - amounts.paid))
        steps = Steps(class_b, above_cost_ceiling, borne, entering, by_band, before, fund, 0, 0)
        return self._with_layer(steps, amounts) if self.layer is not None else steps

    def total(self, amounts: Amounts) -> Fen:
        """What both layers pay together."""
        steps = self.steps(amounts)
        return steps.fund + steps.second

    def _deductible(self, listed: Fen, amounts: Amounts) -> Fen:
        if self.by_share is not None:
            of = max(amounts.whole, amounts.cost) if self.of_whole else listed
            found = max(self.least, rounded(self.by_share * of, self.borne_rounding))
            found = found if self.most is None else min(found, self.most)
        elif self.deductible is None:
            return max(listed, amounts.cost)
        else:
            found = self.deductible
        found = max(0, found - self.carried)
        return max(0, found - amounts.reported) if self.yearly else found

    def _stretch(self, listed: Fen, borne: Fen, amounts: Amounts) -> tuple[Fen, Fen]:
        """From where to where, on the scale that the bands measure, this bill reaches."""
        if self.ratio_first:
            borne = 0
        match self.basis:
            case "gross":
                return borne, listed
            case "after_deductible":
                return 0, listed - borne
            case "year_gross":
                return amounts.reported + borne, amounts.reported + listed
            case "year_net":
                return amounts.entered, amounts.entered + listed - borne

    def _by_band(self, start: Fen, end: Fen) -> Iterator[int]:
        for high, ratio in self.bands:
            part = max(0, (end if high is None else min(end, high)) - start) * ratio
            start = start if high is None else max(start, high)
            yield divided(part, self.unit, self.rounding) * self.unit if self.each_band else part

    def _with_layer(self, steps: Steps, amounts: Amounts) -> Steps:
        layer = self.layer
        assert layer is not None  # noqa: S101 - asked by the caller
        cost = amounts.cost
        parts: dict[Feed, Fen] = {
            "class_b": steps.class_b,
            "above_cost_ceiling": steps.above_cost_ceiling,
            "deductible": steps.borne,
            "above_ceiling": steps.before - steps.fund,
        }
        parts["own_share"] = cost - steps.fund - sum(parts.values())
        base = sum(parts[each] for each in layer.feeds)
        second = layer.of(amounts.own_share + base) - layer.of(amounts.own_share)
        paid = min(divided(second, layer.unit, self.rounding), cost - steps.fund)
        return steps._replace(feeding=base, second=paid)


class Steps(NamedTuple):
    """What a bill comes to, in fen.

    `borne` is the deductible as far as the bill reaches, `entering` what is left after it; `by_band` what each band
    pays, in parts of the formula's `unit`; `before` what the ratios give, `fund` the same under the ceiling;
    `feeding` what a second layer counts, `second` what it pays.
    """

    class_b: Fen
    above_cost_ceiling: Fen
    borne: Fen
    entering: Fen
    by_band: tuple[int, ...]
    before: Fen
    fund: Fen
    feeding: Fen
    second: Fen
