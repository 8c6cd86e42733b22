"""What the tests of tables share: the columns that they know, and workbooks made by another program than ours."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from xlsxwriter import Workbook  # type: ignore[import-untyped]

from bot.languages import LOCALES, catalogue
from bot.sheets.faults import Fault, SheetError
from bot.sheets.reading import Sheet, read_sheet

KNOWN = {
    "name": ["姓名", "参保人姓名", "name"],
    "id": ["身份证号", "证件号码", "公民身份号码"],
    "amount": ["金额", "缴费金额"],
    "note": ["备注"],
}
IDENTITY = "330402194803153000"


def read(path: Path) -> Sheet:
    return read_sheet(path, KNOWN, ["name", "id"])


def read_text(tmp_path: Path, text: str | bytes) -> Sheet:
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read(path)


def workbook(tmp_path: Path, fill: Callable[[Any, Any], None]) -> Path:
    path = tmp_path / "table.xlsx"
    book = Workbook(str(path))
    fill(book, book.add_worksheet("参保"))
    book.close()
    return path


def rewritten(path: Path, changes: Mapping[str, Callable[[bytes], bytes]]) -> Path:
    """The workbook with some of its parts changed as a program of ill will would."""
    old = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changes.get(name, bytes)(old.read(name)))
    return path


def refusal(path: Path) -> Fault:
    """The fault for which a file is refused; it can be said in every language."""
    with pytest.raises(SheetError) as caught:
        read(path)
    sayable(caught.value)
    assert caught.value.where == path.name
    return caught.value.fault


def text_refusal(tmp_path: Path, text: str | bytes) -> Fault:
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return refusal(path)


def sayable(fault: Fault | SheetError) -> None:
    for locale in LOCALES:
        assert len(fault.said(catalogue(locale))) > 10
