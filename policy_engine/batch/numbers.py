"""Whole numbers that are either the same for every row (an int) or a column, and what is worked out with them.

What is the same for everybody is worked out at once, so that what a scheme does not use costs nothing.
"""

from __future__ import annotations

import polars as pl

Number = int | pl.Expr

ENDLESS = 1 << 62
"""Fen. Stands for an end, a limit or a deductible that no amount reaches; nothing is ever multiplied by it."""

LARGEST_INTEGER = (1 << 63) - 1
"""What a column of Int64 can hold; beyond it Polars would go on with a wrong number."""


def smaller(one: Number, other: Number) -> Number:
    """The smaller of the two."""
    if isinstance(one, int) and isinstance(other, int):
        return min(one, other)
    if isinstance(one, int):
        one, other = other, one
    return one if isinstance(other, int) and other >= ENDLESS else pl.min_horizontal(one, as_column(other))


def larger(one: Number, other: Number) -> Number:
    """The larger of the two."""
    if isinstance(one, int) and isinstance(other, int):
        return max(one, other)
    return pl.max_horizontal(as_column(one), as_column(other))


def at_least_nothing(number: Number) -> Number:
    """The number, or 0 where it is below."""
    return larger(number, 0)


def plus(one: Number, other: Number) -> Number:
    """The sum."""
    return _sum(one, other, 1)


def less(one: Number, other: Number) -> Number:
    """The difference."""
    return _sum(one, other, -1)


def _sum(one: Number, other: Number, sign: int) -> Number:
    if isinstance(other, int) and other == 0:
        return one
    if isinstance(one, int) and one == 0 and sign > 0:
        return other
    return one + other if sign > 0 else one - other


def times(one: Number, other: Number) -> Number:
    """The product."""
    for number, factor in ((one, other), (other, one)):
        if isinstance(factor, int) and factor in (0, 1):
            return number if factor else 0
    return one * other


def divided(number: Number, unit: int, carry: Number) -> Number:
    """A number that is not negative in parts of a `unit`, brought to whole ones; `carry` says how, see `carry_of`."""
    if unit == 1:
        return number
    if isinstance(carry, int) and carry % 2 == 0:
        return plus(number, carry // 2) // unit
    return plus(times(number, 2), carry) // (2 * unit)


def carry_of(rounding: str, unit: int) -> int:
    """What is added to twice the number before it is divided by twice the `unit`."""
    return {"down": 0, "half_up": unit, "up": 2 * (unit - 1)}[rounding]


def either(which: Number, one: Number, other: Number) -> Number:
    """`one` where `which` is 1, `other` where it is 0."""
    if one is other:
        return one
    if isinstance(which, int):
        return one if which else other
    return pl.when(which == 1).then(as_column(one)).otherwise(as_column(other))


def as_column(number: Number) -> pl.Expr:
    """The number as a column."""
    return pl.lit(number, dtype=pl.Int64) if isinstance(number, int) else number
