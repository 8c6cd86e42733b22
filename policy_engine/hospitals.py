"""What is on record about a hospital (医院): its level, its grade, since when, and who says so.

The level (乡镇, 县级, 市级, 省级, 市外) goes by administration and place, and decides what the fund pays. The grade
(等级, such as 三级甲等) is the health department's rating. The two are kept apart, each with its dates and its sources.
"""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from policy_engine.facts import LEVELS

HOSPITAL_GRADES = tuple(f"grade_{number}{letter}" for number in (3, 2, 1) for letter in "abc")
"""Grades, highest first: grade_3a is 三级甲等, grade_2b 二级乙等, grade_1c 一级丙等."""

PLACES = ("in_city", "in_province", "out_of_province")
"""Where a hospital stands: in the city, elsewhere in its province, or beyond."""

MARKS = ("official", "repost", "press", "derived", "unverified")
"""How good a piece of evidence is: as `citations.GRADES` has it, and `derived` for what we conclude ourselves from a
hospital's name or place, which its source gives without the level."""


@dataclass(frozen=True)
class Wording:
    """The same words in Chinese and in our English."""

    zh: str
    en: str

    def to_dict(self) -> dict[str, str]:
        """The stable JSON."""
        return {"zh": self.zh, "en": self.en}


@dataclass(frozen=True)
class Source:
    """Where something was read: a document or a page, its address if there is one, and how good it is, of MARKS."""

    id: str
    title: Wording
    address: str
    mark: str

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON."""
        return {"title": self.title.to_dict(), "address": self.address or None, "mark": self.mark}


@dataclass(frozen=True)
class Evidence:
    """One dated statement: the hospital counts at this level, or holds this grade.

    Several `values` mean that one of them holds and the source does not decide which. `start` and `end` are the first
    and last day that the source vouches for; None where it names none. `reading` names the interpretation on which
    the statement rests, "" for none. `where` is "file:line" in the directory.
    """

    values: tuple[str, ...]
    source: Source
    mark: str
    start: datetime.date | None = None
    end: datetime.date | None = None
    note: Wording | None = None
    reading: str = ""
    where: str = ""

    def holds_on(self, day: datetime.date) -> bool:
        """Whether the statement is about this day."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)

    def to_dict(self) -> dict[str, Any]:
        """The stable JSON."""
        return {
            "values": list(self.values),
            "from": self.start.isoformat() if self.start else None,
            "to": self.end.isoformat() if self.end else None,
            "mark": self.mark,
            "source": self.source.to_dict(),
            "note": self.note.to_dict() if self.note else None,
            "reading": self.reading or None,
        }


@dataclass(frozen=True)
class Hospital:
    """One hospital of a directory, with every name that people use for it.

    `english` is our own translation of `name`. `county` is the pooling unit that it lies in, None outside the city.
    `levels` and `grades` are all the evidence, by date; grades may disagree.
    """

    id: str
    name: str
    english: str
    aliases: tuple[str, ...]
    county: str | None
    place: str
    levels: tuple[Evidence, ...]
    grades: tuple[Evidence, ...]
    note: Wording | None = None
    where: str = ""

    @property
    def called(self) -> tuple[str, ...]:
        """Every word that stands for this hospital: its id, its names, its aliases."""
        return (self.id, self.name, self.english, *self.aliases)

    def level_evidence(self, day: datetime.date) -> tuple[Evidence, ...]:
        """What is said about its level on this day."""
        return tuple(each for each in self.levels if each.holds_on(day))

    def grade_evidence(self, day: datetime.date) -> tuple[Evidence, ...]:
        """What is said about its grade on this day."""
        return tuple(each for each in self.grades if each.holds_on(day))

    def levels_on(self, day: datetime.date) -> tuple[str, ...]:
        """The levels at which it may count: one is certain, several are undecidable, none is not on record."""
        return _values(self.level_evidence(day), LEVELS)

    def grades_on(self, day: datetime.date) -> tuple[str, ...]:
        """The grades that it is said to hold: several where sources disagree, none where nothing is on record."""
        return _values(self.grade_evidence(day), HOSPITAL_GRADES)

    def to_dict(self, day: datetime.date) -> dict[str, Any]:
        """The stable JSON: what holds on this day, and all the evidence."""
        return {
            "id": self.id,
            "name": self.name,
            "english": self.english,
            "aliases": list(self.aliases),
            "county": self.county,
            "place": self.place,
            "levels": list(self.levels_on(day)),
            "grades": list(self.grades_on(day)),
            "level_evidence": [each.to_dict() for each in self.levels],
            "grade_evidence": [each.to_dict() for each in self.grades],
            "note": self.note.to_dict() if self.note else None,
        }


def _values(evidence: Collection[Evidence], order: tuple[str, ...]) -> tuple[str, ...]:
    found = {value for each in evidence for value in each.values}
    return tuple(value for value in order if value in found)


def spelling(text: str) -> str:
    """A name as it is compared: full-width letters, capitals and spaces make no difference."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
