"""Tables for people and banks to take away: private, whole or not there at all, and without anything that runs."""

from __future__ import annotations

import contextlib
import csv
import datetime
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Literal

from bot.sheets.faults import Fault, SheetError
from bot.sheets.tables import ROWS
from bot.sheets.texts import CELL_LENGTH, marked, tidy
from policy_engine.errors import N_
from policy_engine.money import yuan

Kind = Literal["text", "amount", "date", "number"]
"""What a column holds: text (identity and account numbers too), fen that are shown as yuan, days, or whole numbers."""

Value = str | int | datetime.date | None

_LARGEST = 10**13
"""Fen, and whole numbers: what Excel still shows to the last digit."""
_FIRST_DAY = datetime.date(1900, 3, 1)
"""Excel counts from 1900 and takes its February for a day longer than it was; earlier days are written as text."""
_WIDEST = 60


def write_sheet(
    path: Path, columns: Sequence[tuple[str, Kind]], rows: Iterable[Sequence[Value]], *, replace: bool = False
) -> None:
    """Write a table as XLSX or CSV (UTF-8), by the ending of its name, for its owner only (mode 0600).

    `columns` are headings with what stands below them, `rows` as many values each: str, int of fen, date or int by the
    column's kind, or None for an empty cell. The file stands under its name only once it is whole.

    Raises SheetError where the name has another ending, something stands under it already (unless `replace`), it
    cannot be written, or there are more than 100 000 rows. Raises TypeError or ValueError for a row that does not fit
    its columns, which is a mistake of the program's.
    """
    write = {".xlsx": _write_workbook, ".csv": _write_delimited}.get(path.suffix.lower())
    if write is None:
        raise SheetError(path.name, Fault(N_("sheet.write.ending")))
    taken = SheetError(path.name, Fault(N_("sheet.write.exists")))
    if not replace and os.path.lexists(path):
        raise taken
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        # Only a file that this call makes: a link that somebody has put there would lead elsewhere.
        unfinished.unlink(missing_ok=True)
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        write(unfinished, columns, _checked(path, columns, rows))
        if replace:
            unfinished.replace(path)
        else:
            os.link(unfinished, path)
    except FileExistsError:
        raise taken from None
    except OSError as error:
        raise SheetError(path.name, Fault(N_("sheet.write.failed"), {"reason": error.strerror or ""})) from None
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _checked(path: Path, columns: Sequence[tuple[str, Kind]], rows: Iterable[Sequence[Value]]) -> Iterator[list[Value]]:
    remaining = iter(rows)
    for row in islice(remaining, ROWS):
        yield [_fitting(value, kind) for value, (_, kind) in zip(row, columns, strict=True)]
    if next(remaining, None) is not None:
        raise SheetError(path.name, Fault(N_("sheet.file.rows"), {"most": ROWS}))


def _fitting(value: Value, kind: Kind) -> Value:
    if value is None:
        return None
    if kind == "text" and isinstance(value, str):
        return tidy(value)[:CELL_LENGTH].rstrip()
    if kind == "date" and isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    whole = isinstance(value, int) and not isinstance(value, bool)
    if isinstance(value, int) and whole and kind in {"amount", "number"}:
        if not 0 <= value < _LARGEST:
            raise ValueError(f"a table shows no {kind} below 0 or of {_LARGEST} and more")
        return value
    raise TypeError(f"a column of kind {kind} takes no {type(value).__name__}")


def _as_text(value: Value, kind: Kind) -> str:
    if value is None:
        return ""
    return yuan(value) if kind == "amount" and isinstance(value, int) else str(value)


def _write_delimited(path: Path, columns: Sequence[tuple[str, Kind]], rows: Iterable[Sequence[Value]]) -> None:
    # Excel takes a CSV without this mark for the system's old encoding, and shows Chinese as rubbish.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([marked(tidy(heading), formulas=True) for heading, _ in columns])
        for row in rows:
            texts = [_as_text(value, kind) for value, (_, kind) in zip(row, columns, strict=True)]
            writer.writerow([marked(text, formulas=True) for text in texts])


def _write_workbook(path: Path, columns: Sequence[tuple[str, Kind]], rows: Iterable[Sequence[Value]]) -> None:
    from xlsxwriter import Workbook  # type: ignore[import-untyped]
    from xlsxwriter.exceptions import FileCreateError  # type: ignore[import-untyped]

    # In memory: what people are named in lies in no shared folder for temporary files.
    workbook = Workbook(str(path), {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = workbook.add_worksheet()
    bold = workbook.add_format({"bold": True})
    # The format of text also holds for what a person types into the column later.
    shown = {"text": "@", "amount": "0.00", "date": "yyyy-mm-dd", "number": "0"}
    formats = {kind: workbook.add_format({"num_format": shape}) for kind, shape in shown.items()}
    widths = [_width(heading) for heading, _ in columns]
    for place, (heading, _) in enumerate(columns):
        sheet.write_string(0, place, marked(tidy(heading), formulas=False), bold)
    for number, row in enumerate(rows, 1):
        for place, (value, (_, kind)) in enumerate(zip(row, columns, strict=True)):
            text = _as_text(value, kind)
            widths[place] = max(widths[place], _width(text))
            if isinstance(value, datetime.date) and value >= _FIRST_DAY:
                sheet.write_datetime(number, place, value, formats[kind])
            elif isinstance(value, int):
                sheet.write_number(number, place, value / 100 if kind == "amount" else value, formats[kind])
            elif text:
                sheet.write_string(number, place, marked(text, formulas=False), formats[kind])
    for place, (_, kind) in enumerate(columns):
        sheet.set_column(place, place, min(widths[place] + 2, _WIDEST), formats[kind])
    sheet.freeze_panes(1, 0)
    try:
        workbook.close()
    except FileCreateError as error:
        raise OSError(0, str(error.args[0])) from None


def _width(text: str) -> int:
    """How wide a text is, in Latin letters; a Chinese one takes two."""
    return max((sum(1 + (letter > "\u2e7f") for letter in line) for line in text.split("\n")), default=0)
