"""Full calendar dates as people write them; a year or a month alone is seen, so that it is no amount, but no date."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from dialogs.understanding.number import DIGITS
from dialogs.understanding.text import is_digit, is_latin

_LAST_SHORT = 30
"""Years of two digits up to this one are of this century."""
_LUNAR = ("农历", "阴历", "旧历")


@dataclass(frozen=True, slots=True)
class DateFound:
    """A date in the text. `day` is None where it is not a full one or does not exist; `year` where one was said.

    `month_day` is what was said without a year. `relative`: it was counted from today.
    """

    start: int
    end: int
    day: datetime.date | None
    year: int | None = None
    month_day: tuple[int, int] | None = None
    relative: bool = False


def read_date(text: str, start: int, month: Callable[[int], tuple[int, int]]) -> DateFound | None:
    """The date that starts at this offset of folded text.

    `month` gives (end, number) of a month's name at an offset, number 0 where there is none.
    """
    return _with_names(text, start) or _with_marks(text, start) or _in_words(text, start, month)


def compact_date(text: str) -> datetime.date | None:
    """19430305, as people fill it into a form."""
    return _day(int(text[:4]), int(text[4:6]), int(text[6:])) if len(text) == 8 and all(map(is_digit, text)) else None


def _day(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day) if 1850 <= year <= 2200 else None
    except ValueError:
        return None


def _run(text: str, at: int, most: int) -> tuple[int, int | None]:
    """A number of up to `most` places, in either kind of digits, with 十 for days and months."""
    end = at
    while end < len(text) and end - at < most and is_digit(text[end]):
        end += 1
    if end > at:
        return end, int(text[at:end])
    value: int | None = None
    while end < len(text) and end - at < most and (text[end] in DIGITS or text[end] in "十廿"):
        if text[end] in "十廿":
            value = (value or 1) * 10 if text[end] == "十" else 20
            tens = value
            end += 1
            if end < len(text) and text[end] in DIGITS:
                value, end = tens + DIGITS[text[end]], end + 1
            break
        value = (value or 0) * 10 + DIGITS[text[end]]
        end += 1
    return end, value


def _skip(text: str, at: int) -> int:
    return at + (text[at : at + 1] == " ")


def _with_names(text: str, start: int) -> DateFound | None:
    """1943年3月5日, 一九四三年三月五号; also 2008年 and 3月5日 alone."""
    end, number = _run(text, start, 4)
    mark = _skip(text, end)
    if number is None or text[mark : mark + 1] not in ("年", "月"):
        return None
    lunar = text[max(0, start - 2) : start] in _LUNAR
    year = None
    if text[mark] == "年":
        year = number if end - start == 4 else None
        short = _century(number) if end - start == 2 else None
        if text[mark + 1 : mark + 2] == "度":
            return DateFound(start, mark + 2, None, year)
        at = _skip(text, mark + 1)
        lunar = lunar or text[at : at + 2] in _LUNAR
        end, number = _run(text, at, 3)
        mark = _skip(text, end)
        if number is None or text[mark : mark + 1] != "月":
            return DateFound(start, at, None, year)
        year = year or short
    month = number
    at = _skip(text, mark + 1)
    end, day = _run(text, at, 3)
    if day is None:
        return DateFound(start, mark + 1, None, year)
    mark = _skip(text, end)
    if text[mark : mark + 1] in ("日", "号"):
        end = mark + 1
    elif text[mark : mark + 1] in ("个", "次"):
        return DateFound(start, at, None, year)
    whole = None if year is None or lunar else _day(year, month, day)
    return DateFound(start, end, whole, year, None if lunar or year else (month, day))


def _century(number: int) -> int:
    """08年 is 2008, 43年 is 1943: no year of a long life is written like one that is still to come."""
    return number + (2000 if number <= _LAST_SHORT else 1900)


def _with_marks(text: str, start: int) -> DateFound | None:
    """1943-03-05, 1943/3/5, 1943.3.5."""
    end = start + 4
    if not (len(text) > end and all(map(is_digit, text[start:end])) and text[end] in "-/."):
        return None
    mark = text[end]
    end, month = _run(text, end + 1, 2)
    if month is None or text[end : end + 1] != mark:
        return None
    end, day = _run(text, end + 1, 2)
    if day is None or (end < len(text) and is_latin(text[end])):
        return None
    return DateFound(start, end, _day(int(text[start : start + 4]), month, day), int(text[start : start + 4]))


def _in_words(text: str, start: int, month: Callable[[int], tuple[int, int]]) -> DateFound | None:
    """5 March 1943, 5th of March 1943, March 5, 1943."""
    at, number = month(start)
    if number:
        end, day = _run(text, _skip(text, at), 2)
    else:
        if not is_digit(text[start]):
            return None
        end, day = _run(text, start, 2)
    if text[end : end + 2] in ("st", "nd", "rd", "th"):
        end += 2
    if not number:
        at = _skip(text, end)
        at = at + 3 if text.startswith("of ", at) else at
        end, number = month(at)
        if not number:
            return None
    if day is None:
        return DateFound(start, end, None)
    at = _skip(text, end + (text[end : end + 1] == ","))
    after, year = _run(text, at, 4)
    if year is None or after - at != 4 or text[after : after + 1].isdigit():
        return DateFound(start, end, None, month_day=(number, day))
    return DateFound(start, after, _day(year, number, day), year)


def counted_from(today: datetime.date, unit: str, by: int, month_day: tuple[int, int]) -> datetime.date | None:
    """下个月3号, 去年5月8号: the day of the month or of the year that lies `by` months or years from today's."""
    month, day = month_day
    if unit == "years":
        return _day(today.year + by, month, day)
    months = today.year * 12 + today.month - 1 + by
    return _day(months // 12, months % 12 + 1, day)


def nearest(today: datetime.date, month_day: tuple[int, int]) -> datetime.date | None:
    """5月8号 without a year: the one that is nearest to today."""
    found = [day for by in (-1, 0, 1) if (day := _day(today.year + by, *month_day)) is not None]
    return min(found, key=lambda day: abs(day - today), default=None)
