"""Money is exact to the fen, and a range never loses an amount that is possible."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_engine.errors import FactError
from policy_engine.money import LARGEST, Money, Rounding, exactly, parse_money, rounded, yuan

FEN = st.integers(0, LARGEST - 1)
RATES = st.fractions(0, 1, max_denominator=10_000)
ROUNDINGS = st.sampled_from(["half_up", "down", "up"])


@st.composite
def ranges(draw: st.DrawFn, largest: int = LARGEST - 1) -> Money:
    low, high = sorted((draw(st.integers(0, largest)), draw(st.integers(0, largest))))
    return Money(low, draw(st.sampled_from([high, None])))


@st.composite
def inside(draw: st.DrawFn) -> tuple[Money, int]:
    """A range, and an amount that lies in it."""
    amount = draw(ranges())
    return amount, draw(st.integers(amount.low, LARGEST if amount.high is None else amount.high))


def holds(amount: Money, fen: int) -> bool:
    return amount.low <= fen and (amount.high is None or fen <= amount.high)


@given(FEN)
def test_what_is_written_is_read_back(fen: int) -> None:
    assert parse_money(yuan(fen), "bill_total") == exactly(fen)
    assert parse_money(exactly(fen).to_json(), "bill_total") == exactly(fen)


@given(ranges())
def test_a_range_that_is_written_is_read_back(amount: Money) -> None:
    assert parse_money(amount.to_json(), "bill_total") == amount


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        ("0", 0),
        ("0.1", 10),
        ("0.01", 1),
        ("12000.00", 12_000_00),
        ("007", 700),
        (12, 1200),
        ("999999999999.99", 10**14 - 1),
    ],
)
def test_an_amount_is_read_to_the_fen(written: object, fen: int) -> None:
    assert parse_money(written, "bill_total") == exactly(fen)


@pytest.mark.parametrize(
    "junk",
    [
        *("", "-1", "+1", "1.", ".5", "1.234", "1,000", "1e3", "１２", "五", " 1", "1\n", "¥5", "0x10", "1" * 13),
        *(12.0, 1e400, -1, 10**12, True, None),
        *([], ["5"], {}, {"low": "1", "high": "2", "mid": "3"}, {"low": {"low": "1"}}),
    ],
)
def test_what_is_no_amount_is_refused(junk: object) -> None:
    with pytest.raises(FactError) as refused:
        parse_money(junk, "bill_total")
    assert len(str(refused.value)) < 300


def test_a_number_too_long_to_be_written_is_refused() -> None:
    with pytest.raises(FactError, match="bill_total: … is not an amount"):
        parse_money(10**5000, "bill_total")


@pytest.mark.parametrize(("low", "high"), [(-1, 5), (5, 4), (-2, None)])
def test_a_range_out_of_order_is_refused(low: int, high: int | None) -> None:
    with pytest.raises(FactError, match="smaller end first"):
        Money(low, high)


@given(st.fractions(0, 10**12))
def test_rounding_goes_to_the_fen_that_its_name_says(amount: Fraction) -> None:
    down, up, half = rounded(amount, "down"), rounded(amount, "up"), rounded(amount, "half_up")
    assert down <= amount < down + 1
    assert up - 1 < amount <= up
    assert half == (up if amount - down >= Fraction(1, 2) else down)


@pytest.mark.parametrize(("rounding", "fen"), [("down", 5), ("half_up", 5), ("up", 6)])
def test_a_rate_that_no_decimal_can_write_is_exact(rounding: Rounding, fen: int) -> None:
    assert exactly(100).times(Fraction(2, 37), Fraction(2, 37), rounding) == exactly(fen)  # 5.405… fen
    assert exactly(37_000_000_000).times(Fraction(2, 37), Fraction(2, 37), rounding) == exactly(2_000_000_000)


@given(FEN, RATES, ROUNDINGS)
def test_a_rate_of_an_exact_amount_is_the_rounded_product(fen: int, rate: Fraction, rounding: Rounding) -> None:
    assert exactly(fen).times(rate, rate, rounding) == exactly(rounded(fen * rate, rounding))


@given(FEN, RATES)
def test_without_a_rounding_rule_every_rounding_is_possible(fen: int, rate: Fraction) -> None:
    found = exactly(fen).times(rate, rate, None)
    assert (found.low, found.high) == (rounded(fen * rate, "down"), rounded(fen * rate, "up"))


@given(inside(), inside())
def test_arithmetic_on_ranges_holds_every_result(one: tuple[Money, int], other: tuple[Money, int]) -> None:
    (a, x), (b, y) = one, other
    assert holds(a + b, x + y)
    assert holds(a.less(b), max(0, x - y))
    assert holds(a.at_most(b), min(x, y))
    assert holds(a.at_least(b), max(x, y))
    assert holds(a.hull(b), x)
    assert holds(a.hull(b), y)


@given(inside(), st.tuples(RATES, RATES, RATES), ROUNDINGS)
def test_a_rate_of_a_range_holds_every_result(
    amount: tuple[Money, int], rates: tuple[Fraction, Fraction, Fraction], rounding: Rounding
) -> None:
    low, rate, high = sorted(rates)
    exact = rounded(amount[1] * rate, rounding)
    assert holds(amount[0].times(low, high, rounding), exact)
    assert holds(amount[0].times(low, high, None), exact)


@given(ranges(), ranges())
def test_the_ends_of_a_result_are_themselves_possible(a: Money, b: Money) -> None:
    """No range is wider than it must be."""
    assert a.at_most(b).low in {a.low, b.low}
    assert a.at_least(b).low in {a.low, b.low}
    assert a.less(exactly(0)) == a
    assert a.less(b).low == (0 if b.high is None else max(0, a.low - b.high))


def test_nothing_of_an_amount_without_bound_is_nothing() -> None:
    assert Money(0, None).times(Fraction(0), Fraction(0), None) == exactly(0)
