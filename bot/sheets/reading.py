"""Tables read as the person who made them sees them, with what is wrong named by row and column."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from bot.sheets import delimited, workbooks
from bot.sheets.faults import CellError, Fault, SheetError
from bot.sheets.headings import SEARCHED, Headings, Known
from bot.sheets.tables import MERGED, ROWS, Refused, Table
from bot.sheets.texts import seen
from policy_engine.errors import N_

FILE_SIZE = 20 * 2**20
"""Bytes."""
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
"""Excel before 2007, and any Excel that is protected by a password."""


@dataclass(frozen=True)
class Row:
    """One row: its number as Excel or a text editor shows it, and its cells as text, by the id of their column.

    `problems` are what is wrong with single cells, in the order of the columns. A number that has lost digits and a
    formula that failed leave an empty cell, so that nothing wrong can be taken for right.
    """

    number: int
    cells: Mapping[str, str]
    problems: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A table: its name (the sheet's, or the file's without its ending) and its rows that hold something.

    `columns` are the ids of the known columns in the table's order, `headings` what stands above each, `ignored` the
    headings that nobody knows. `digest` is the SHA-256 of the file, in hexadecimal: the same file twice has the same.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    digest: str
    headings: Mapping[str, str]
    ignored: tuple[str, ...]

    def fault(self, row: Row, column: str, error: CellError) -> Fault:
        """What is wrong with a cell, with its place as the person sees it."""
        return error.fault.at(row.number, self.headings[column])


def read_sheet(path: Path, known: Mapping[str, Sequence[str]], required: Collection[str]) -> Sheet:
    """Read a table from XLSX or CSV; its content tells which of the two it is, not its name.

    `known` gives for the id of each column the headings that people give it; they are compared without regard to
    width, case, blanks and anything in brackets. The first row with two of them is the row of headings. `required`
    are the ids of columns that must be there.

    Raises SheetError for a file that cannot be read, is too large or not what it looks like, has no such headings,
    lacks a required column or has one twice. What is wrong with single cells is in `Row.problems` instead.
    """
    columns = Known(known)
    try:
        data = _content(path)
        if data.startswith(_OLD_EXCEL):
            raise Refused(N_("sheet.file.old_excel"))
        if data.startswith(_ZIP):
            table = _with_headings(workbooks.tables(data), columns, required)
        else:
            table = _best(delimited.tables(data, path.stem), columns, required)
        found, rows = _read(table, columns, required)
    except Refused as refused:
        raise SheetError(path.name, refused.fault) from None
    digest = hashlib.sha256(data).hexdigest()
    return Sheet(table.name, tuple(found.places), rows, digest, found.written, found.ignored)


def _content(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise Refused(N_("sheet.file.absent"))
        with path.open("rb") as file:
            data = file.read(FILE_SIZE + 1)
    except (OSError, ValueError):
        raise Refused(N_("sheet.file.unreadable")) from None
    if len(data) > FILE_SIZE:
        raise Refused(N_("sheet.file.large"), most=FILE_SIZE // 2**20)
    if not data.strip():
        raise Refused(N_("sheet.file.empty"))
    return data


def _with_headings(tables: Sequence[Table], known: Known, required: Collection[str]) -> Table:
    """The one sheet of a workbook that has headings. With two it is not ours to say which was meant."""
    found = [each for each in tables if _header(each, known)]
    if len(found) > 1:
        raise Refused(N_("sheet.file.two_tables"), first=found[0].name, second=found[1].name)
    if not found:
        raise _no_headings(known, required)
    return found[0]


def _best(tables: Sequence[Table], known: Known, required: Collection[str]) -> Table:
    """The table with the delimiter that shows most headings."""
    matches, broken = [], None
    for each in tables:
        try:
            header = _header(each, known)
        except Refused as refused:
            broken = broken or refused
            header = None
        matches.append(known.matches(header[1]) if header else 0)
    if not any(matches):
        raise broken or _no_headings(known, required)
    return tables[matches.index(max(matches))]


def _no_headings(known: Known, required: Collection[str]) -> Refused:
    return Refused(N_("sheet.file.no_headings"), searched=SEARCHED, headings=known.acceptable(required or known.ids))


def _header(table: Table, known: Known) -> tuple[int, Sequence[object]] | None:
    return next((record for record in islice(table.records, SEARCHED) if known.is_header(record[1])), None)


def _read(table: Table, known: Known, required: Collection[str]) -> tuple[Headings, tuple[Row, ...]]:
    records = iter(table.records)
    number, cells = next(record for record in records if known.is_header(record[1]))
    found = known.read(cells, required)
    if isinstance(found, Fault):
        raise Refused(found.message, number, found.column, **found.params)
    rows: list[Row] = []
    for number, cells in records:
        row = _row(number, cells, found, table)
        if row is None:
            continue
        if len(rows) == ROWS:
            raise Refused(N_("sheet.file.rows"), most=ROWS)
        rows.append(row)
    return found, tuple(rows)


def _row(number: int, cells: Sequence[object], found: Headings, table: Table) -> Row | None:
    """The row, or nothing where no known column holds anything: numbered lines of a form that were not used."""
    texts: dict[str, str] = {}
    problems: list[Fault] = []
    said = False
    for column, place in found.places.items():
        text, message = seen(cells[place]) if place < len(cells) else ("", None)
        texts[column] = text
        message = message or table.faults.get((number, place))
        said = said or bool(text) or message not in {None, MERGED}
        if message is not None:
            problems.append(Fault(message, {}, number, found.written[column]))
    if table.ragged and any(_texts(cells[found.width :])):
        problems.append(Fault(N_("sheet.row.too_many"), {"most": found.width}, number))
        said = True
    return Row(number, texts, tuple(problems)) if said else None


def _texts(cells: Sequence[object]) -> Iterator[str]:
    return (seen(cell)[0] for cell in cells)
