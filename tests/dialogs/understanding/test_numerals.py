"""Numbers as people write them, to the fen; and what is written can be read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.understanding.number import MILLE
from dialogs.understanding.numerals import read_number, read_whole

DIGITS = "零一二三四五六七八九"


def in_words(number: int) -> str:
    """A whole number in standard Chinese numerals."""
    if number == 0:
        return "零"
    words = ""
    for unit, name in ((10**8, "亿"), (10**4, "万"), (1, "")):
        section, number = divmod(number, unit)
        if not section:
            continue
        if words and section < 1000:
            words += "零"
        words += _section(section) + name
    return words


def _section(number: int) -> str:
    words, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            words += ("零" if gap and words else "") + DIGITS[digit] + name
            gap = False
        else:
            gap = True
    return words


@given(st.integers(0, 99_999_999))
def test_what_is_written_in_chinese_is_read_back(number: int) -> None:
    assert read_whole(in_words(number)) == number


@given(st.integers(0, 99_999_999))
def test_what_is_written_in_digits_is_read_back(number: int) -> None:
    for text in (str(number), f"{number:,}"):
        assert read_whole(text) == number


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("十", 10),
        ("十五", 15),
        ("二十", 20),
        ("一百零五", 105),
        ("一百五", 150),
        ("一千零五十", 1050),
        ("两万五", 25_000),
        ("一万零五", 10_005),
        ("一万二千", 12_000),
        ("十二万五", 125_000),
        ("壹万贰仟", 12_000),
        ("3万8", 38_000),
        ("1万2000", 12_000),
        ("二零零八", 2008),
        ("半万", 5000),
        ("一万半", 15_000),
        ("一亿二千万", 120_000_000),
        ("3k5", 3500),
    ],
)
def test_whole(text: str, yuan: int) -> None:
    assert read_whole(text) == yuan


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("两三千", 2000, 3000),
        ("三五千", 3000, 5000),
        ("十二三万", 120_000, 130_000),
        ("七八百", 700, 800),
        ("三千多", 3000, 3999.99),
        ("3000多", 3000, 3999.99),
        ("一万二多", 12_000, 12_999.99),
        ("二十多万", 200_000, 299_999.99),
        ("86块多", 86, 86.99),
    ],
)
def test_loose(text: str, low: int, high: float) -> None:
    number = read_number(text, 0)
    assert number is not None
    assert (number.low, number.high, number.end) == (low * MILLE, round(high * 100) * 1000, len(text))


@pytest.mark.parametrize("text", ["几千", "万一", "来", "百姓", "千万别", "abc"])
def test_no_number_starts_here(text: str) -> None:
    assert read_number(text, 0) is None


@pytest.mark.parametrize("text", ["三百来块", "1万85", "一块去", "9999999999999999"])
def test_seen_but_not_guessed(text: str) -> None:
    number = read_number(text, 0)
    assert number is not None
    assert number.kind == "unreadable"
