"""What a number in a sentence is, and the signs that numbers are written with.

Everything is counted in thousandths of a fen while reading, so that no float is ever needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DIGITS = {
    char: value
    for value, chars in enumerate(["零〇○", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"])
    for char in chars
}
TENS = {"廿": 20, "卅": 30}
"""廿七 is 27: tens with a character of their own."""
SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
GREAT = {"万": 10**4, "萬": 10**4, "亿": 10**8}
UNITS = SMALL | GREAT
LETTERS = {"w": 10**4, "k": 10**3}
MILLE = 100_000
"""One yuan in thousandths of a fen."""

Kind = Literal["number", "percent", "ordinal", "unreadable"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number in the text: `low` and `high` in thousandths of a fen, as if yuan; equal unless it was said loosely.

    `scale` is the last unit that was said (三千 1000), `shared` the one that a smaller number before it may borrow
    (三到五万); `currency` that money was named, `great` that 万, 千, 百, w or k was, `plain` that it is bare digits.
    """

    kind: Kind
    start: int
    end: int
    low: int = 0
    high: int = 0
    scale: int = MILLE
    shared: int = 1
    currency: bool = False
    great: bool = False
    plain: bool = False
    counts: bool = False

    @property
    def whole(self) -> int | None:
        """The number itself, where it is one whole number."""
        return self.low // MILLE if self.kind == "number" and self.low == self.high and self.low % MILLE == 0 else None
