"""What the fund pays of everybody's bill, and what is left to them: both ends of each, in fen."""

from __future__ import annotations

from typing import Literal

import polars as pl

from policy_engine.batch.arithmetic import AmountColumns, Work
from policy_engine.batch.bills import Bills
from policy_engine.batch.figures import Formulas
from policy_engine.batch.numbers import ENDLESS, Number, as_column, either, larger, less, smaller
from policy_engine.batch.plan import Plan

ENDS = ("fund_pays_low", "fund_pays_high", "person_pays_low", "person_pays_high")
"""The four amounts of a result, in fen; null at an upper end where nothing bounds it."""

Extent = Literal["all", "cost", "range"]
"""What is known: everything; the reportable part of the bill, though not all that decides; or only a range of it."""


def paid(plan: Plan, bills: Bills, frame: pl.DataFrame, known: Extent) -> pl.DataFrame:
    """The four amounts of each row of `frame`.

    It has the bill's amounts and, as `least` and `most`, which formulas apply. Less known is more to work out.
    """
    sides = (plan.most,) if known == "all" else (plan.least, plan.most)
    tables = [side.table[frame[side.side]] for side in sides if side.table.width]
    work = Work((pl.concat([frame, *tables], how="horizontal") if tables else frame).lazy())
    ends = {"all": _settled, "cost": _of_cost, "range": _of_range}[known](work, plan, bills)
    # Beside the frame's own columns, so that a number that is the same for all becomes as long as they are.
    columns = {name: as_column(each) for name, each in zip(ENDS, ends, strict=True)}
    return work.table.with_columns(**columns).select(ENDS).collect()


def hulls(amounts: pl.DataFrame) -> pl.DataFrame:
    """The amounts of several classes of the same `row`, as ranges that hold those of each; in the order of the rows."""
    ends = {
        name: pl.col(name).min() if name.endswith("low") else pl.col(name).fill_null(ENDLESS).max() for name in ENDS
    }
    found = amounts.group_by("row", maintain_order=True).agg(**ends)
    highs = [name for name in ENDS if name.endswith("high")]
    return found.with_columns(pl.when(pl.col(name) < ENDLESS).then(pl.col(name)).alias(name) for name in highs)


def _settled(work: Work, plan: Plan, bills: Bills) -> tuple[Number, ...]:
    fund = _total(work, plan.most, bills, bills.cost.low)
    person = work.step(less(bills.whole.low, fund))
    return fund, fund, person, person


def _of_cost(work: Work, plan: Plan, bills: Bills) -> tuple[Number, ...]:
    least, most = (_total(work, side, bills, bills.cost.low) for side in (plan.least, plan.most))
    return least, most, less(bills.whole.low, most), less(bills.whole.high, least)


def _of_range(work: Work, plan: Plan, bills: Bills) -> tuple[Number, ...]:
    far = plan.most.far
    at, beyond = (_total(work, plan.most, bills, bills.cost.top(distance)) for distance in (far, 2 * far))
    return (
        _total(work, plan.least, bills, bills.cost.low),
        pl.when(as_column(at) == as_column(beyond)).then(as_column(at)),
        less(bills.whole.low, _total(work, plan.most, bills, bills.least)),
        less(bills.whole.high, _total(work, plan.least, bills, bills.most)),
    )


def _total(work: Work, side: Formulas, bills: Bills, cost: Number) -> Number:
    """What one side pays of so much; other amounts are as good or as bad for the person as they can be."""
    most, far = side.side == "most", side.far
    whole = larger(cost, bills.whole.low if most else bills.whole.top(far))
    if not most and bills.listed is not False:
        whole = cost if bills.listed is True else pl.when(bills.listed).then(as_column(cost)).otherwise(whole)
    reported = bills.earlier["reported_this_year"]
    return work.total(
        side.figures,
        AmountColumns(
            cost=cost,
            class_b=smaller(bills.class_b.low if most else bills.class_b.top(far), cost),
            paid=bills.paid.low if most else bills.paid.top(far),
            reported=either(side.figures.upper_reported, reported.top(far), reported.low),
            # These two matter either way, so a row in which they are open is not worked out here.
            entered=bills.earlier["entered_this_year"].low,
            own_share=bills.earlier["own_share_this_year"].low,
            whole=whole,
        ),
    )
