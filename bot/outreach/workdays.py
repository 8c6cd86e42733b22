"""Days on which offices work: no weekends or public holidays, but the Saturdays and Sundays that make up for these.

Each year's holidays are announced the autumn before (全国年节及纪念日放假办法); of years that nobody has announced only
the weekends are known.
"""

from __future__ import annotations

from datetime import date

import chinese_calendar
from chinese_calendar.constants import holidays, workdays

_SATURDAY = 5

LAST_YEAR = max(day.year for day in (*holidays, *workdays))
"""The last year whose holidays are known."""

FIRST_YEAR = min(day.year for day in (*holidays, *workdays))
"""The first one."""


def is_workday(day: date) -> bool:
    """Whether offices work on a day. Before `FIRST_YEAR` and after `LAST_YEAR` it goes by the weekday alone."""
    if FIRST_YEAR <= day.year <= LAST_YEAR:
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < _SATURDAY
