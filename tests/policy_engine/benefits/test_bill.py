"""A bill of which something is not known: the amounts that are tried hold the least and the most that can come out."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from policy_engine.benefits.bill import Bill
from policy_engine.benefits.formula import Amounts, Formula
from policy_engine.money import NOTHING, Money, exactly
from tests.policy_engine.benefits.test_formula import FEEDS, FORMULAS, MOST

FEN = st.integers(0, MOST)


@st.composite
def ranges(draw: st.DrawFn) -> Money:
    low, high = sorted((draw(FEN), draw(FEN)))
    return Money(low, high)


@st.composite
def parts(draw: st.DrawFn, amount: Money) -> int:
    assert amount.high is not None
    return draw(st.integers(amount.low, amount.high))


@settings(max_examples=150)
@given(st.data(), FORMULAS, FEN, st.tuples(ranges(), ranges(), ranges()), ranges(), ranges())
def test_whatever_came_before_lies_between_what_is_tried(
    data: st.DataObject, formula: Formula, cost: int, earlier: tuple[Money, Money, Money], paid: Money, class_b: Money
) -> None:
    """Also where a second layer takes up all that is left."""
    formula = replace(formula, layer=formula.layer and replace(formula.layer, feeds=FEEDS))
    class_b = class_b.at_most(exactly(cost))
    bill = Bill(exactly(cost), exactly(cost), True, paid, 2, class_b, *earlier)
    reported, entered, own_share = (data.draw(parts(each)) for each in earlier)
    turned_out = Amounts(cost, data.draw(parts(class_b)), data.draw(parts(paid)), reported, entered, own_share)
    least = min(formula.total(each) for each in bill.candidates(formula, cost, most=False))
    most = max(formula.total(each) for each in bill.candidates(formula, cost, most=True))
    assert least <= formula.total(turned_out) <= most


@given(FORMULAS, FEN, FEN, FEN)
def test_what_is_not_on_the_list_only_matters_to_a_share_of_the_whole_bill(
    formula: Formula, cost: int, more: int, still_more: int
) -> None:
    bill = Bill(Money(cost + more, cost + more + still_more), exactly(cost), False, NOTHING, 1)
    least = min(formula.total(each) for each in bill.candidates(formula, cost, most=False))
    most = max(formula.total(each) for each in bill.candidates(formula, cost, most=True))
    if not (formula.of_whole and formula.by_share):
        assert least == most
    for whole in (cost + more, cost + more + still_more):
        assert least <= formula.total(Amounts(cost, whole=whole)) <= most
