"""Money in fen, exact or a range, and the one place where it is rounded.

No floats anywhere: amounts are integers of fen (0.01 yuan), rates are fractions. An amount that is not fully known is
a range whose upper end may be open. See "Money, in JSON" in the interface notes: yuan as a decimal string, or
`{"low": …, "high": …}`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Literal, NamedTuple, Self

from policy_engine.errors import N_, FactError, shown

Rounding = Literal["half_up", "down", "up"]

_YUAN = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,2}))?", re.ASCII)
LARGEST = 10**14
"""Fen. Twelve digits of yuan: no hospital bill is larger, and nothing can be made slow with a huge number."""


class _Ends(NamedTuple):
    low: int
    high: int | None


class Money(_Ends):
    """An amount of at least `low` and at most `high` fen; `high` None means that nothing bounds it.

    Exact when both ends are equal. Never negative. Raises FactError where the ends are not in order. A tuple, since
    making amounts is what an estimate spends most of its time on.
    """

    __slots__ = ()

    def __new__(cls, low: int, high: int | None) -> Self:
        """An amount between two ends. Raises FactError where they are not in order."""
        if low < 0 or (high is not None and high < low):
            raise FactError(
                N_("An amount from {low} to {high} fen is no range: give the smaller end first, and none below 0."),
                low=low,
                high=high,
            )
        return tuple.__new__(cls, (low, high))

    @property
    def exact(self) -> bool:
        """Whether only one amount is possible."""
        return self.low == self.high

    def to_json(self) -> str | dict[str, str | None]:
        """Yuan as a decimal string, or an object with `low` and `high`."""
        if self.exact:
            return yuan(self.low)
        return {"low": yuan(self.low), "high": None if self.high is None else yuan(self.high)}

    def __add__(self, other: Money) -> Money:  # type: ignore[override]  # amounts add up, they do not string together
        return Money(self.low + other.low, None if self.high is None or other.high is None else self.high + other.high)

    def less(self, other: Money) -> Money:
        """What is left of this amount after `other` is taken away; never below 0.

        The two are taken as independent, so the result covers every combination of both.
        """
        low = 0 if other.high is None else max(0, self.low - other.high)
        return Money(low, None if self.high is None else max(0, self.high - other.low))

    def at_most(self, limit: Money) -> Money:
        """The smaller of the two, whatever each turns out to be."""
        low = min(self.low, limit.low)
        if self.high is None or limit.high is None:
            return Money(low, limit.high if self.high is None else self.high)
        return Money(low, min(self.high, limit.high))

    def at_least(self, floor: Money) -> Money:
        """The larger of the two, whatever each turns out to be."""
        high = None if self.high is None or floor.high is None else max(self.high, floor.high)
        return Money(max(self.low, floor.low), high)

    def times(self, low: Fraction, high: Fraction, rounding: Rounding | None) -> Money:
        """This amount at a rate between `low` and `high`. Where no rounding is laid down, both fen are possible."""
        if self.high is None:
            top = 0 if high == 0 else None
        else:
            top = divided(self.high * high.numerator, high.denominator, rounding or "up")
        return Money(divided(self.low * low.numerator, low.denominator, rounding or "down"), top)

    def hull(self, other: Money) -> Money:
        """The smallest range that holds both."""
        high = None if self.high is None or other.high is None else max(self.high, other.high)
        return Money(min(self.low, other.low), high)


NOTHING = Money(0, 0)
UNBOUNDED = Money(0, None)


def exactly(fen: int) -> Money:
    """An amount that is known to the fen. Raises FactError below 0."""
    return Money(fen, fen)


def rounded(amount: Fraction | int, rounding: Rounding) -> int:
    """An amount of fen brought to whole fen: `half_up` (half away from zero), `down`, or `up`."""
    return divided(amount.numerator, amount.denominator, rounding)


def divided(numerator: int, denominator: int, rounding: Rounding) -> int:
    """A quotient of two amounts, the first not negative, brought to a whole number as `rounded` does."""
    if rounding == "down":
        return numerator // denominator
    if rounding == "up":
        return -(-numerator // denominator)
    return (2 * numerator + denominator) // (2 * denominator)


def yuan(fen: int) -> str:
    """Fen as yuan with two decimals: 702000 is "7020.00"."""
    return f"{fen // 100}.{fen % 100:02d}"


def parse_money(value: Any, fact: str) -> Money:
    """Money from JSON: a decimal string or whole number of yuan, or an object with `low` and `high`.

    Raises FactError for anything else: letters, a negative amount, more than two decimals, a float (whose binary
    rounding has already lost what the person said).
    """
    if isinstance(value, Money):
        return value
    if isinstance(value, Mapping):
        if set(value) - {"low", "high"} or not value:
            raise FactError(
                N_('{fact}: a range of money has "low" and "high" and nothing else, for example {example}.'),
                fact=fact,
                example='{"low": "8000.00", "high": "10000.00"}',
            )
        low, high = value.get("low"), value.get("high")
        return Money(0 if low is None else _fen(low, fact), None if high is None else _fen(high, fact))
    return exactly(_fen(value, fact))


def _fen(value: Any, fact: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < LARGEST // 100:
        return value * 100
    match = _YUAN.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise FactError(
            N_(
                "{fact}: {value} is not an amount of money. "
                'Write yuan as digits in quotes, 0 or more, with at most two decimals, for example "12000.00".'
            ),
            fact=fact,
            value=shown(value),
        )
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))
