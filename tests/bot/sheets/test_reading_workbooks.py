"""Workbooks made by Excel and its like, and by people of ill will."""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.sheets.faults import SheetError
from tests.bot.sheets.making import IDENTITY, read, refusal, rewritten, sayable, workbook

SHEET = "xl/worksheets/sheet1.xml"
SHARED = "xl/sharedStrings.xml"


def village(book: Any, sheet: Any) -> None:
    sheet.merge_range("A1:D1", "东村参保登记表", book.add_format({"bold": True}))
    sheet.write_row("A3", ["姓名", "身份证号", "缴费金额（元）", "备注"])
    sheet.write_row("A4", ["张三", IDENTITY, 60, "新"])
    sheet.write_row("A6", ["李四", int(IDENTITY), 60.5, True])


def test_the_form_of_a_village_reads_as_it_is_seen(tmp_path: Path) -> None:
    sheet = read(workbook(tmp_path, village))
    assert sheet.name == "参保"
    assert [row.number for row in sheet.rows] == [4, 6]
    assert dict(sheet.rows[0].cells) == {"name": "张三", "id": IDENTITY, "amount": "60", "note": "新"}
    assert dict(sheet.rows[1].cells) == {"name": "李四", "id": "", "amount": "60.5", "note": "TRUE"}


def test_an_identity_number_stored_as_a_number_has_lost_digits(tmp_path: Path) -> None:
    first, second = read(workbook(tmp_path, village)).rows
    assert not first.problems
    (problem,) = second.problems
    assert (problem.message, problem.row, problem.column) == ("sheet.cell.digits_lost", 6, "身份证号")
    sayable(problem)


@pytest.mark.parametrize(
    ("write", "text"),
    [
        (lambda sheet, _: sheet.write_number("B2", 330402480315123), "330402480315123"),
        (lambda sheet, _: sheet.write_number("B2", 0.1 + 0.2), "0.3"),
        (lambda sheet, _: sheet.write_number("B2", 1e-7), "0.0000001"),
        (lambda sheet, _: sheet.write_boolean("B2", False), "FALSE"),
        (lambda sheet, _: sheet.write_string("B2", "'33040219480315123X"), "33040219480315123X"),
        (lambda sheet, _: sheet.write_string("B2", "x\r\ny"), "x\ny"),
        (lambda sheet, shaped: sheet.write_datetime("B2", datetime.datetime(2008, 3, 5), shaped), "2008-03-05"),
        (
            lambda sheet, shaped: sheet.write_datetime("B2", datetime.datetime(2008, 3, 5, 8, 30), shaped),
            "2008-03-05 08:30:00",
        ),
        (lambda sheet, _: sheet.write_formula("B2", '="a"&"b"', None, "ab"), "ab"),
    ],
)
def test_every_kind_of_cell_comes_as_the_text_that_is_seen(
    tmp_path: Path, write: Callable[[Any, Any], None], text: str
) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row("A1", ["姓名", "身份证号"])
        write(sheet, book.add_format({"num_format": 'yyyy"年"m"月"d"日"'}))

    (row,) = read(workbook(tmp_path, fill)).rows
    assert (row.cells["id"], row.problems) == (text, ())


def test_a_formula_that_failed_is_a_problem_of_its_cell(tmp_path: Path) -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.write_row("A1", ["姓名", "身份证号"])
        sheet.write_formula("B2", "=1/0", None, "#DIV/0!")

    (row,) = read(workbook(tmp_path, fill)).rows
    assert [(each.message, each.row, each.column) for each in row.problems] == [("sheet.cell.error", 2, "身份证号")]


def test_a_cell_under_a_merged_one_is_a_problem_of_its_row(tmp_path: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row("A1", ["姓名", "身份证号", "备注"])
        sheet.write_row("A2", ["张三", "1"])
        sheet.write_row("A3", ["李四", "2"])
        sheet.merge_range("C2:C3", "一户", book.add_format())
        sheet.merge_range("A5:C5", "", book.add_format())

    first, second = read(workbook(tmp_path, fill)).rows
    assert not first.problems
    assert [(each.message, each.row, each.column) for each in second.problems] == [("sheet.cell.merged", 3, "备注")]


def test_empty_and_hidden_sheets_do_not_count_but_two_tables_are_refused(tmp_path: Path) -> None:
    def fill(book: Any, sheet: Any, hide: bool) -> None:
        book.add_worksheet("空")
        other = book.add_worksheet("另一张")
        for each in (sheet, other):
            each.write_row("A1", ["姓名", "身份证号"])
        if hide:
            other.hide()

    assert read(workbook(tmp_path, lambda book, sheet: fill(book, sheet, True))).name == "参保"
    fault = refusal(workbook(tmp_path, lambda book, sheet: fill(book, sheet, False)))
    assert (fault.message, fault.params) == ("sheet.file.two_tables", {"first": "参保", "second": "另一张"})


def test_what_a_workbook_is_called_does_not_matter(tmp_path: Path) -> None:
    path = workbook(tmp_path, village)
    assert read(path.rename(tmp_path / "table.csv")).columns[0] == "name"


def last_cell(row: int, column: str) -> Callable[[bytes], bytes]:
    cell = f'<row r="{row}"><c r="{column}{row}"><v>1</v></c></row></sheetData>'
    return lambda part: part.replace(b"</sheetData>", cell.encode())


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({SHEET: last_cell(1048576, "A")}, "rows"),
        ({SHEET: last_cell(9, "XFD")}, "columns"),
        ({SHEET: last_cell(90000, "GA")}, "cells"),
        ({SHEET: lambda part: part[:-20]}, "damaged"),
        ({SHEET: lambda part: part.replace(b'r="A4"', b'r="4A"')}, "damaged"),
        ({SHEET: lambda part: part.replace(b"<worksheet ", b'<!DOCTYPE x [<!ENTITY a "a">]><worksheet ')}, "damaged"),
        ({SHARED: lambda part: b""}, "damaged"),
        ({SHARED: lambda part: re.sub(rb'uniqueCount="[0-9]+"', b'uniqueCount="99999999999"', part)}, "damaged"),
        ({SHEET: lambda part: part.replace(b"UTF-8", b"no such encoding")}, "damaged"),
        ({SHEET: lambda part: part.replace(b"UTF-8", b"shift_jis")}, "damaged"),
        ({SHEET: lambda part: part.replace(b"<v>0</v>", b"<v>-1</v>")}, "damaged"),
        ({SHEET: lambda part: part.replace(b'<row r="3"', b'<row r="-3"')}, "damaged"),
        ({SHEET: lambda part: part.replace(b'ref="A1:D1"', b'ref="A1:XFD1048576"')}, "cells"),
        ({"docProps/app.xml": lambda part: b"<a>" + b" " * (30 * 2**20) + b"</a>"}, "unpacks"),
        ({"xl/workbook.xml": lambda part: b"<x/>"}, "damaged"),
    ],
)
def test_a_workbook_made_to_do_harm_is_refused(
    tmp_path: Path, changes: dict[str, Callable[[bytes], bytes]], why: str
) -> None:
    assert refusal(rewritten(workbook(tmp_path, village), changes)).message == f"sheet.file.{why}"


def test_a_long_text_that_is_shown_very_often_is_refused(tmp_path: Path) -> None:
    shown = "".join(f'<row r="{row}">' + '<c t="s"><v>0</v></c>' * 100 + "</row>" for row in range(8, 1000))
    changes = {
        SHEET: lambda part: part.replace(b"</sheetData>", f"{shown}</sheetData>".encode()),
        SHARED: lambda part: part.replace(b"<t>", b"<t>" + b"x" * 30_000, 1),
    }
    assert refusal(rewritten(workbook(tmp_path, village), changes)).message == "sheet.file.unpacks"


def test_coloured_cells_far_away_do_not_count(tmp_path: Path) -> None:
    coloured = b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
    path = rewritten(workbook(tmp_path, village), {SHEET: lambda part: part.replace(b"</sheetData>", coloured)})
    assert len(read(path).rows) == 2


def test_a_part_that_says_it_is_smaller_than_it_is_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, village)
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo(SHEET).file_size
    path.write_bytes(bytes(data).replace(size.to_bytes(4, "little"), (size - 9).to_bytes(4, "little")))
    assert refusal(path).message == "sheet.file.damaged"


def test_a_workbook_cut_short_anywhere_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, village)
    whole = path.read_bytes()
    for length in range(4, len(whole), 311):
        path.write_bytes(whole[:length])
        assert refusal(path).message == "sheet.file.damaged"


def test_a_workbook_with_any_byte_changed_is_read_or_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, village)
    whole = path.read_bytes()
    for place in range(0, len(whole), 97):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            read(path)
        except SheetError as error:
            sayable(error)
