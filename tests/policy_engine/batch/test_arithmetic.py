"""The calculation over columns against the calculation of one bill, for formulas that no scheme has yet."""

from dataclasses import replace

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_engine.batch.arithmetic import AmountColumns, Work
from policy_engine.batch.figures import Side, direction, formulas_of
from policy_engine.batch.numbers import LARGEST_INTEGER
from policy_engine.benefits.formula import Amounts, Formula
from tests.policy_engine.benefits.test_formula import FORMULAS, MOST, bills

ROWS = st.lists(st.tuples(FORMULAS, bills()), min_size=1, max_size=20)


def totals(rows: list[tuple[Formula, Amounts]]) -> list[int]:
    """What the batch says of these bills, each by a formula of its own."""
    formulas = formulas_of([formula for formula, _ in rows], "most")
    frame = pl.DataFrame([bill for _, bill in rows], schema=list(Amounts._fields), orient="row")
    work = Work(pl.concat([frame, formulas.table], how="horizontal").lazy() if formulas.table.width else frame.lazy())
    found = work.total(formulas.figures, AmountColumns(**{name: pl.col(name) for name in Amounts._fields}))
    return work.table.with_columns(found=found).collect()["found"].to_list()


def one_way(rows: list[tuple[Formula, Amounts]]) -> list[tuple[Formula, Amounts]]:
    """Bands are rounded one by one in all formulas of a scheme, or in none."""
    return [(replace(formula, each_band=rows[0][0].each_band), bill) for formula, bill in rows]


@settings(max_examples=60)
@given(ROWS)
def test_any_formulas_side_by_side_give_what_each_gives_alone(rows: list[tuple[Formula, Amounts]]) -> None:
    rows = one_way(rows)
    assert totals(rows) == [formula.total(bill) for formula, bill in rows]


@settings(max_examples=60)
@given(FORMULAS, st.lists(bills(), min_size=1, max_size=20))
def test_one_formula_for_all_gives_the_same_without_a_column_of_figures(formula: Formula, bills: list[Amounts]) -> None:
    assert formulas_of([formula], "least").table.width == 0
    assert totals([(formula, bill) for bill in bills]) == [formula.total(bill) for bill in bills]


@given(FORMULAS, bills(), st.integers(0, MOST))
def test_more_reported_before_goes_the_way_that_is_said(formula: Formula, bill: Amounts, more: int) -> None:
    way = direction(formula, "reported_this_year")
    now, then = formula.total(bill), formula.total(bill._replace(reported=bill.reported + more))
    if way == "up":
        assert then >= now
    elif way == "down":
        assert then <= now
    elif way is None:
        assert then == now


@given(FORMULAS, bills(), st.integers(0, MOST))
def test_what_else_came_before_matters_only_where_that_is_said(formula: Formula, bill: Amounts, more: int) -> None:
    for fact, changed in (
        ("entered_this_year", bill._replace(entered=bill.entered + more)),
        ("own_share_this_year", bill._replace(own_share=bill.own_share + more)),
    ):
        if direction(formula, fact) is None:
            assert formula.total(changed) == formula.total(bill)


@given(st.lists(FORMULAS, min_size=1, max_size=5), st.sampled_from(["least", "most"]))
def test_the_largest_amounts_stay_within_the_integers(formulas: list[Formula], side: Side) -> None:
    formulas = [formula for formula, _ in one_way([(each, Amounts(0)) for each in formulas])]
    found = formulas_of(formulas, side)
    largest = found.largest
    bill = Amounts(largest, largest // 2, 0, largest, largest, largest, largest)
    assert totals([(each, bill) for each in formulas]) == [each.total(bill) for each in formulas]
    far = Amounts(2 * found.far, 0, 0, largest, largest, largest, 2 * found.far)
    assert totals([(each, far) for each in formulas]) == [each.total(far) for each in formulas]
    assert found.largest < found.far < LARGEST_INTEGER
