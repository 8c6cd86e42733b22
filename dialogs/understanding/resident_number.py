"""How the number on a Chinese identity card is made up (GB 11643-1999): area, day of birth, order, check character.

Provinces are those of GB/T 2260. A foreigner's permanent residence card has since December 2023 a number of the same
form, with a 9 before the province (National Immigration Administration, c1599039).
"""

from __future__ import annotations

import datetime

BODY = 17
"""Digits before the check character."""

FOREIGN = "9"
"""The first digit of the number on a foreigner's permanent residence card."""

PROVINCES = frozenset(
    f"{region}{province}"
    for region, provinces in enumerate(("12345", "123", "1234567", "123456", "01234", "12345", "1", "123"), 1)
    for province in provinces
)
"""The first two digits: 11 is Beijing, 33 Zhejiang."""

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def check_character(body: str) -> str:
    """The eighteenth character, 0 to 9 or X, that belongs to these seventeen digits (ISO 7064, MOD 11-2)."""
    return _CHECK[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True)) % 11]


def area_exists(number: str) -> bool:
    """Whether the number begins with a province, or with a 9 and a province."""
    return (number[1:3] if number.startswith(FOREIGN) else number[:2]) in PROVINCES


def day_written(digits: str) -> datetime.date | None:
    """The day that eight digits name, year first; None where there is no such day."""
    try:
        return datetime.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
