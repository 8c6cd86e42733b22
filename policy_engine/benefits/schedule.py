"""How a bill is paid, as a pack lays it down: schedules, adjustments, ceilings and a second layer.

Everything here names parameters; their values, with dates and sources, stand in the scheme. Of every list the first
entry whose `when` holds applies, except of the adjustments, which all apply.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from policy_engine.conditions import Condition, Conditional

Basis = Literal["gross", "after_deductible", "year_gross", "year_net"]
"""What the bounds of bands measure: the cost of this stay; what is left of it after the deductible; the cost of all
stays of the year so far (累计), likewise before or after deductibles."""

Feed = Literal["class_b", "deductible", "own_share", "above_cost_ceiling", "above_ceiling"]
"""A part of a bill that is left to the person, as a second layer may take it up."""

PaidBefore = Literal["fund_paid_this_year", "outpatient_paid_this_year"]
"""What the fund paid before in the year: for everything, or for outpatient visits only."""


@dataclass(frozen=True)
class Band:
    """A stretch of cost (费用段) with a `ratio` of its own, up to the amount `up_to`; open where that is empty.

    `closed` says whether the amount itself belongs to it (以下, 含) or to the next one. Money paid is the same. To a
    `fixed` ratio no points are added.
    """

    ratio: str
    up_to: str = ""
    closed: bool = True
    fixed: bool = False


@dataclass(frozen=True)
class Deductible:
    """What the person carries first (起付线): an `amount`, or a `share` of the cost between `at_least` and `at_most`.

    The share is of the reportable cost, or `of_whole_bill` of all that the hospital asks for.
    `later_stays` are the amounts for the second, third, … stay of the year, the last of them for all that follow.
    `counts` names a choice, `per_stay` or `per_year`: by the year, earlier cost has used it up. `on_transfer` names a
    choice, `full` or `difference`: after a transfer only what exceeds the earlier hospital's deductible is carried.
    """

    amount: str = ""
    share: str = ""
    at_least: str = ""
    at_most: str = ""
    of_whole_bill: bool = False
    later_stays: tuple[str, ...] = ()
    counts: str = ""
    on_transfer: str = ""


@dataclass(frozen=True)
class Schedule:
    """How one kind of treatment is paid.

    `points` are added to every ratio. `guaranteed` is a share of the reportable cost that the fund pays at the least
    (保底), or of what is left of it after the deductible: `guaranteed_of` names a choice, `reportable_cost` (also where
    it is empty) or `after_deductible`. `class_b_share` is what the person carries of class-B items (乙类) before
    anything else. It holds from `start` to `end`, the whole period where they are None.
    """

    id: str
    when: Condition
    bands: tuple[Band, ...]
    basis: Basis = "after_deductible"
    deductible: Deductible = Deductible()
    points: tuple[str, ...] = ()
    guaranteed: str = ""
    guaranteed_of: str = ""
    class_b_share: str = ""
    text: str = ""
    interpretations: tuple[str, ...] = ()
    start: datetime.date | None = None
    end: datetime.date | None = None
    where: str = ""


@dataclass(frozen=True)
class Adjustment:
    """Points added to every ratio for a class of people or treatments; afterwards none is below `at_least` or above
    `at_most`, where these are given."""

    id: str
    when: Condition
    points: str
    at_least: str = ""
    at_most: str = ""
    interpretations: tuple[str, ...] = ()
    where: str = ""


@dataclass(frozen=True)
class Ceiling:
    """The most for one person in a pooling year (封顶线): of what the fund pays, or of the cost that enters.

    `amount` is empty where there is no limit. `counts` is the fact with the payments that use up a limit on payment:
    all of the year, or only those for outpatient visits.
    """

    id: str
    when: Condition
    amount: str
    counts: PaidBefore = "fund_paid_this_year"
    interpretations: tuple[str, ...] = ()
    where: str = ""


@dataclass(frozen=True)
class Layer:
    """A second layer (大病保险), fed by what the first leaves to the person over the year.

    `feeds` are the parts that count. It pays by `bands` of the year's sum above `deductible`, up to `ceiling` a year.
    """

    id: str
    when: Condition
    bands: tuple[Band, ...]
    feeds: tuple[Feed, ...]
    deductible: str = ""
    ceiling: str = ""
    interpretations: tuple[str, ...] = ()
    where: str = ""


@dataclass(frozen=True)
class BenefitRules:
    """What the fund pays.

    `order` names a choice, `deductible_first` or `ratio_first`; a deductible that is a share of the cost comes off
    first in any case. `rounding` is one of `half_up`, `down`, `up`. Every line of a receipt is rounded; with
    `each_band` the payment of every band as well.
    """

    schedules: tuple[Schedule, ...]
    adjustments: tuple[Adjustment, ...]
    ceilings: tuple[Ceiling, ...]
    cost_ceilings: tuple[Ceiling, ...]
    layers: tuple[Layer, ...]
    rounding: str
    order: str = ""
    each_band: bool = False

    @property
    def entries(self) -> tuple[Conditional, ...]:
        """Every entry, in the order of the file."""
        return (*self.schedules, *self.adjustments, *self.ceilings, *self.cost_ceilings, *self.layers)

    @property
    def turns(self) -> Iterator[datetime.date]:
        """The days on which a schedule begins, and those after one has ended."""
        for each in self.schedules:
            if each.start is not None:
                yield each.start
            if each.end is not None:
                yield each.end + datetime.timedelta(days=1)

    def on(self, day: datetime.date) -> tuple[Schedule, ...]:
        """The schedules in force on the day."""
        return tuple(
            each
            for each in self.schedules
            if (each.start is None or each.start <= day) and (each.end is None or day <= each.end)
        )
