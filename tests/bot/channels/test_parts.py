"""A text in parts: each fits, together they are the text, and no character is taken apart."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.limits import utf8_bytes, utf16_units
from bot.channels.parts import split

ENGLAND = "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in "gbeng") + "\U000e007f"
WHOLE = ["👨\u200d👩\u200d👧", "👍🏽", "🇨🇳", "1\ufe0f\u20e3", "☎\ufe0f", "e\u0301", ENGLAND]
PLAIN = ["a", "bc", "好", "元", "。", "”", ". ", "；", " ", "  · ", "\n", "\n\n", "\r\n", "，", "12,000", "....."]
LARGEST = max(map(utf8_bytes, WHOLE))

measures = st.sampled_from([utf8_bytes, utf16_units, len])


@given(st.lists(st.sampled_from([*WHOLE, *PLAIN]), max_size=120), st.integers(LARGEST, 120), measures)
def test_each_part_fits_and_only_blanks_and_no_character_is_lost(
    pieces: list[str], limit: int, measure: Callable[[str], int]
) -> None:
    text = "".join(pieces)
    parts = split(text, limit, measure)
    after = 0
    for part in parts:
        assert part.strip()
        assert measure(part) <= limit
        begins = text.index(part, after)
        assert not text[after:begins].strip(), "something between two parts is lost"
        after = begins + len(part)
    assert not text[after:].strip(), "the end is lost"
    for each in WHOLE:
        assert sum(part.count(each) for part in parts) == text.count(each), "a character is taken apart"


@given(st.text(max_size=300), st.integers(4, 60))
def test_whatever_is_written_is_all_there_afterwards(text: str, limit: int) -> None:
    parts = split(text, limit, utf8_bytes)
    assert all(utf8_bytes(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@given(st.text(max_size=200))
def test_what_fits_stays_as_it_is(text: str) -> None:
    assert split(text, utf8_bytes(text), utf8_bytes) == ((text,) if text.strip() else ())


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("one two three.\n\nfour.\nfive six", 20, ("one two three.", "four.\nfive six")),
        ("one.\ntwo.\nthree. four", 14, ("one.\ntwo.", "three. four")),
        ("One is. Two is. Three is", 16, ("One is. Two is.", "Three is")),
        ("one two three", 8, ("one two", "three")),
        ("一二三。四五六", 5, ("一二三。", "四五六")),
        ("他说“一二。”四五六", 8, ("他说“一二。”", "四五六")),
        ("一二三四五六七", 3, ("一二三", "四五六", "七")),
        ("head\n  · note\n  · more", 15, ("head\n  · note", "  · more")),
        ("a\n\nbcdefgh.\nijkl", 12, ("a\n\nbcdefgh.", "ijkl")),
        ("a\n\nbcdefghijklmn", 12, ("a", "bcdefghijklm", "n")),
        ("fund pays ..... 12,000", 16, ("fund pays .....", "12,000")),
        ("🇨🇳🇨🇳🇨🇳", 3, ("🇨🇳", "🇨🇳", "🇨🇳")),
        ("e\u0301e\u0301", 3, ("e\u0301", "e\u0301")),
    ],
)
def test_it_is_cut_where_a_reader_would_pause(text: str, limit: int, parts: tuple[str, ...]) -> None:
    assert split(text, limit, len) == parts


def test_an_emoji_that_alone_is_too_long_is_cut_all_the_same() -> None:
    assert split(WHOLE[0], 2, len) == ("👨\u200d", "👩\u200d", "👧")


def test_a_limit_below_one_character_is_refused() -> None:
    with pytest.raises(ValueError, match="not even one character"):
        split("好", 2, utf8_bytes)
