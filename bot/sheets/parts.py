"""One part of a workbook's archive, looked through before the reader sees it: how much room it would take.

The reader makes room for every cell between the first and the last, and a copy of a shared text for every cell that
shows it. Two cells at the ends of a sheet, or one long text shown a million times, would take all memory there is.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from xml.parsers import expat

from bot.sheets.tables import Refused
from policy_engine.errors import N_

_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.ASCII | re.IGNORECASE)
_CONTENT = frozenset({"v", "is", "f"})
"""What makes a cell more than a coloured square."""
_COUNTS = ("count", "uniqueCount")
_MOST = 4_000_000
"""What a part may say that it has of something; the reader believes it and makes room."""


@dataclass
class Part:
    """What was found: the name of the root element; for a sheet the last row and column that hold something, how
    often each shared text is shown, and where errors stand (row and column from 1); for the shared texts the length
    of each, in letters.
    """

    data: bytes
    root: str = ""
    rows: int = 0
    columns: int = 0
    shared: Counter[int] = field(default_factory=Counter)
    errors: list[tuple[int, int]] = field(default_factory=list)
    strings: list[int] = field(default_factory=list)


def scan(data: bytes) -> Part:
    """Look a part through. Raises Refused for XML that is damaged or has entities of its own."""
    part = Part(data)
    _Scan(part).run()
    return part


class _Scan:
    def __init__(self, part: Part) -> None:
        self._part = part
        self._row = self._column = 0
        self._kind = ""
        self._text: list[str] | None = None
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._root
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.XmlDeclHandler = self._declared

    def run(self) -> None:
        try:
            self._parser.Parse(self._part.data, True)
        except (expat.ExpatError, LookupError, ValueError):
            raise Refused(N_("sheet.file.damaged")) from None

    def _doctype(self, *_: object) -> None:
        raise Refused(N_("sheet.file.damaged"))

    def _declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        # Two readers must not find two meanings in the same bytes.
        if encoding is not None and encoding.lower() != "utf-8":
            raise Refused(N_("sheet.file.damaged"))

    def _root(self, name: str, attributes: dict[str, str]) -> None:
        self._part.root = root = _local(name)
        self._parser.StartElementHandler = self._starts
        self._starts(name, attributes)
        if root == "worksheet":
            self._parser.StartElementHandler = self._sheet_starts
            self._parser.EndElementHandler = self._sheet_ends
        elif root == "sst":
            self._parser.StartElementHandler = self._string_starts
            self._parser.CharacterDataHandler = self._string_goes_on

    def _starts(self, _name: str, attributes: dict[str, str]) -> None:
        for each in _COUNTS:
            if _natural(attributes.get(each, "0")) > _MOST:
                raise Refused(N_("sheet.file.damaged"))

    def _sheet_starts(self, name: str, attributes: dict[str, str]) -> None:
        name = _local(name)
        if name == "c":
            self._kind = attributes.get("t", "")
            if (reference := attributes.get("r")) is not None:
                self._row, self._column = _place(reference)
            else:
                self._column += 1
        elif name == "row":
            number = attributes.get("r")
            self._row, self._column = (self._row + 1 if number is None else _natural(number)), 0
        elif name in _CONTENT:
            part = self._part
            part.rows = max(part.rows, self._row)
            part.columns = max(part.columns, self._column)
            if name == "v" and self._kind == "s":
                self._text = []
                self._parser.CharacterDataHandler = self._text.append
            elif name == "v" and self._kind == "e":
                part.errors.append((self._row, self._column))
        elif attributes:
            self._starts(name, attributes)

    def _sheet_ends(self, _name: str) -> None:
        if self._text is not None:
            self._parser.CharacterDataHandler = None
            self._part.shared[_natural("".join(self._text))] += 1
            self._text = None

    def _string_starts(self, name: str, attributes: dict[str, str]) -> None:
        self._starts(name, attributes)
        if _local(name) == "si":
            self._part.strings.append(0)

    def _string_goes_on(self, text: str) -> None:
        if self._part.strings:
            self._part.strings[-1] += len(text)


def _local(name: str) -> str:
    return name.rpartition(":")[2] if ":" in name else name


def _natural(text: str) -> int:
    if not text.isdecimal():
        raise ValueError(text)
    return int(text)


def _place(reference: str) -> tuple[int, int]:
    match = _REFERENCE.fullmatch(reference)
    if match is None or int(match[2]) == 0:
        raise ValueError(reference)
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column
