"""The grammar of numbers as people write them: 一万二, 3万8, 两三千, 十几万, 12,000.50, 1.2w, 86块5, 壹万贰仟元整."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dialogs.understanding.currency import with_ending
from dialogs.understanding.number import DIGITS, GREAT, LETTERS, MILLE, SMALL, TENS, UNITS, Kind, Number
from dialogs.understanding.text import is_digit, is_latin

_CURRENCY_BEFORE = ("¥", "rmb", "cny")
_FUZZY = "多余几"
_UNCLEAR = "来把"
_BEFORE: tuple[tuple[str, Kind], ...] = (("百分之", "percent"), ("千分之", "percent"), ("第", "ordinal"))
_HIGHEST = 10**12 * MILLE
_LONGEST = 40
"""Characters. No number that anybody means is written longer; it also bounds the work on hostile text."""


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
    return with_ending(text, found) if found.kind == "number" else found


def read_whole(text: str) -> int | None:
    """The whole number that a text is, and nothing else: "２", "二", "六十五"; None otherwise."""
    number = read_number(text, 0) if text else None
    return number.whole if number and number.end == len(text) and not number.currency else None


def _plain(text: str, at: int) -> Number | None:
    """A number without what may stand before and after it."""
    if text[at + 1 : at + 2] == "把" and (unit := UNITS.get(text[at], 0)) >= 100:
        # 万把块: about ten thousand, which is taken as it is said, like 一万左右.
        return Number("number", at, at + 2, unit * MILLE, unit * MILLE, unit * MILLE, great=True)
    if at >= len(text) or not (text[at] in DIGITS or is_digit(text[at]) or text[at] in "十拾半廿卅"):
        return None
    return _half(text, at) or _magnitude(text, at)


def _half(text: str, at: int) -> Number | None:
    unit = UNITS.get(text[at + 1 : at + 2], 0) if text[at] == "半" else 0
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
    if state.at == stop < len(text):
        return Number("unreadable", start, _run_end(text, stop))
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


def _run_end(text: str, at: int) -> int:
    """The end of a number that is too long to be one, so that its tail is not taken for another."""
    while at < len(text) and (is_digit(text[at]) or text[at] in DIGITS or text[at] in UNITS):
        at += 1
    return at


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
        if run[1:] != [1]:
            return False
        run, end = run[:1], end - 1  # 五十八一年: 58, and one year
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
    if tens := TENS.get(char, 0):
        if state.pending is not None or state.small <= 10 or state.fuzzy:
            return False
        state.section = (state.section[0] + tens * MILLE, state.section[1] + tens * MILLE)
        state.small = unit = 10
    elif unit := SMALL.get(char, 0):
        if unit >= state.small or (state.pending is None and unit != 10) or state.fuzzy:
            return False
        low, high = state.pending or (MILLE, MILLE)
        state.section = (state.section[0] + low * unit, state.section[1] + high * unit)
        state.small = unit
    elif unit := GREAT.get(char, 0) or _letter(text, state):
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
    unit = LETTERS.get(text[state.at], 0)
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
