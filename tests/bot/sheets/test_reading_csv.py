"""CSV from banks and village offices, in whatever encoding and with whatever delimiter."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.languages import catalogue
from bot.sheets import reading
from bot.sheets.faults import CellError, SheetError
from bot.sheets.money import read_amount
from bot.sheets.tables import ROWS
from tests.bot.sheets.making import IDENTITY, read, read_text, refusal, sayable, text_refusal

BANK = f"""嘉兴农村合作银行 批量扣款回盘,,,
日期：2008-03-05,,,
序号,参保人姓名,证件号码,金额（元）
1,张三,="{IDENTITY}",60.00
2,"李
四",'330402195001012345,"1,234.50"

3,,,
4,王五,33040219600101123X,60
"""


def test_a_file_of_a_bank_in_gb18030_reads_as_it_is_seen(tmp_path: Path) -> None:
    sheet = read_text(tmp_path, BANK.encode("gb18030"))
    assert sheet.name == "table"
    assert sheet.columns == ("name", "id", "amount")
    assert sheet.headings["amount"] == "金额（元）"
    assert sheet.ignored == ("序号",)
    assert sheet.digest == hashlib.sha256(BANK.encode("gb18030")).hexdigest()
    assert [row.number for row in sheet.rows] == [4, 5, 9]
    assert [dict(row.cells) for row in sheet.rows] == [
        {"name": "张三", "id": IDENTITY, "amount": "60.00"},
        {"name": "李\n四", "id": "330402195001012345", "amount": "1,234.50"},
        {"name": "王五", "id": "33040219600101123X", "amount": "60"},
    ]
    assert not any(row.problems for row in sheet.rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_encoding_and_delimiter_gives_the_same_table(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = f"姓名,身份证号,备注\n张三,{IDENTITY},㐂\n".replace(",", delimiter)
    (row,) = read_text(tmp_path, text.encode(encoding)).rows
    assert dict(row.cells) == {"name": "张三", "id": IDENTITY, "note": "㐂"}


def test_big_endian_is_read_as_well(tmp_path: Path) -> None:
    assert read_text(tmp_path, b"\xfe\xff" + "姓名,身份证号\n张三,1\n".encode("utf-16-be")).rows[0].cells["id"] == "1"


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path, ending: str) -> None:
    sheet = read_text(tmp_path, ending.join(["姓名,身份证号", "", "张三,1", '"李', '四",2', "王五,3"]))
    assert [row.number for row in sheet.rows] == [3, 4, 6]


@pytest.mark.parametrize(
    "heading", ["姓 名", "*姓名", "姓名（必填）", "姓名(必填)：", "姓名【必填】", "ＮＡＭＥ", "Name"]
)
def test_a_heading_is_known_however_it_is_dressed(tmp_path: Path, heading: str) -> None:
    assert read_text(tmp_path, f"{heading},身份证号\n张三,1\n").headings["name"] == heading


def test_only_headings_are_folded_not_cells(tmp_path: Path) -> None:
    assert read_text(tmp_path, "姓名,身份证号\n　ＡＢ ,１２\n").rows[0].cells == {"name": "ＡＢ", "id": "１２"}


def test_invisible_marks_of_a_copied_number_are_gone(tmp_path: Path) -> None:
    assert read_text(tmp_path, "姓名,身份证号\n张三,\u202d13800000000\u202c\n").rows[0].cells["id"] == "13800000000"


def test_two_columns_of_one_meaning_are_refused_by_both_their_headings(tmp_path: Path) -> None:
    fault = text_refusal(tmp_path, "姓名,身份证号,证件号码\n")
    assert (fault.message, fault.params) == ("sheet.column.twice", {"first": "身份证号", "second": "证件号码"})
    assert fault.row == 1


def test_a_missing_column_is_named_by_all_its_headings(tmp_path: Path) -> None:
    fault = text_refusal(tmp_path, "标题\n姓名,金额\n")
    assert (fault.message, fault.row) == ("sheet.column.missing", 2)
    assert "身份证号 / 证件号码 / 公民身份号码" in fault.said(catalogue("zh_Hans"))


def test_a_table_without_headings_says_which_to_write(tmp_path: Path) -> None:
    fault = text_refusal(tmp_path, f"张三,{IDENTITY}\n")
    assert fault.message == "sheet.file.no_headings"
    assert "身份证号" in fault.said(catalogue("en"))


@pytest.mark.parametrize("heading", ["金额（万元）", "金额(单位：分)", "缴费金额[角]"])
def test_amounts_in_another_unit_than_yuan_are_refused(tmp_path: Path, heading: str) -> None:
    fault = text_refusal(tmp_path, f"姓名,身份证号,{heading}\n")
    assert (fault.message, fault.column) == ("sheet.column.unit", heading)


def test_a_comma_that_moved_the_cells_is_a_problem_of_its_row(tmp_path: Path) -> None:
    first, second = read_text(tmp_path, "姓名,身份证号,备注\n张三,1,东村,3组\n李四,2,西村,\n").rows
    assert [(each.message, each.row) for each in first.problems] == [("sheet.row.too_many", 2)]
    assert not second.problems


def test_a_number_that_excel_shortened_is_no_number(tmp_path: Path) -> None:
    (row,) = read_text(tmp_path, "姓名,身份证号\n张三,3.30402E+17\n").rows
    assert row.cells["id"] == ""
    (problem,) = row.problems
    assert (problem.message, problem.row, problem.column) == ("sheet.cell.digits_lost", 2, "身份证号")
    assert problem.said(catalogue("en")).startswith("Row 2, column 身份证号: The number was stored as a number")
    sayable(problem)


def test_a_cell_that_is_too_long_is_a_problem_and_cut(tmp_path: Path) -> None:
    (row,) = read_text(tmp_path, f"姓名,身份证号\n{'张' * 2001},1\n").rows
    assert len(row.cells["name"]) == 2000
    assert [each.message for each in row.problems] == ["sheet.cell.too_long"]


def test_a_quotation_mark_that_is_not_closed_is_named_by_its_row(tmp_path: Path) -> None:
    fault = text_refusal(tmp_path, '姓名,身份证号\n张三,1\n"李四,2\n王五,3\n')
    assert (fault.message, fault.row) == ("sheet.file.quotes", 3)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old_excel"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "no_table"),
        ("姓名,身份证号\n".encode("utf-16-le"), "no_table"),
        (b"%PDF-1.4 \xff\xff\xff", "no_table"),
        (b"PK\x03\x04" + b"x" * 100, "damaged"),
        (("姓名,身份证号\n" + "," * 300 + "x\n").encode(), "columns"),
        (b"x" * (reading.FILE_SIZE + 1), "large"),
        (("姓名,身份证号\n" + "张,1\n" * (ROWS + 1)).encode(), "rows"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_table_is_refused_with_its_reason(tmp_path: Path, data: bytes, why: str) -> None:
    assert text_refusal(tmp_path, data).message == f"sheet.file.{why}"


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    for name in ("missing.csv", ".", "pipe.csv"):
        with pytest.raises(SheetError) as caught:
            read(tmp_path / name)
        assert caught.value.fault.message == "sheet.file.absent"


def test_a_heading_that_means_two_things_is_a_mistake_of_the_program(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="two columns"):
        reading.read_sheet(tmp_path / "x.csv", {"a": ["姓名"], "b": ["姓 名"]}, [])


def test_what_is_wrong_with_a_value_gets_its_place(tmp_path: Path) -> None:
    sheet = read_text(tmp_path, "姓名,身份证号,金额（元）\n张三,1,六十\n")
    with pytest.raises(CellError) as caught:
        read_amount(sheet.rows[0].cells["amount"])
    said = sheet.fault(sheet.rows[0], "amount", caught.value).said(catalogue("zh_Hans"))
    assert said.startswith("第2行“金额（元）”列：看不懂这个金额")


@given(st.binary(max_size=400))
def test_no_bytes_make_reading_fail_otherwise(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "hostile.csv"
    for head in (b"", "姓名,身份证号\n".encode(), b"PK\x03\x04"):
        path.write_bytes(head + data)
        try:
            read(path)
        except SheetError as error:
            sayable(error)


def test_a_missing_file_is_refused_in_the_readers_language(tmp_path: Path) -> None:
    assert refusal(tmp_path / "missing.csv").said(catalogue("en")).startswith("There is no such file")
