"""One bill with exact figures, against a calculation that goes through it fen by fen."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from policy_engine.benefits.formula import Amounts, Formula, LayerFormula
from policy_engine.money import rounded

MOST = 400  # fen: few enough to walk through one by one
FEEDS: tuple[Any, ...] = ("class_b", "deductible", "own_share", "above_cost_ceiling", "above_ceiling")
FEN = st.integers(0, MOST)
OPEN_FEN = st.none() | FEN
UNIT = 20
SHARES = st.integers(0, UNIT).map(lambda part: Fraction(part, UNIT))
ROUNDING = st.sampled_from(["half_up", "down", "up"])


@st.composite
def bands(draw: st.DrawFn) -> Any:
    ends = sorted(draw(st.sets(st.integers(1, MOST), max_size=3)))
    return tuple((end, draw(st.integers(0, UNIT))) for end in (*ends, None))


LAYERS = st.builds(
    LayerFormula,
    bands=bands(),
    unit=st.just(UNIT),
    deductible=OPEN_FEN,
    ceiling=OPEN_FEN,
    feeds=st.sets(st.sampled_from(FEEDS), min_size=1).map(tuple),
)


def _measured(formula: Formula) -> Formula:
    """A deductible that grows with the bill comes off first, and leaves no fixed place on a gross scale."""
    basis = {"gross": "after_deductible", "year_gross": "year_net"}.get(formula.basis, formula.basis)
    if formula.by_share is None:
        return formula
    return replace(formula, basis=basis, ratio_first=False)  # type: ignore[arg-type]


FORMULAS = st.builds(
    Formula,
    bands=bands(),
    unit=st.just(UNIT),
    basis=st.sampled_from(["gross", "after_deductible", "year_gross", "year_net"]),
    deductible=FEN,
    by_share=st.none() | SHARES,
    of_whole=st.booleans(),
    least=st.integers(0, 50),
    most=st.none() | st.integers(50, MOST),
    carried=st.integers(0, 60),
    yearly=st.booleans(),
    ratio_first=st.booleans(),
    class_b_share=SHARES,
    guaranteed=st.just(Fraction(0)) | SHARES,
    guaranteed_net=st.booleans(),
    cost_ceiling=OPEN_FEN,
    ceiling=OPEN_FEN,
    layer=st.none() | LAYERS,
    rounding=ROUNDING,
    borne_rounding=ROUNDING,
    each_band=st.booleans(),
).map(_measured)


@st.composite
def bills(draw: st.DrawFn) -> Amounts:
    cost = draw(FEN)
    whole = draw(st.just(0) | st.integers(cost, 2 * MOST))
    return Amounts(cost, draw(st.integers(0, cost)), draw(FEN), draw(FEN), draw(FEN), draw(FEN), whole)


def ratio_at(pairs: Any, place: int) -> Fraction:
    """The ratio of the fen that ends at `place` on the scale of the bands."""
    return next(Fraction(ratio, UNIT) for end, ratio in pairs if end is None or place <= end)


def _as_far_as(left: int, *parts: int) -> tuple[int, ...]:
    """The parts one after the other, cut where nothing is left."""
    kept = []
    for part in parts:
        kept.append(min(part, left))
        left -= kept[-1]
    return tuple(kept)


def by_hand(formula: Formula, bill: Amounts) -> tuple[int, int]:
    """What the fund and the second layer pay, one fen of the bill after another."""
    class_b = rounded(formula.class_b_share * bill.class_b, formula.borne_rounding)
    room = None if formula.cost_ceiling is None else max(0, formula.cost_ceiling - bill.reported)
    listed = bill.cost - class_b if room is None else min(bill.cost - class_b, room)
    deductible = formula.deductible or 0
    if formula.by_share is not None:
        base = max(bill.whole, bill.cost) if formula.of_whole else listed
        deductible = max(formula.least, rounded(formula.by_share * base, formula.borne_rounding))
        deductible = deductible if formula.most is None else min(deductible, formula.most)
    deductible = max(0, deductible - formula.carried)
    if formula.yearly:
        deductible = max(0, deductible - bill.reported)

    def scale() -> Iterator[int]:
        """The place on the scale of the bands of every fen that counts."""
        for fen in range(1, listed + 1):
            if fen <= deductible and not formula.ratio_first:
                continue
            behind = fen if formula.ratio_first else fen - deductible
            yield {
                "gross": fen,
                "after_deductible": behind,
                "year_gross": bill.reported + fen,
                "year_net": bill.entered + behind,
            }[formula.basis]

    paid = [Fraction(0)] * len(formula.bands)
    for place in scale():
        band = next(number for number, (end, _) in enumerate(formula.bands) if end is None or place <= end)
        paid[band] += Fraction(formula.bands[band][1], UNIT)
    if formula.each_band:
        paid = [Fraction(rounded(each, formula.rounding)) for each in paid]
    before = rounded(sum(paid, Fraction(0)), formula.rounding)
    borne = min(listed, deductible)
    if formula.ratio_first:
        borne = min(before, deductible)
        before -= borne
    above_cost_ceiling = bill.cost - class_b - listed
    if formula.guaranteed:
        net = max(0, listed - deductible)
        before = max(
            before, rounded(formula.guaranteed * (net if formula.guaranteed_net else bill.cost), formula.rounding)
        )
        left = bill.cost - before
        class_b, above_cost_ceiling, borne = _as_far_as(left, class_b, above_cost_ceiling, borne)
    fund = before if formula.ceiling is None else min(before, max(0, formula.ceiling - bill.paid))
    if formula.layer is None or formula.layer.deductible is None:
        return fund, 0
    layer = formula.layer
    parts = {
        "class_b": class_b,
        "above_cost_ceiling": above_cost_ceiling,
        "deductible": borne,
        "above_ceiling": before - fund,
    }
    parts["own_share"] = bill.cost - fund - sum(parts.values())
    base = sum(parts[name] for name in layer.feeds)

    def year(total: int) -> Fraction:
        counted = range((layer.deductible or 0) + 1, total + 1)
        earned = sum((ratio_at(layer.bands, place) for place in counted), Fraction(0))
        return earned if layer.ceiling is None else min(earned, Fraction(layer.ceiling))

    second = rounded(year(bill.own_share + base) - year(bill.own_share), formula.rounding)
    return fund, min(second, bill.cost - fund)


@settings(max_examples=150)
@given(FORMULAS, bills())
def test_it_comes_to_what_one_fen_after_the_other_comes_to(formula: Formula, bill: Amounts) -> None:
    steps = formula.steps(bill)
    assert (steps.fund, steps.second) == by_hand(formula, bill)


@settings(max_examples=120)
@given(FORMULAS, bills())
def test_one_fen_more_never_pays_less_nor_leaves_less(formula: Formula, bill: Amounts) -> None:
    """So the ends of a range of bills give the ends of the answer; also with a layer that takes up all that is left."""
    layer = formula.layer and replace(formula.layer, feeds=FEEDS)
    for each in (replace(formula, layer=None), replace(formula, layer=layer)):
        assert each.total(bill._replace(cost=bill.cost + 1)) - each.total(bill) in {0, 1}


@given(FORMULAS, bills(), st.integers(0, MOST))
def test_more_paid_before_or_more_of_class_b_never_brings_more(formula: Formula, bill: Amounts, more: int) -> None:
    formula = replace(formula, layer=None)
    assert formula.total(bill._replace(paid=bill.paid + more)) <= formula.total(bill)
    assert formula.total(bill._replace(class_b=min(bill.cost, bill.class_b + more))) <= formula.total(bill)


@given(FORMULAS, bills())
def test_nobody_is_paid_more_than_the_bill_nor_left_a_negative_share(formula: Formula, bill: Amounts) -> None:
    steps = formula.steps(bill)
    assert 0 <= steps.fund + steps.second <= bill.cost
    assert min(steps.class_b, steps.above_cost_ceiling, steps.borne, steps.entering, steps.before, steps.feeding) >= 0
    assert bill.cost >= steps.class_b + steps.above_cost_ceiling + steps.borne + steps.before
