"""XLSX workbooks: opened only as far as they are harmless, and read cell by cell."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bot.sheets.parts import Part, scan
from bot.sheets.tables import COLUMNS, MERGED, ROWS, Refused, Table
from policy_engine.errors import N_

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

UNPACKED = 200 * 2**20
"""Bytes that a workbook may unpack to, and letters that its cells may hold together."""
RATIO = 200
"""How many times larger than itself a workbook may become; what people type packs some ten times."""
SMALL = 2**20
"""Bytes below which no ratio is suspicious: an empty table is mostly the same few words."""
PARTS = 2_000
CELLS = 4_000_000
"""Cells of the smallest rectangle that holds a sheet: the reader makes room for all of them."""
_MERGED = 1_000_000
_READ = (".xml", ".rels")


def tables(data: bytes) -> tuple[Table, ...]:
    """The sheets that are not hidden and not empty. Raises Refused for what is damaged, or larger than it looks."""
    import python_calamine as calamine

    parts = _parts(data)
    try:
        with calamine.load_workbook(_harmless(parts)) as workbook:
            return tuple(_tables(workbook, [part for part in parts.values() if part.errors]))
    except Refused:
        raise
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException:  # the reader is written in Rust, and where it gives up it raises what is no Exception
        raise Refused(N_("sheet.file.damaged")) from None


def _parts(data: bytes) -> Mapping[str, Part]:
    """The parts of the archive that hold text, each looked through; the reader never sees the others."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            listed = archive.infolist()
            total = sum(each.file_size for each in listed)
            if total > UNPACKED or total > max(SMALL, RATIO * len(data)) or len(listed) > PARTS:
                raise Refused(N_("sheet.file.unpacks"))
            read = [each for each in listed if each.filename.lower().endswith(_READ)]
            if len({each.filename.lower() for each in read}) < len(read):
                raise Refused(N_("sheet.file.damaged"))
            parts = {each.filename: scan(archive.read(each)) for each in read}
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError, ValueError):
        raise Refused(N_("sheet.file.damaged")) from None
    _check(parts)
    return parts


def _check(parts: Mapping[str, Part]) -> None:
    """Refuse sheets that would take more room than their file: few bytes can ask for billions of cells."""
    shared = [part.strings for part in parts.values() if part.root == "sst"]
    if len(shared) > 1:
        raise Refused(N_("sheet.file.damaged"))
    lengths = shared[0] if shared else []
    cells = letters = 0
    for part in parts.values():
        if part.rows > ROWS + 1_000:
            raise Refused(N_("sheet.file.rows"), most=ROWS)
        if part.columns > COLUMNS:
            raise Refused(N_("sheet.file.columns"), most=COLUMNS)
        cells += part.rows * part.columns
        letters += sum(count * lengths[index] for index, count in part.shared.items() if index < len(lengths))
    if cells > CELLS:
        raise Refused(N_("sheet.file.cells"))
    if letters > UNPACKED:
        raise Refused(N_("sheet.file.unpacks"))


def _harmless(parts: Mapping[str, Part]) -> io.BytesIO:
    """The archive made anew of what was looked through, so that its directory cannot say one thing and be another."""
    anew = io.BytesIO()
    with zipfile.ZipFile(anew, "w") as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part.data)
    anew.seek(0)
    return anew


def _tables(workbook: CalamineWorkbook, scanned: Sequence[Part]) -> list[Table]:
    import python_calamine as calamine

    found = []
    for index, each in enumerate(workbook.sheets_metadata):
        if each.typ != calamine.SheetTypeEnum.WorkSheet or each.visible != calamine.SheetVisibleEnum.Visible:
            continue
        sheet = workbook.get_sheet_by_index(index)
        rows = sheet.to_python(skip_empty_area=False)
        if not rows:
            continue
        faults = dict.fromkeys(_covered(sheet), MERGED)
        faults.update(dict.fromkeys(_errors(rows, scanned), N_("sheet.cell.error")))
        found.append(Table(each.name, list(enumerate(rows, 1)), ragged=False, faults=faults))
    return found


def _errors(rows: Sequence[Sequence[object]], scanned: Sequence[Part]) -> list[tuple[int, int]]:
    """The cells that hold a spreadsheet's error, which the reader gives as empty.

    Which part is which sheet only the reader knows: a place counts where the cell did come out empty.
    """
    return [
        (row, column - 1)
        for part in scanned
        for row, column in part.errors
        if 0 < row <= len(rows) and 0 < column <= len(rows[row - 1]) and rows[row - 1][column - 1] == ""
    ]


def _covered(sheet: CalamineSheet) -> list[tuple[int, int]]:
    """The cells that lie under another one that they are merged with, and therefore are empty."""
    covered: list[tuple[int, int]] = []
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if (min(bottom, ROWS) - top + 1) * (min(right, COLUMNS) - left + 1) + len(covered) > _MERGED:
            raise Refused(N_("sheet.file.cells"))
        covered.extend(
            (row + 1, column)
            for row in range(top, min(bottom, ROWS) + 1)
            for column in range(left, min(right, COLUMNS) + 1)
            if (row, column) != (top, left)
        )
    return covered
