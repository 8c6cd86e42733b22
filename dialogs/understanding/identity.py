"""Identity and mobile phone numbers in what people type: found, so that they are neither read as facts nor kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from dialogs.understanding.resident_number import BODY, area_exists, check_character, day_written
from dialogs.understanding.text import BLANK, fold, is_digit, is_latin

_PHONE_GROUPS = ([11], [3, 4, 4], [3, 8])
_OLD_ID_GROUPS = ([15], [6, 6, 3])
_EARLIEST = 1850
_LONGEST_READ = 14
"""A run of more digits than this is no amount, date or age, whatever else it may be."""

_FEWEST = 11
"""Digits of the shortest number that is looked for. Nearly all that people type has fewer."""
_DIGIT = re.compile("[0-9]")

_Kinds = tuple[tuple[int, Callable[[str, list[int]], bool]], ...]


def mask_identity_numbers(text: str, mask: str) -> str:
    """The text with `mask` in place of each identity number, also a mistyped one, and each mobile phone number."""
    folded = fold(text)
    if not _may_hold_numbers(folded):
        return text
    out: list[str] = []
    done = 0
    for start, end in _merged([*identity_spans(folded, mistyped=True), *_overlong(folded)]):
        out += [text[done:start], mask]
        done = end
    return "".join([*out, text[done:]])


def hide_numbers(folded: str) -> str:
    """Folded text, of the same length, from which no identity number, phone or overlong number can be read."""
    if not _may_hold_numbers(folded):
        return folded
    spans = [*identity_spans(folded), *_overlong(folded)]
    chars = list(folded)
    for start, end in spans:
        chars[start:end] = BLANK * (end - start)
    return "".join(chars)


def identity_spans(folded: str, *, mistyped: bool = False) -> list[tuple[int, int]]:
    """Where identity numbers (18 digits with the right check digit, or 15 that fit) and mobile numbers stand.

    `mistyped`: also 17 or 18 digits that begin with an area and a day of birth, whatever the check digit.
    """
    found: list[tuple[int, int]] = []
    for places in _digit_runs(folded):
        at = 0
        while at < len(places):
            length = _number_at(folded, places, at, _KINDS_MISTYPED if mistyped else _KINDS)
            if length:
                found.append((places[at], places[at + length - 1] + 1))
            at += length or 1
    return found


def _may_hold_numbers(folded: str) -> bool:
    return len(_DIGIT.findall(folded)) >= _FEWEST


def _digit_runs(text: str) -> Iterator[list[int]]:
    """Offsets of the digits of each run; a single space or dash may stand between two digits, an x may end it."""
    places: list[int] = []
    for at, char in enumerate(text):
        if is_digit(char):
            places.append(at)
        elif char == "x" and len(places) >= 17 and at - places[-1] <= 2:
            places.append(at)
            yield places
            places = []
        elif places and not (char in " -" and at == places[-1] + 1):
            yield places
            places = []
    if places:
        yield places


def _overlong(text: str) -> list[tuple[int, int]]:
    spans, start = [], None
    for at in range(len(text) + 1):
        if at < len(text) and is_digit(text[at]):
            start = at if start is None else start
        elif start is not None:
            if at - start > _LONGEST_READ:
                spans.append((start, at + (text[at : at + 1] == "x" and not is_latin(text[at + 1 : at + 2] or " "))))
            start = None
    return spans


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _number_at(text: str, places: list[int], at: int, kinds: _Kinds) -> int:
    """How many digits from the one at `at` make up an identity or phone number; 0 where none does."""
    country_code = at >= 2 and text[places[at - 2] : places[at]].rstrip(" -") == "86" and places[at - 1] > 0
    if at and places[at] == places[at - 1] + 1 and not country_code:
        return 0
    for length, fits in kinds:
        last = at + length - 1
        if last >= len(places):
            continue
        end = places[last] + 1
        digits = "".join(text[place] for place in places[at : last + 1])
        if (end == len(text) or not is_latin(text[end])) and fits(digits, _groups(places[at : last + 1])):
            return length
    return 0


def _groups(places: list[int]) -> list[int]:
    groups = [1]
    for before, here in pairwise(places):
        if here == before + 1:
            groups[-1] += 1
        else:
            groups.append(1)
    return groups


def _is_id(digits: str, groups: list[int]) -> bool:
    return _is_like_id(digits, groups) and check_character(digits[:BODY]) == digits[BODY].upper()


def _is_like_id(digits: str, groups: list[int]) -> bool:
    if "x" in digits[:-1] or not area_exists(digits) or not _is_day(digits[6:14]):
        return False
    return len(groups) <= 6


def _is_old_id(digits: str, groups: list[int]) -> bool:
    return "x" not in digits and area_exists(digits) and _is_day("19" + digits[6:12]) and groups in _OLD_ID_GROUPS


def _is_mobile(digits: str, groups: list[int]) -> bool:
    return digits[0] == "1" and digits[1] in "3456789" and "x" not in digits and groups in _PHONE_GROUPS


def _is_day(digits: str) -> bool:
    day = day_written(digits)
    return day is not None and day.year >= _EARLIEST


_KINDS: _Kinds = ((18, _is_id), (15, _is_old_id), (11, _is_mobile))
_KINDS_MISTYPED: _Kinds = ((18, _is_like_id), (17, _is_like_id), *_KINDS[1:])
