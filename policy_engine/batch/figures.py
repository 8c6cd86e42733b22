"""The exact formulas of many classes side by side: each figure a column of a table with one row a formula.

A figure that all of them share is no column but a number, and so is one that none of them uses.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import polars as pl

from policy_engine.batch.numbers import ENDLESS, LARGEST_INTEGER, Number, carry_of
from policy_engine.benefits.formula import Bands, Formula, LayerFormula
from policy_engine.benefits.schedule import Feed
from policy_engine.money import LARGEST

FEEDS: tuple[Feed, ...] = ("class_b", "deductible", "own_share", "above_cost_ceiling", "above_ceiling")
_NO_LAYER = LayerFormula(bands=(), unit=1, deductible=None, ceiling=None, feeds=())

Side = Literal["least", "most"]
Direction = Literal["up", "down", "either"]


@dataclass(frozen=True)
class Share:
    """A share, in `parts` of a `unit`; `carry` rounds what it gives."""

    parts: Number
    unit: int
    carry: Number


@dataclass(frozen=True)
class Stretches:
    """Bands: the end and the ratio of each, in parts of a `unit`; `carry` rounds what they give."""

    bands: tuple[tuple[Number, Number], ...]
    unit: int
    carry: Number


@dataclass(frozen=True)
class LayerFigures:
    """A second layer. `ceiling` is in parts of the bands' unit; of each of FEEDS, `feeds` say whether it counts."""

    bands: Stretches
    deductible: Number
    ceiling: Number
    feeds: tuple[Number, ...]


@dataclass(frozen=True)
class Figures:
    """The figures of `formula.Formula`; what is yes or no there is 1 or 0 here.

    A deductible that is an amount is the `least` of one that is no share of the cost. `net`, `from_reported` and
    `from_entered` say what the bands measure: what is left after the deductible, and from where on. `upper_reported`
    says which end is meant of a range of what was reported before.
    """

    bands: Stretches
    net: Number
    from_reported: Number
    from_entered: Number
    by_share: Share
    of_whole: Number
    least: Number
    most: Number
    carried: Number
    yearly: Number
    ratio_first: Number
    class_b: Share
    guaranteed: Share
    guaranteed_net: Number
    cost_ceiling: Number
    ceiling: Number
    layer: LayerFigures | None
    each_band: bool
    upper_reported: Number


@dataclass(frozen=True, eq=False)
class Formulas:
    """Formulas of one `side` of their classes: their `figures`, and a `table` of those that differ, one row a formula.

    `far` is beyond any bill: what comes of it comes of any larger bill too, unless nothing bounds it. `saturates` says
    that it is far enough for that. `largest` is the largest amount with which no step leaves the integers.
    """

    side: Side
    figures: Figures
    table: pl.DataFrame
    far: int
    largest: int
    saturates: bool


def direction(formula: Formula, fact: str) -> Direction | None:
    """How what is paid goes with what earlier stays came to; None where it does not matter."""
    layered = formula.layer is not None
    match fact:
        case "reported_this_year":
            down, up = formula.cost_ceiling is not None, formula.yearly
            if formula.basis == "year_gross" or ((up or down) and layered) or (up and down):
                return "either"
            return "up" if up else "down" if down else None
        case "entered_this_year":
            return "either" if formula.basis == "year_net" else None
        case _:
            return "either" if layered else None


def formulas_of(formulas: Sequence[Formula], side: Side) -> Formulas:
    """The figures of these formulas, at least one."""
    columns: dict[str, list[int]] = {}
    figures = _Reading(formulas, side, columns).figures()
    units = [each.unit for each in (figures.bands, figures.by_share, figures.class_b, figures.guaranteed)]
    finest = max(units + ([figures.layer.bands.unit] if figures.layer else []))
    # A bill twice as far, doubled once more to be rounded, and as much again for what came before it.
    far = LARGEST_INTEGER // (8 * finest)
    largest = min(LARGEST // 100, far // 10_000)
    return Formulas(
        side,
        figures,
        pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.Int64)),
        far,
        largest,
        saturates=max(_largest(formulas), largest) * finest <= far and _largest(formulas) * finest**2 <= far,
    )


def _largest(formulas: Sequence[Formula]) -> int:
    """The largest figure of any formula, in fen."""
    amounts = [0]
    for each in formulas:
        layer = each.layer or _NO_LAYER
        found = (each.deductible, each.least, each.most, each.carried, each.cost_ceiling, each.ceiling)
        ends = (end for end, _ in (*each.bands, *layer.bands))
        amounts += [amount for amount in (*found, *ends, layer.deductible, layer.ceiling) if amount is not None]
    return max(amounts)


class _Reading:
    """Takes each figure from all formulas; one that differs becomes a column."""

    def __init__(self, formulas: Sequence[Formula], side: Side, columns: dict[str, list[int]]) -> None:
        self._formulas = formulas
        self._side = side
        self._columns = columns

    def figures(self) -> Figures:
        layers = [each.layer or _NO_LAYER for each in self._formulas]
        amount, yes = self._amount, self._yes
        return Figures(
            bands=self._bands("bands", [(each.bands, each.unit) for each in self._formulas]),
            net=yes("net", lambda each: each.basis in {"after_deductible", "year_net"}),
            from_reported=yes("from_reported", lambda each: each.basis == "year_gross"),
            from_entered=yes("from_entered", lambda each: each.basis == "year_net"),
            by_share=self._share("by_share", lambda each: each.by_share or Fraction(0), borne=True),
            of_whole=yes("of_whole", lambda each: each.of_whole),
            least=amount("least", lambda each: each.deductible if each.by_share is None else each.least),
            most=amount("most", lambda each: None if each.by_share is None else each.most),
            carried=amount("carried", lambda each: each.carried),
            yearly=yes("yearly", lambda each: each.yearly),
            ratio_first=yes("ratio_first", lambda each: each.ratio_first),
            class_b=self._share("class_b", lambda each: each.class_b_share, borne=True),
            guaranteed=self._share("guaranteed", lambda each: each.guaranteed, borne=False),
            guaranteed_net=yes("guaranteed_net", lambda each: each.guaranteed_net),
            cost_ceiling=amount("cost_ceiling", lambda each: each.cost_ceiling),
            ceiling=amount("ceiling", lambda each: each.ceiling),
            layer=self._layer(layers) if any(each.layer for each in self._formulas) else None,
            each_band=self._formulas[0].each_band,
            upper_reported=yes("upper_reported", self._upper_reported),
        )

    def _upper_reported(self, formula: Formula) -> bool:
        return direction(formula, "reported_this_year") == ("up" if self._side == "most" else "down")

    def _number(self, name: str, values: list[int]) -> Number:
        if len(set(values)) == 1:
            return values[0]
        self._columns[f"{self._side}.{name}"] = values
        return pl.col(f"{self._side}.{name}")

    def _yes(self, name: str, of: Callable[[Formula], bool]) -> Number:
        return self._number(name, [int(of(each)) for each in self._formulas])

    def _amount(self, name: str, of: Callable[[Formula], int | None]) -> Number:
        return self._number(name, [_or_endless(of(each)) for each in self._formulas])

    def _carry(self, name: str, unit: int, borne: bool) -> Number:
        roundings = [each.borne_rounding if borne else each.rounding for each in self._formulas]
        return self._number(f"{name}.carry", [carry_of(each, unit) for each in roundings])

    def _share(self, name: str, of: Callable[[Formula], Fraction], borne: bool) -> Share:
        shares = [of(each) for each in self._formulas]
        unit = math.lcm(*(each.denominator for each in shares))
        return Share(
            self._number(name, [int(each * unit) for each in shares]), unit, self._carry(name, unit, borne=borne)
        )

    def _bands(self, name: str, found: Sequence[tuple[Bands, int]]) -> Stretches:
        unit = math.lcm(*(each for _, each in found))
        bands = []
        for place in range(max(len(each) for each, _ in found)):
            here = [(each[place] if place < len(each) else (None, 0), unit // own) for each, own in found]
            end = self._number(f"{name}.{place}.end", [_or_endless(high) for (high, _), _ in here])
            ratio = self._number(f"{name}.{place}.ratio", [ratio * finer for (_, ratio), finer in here])
            bands.append((end, ratio))
        return Stretches(tuple(bands), unit, self._carry(name, unit, borne=False))

    def _layer(self, layers: Sequence[LayerFormula]) -> LayerFigures:
        bands = self._bands("layer", [(each.bands, each.unit) for each in layers])
        ceilings = [ENDLESS if each.ceiling is None else min(ENDLESS, each.ceiling * bands.unit) for each in layers]
        return LayerFigures(
            bands,
            self._number("layer.deductible", [_or_endless(each.deductible) for each in layers]),
            self._number("layer.ceiling", ceilings),
            tuple(self._number(f"layer.feeds.{feed}", [int(feed in each.feeds) for each in layers]) for feed in FEEDS),
        )


def _or_endless(amount: int | None) -> int:
    return ENDLESS if amount is None else amount
