"""The figures that a question takes for granted: 报90%对吗, 少报15个点, 封顶线十万吗."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

_AMOUNT = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*(万|千)?\s*(%|percent|per cent|个?百分点|个点|points?|元|块|yuan|rmb)?")
_WORDED = re.compile(
    r"百分之([零一二三四五六七八九十百]+)|([一二三四五六七八九])成(半)?|([一二三四五六七八九十百千万]+)(?:元|块|个点|个?百分点|(?<=[千万]))"
)
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_LONGEST_NUMBER = 12


def figures_of(text: str) -> set[Fraction]:
    """Every figure with a unit, or written large, as a plain number; years and small counts are none."""
    folded = unicodedata.normalize("NFKC", text).lower()
    found = set()
    for number, times, unit in _AMOUNT.findall(folded):
        plain = number.replace(",", "")
        if len(plain) > _LONGEST_NUMBER or not (unit or times):
            continue
        found.add(Fraction(plain) * {"万": 10_000, "千": 1000, "": 1}[times])
    for percent, tenth, half, amount in _WORDED.findall(folded):
        if tenth:
            found.add(Fraction(_DIGITS[tenth] * 10 + 5 * bool(half)))
        elif percent or amount:
            found.add(Fraction(_number(percent or amount)))
    return found


def _number(text: str) -> int:
    """A number in Chinese characters, up to the ten thousands."""
    head, sign, tail = text.rpartition("万")
    if sign:
        return (_number(head) or 1) * 10_000 + _number(tail)
    total, digit = 0, 0
    for each in text[:_LONGEST_NUMBER]:
        if each in _PLACES:
            total, digit = total + (digit or 1) * _PLACES[each], 0
        else:
            digit = _DIGITS.get(each, 0)
    return total + digit
