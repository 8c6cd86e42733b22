"""Identity and phone numbers are hidden, whatever way they are written, and nothing is read out of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.understanding import Lexicon, mask_identity_numbers, understand
from dialogs.understanding.identity import identity_spans
from dialogs.understanding.resident_number import check_character


def with_check(digits: str) -> str:
    return digits + check_character(digits)


ID = with_check("33040219430305123")
WIDE = ID.translate({code - 0xFEE0: code for code in range(0xFF10, 0xFF3B)})


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"身份证{ID}", "身份证*"),
        (f"身份证{WIDE}，谢谢", "身份证*，谢谢"),
        (f"{ID[:6]} {ID[6:14]} {ID[14:]}", "*"),
        (f"{ID[:6]}-{ID[6:14]}-{ID[14:]}", "*"),
        (f"{ID}电话13812345678", "*电话*"),
        (f"{ID} 13812345678", "* *"),
        ("330402430305123", "*"),
        (with_check("93384019850101002"), "*"),
        (with_check("99984019850101002"), "*"),
        (with_check("81000019900101001"), "*"),
        ("138 1234 5678", "*"),
        ("138-1234-5678", "*"),
        ("+8613812345678", "+86*"),
        ("花了12000元，2008-03-01住院", "花了12000元，2008-03-01住院"),
        ("15000 12000 800", "15000 12000 800"),
        ("11812345678", "11812345678"),
        ("330402194313051234", "*"),
        ("330402194303051231", "*"),
        ("33040219430305123", "*"),
        ("3304021943030512X", "*"),
        ("330402 19430305 1231", "*"),
        ("号码3304021943030512312345，谢谢", "号码*，谢谢"),
        ("12345678901234", "12345678901234"),
        ("10000 2000 300 40 5000 600", "10000 2000 300 40 5000 600"),
        ("", ""),
    ],
)
def test_masked(text: str, masked: str) -> None:
    assert mask_identity_numbers(text, "*") == masked


def test_the_check_character_is_that_of_the_standard() -> None:
    # The two examples of GB 11643-1999.
    assert check_character("11010519491231002") == "X"
    assert check_character("44052418800101001") == "4"


def test_the_check_digit_x_is_taken_in_both_cases() -> None:
    digits = next(d for n in range(1000) if (d := with_check(f"33040219430305{n:03d}")).endswith("X"))
    assert mask_identity_numbers(f"{digits}，{digits.lower()}。", "*") == "*，*。"


def test_a_wrong_check_digit_is_no_identity_number_and_is_not_kept_either() -> None:
    wrong = ID[:-1] + ("0" if ID[-1] != "0" else "1")
    assert identity_spans(wrong) == []
    assert mask_identity_numbers(wrong, "*") == "*"


@given(st.integers(0, 10**18 - 1), st.sampled_from(["岁", "元", "块，能报多少", "生"]))
def test_nothing_is_read_out_of_long_numbers(lexicons: list[Lexicon], number: int, after: str) -> None:
    found = understand(f"住院花了{number:018d}{after}", None, lexicons)
    assert set(found.values()) <= {"care"}
