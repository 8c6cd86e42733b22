"""The numbers in a sentence, each with what it counts: 300元, 20%, two tenths, ten points less, a date."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction

_NUMBER = re.compile(
    r"(?P<number>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+(?:\.[0-9]+)?)\s*(?P<times>[万亿]?)\s*"
    r"(?P<unit>%|元|个?百分点|年|月|日|岁|号|周岁|天|次)?"
)
_DATE = re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")
_DIGITS = "〇一二三四五六七八九"
_CHINESE = f"[{_DIGITS}零○两十百千万]+"
_CHINESE_DATE = re.compile(f"([{_DIGITS}零○]{{4}})年([{_DIGITS}十]{{1,3}})月([{_DIGITS}十]{{1,3}})日")
_CHINESE_PERCENT = re.compile(f"百分之({_CHINESE})")
_TENTHS = re.compile(f"([{_DIGITS}两])成(半?)")
_CHINESE_AMOUNT = re.compile(f"(?<![0-9.百千万])([{_DIGITS}两十](?:{_CHINESE})?)(?=元|个百分点)")
_PLACES = {"十": 10, "百": 100, "千": 1000}
_BETWEEN = re.compile(r"个?\s*[-~至到或、和/—]\s*")
_DIRECTION = re.compile(r"(下降|降低|降|减少|减|下浮|下调)|提高|增加|上浮|上调|上升")
_CLAUSE = re.compile(r"[,;:。、]")


@dataclass(frozen=True)
class Quantity:
    """A number and what it counts: `%`, `元`, `百分点`, `日期` (a day as yyyymmdd) or a few more, or nothing known.

    `sign` is -1 or 1 for points that a sentence takes away or adds, 0 where it does not say. `shown` is how it stands
    in the sentence.
    """

    number: Fraction
    unit: str
    sign: int = 0
    shown: str = ""

    def stands_as(self, other: Quantity) -> bool:
        """Whether `other`, in a text, says this: the same number of the same things, where both say of what."""
        return (
            self.number == other.number
            and (not self.unit or self.unit == other.unit)
            and (not self.sign or not other.sign or self.sign == other.sign)
        )


def quantities(sentence: str) -> tuple[Quantity, ...]:
    """The numbers of a sentence, in any width of digits.

    Numbers in Chinese characters count where they are plainly a share, an amount, points or a date.
    """
    text = in_digits(sentence)
    days = tuple(
        Quantity(Fraction(int(found[1]) * 10000 + int(found[2]) * 100 + int(found[3])), "日期", shown=found[0])
        for found in _DATE.finditer(text)
    )
    # A date counts as a whole, and its year once more, so that neither its month nor its day vouches for a number.
    text = _DATE.sub(r"\1年", text)
    found: list[Quantity] = []
    following: re.Match[str] | None = None
    for match in reversed(list(_NUMBER.finditer(text))):
        unit = (match["unit"] or "").removeprefix("个")
        # "60至70%" and "10个或15个百分点" name the unit once, behind the last.
        if following and not unit and _BETWEEN.fullmatch(text[match.end() : following.start()]):
            unit = found[-1].unit
        found.append(_quantity(match, unit, text))
        following = match
    return days + tuple(reversed(found))


def in_digits(sentence: str) -> str:
    """The sentence in half width, with shares, amounts and dates in Chinese characters written in digits."""
    text = unicodedata.normalize("NFKC", sentence)
    text = _CHINESE_DATE.sub(lambda date: f"{_year(date[1])}年{_value(date[2])}月{_value(date[3])}日", text)
    text = _CHINESE_PERCENT.sub(lambda share: f"{_value(share[1])}%", text)
    text = _TENTHS.sub(lambda share: f"{_value(share[1])}{5 if share[2] else 0}%", text)
    return _CHINESE_AMOUNT.sub(lambda amount: str(_value(amount[1])), text)


def _quantity(match: re.Match[str], unit: str, text: str) -> Quantity:
    number = Fraction(match["number"].replace(",", "")) * {"": 1, "万": 10_000, "亿": 100_000_000}[match["times"]]
    sign = 0
    if unit == "百分点":
        clause = _CLAUSE.split(text[: match.start()])[-1]
        directions = list(_DIRECTION.finditer(clause))
        sign = (-1 if directions[-1][1] else 1) if directions else 0
    return Quantity(number, unit, sign, match[0].strip())


def _year(digits: str) -> str:
    return "".join(str(_DIGITS.index(each)) if each in _DIGITS else "0" for each in digits)


def _value(written: str) -> int:
    """A whole number in Chinese characters."""
    total = part = digit = 0
    for each in written:
        if each == "万":
            total, part, digit = (total + part + digit) * 10_000, 0, 0
        elif each in _PLACES:
            part, digit = part + (digit or 1) * _PLACES[each], 0
        else:
            digit = 2 if each == "两" else max(0, _DIGITS.find(each))
    return total + part + digit
