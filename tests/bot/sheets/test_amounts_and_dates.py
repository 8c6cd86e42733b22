"""Amounts and dates as people write them in a table."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sheets.dates import read_date
from bot.sheets.faults import CellError
from bot.sheets.money import read_amount
from policy_engine.money import yuan
from tests.bot.sheets.making import sayable


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("60", 6000),
        ("60.00", 6000),
        ("60.5", 6050),
        ("60.5000", 6050),
        ("0", 0),
        (" 60 ", 6000),
        ("60元", 6000),
        ("60 元", 6000),
        ("￥1,234.50", 123450),
        ("¥1,234.50", 123450),
        ("1,234,567", 123456700),
        ("６０．５０", 6050),
        ("１，２３４元", 123400),
    ],
)
def test_an_amount_is_read_as_fen(text: str, fen: int) -> None:
    assert read_amount(text) == fen


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "blank"),
        ("　", "blank"),
        ("-60", "negative"),
        ("￥-60", "negative"),
        ("(60)", "negative"),
        ("60.005", "decimals"),
        ("1,23", "comma"),
        ("1,2345", "comma"),
        ("12,34.50", "comma"),
        (",123", "comma"),
        ("6E+1", "scientific"),
        ("六十", "unreadable"),
        ("60万元", "unreadable"),
        ("60 99", "unreadable"),
        (f"60{' ' * 60}99", "unreadable"),
        ("9" * 30, "unreadable"),
        ("٦٠", "unreadable"),
        (".5", "unreadable"),
        ("60.", "unreadable"),
        ("元", "unreadable"),
    ],
)
def test_what_is_no_clear_amount_is_refused_with_its_reason(text: str, why: str) -> None:
    with pytest.raises(ValueError) as caught:
        read_amount(text)
    assert isinstance(caught.value, CellError)
    assert caught.value.fault.message == f"sheet.amount.{why}"
    sayable(caught.value.fault.at(3, "金额"))


@given(st.integers(0, 10**13))
def test_every_amount_reads_back_however_it_was_grouped(fen: int) -> None:
    assert read_amount(yuan(fen)) == read_amount(f"￥{fen // 100:,}.{fen % 100:02d}元") == fen


@pytest.mark.parametrize(
    "text",
    [
        "2008-03-05",
        "2008-3-5",
        "2008/3/5",
        "2008.3.5",
        "20080305",
        "2008年3月5日",
        "2008 年 03 月 05 日",
        "２００８年３月５日",
        "2008-03-05 00:00:00",
        " 2008/03/05 ",
    ],
)
def test_a_day_is_read_in_every_spelling(text: str) -> None:
    assert read_date(text) == datetime.date(2008, 3, 5)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "blank"),
        ("2008-02-30", "impossible"),
        ("20081305", "impossible"),
        ("0008-03-05", "impossible"),
        ("2008-03/05", "unreadable"),
        ("08-03-05", "unreadable"),
        ("3/5/2008", "unreadable"),
        ("39512", "unreadable"),
        ("2008年3月", "unreadable"),
        ("2008-03-05 12:30:00", "unreadable"),
        (f"2008-03-05{' ' * 40}x", "unreadable"),
    ],
)
def test_what_is_no_day_is_refused_with_its_reason(text: str, why: str) -> None:
    with pytest.raises(CellError) as caught:
        read_date(text)
    assert caught.value.fault.message == f"sheet.date.{why}"
    sayable(caught.value.fault)


@given(st.text())
def test_no_text_makes_them_fail_otherwise(text: str) -> None:
    for read in (read_amount, read_date):
        try:
            read(text)
        except CellError as error:
            sayable(error.fault)
