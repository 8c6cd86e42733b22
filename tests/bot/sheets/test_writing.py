"""Tables that are written: private, whole, harmless, and read back as they were."""

from __future__ import annotations

import datetime
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sheets.dates import read_date
from bot.sheets.faults import SheetError
from bot.sheets.money import read_amount
from bot.sheets.reading import read_sheet
from bot.sheets.texts import tidy
from bot.sheets.writing import Kind, Value, write_sheet
from tests.bot.sheets.making import IDENTITY, read, sayable

COLUMNS: tuple[tuple[str, Kind], ...] = (("姓名", "text"), ("身份证号", "text"), ("金额（元）", "amount"))
ROW = ("张三", IDENTITY, 6050)
ENDINGS = pytest.mark.parametrize("ending", [".csv", ".xlsx", ".XLSX"])


def refused(path: Path, rows: object = (ROW,), **options: bool) -> str:
    with pytest.raises(SheetError) as caught:
        write_sheet(path, COLUMNS, rows, **options)  # type: ignore[arg-type]
    sayable(caught.value)
    return caught.value.fault.message


@ENDINGS
def test_a_table_is_its_owners_alone_and_nothing_is_left_beside_it(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"table{ending}"
    write_sheet(path, COLUMNS, [ROW])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]
    (row,) = read(path).rows
    assert row.cells["id"] == IDENTITY
    assert read_amount(row.cells["amount"]) == 6050


@ENDINGS
def test_a_file_that_is_there_is_kept_unless_it_is_to_be_replaced(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"table{ending}"
    path.write_text("mine")
    assert refused(path) == "sheet.write.exists"
    assert path.read_text() == "mine"
    write_sheet(path, COLUMNS, [ROW], replace=True)
    assert len(read(path).rows) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@ENDINGS
def test_a_file_that_appears_meanwhile_is_kept(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"table{ending}"

    def rows() -> Iterator[Sequence[Value]]:
        yield ROW
        path.write_text("theirs")

    assert refused(path, rows()) == "sheet.write.exists"
    assert path.read_text() == "theirs"
    assert list(tmp_path.iterdir()) == [path]


@ENDINGS
def test_what_fails_half_way_leaves_nothing(tmp_path: Path, ending: str) -> None:
    def rows() -> Iterator[Sequence[Value]]:
        yield ROW
        raise KeyError("the store is gone")

    with pytest.raises(KeyError):
        write_sheet(tmp_path / f"table{ending}", COLUMNS, rows())
    assert not list(tmp_path.iterdir())


def test_a_link_under_the_name_is_never_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("other")
    path = tmp_path / "table.csv"
    path.symlink_to(tmp_path / "elsewhere")
    assert refused(path) == "sheet.write.exists"
    write_sheet(path, COLUMNS, [ROW], replace=True)
    assert (tmp_path / "elsewhere").read_text() == "other"


def test_other_endings_and_folders_that_are_not_there_are_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "table.xls") == "sheet.write.ending"
    assert refused(tmp_path / "nowhere" / "table.csv") == "sheet.write.failed"
    assert refused(tmp_path / "nowhere" / "table.xlsx") == "sheet.write.failed"


@ENDINGS
def test_more_rows_than_can_be_read_are_not_written(tmp_path: Path, ending: str, monkeypatch: object) -> None:
    assert isinstance(monkeypatch, pytest.MonkeyPatch)
    monkeypatch.setattr("bot.sheets.writing.ROWS", 3)
    path = tmp_path / f"table{ending}"
    write_sheet(path, COLUMNS, [ROW] * 3)
    assert refused(path, [ROW] * 4, replace=True) == "sheet.file.rows"
    assert len(read(path).rows) == 3


@pytest.mark.parametrize(
    "row", [("张三", 1, 1), ("张三", "1", "60"), ("张三", "1", True), ("张三", "1", -1), ("张三",)]
)
def test_a_row_that_does_not_fit_is_a_mistake_of_the_program(tmp_path: Path, row: Sequence[Value]) -> None:
    with pytest.raises((TypeError, ValueError)):
        write_sheet(tmp_path / "table.csv", COLUMNS, [row])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "\t=", "\r=", " =", "\u200b="])
def test_nothing_that_is_written_is_a_formula(tmp_path: Path, start: str) -> None:
    hostile = f"{start}HYPERLINK(1)"
    write_sheet(tmp_path / "table.csv", COLUMNS, [(hostile, "1", 0)])
    write_sheet(tmp_path / "table.xlsx", COLUMNS, [(hostile, "1", 0)])
    line = (tmp_path / "table.csv").read_text("utf-8-sig").splitlines()[1]
    assert line.startswith("'")
    with ZipFile(tmp_path / "table.xlsx") as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    for name in ("table.csv", "table.xlsx"):
        assert read(tmp_path / name).rows[0].cells["name"] == tidy(hostile)


def test_excel_knows_the_csv_for_utf_8(tmp_path: Path) -> None:
    write_sheet(tmp_path / "table.csv", COLUMNS, [ROW])
    assert (tmp_path / "table.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_headings_of_a_workbook_are_bold_and_stay_in_sight(tmp_path: Path) -> None:
    write_sheet(tmp_path / "table.xlsx", COLUMNS, [ROW])
    with ZipFile(tmp_path / "table.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
        assert b'ySplit="1"' in sheet
        assert b'state="frozen"' in sheet
        assert b'customWidth="1"' in sheet
        assert b"<b/>" in archive.read("xl/styles.xml")


TEXT = st.one_of(
    st.text(max_size=30),
    st.from_regex(r"['=+\-@＝]{0,3}[0-9E+.\"]{0,20}", fullmatch=True),
    st.sampled_from(
        [IDENTITY, "1E+20", '="1"', "''", "_x0041_", "1,2", "a\tb;c", "TRUE", "\x00", "\ud800", "2008-3-5"]
    ),
)
RECORD = st.tuples(
    TEXT,
    TEXT,
    st.none() | st.integers(0, 10**13 - 1),
    st.none() | st.dates(datetime.date(1850, 1, 1)),
    st.none() | st.integers(0, 10**13 - 1),
)


@ENDINGS
@given(records=st.lists(RECORD, max_size=6))
def test_what_is_written_reads_back(
    tmp_path_factory: pytest.TempPathFactory,
    ending: str,
    records: list[tuple[str, str, int | None, datetime.date | None, int | None]],
) -> None:
    path = tmp_path_factory.getbasetemp() / f"there and back{ending}"
    kinds: tuple[Kind, ...] = ("text", "text", "amount", "date", "number")
    columns = [(f"column {kind} {place}", kind) for place, kind in enumerate(kinds)]
    write_sheet(path, columns, records, replace=True)
    sheet = read_sheet(path, {name: [name] for name, _ in columns}, [name for name, _ in columns])
    assert sheet.columns == tuple(name for name, _ in columns)
    wanted = [record for record in records if any(tidy(each) for each in record[:2]) or record[2:] != (None,) * 3]
    assert len(sheet.rows) == len(wanted)
    for row, (first, second, fen, day, count) in zip(sheet.rows, wanted, strict=True):
        one, two, amount, date, number = row.cells.values()
        assert not row.problems
        assert (one, two) == (tidy(first), tidy(second))
        assert (read_amount(amount) if amount else None) == fen
        assert (read_date(date) if date else None) == day
        assert (int(number) if number else None) == count
