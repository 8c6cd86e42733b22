"""The figures of one class as two exact formulas: the one that pays least and the one that pays most.

What is set is the same in both. What nobody has set is as bad for the person as it can be in the one and as good in the
other, so between them lies every formula that anybody may yet set.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from policy_engine.benefits.classes import Entries
from policy_engine.benefits.formula import Bands, Fen, Formula, LayerFormula
from policy_engine.benefits.schedule import Band, BenefitRules, Ceiling, Deductible, Layer
from policy_engine.parameters import ALL, NONE, Rate, Values

EARLIER_STAYS = 1
"""The first stay of a year is number 1; at later ones earlier stays count."""


@dataclass(frozen=True, eq=False)
class Sides:
    """The formula that pays `least` and the one that pays `most`. `rates` are the ratios of the bands."""

    least: Formula
    most: Formula
    rates: tuple[Rate, ...]

    @cached_property
    def exact(self) -> bool:
        """Whether everything is set."""
        return self.least == self.most


def sides_of(entries: Entries, rules: BenefitRules, values: Values, stay: int) -> Sides:
    """Both formulas of one class, at the year's stay of this number (1, 2, …)."""
    found = _Figures(entries, rules, values, stay)
    return Sides(found.formula(most=False), found.formula(most=True), found.rates)


class _Figures:
    def __init__(self, entries: Entries, rules: BenefitRules, values: Values, stay: int) -> None:
        self._entries, self._rules, self._values, self._stay = entries, rules, values, stay
        self.rates = tuple(self._rate(each) for each in entries.schedule.bands)

    def formula(self, most: bool) -> Formula:
        schedule, values = self._entries.schedule, self._values
        bands, unit = self._bands(schedule.bands, self.rates, most)
        deductible = schedule.deductible
        rounding = values.choice(self._rules.rounding)
        order = values.choice(self._rules.order) if self._rules.order else "deductible_first"
        by_share = self._ratio(deductible.share, not most) if deductible.share else None
        return Formula(
            bands=bands,
            unit=unit,
            basis=schedule.basis,
            deductible=self._deductible(deductible, most),
            by_share=by_share,
            of_whole=deductible.of_whole_bill,
            least=self._amount(deductible.at_least, not most, 0) or 0,
            most=self._amount(deductible.at_most, not most, None),
            carried=self._carried(most),
            yearly=self._yearly(deductible, most),
            # Taken off what the ratio gives, a deductible never costs the person less than taken off the cost.
            ratio_first=not deductible.share and (not most if order is None else order == "ratio_first"),
            class_b_share=self._ratio(schedule.class_b_share, not most),
            guaranteed=self._ratio(schedule.guaranteed, most),
            guaranteed_net=self._guaranteed_net(most),
            cost_ceiling=self._ceiling(self._entries.cost_ceiling, most),
            ceiling=self._ceiling(self._entries.ceiling, most),
            layer=self._layer(self._entries.layer, most),
            rounding=rounding or ("up" if most else "down"),  # type: ignore[arg-type]
            borne_rounding=rounding or ("down" if most else "up"),  # type: ignore[arg-type]
            each_band=self._rules.each_band,
        )

    def _ratio(self, parameter: str, larger: bool) -> Fraction:
        return self._values.rate(parameter)[larger] if parameter else NONE

    def _amount(self, parameter: str | None, larger: bool, without: Fen | None) -> Fen | None:
        if not parameter:
            return without
        amount = self._values.money(parameter)
        return amount.high if larger else amount.low

    def _ceiling(self, ceiling: Ceiling | None, most: bool) -> Fen | None:
        return self._amount(ceiling.amount, most, None) if ceiling else None

    def _deductible(self, deductible: Deductible, most: bool) -> Fen | None:
        name = deductible.amount
        if deductible.later_stays and self._stay > EARLIER_STAYS:
            name = deductible.later_stays[min(self._stay - EARLIER_STAYS, len(deductible.later_stays)) - 1]
        return self._amount(name, not most, 0)

    def _yearly(self, deductible: Deductible, most: bool) -> bool:
        if not deductible.counts or self._stay <= EARLIER_STAYS:
            return False
        counts = self._values.choice(deductible.counts)
        return most if counts is None else counts == "per_year"

    def _guaranteed_net(self, most: bool) -> bool:
        name = self._entries.schedule.guaranteed_of
        if not name:
            return False
        of = self._values.choice(name)
        return not most if of is None else of == "after_deductible"

    def _carried(self, most: bool) -> Fen:
        """What was carried at the hospital before a transfer, as far as it counts."""
        before, counts = self._entries.before, self._entries.schedule.deductible.on_transfer
        if before is None or (self._values.choice(counts) != "difference" and not most):
            return 0
        amount = self._values.money(before.deductible.amount) if before.deductible.amount else None
        if amount is None:
            return 0
        return amount.high if most and amount.high is not None else amount.low

    def _rate(self, band: Band) -> Rate:
        """A band's ratio with all points added, never below 0 nor above 100 %."""
        low, high = self._values.rate(band.ratio)
        if band.fixed:
            return low, high
        for name in self._entries.schedule.points:
            low, high = self._with_points((low, high), name)
        for each in self._entries.adjustments:
            low, high = self._with_points((low, high), each.points)
            if each.at_least:
                least = self._values.rate(each.at_least)
                low, high = max(low, least[0]), max(high, least[1])
            if each.at_most:
                most = self._values.rate(each.at_most)
                low, high = min(low, most[0]), min(high, most[1])
        return min(max(low, NONE), ALL), min(max(high, NONE), ALL)

    def _with_points(self, rate: Rate, parameter: str) -> Rate:
        less, more = self._values.rate(parameter)
        return rate[0] + less, rate[1] + more

    def _bands(self, bands: tuple[Band, ...], rates: tuple[Rate, ...], most: bool) -> tuple[Bands, int]:
        """The bands of one side. Where it is open which of two bands a stretch belongs to, the better or worse one."""
        chosen = [rate[most] for rate in rates]
        unit = math.lcm(*(rate.denominator for rate in chosen))
        found: list[tuple[Fen | None, Fraction]] = []
        reached: Fen | None = 0
        for place, (band, ratio) in enumerate(zip(bands, chosen, strict=True)):
            end = self._values.money(band.up_to) if band.up_to else None
            if end is None:
                found.append((None, ratio))
            elif end.exact:
                found.append((end.low, ratio))
            else:
                following = chosen[place + 1 :]
                either = max(ratio, *following) if most else min(ratio, *following)
                if reached is not None and end.low > reached:
                    found.append((end.low, ratio))
                found.append((end.high, either))
                if end.high is None:
                    break
            reached = end.high if end else None
        return tuple((high, int(ratio * unit)) for high, ratio in found), unit

    def _layer(self, layer: Layer | None, most: bool) -> LayerFormula | None:
        if layer is None:
            return None
        bands, unit = self._bands(layer.bands, tuple(self._values.rate(each.ratio) for each in layer.bands), most)
        return LayerFormula(
            bands=bands,
            unit=unit,
            deductible=self._amount(layer.deductible, not most, 0),
            ceiling=self._amount(layer.ceiling, most, None),
            feeds=layer.feeds,
        )
