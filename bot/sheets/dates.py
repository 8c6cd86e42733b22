"""Dates as people and banks write them in a table."""

from __future__ import annotations

import datetime
import re
import unicodedata

from bot.sheets.faults import CellError
from policy_engine.errors import N_

_DATE = re.compile(
    r"(?P<year>\d{4})(?:(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})"
    r"|(?P<month2>\d{2})(?P<day2>\d{2})|年(?P<month3>\d{1,2})月(?P<day3>\d{1,2})日)(?: 0{1,2}:00(?::00)?)?",
    re.ASCII,
)
_EARLIEST = 1850
"""Nobody was born earlier who is in a table today; a smaller year is a slip of the hand."""
_LONGEST = 40


def read_date(text: str) -> datetime.date:
    """The day that a text means: 2008-03-05, 2008/3/5, 2008.3.5, 20080305 or 2008年3月5日.

    Full-width digits are read too, and a time of midnight, which databases add, is let go. Raises CellError for
    anything else, for a day that the calendar does not have, and for a year before 1850.
    """
    folded = unicodedata.normalize("NFKC", text).strip()
    if not folded:
        raise CellError(N_("sheet.date.blank"))
    if len(folded) > _LONGEST:
        raise CellError(N_("sheet.date.unreadable"))
    match = _DATE.fullmatch("".join(folded.split()) if "年" in folded else folded)
    if match is None:
        raise CellError(N_("sheet.date.unreadable"))
    found = match.groupdict()
    month, day = (int(found[part] or found[f"{part}2"] or found[f"{part}3"]) for part in ("month", "day"))
    year = int(found["year"])
    try:
        date = datetime.date(year, month, day)
    except ValueError:
        raise CellError(N_("sheet.date.impossible"), year=year, month=month, day=day) from None
    if year < _EARLIEST:
        raise CellError(N_("sheet.date.impossible"), year=year, month=month, day=day)
    return date
