"""Which column of a table is which: headings as people write them, and the columns that the program knows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.sheets.faults import Fault
from bot.sheets.texts import seen
from policy_engine.errors import N_

SEARCHED = 50
"""Rows from the top among which the headings are looked for; above them stand titles and notes."""
_ENOUGH = 2
"""Known headings that make a row the row of headings: a title or a note may well be one of them."""
_LONGEST = 100
_BRACKETED = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|\{([^{}]*)\}|【([^【】]*)】|〔([^〔〕]*)〕")
_DROPPED = re.compile(r"[\s*:\"']+")
_OTHER_UNITS = frozenset({"分", "角", "百元", "千元", "万", "万元", "百万元", "亿元"})
"""Units of money that a heading may name in brackets and that no amount of ours is in."""


@dataclass(frozen=True)
class Headings:
    """The row of headings of a table.

    `places` gives the index of each known column, `written` its heading as it stands in the table, both by the
    column's id and in the table's order; `ignored` are the headings that nobody knows, `width` the number of columns
    up to the last that has a heading.
    """

    places: Mapping[str, int]
    written: Mapping[str, str]
    ignored: tuple[str, ...]
    width: int


class Known:
    """The columns that the program knows: by id, the headings that people give them."""

    def __init__(self, known: Mapping[str, Sequence[str]]) -> None:
        self._known = known
        self._ids: dict[str, str] = {}
        for column, names in known.items():
            for name in names:
                if self._ids.setdefault(_folded(name), column) != column:
                    raise ValueError(f"the heading {name} stands for two columns: {self._ids[_folded(name)]}, {column}")

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all columns."""
        return tuple(self._known)

    def matches(self, cells: Sequence[object]) -> int:
        """How many cells of a row are known headings."""
        return sum(self._column(seen(cell)[0]) is not None for cell in cells)

    def is_header(self, cells: Sequence[object]) -> bool:
        """Whether a row is the row of headings."""
        return self.matches(cells) >= min(_ENOUGH, len(self._known))

    def read(self, cells: Sequence[object], required: Collection[str]) -> Headings | Fault:
        """What the row of headings says, or what is wrong with it."""
        places: dict[str, int] = {}
        written: dict[str, str] = {}
        ignored: list[str] = []
        width = 0
        for place, heading in enumerate(_shown(seen(cell)[0]) for cell in cells):
            if not heading:
                continue
            width = place + 1
            column = self._column(heading)
            if column is None:
                ignored.append(heading)
            elif column in places:
                return Fault(N_("sheet.column.twice"), {"first": written[column], "second": heading})
            elif unit := _other_unit(heading):
                return Fault(N_("sheet.column.unit"), {"unit": unit}, column=heading)
            else:
                places[column], written[column] = place, heading
        missing = [column for column in required if column not in places]
        if missing:
            return Fault(N_("sheet.column.missing"), {"headings": self.acceptable(missing)})
        return Headings(places, written, tuple(ignored), width)

    def acceptable(self, columns: Iterable[str]) -> str:
        """The headings that columns may have, for a sentence."""
        return "；".join(" / ".join(self._known[column]) for column in columns)

    def _column(self, heading: str) -> str | None:
        if not heading or len(heading) > _LONGEST:
            return None
        return self._ids.get(_folded(heading)) or self._ids.get(_folded(_BRACKETED.sub("", _plain(heading))))


def _shown(heading: str) -> str:
    """A heading as one short line, as an error quotes it."""
    line = " ".join(heading.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _folded(text: str) -> str:
    return _DROPPED.sub("", _plain(text))


def _other_unit(heading: str) -> str | None:
    """The unit of money, other than yuan, that a heading names in brackets."""
    for match in _BRACKETED.finditer(_plain(heading)):
        inner = "".join(each for each in match.groups() if each).strip().removeprefix("单位").strip(": ")
        if inner in _OTHER_UNITS:
            return inner
    return None
