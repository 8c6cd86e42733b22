"""The number of an identity document as somebody types it: which document it is, what it says, or what is amiss.

Sources: GB 11643-1999 for the citizens' number; 港澳台居民居住证申领发放办法 (State Council, 2018) for the residence
permit; the National Immigration Administration's notes on the 2023 permanent residence card (c1599039). Whether a
number has been given to anybody cannot be told from its form.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from dialogs.understanding.resident_number import BODY, FOREIGN, area_exists, check_character, day_written
from dialogs.understanding.text import SEPARATORS, fold

Sex = Literal["female", "male"]

_LONGEST = 200
"""Characters of an answer that are looked at; no number with anything about it is longer."""
_EARLIEST = 1900
_OLDEST = 130
_TERRITORIES = frozenset(("810000", "820000", "830000"))
_CENTENARIANS = frozenset(("996", "997", "998", "999"))
"""Orders that numbers of 15 digits kept for people born before 1900; for them alone the century is 18."""
_RESIDENT = re.compile("[0-9]{17}[0-9X]")
_RESIDENT_BEFORE_1999 = re.compile("[0-9]{15}")
_FOREIGN_BEFORE_2023 = re.compile("[A-Z]{3}[0-9]{12}")
_TRAVEL_PERMIT = re.compile("[HM](?:[0-9]{8}|[0-9]{10})")
_PASSPORT = re.compile("[A-Z]{1,2}[0-9]{6,8}")
_NAMED = re.compile("(?=.*[0-9])[0-9A-Z]{6,12}")
_MISTYPED = re.compile("[0-9]*X?")


class IdentityKind(StrEnum):
    """The documents that people have."""

    RESIDENT_IDENTITY_CARD = "resident_identity_card"
    HONG_KONG_MACAO_TAIWAN_RESIDENCE_PERMIT = "hong_kong_macao_taiwan_residence_permit"
    FOREIGN_PERMANENT_RESIDENCE_CARD = "foreign_permanent_residence_card"
    MAINLAND_TRAVEL_PERMIT = "mainland_travel_permit"
    PASSPORT = "passport"


NOT_ACCEPTED = frozenset((IdentityKind.MAINLAND_TRAVEL_PERMIT, IdentityKind.PASSPORT))
"""Documents that the office must see in person: their holders do not enrol in a conversation."""


class IdentityReason(StrEnum):
    """What is amiss with a number. `check`: the last character does not fit, which mostly means one digit mistyped."""

    LENGTH = "length"
    CHARACTERS = "characters"
    REGION = "region"
    DATE = "date"
    FUTURE = "future"
    TOO_OLD = "too_old"
    CHECK = "check"
    NOT_ACCEPTED = "not_accepted"


@dataclass(frozen=True, slots=True)
class IdentityDocument:
    """A number that is right in itself, with what it says.

    `number`: without blanks, an X as capital. `region`: six digits of GB/T 2260, where the number has them. The old
    permanent residence card tells neither century nor sex, so both are None. `converted`: the number was typed with
    15 digits; what stands here is the one with 18 that replaced it.
    """

    kind: IdentityKind
    number: str = field(repr=False)
    birth_date: datetime.date | None = field(default=None, repr=False)
    sex: Sex | None = field(default=None, repr=False)
    region: str | None = None
    converted: bool = False


@dataclass(frozen=True, slots=True)
class IdentityProblem:
    """Why a number is not taken.

    `kind`: the document, where that can be told. `length`: how many characters were counted. `swapped`: two places,
    counted from 1, which are the only neighbours that would make the number right if they changed places: the digits
    to look at first, though another slip may have been made. The right number itself is never given.
    """

    reason: IdentityReason
    kind: IdentityKind | None = None
    length: int = 0
    swapped: tuple[int, int] | None = None


def read_identity(
    text: str, today: datetime.date, named: IdentityKind | None = None
) -> IdentityDocument | IdentityProblem:
    """What a whole answer says as the number of a document.

    `named`: the document that was asked for or spoken of. Only with it do eight bare digits count as a travel permit
    and other short forms as a passport. Never raises, whatever the text.
    """
    number = _plain(text)
    if _RESIDENT.fullmatch(number):
        return _resident(number, today, converted=False)
    if _RESIDENT_BEFORE_1999.fullmatch(number):
        return _resident(_converted(number), today, converted=True)
    if _FOREIGN_BEFORE_2023.fullmatch(number):
        return IdentityDocument(IdentityKind.FOREIGN_PERMANENT_RESIDENCE_CARD, number)
    kind = _seen_in_person(number, named)
    if kind is not None:
        return IdentityProblem(IdentityReason.NOT_ACCEPTED, kind, len(number))
    reason = IdentityReason.LENGTH if _MISTYPED.fullmatch(number) else IdentityReason.CHARACTERS
    return IdentityProblem(reason, length=len(number))


def mask_number(number: str) -> str:
    """The number for the eyes of somebody who knows it: 3304**********4821, or of others at most the last four.

    Never is more than half of it shown.
    """
    first, last = (4, 4) if len(number) == BODY + 1 else (0, min(4, len(number) // 2))
    hidden = len(number) - first - last
    return number[:first] + "*" * hidden + number[len(number) - last :]


def _plain(text: str) -> str:
    """Capital letters and digits in half width; neither blanks, dashes and invisible marks nor punctuation around."""
    kept = (char for char in fold(text[:_LONGEST]) if unicodedata.category(char) not in ("Zs", "Pd", "Cf", "Cc"))
    return "".join(kept).strip("".join(SEPARATORS) + ".:").upper()


def _converted(number: str) -> str:
    century = "18" if number[12:] in _CENTENARIANS else "19"
    body = number[:6] + century + number[6:]
    return body + check_character(body)


def _seen_in_person(number: str, named: IdentityKind | None) -> IdentityKind | None:
    if named in NOT_ACCEPTED and _NAMED.fullmatch(number):
        return named
    if _TRAVEL_PERMIT.fullmatch(number):
        return IdentityKind.MAINLAND_TRAVEL_PERMIT
    return IdentityKind.PASSPORT if _PASSPORT.fullmatch(number) else None


def _resident(number: str, today: datetime.date, *, converted: bool) -> IdentityDocument | IdentityProblem:
    kind = _kind(number)
    reason = _amiss(number, today)
    length = len(number) - 3 * converted
    if reason is None and check_character(number[:BODY]) != number[BODY]:
        return IdentityProblem(IdentityReason.CHECK, kind, length, _swapped(number, today))
    if reason is not None:
        return IdentityProblem(reason, kind, length)
    return IdentityDocument(
        kind,
        number,
        birth_date=day_written(number[6:14]),
        sex="male" if int(number[BODY - 1]) % 2 else "female",
        region=None if kind is IdentityKind.FOREIGN_PERMANENT_RESIDENCE_CARD else number[:6],
        converted=converted,
    )


def _kind(number: str) -> IdentityKind:
    if number.startswith(FOREIGN):
        return IdentityKind.FOREIGN_PERMANENT_RESIDENCE_CARD
    if number.startswith("8"):
        return IdentityKind.HONG_KONG_MACAO_TAIWAN_RESIDENCE_PERMIT
    return IdentityKind.RESIDENT_IDENTITY_CARD


def _amiss(number: str, today: datetime.date) -> IdentityReason | None:
    """What cannot be in the area or the day of birth."""
    territory = number.startswith("8")
    if not area_exists(number) or (territory and number[:6] not in _TERRITORIES):
        return IdentityReason.REGION
    birth_date = day_written(number[6:14])
    if birth_date is None:
        return IdentityReason.DATE
    if birth_date > today:
        return IdentityReason.FUTURE
    if birth_date.year < _EARLIEST or today.year - birth_date.year > _OLDEST:
        return IdentityReason.TOO_OLD
    return None


def _swapped(number: str, today: datetime.date) -> tuple[int, int] | None:
    fitting = []
    for at in range(BODY):
        other = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
        if _RESIDENT.fullmatch(other) and check_character(other[:BODY]) == other[BODY] and not _amiss(other, today):
            fitting.append((at + 1, at + 2))
    return fitting[0] if len(fitting) == 1 else None
