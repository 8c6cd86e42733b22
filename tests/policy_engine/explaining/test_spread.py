"""How far two payments lie apart, against every fen of a bill tried out."""

from dataclasses import replace
from fractions import Fraction
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from policy_engine.benefits.formula import Amounts, Formula, LayerFormula
from policy_engine.benefits.schedule import Basis, Feed
from policy_engine.explaining.spread import Payment, spread

FEN = st.integers(0, 300)
FEEDS: tuple[Feed, ...] = get_args(Feed)
BASES: list[Basis] = ["gross", "after_deductible", "year_gross", "year_net"]
UNITS = st.sampled_from([1, 2, 3, 4, 10, 20])
ROUNDINGS = st.sampled_from(["half_up", "down", "up"])


@st.composite
def bands(draw: st.DrawFn, unit: int) -> Any:
    ends = sorted(draw(st.sets(FEN, max_size=2)))
    return tuple((end, draw(st.integers(0, unit))) for end in [*ends, None])


@st.composite
def formulas(draw: st.DrawFn) -> Formula:
    """Formulas whose figures are so small that every bill that reaches them can be tried."""
    unit = draw(UNITS)
    by_share = draw(st.none() | st.sampled_from([Fraction(1, 10), Fraction(1, 3), Fraction(1)]))
    least = draw(FEN)
    return Formula(
        bands=draw(bands(unit)),
        unit=unit,
        basis=draw(st.sampled_from(["after_deductible", "year_net"] if by_share else BASES)),
        deductible=draw(st.none() | FEN),
        by_share=by_share,
        least=least,
        most=draw(st.none() | st.integers(least, 400)),
        carried=draw(st.sampled_from([0, 0, 20])),
        yearly=draw(st.booleans()),
        ratio_first=by_share is None and draw(st.booleans()),
        cost_ceiling=draw(st.none() | FEN),
        ceiling=draw(st.none() | FEN),
        rounding=draw(ROUNDINGS),
        borne_rounding=draw(ROUNDINGS),
        each_band=draw(st.booleans()),
    )


@st.composite
def bent(draw: st.DrawFn) -> Formula:
    """Formulas with a guaranteed share or a second layer as well."""
    formula, unit = draw(formulas()), draw(UNITS)
    guaranteed = draw(st.sampled_from([Fraction(0), Fraction(1, 5)]))
    feeds = draw(st.sets(st.sampled_from(FEEDS), min_size=1).map(tuple))
    layer = None if guaranteed else LayerFormula(draw(bands(unit)), unit, draw(FEN), draw(st.none() | FEN), feeds)
    return replace(formula, layer=layer, guaranteed=guaranteed, guaranteed_net=draw(st.booleans()))


AMOUNTS = st.builds(Amounts, st.just(0), st.just(0), FEN, FEN, FEN, FEN, st.just(0))
COSTS = st.tuples(st.integers(0, 700), st.integers(0, 700)).map(sorted)


def tried(before: Payment, after: Payment, low: int, high: int) -> tuple[int, int]:
    found = [after.paid(cost) - before.paid(cost) for cost in range(low, high + 1)]
    return min(found), max(found)


@settings(max_examples=60)
@given(formulas(), formulas(), AMOUNTS, AMOUNTS, COSTS)
def test_the_spread_is_that_of_every_cost_tried(
    one: Formula, other: Formula, amounts: Amounts, others: Amounts, costs: list[int]
) -> None:
    before, after = Payment(one, amounts), Payment(other, others)
    assert spread(before, after, *costs) == tried(before, after, *costs)


@given(formulas(), AMOUNTS, AMOUNTS)
def test_an_open_end_is_as_a_very_large_bill(formula: Formula, amounts: Amounts, others: Amounts) -> None:
    before, after = Payment(formula, amounts), Payment(formula, others)
    found = spread(before, after, 0, None)
    if found is None:
        assert any(each.paid(10**7) != each.paid(2 * 10**7) for each in (before, after))
    else:
        low, high = tried(before, after, 0, 3000)
        assert (found[0] <= low, high <= found[1]) == (True, True)
        assert found == spread(before, after, 0, 10**8)


@given(bent(), bent(), AMOUNTS, AMOUNTS, COSTS)
def test_a_spread_that_cannot_be_exact_is_never_too_narrow(
    one: Formula, other: Formula, amounts: Amounts, others: Amounts, costs: list[int]
) -> None:
    before, after = Payment(one, amounts), Payment(other, others)
    low, high = tried(before, after, *costs)
    found = spread(before, after, *costs)
    assert found is not None
    assert found[0] <= low <= high <= found[1]
