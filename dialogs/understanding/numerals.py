"""The grammar of numbers as people write them: 一万二, 3万8, 两三千, 十几万, 12,000.50, 1.2w, 86块5, 壹万贰仟元整.

Everything is counted in thousandths of a fen while reading, so that no float is ever needed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from dialogs.understanding.text import is_digit, is_latin

DIGITS = {
    char: value
    for value, chars in enumerate(["零〇○", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"])
    for char in chars
}
_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_GREAT = {"万": 10**4, "萬": 10**4, "亿": 10**8}
_UNITS = _SMALL | _GREAT
_LETTERS = {"w": 10**4, "k": 10**3}
_FUZZY = "多余几"
_UNCLEAR = "来把"
_CURRENCY = ("块钱", "元钱", "块", "元", "圆", "yuan", "rmb", "cny", "人民币")
_CURRENCY_BEFORE = ("¥", "rmb", "cny")
_COUNTED = frozenset("个人天次年月日号岁级楼床位名种家里米斤公点届章条期代份口户倍院病区村组栋室层周趟回件台分页辆")
"""What follows a number that counts something else than money."""

MILLE = 100_000
"""One yuan in thousandths of a fen."""
_HIGHEST = 10**12 * MILLE
_LONGEST = 40
"""Characters. No number that anybody means is written longer; it also bounds the work on hostile text."""

Kind = Literal["number", "percent", "ordinal", "unreadable"]
_BEFORE: tuple[tuple[str, Kind], ...] = (("百分之", "percent"), ("千分之", "percent"), ("第", "ordinal"))


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


@dataclass(slots=True)
class _Reading:
    """What has been read of a number so far."""

    at: int
    total: tuple[int, int] = (0, 0)
    section: tuple[int, int] = (0, 0)
    pending: tuple[int, int] | None = None
    width: int = 0
    last: int = 0
    small: int = 10**4
    zero: bool = False
    great: bool = False
    fuzzy: bool = False
    tail: bool = False


def read_number(text: str, start: int) -> Number | None:
    """The number that starts at this offset of folded text, with its currency; None where none does."""
    for prefix, kind in _BEFORE:
        if text.startswith(prefix, start):
            inner = _plain(text, start + len(prefix))
            return inner and replace(inner, kind=kind, start=start)
    at = start
    for currency in _CURRENCY_BEFORE:
        if text.startswith(currency, start):
            at = start + len(currency)
            at += text[at : at + 1] == " "
    found = _plain(text, at)
    if found is None:
        return None
    found = replace(found, start=start, currency=at > start)
    return _ending(text, found) if found.kind == "number" else found


def read_whole(text: str) -> int | None:
    """The whole number that a text is, and nothing else: "２", "二", "六十五"; None otherwise."""
    number = read_number(text, 0) if text else None
    return number.whole if number and number.end == len(text) and not number.currency else None


def _plain(text: str, at: int) -> Number | None:
    """A number without what may stand before and after it."""
    if at >= len(text) or not (text[at] in DIGITS or is_digit(text[at]) or text[at] in "十拾半"):
        return None
    return _half(text, at) or _magnitude(text, at)


def _half(text: str, at: int) -> Number | None:
    unit = _UNITS.get(text[at + 1 : at + 2], 0) if text[at] == "半" else 0
    if unit < 1000:
        return None
    return Number("number", at, at + 2, unit * MILLE // 2, unit * MILLE // 2, unit * MILLE // 10, great=True)


def _magnitude(text: str, start: int) -> Number | None:
    state = _Reading(start)
    stop = min(len(text), start + _LONGEST)
    while state.at < stop and (_digits(text, state, stop) or _unit(text, state)):
        pass
    if state.at == start:
        return None
    if not _settle(text, state):
        return Number("unreadable", start, state.at)
    low, high = (state.total[side] + state.section[side] for side in (0, 1))
    if high > _HIGHEST:
        return Number("unreadable", start, state.at)
    plain = not state.last
    scale = state.last * MILLE // (10 if state.tail else 1) if state.last > 1 else _lowest(low)
    if text[state.at : state.at + 1] in ("多", "余") and not state.fuzzy and low == high:
        high, state.at, state.fuzzy = low + scale - 1000, state.at + 1, True
        plain = False
    elif text[state.at : state.at + 1] and text[state.at] in _UNCLEAR and state.last:
        return Number("unreadable", start, state.at + 1)
    return Number("number", start, state.at, low, high, scale, state.last or 1, great=state.great, plain=plain)


def _lowest(value: int) -> int:
    """The place of the last digit that is not 0: 12,000 is said in thousands."""
    scale = 1
    while value and value % (scale * 10) == 0:
        scale *= 10
    return max(scale, 1000)


def _digits(text: str, state: _Reading, stop: int) -> bool:
    """Take digits, in Chinese or not."""
    char = text[state.at]
    if state.fuzzy or state.pending is not None:
        return False
    if is_digit(char):
        end = state.at
        digits = 0
        while end < stop and (is_digit(text[end]) or _is_comma(text, end, state.at)):
            digits += text[end] != ","
            end += 1
        value = int(text[state.at : end].replace(",", "")) * MILLE
        if end + 1 < stop and text[end] == "." and is_digit(text[end + 1]):
            point, end = end, end + 1
            while end < stop and is_digit(text[end]):
                end += 1
            value += int(text[point + 1 : min(end, point + 6)].ljust(5, "0"))
            digits = 0
        state.pending, state.width, state.at = (value, value), digits, end
        return True
    end = state.at
    while end < stop and text[end] in DIGITS:
        end += 1
    run = [DIGITS[char] for char in text[state.at : end]]
    if not run:
        return False
    if state.last and run[0] == 0:
        state.zero = True
        run = run[1:]
    if len(run) > 1 and state.last and not _is_pair(run):
        return False
    state.at = end
    if _is_pair(run):
        state.pending, state.width = (run[0] * MILLE, run[1] * MILLE), 1
    elif run:
        value = int("".join(map(str, run))) * MILLE
        state.pending, state.width = (value, value), len(run)
    return True


def _is_comma(text: str, at: int, start: int) -> bool:
    """Whether this comma parts thousands: three digits after it, and then no fourth."""
    if text[at] != "," or at - start > 15 or (at - start > 3 and text[at - 4] != ","):
        return False
    group = text[at + 1 : at + 4]
    return len(group) == 3 and all(map(is_digit, group)) and not is_digit(text[at + 4 : at + 5] or " ")


def _is_pair(run: list[int]) -> bool:
    """两三千, 三五千: two neighbouring digits mean one or the other."""
    return len(run) == 2 and 0 < run[0] < run[1] <= run[0] + 2


def _unit(text: str, state: _Reading) -> bool:
    """Take a unit: 十, 百, 千, 万, 亿, or w and k after digits; then 多 or 几 inside a number such as 十几万."""
    char = text[state.at]
    if unit := _SMALL.get(char, 0):
        if unit >= state.small or (state.pending is None and unit != 10) or state.fuzzy:
            return False
        low, high = state.pending or (MILLE, MILLE)
        state.section = (state.section[0] + low * unit, state.section[1] + high * unit)
        state.small = unit
    elif unit := _GREAT.get(char, 0) or _letter(text, state):
        low, high = (state.section[side] + (state.pending[side] if state.pending else 0) for side in (0, 1))
        if not high or (state.total[1] and (unit > 10**4 or state.last == unit)):
            return False
        # 十几万 ends a fen below the next ten thousands.
        high = (high + 1000) * unit - 1000 if state.fuzzy else high * unit
        state.total = (state.total[0] + low * unit, state.total[1] + high)
        state.section, state.small = (0, 0), 10**4
    else:
        return False
    state.great = state.great or unit >= 100
    state.pending, state.last, state.zero, state.at = None, unit, False, state.at + 1
    if unit <= 1000 and not state.fuzzy and text[state.at : state.at + 1] and text[state.at] in _FUZZY:
        state.section = (state.section[0], state.section[1] + unit * MILLE - 1000)
        state.fuzzy, state.at = True, state.at + 1
    return True


def _letter(text: str, state: _Reading) -> int:
    unit = _LETTERS.get(text[state.at], 0)
    after = text[state.at + 1 : state.at + 2]
    return (
        unit
        if unit and state.pending is not None and not state.last and not (is_latin(after) and after.isalpha())
        else 0
    )


def _settle(text: str, state: _Reading) -> bool:
    """Add what stands after the last unit: 一万二 is 12,000, 一万零二 10,002, 十二 12, 1万2000 12,000."""
    if text[state.at : state.at + 1] == "半" and state.pending is None and state.last >= 100 and not state.fuzzy:
        state.pending, state.width, state.at = (5 * MILLE, 5 * MILLE), 1, state.at + 1
    if state.pending is None:
        return bool(state.last)
    low, high = state.pending
    factor = 1
    if state.last >= 100 and not state.zero:
        if state.width == 1:
            factor, state.tail = state.last // 10, True
        elif state.width != len(str(state.last)) - 1:
            return False
    state.section = (state.section[0] + low * factor, state.section[1] + high * factor)
    if state.last and not state.tail:
        state.last = 1
    return True


def _ending(text: str, number: Number) -> Number:
    """Take the currency, the 角 and 分 after it, or see that the number counts something else."""
    at = number.end + (text[number.end : number.end + 1] == " ")
    for word in _CURRENCY:
        if text.startswith(word, at) and not (word.isascii() and is_latin(text[at + len(word) : at + len(word) + 1])):
            number = replace(number, end=at + len(word), currency=True)
            if word in ("块", "元", "圆"):
                number = _small_change(text, number)
            if text[number.end : number.end + 1] and text[number.end] in "整正":
                number = replace(number, end=number.end + 1)
            if word == "块" and number.low == number.high == MILLE and number.end == at + 1:
                return replace(number, kind="unreadable")  # 我们一块去: together, not one yuan
            return number
    if text[at : at + 1] == "%" or text.startswith("个百分点", at):
        return replace(number, kind="percent", end=at + 1)
    after = text[number.end : number.end + 1]
    if after and after in "成折":
        return replace(number, kind="percent", end=number.end + 1)
    return replace(number, counts=after in _COUNTED)


def _small_change(text: str, number: Number) -> Number:
    """86块5, 五元三角二分, 八十块零五分, 86块多."""
    end, extra = number.end, 0
    if number.low != number.high:
        return number
    if text[end : end + 1] == "多":
        return replace(number, end=end + 1, high=number.low + MILLE - 1000)
    skip = text[end : end + 1] in ("零", "〇")
    for names, worth in (("角毛", MILLE // 10), ("分", MILLE // 100)):
        char, name = text[end + skip : end + skip + 1], text[end + skip + 1 : end + skip + 2]
        digit = DIGITS.get(char, int(char) if char and is_digit(char) else 0)
        if not digit:
            continue
        if name and name in names:
            extra, end = extra + digit * worth, end + skip + 2
        elif worth == MILLE // 10 and not skip and not _goes_on(name):
            return replace(number, end=end + 1, low=number.low + digit * worth, high=number.high + digit * worth)
        elif worth == MILLE // 100 and extra and not _goes_on(name):
            extra, end = extra + digit * worth, end + 1
        skip = False if extra else skip
    return replace(number, end=end, low=number.low + extra, high=number.high + extra)


def _goes_on(char: str) -> bool:
    return bool(char) and (char in DIGITS or is_digit(char) or char in _SMALL or char in _GREAT or char in _COUNTED)
