"""The number of a document is read as it says, or the one reason is given why it cannot be right."""

import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dialogs.members.identity import (
    NOT_ACCEPTED,
    IdentityDocument,
    IdentityKind,
    IdentityProblem,
    IdentityReason,
    mask_number,
    read_identity,
)
from dialogs.understanding.resident_number import check_character
from tests.cases import read_yaml

TODAY = datetime.date(2026, 3, 1)
CASES = read_yaml(Path(__file__).parent / "identity.yaml")


@st.composite
def numbers(draw: st.DrawFn) -> str:
    born = draw(st.dates(datetime.date(1900, 1, 1), TODAY))
    area = draw(st.sampled_from(("110101", "330402", "654226", "820000", "932682")))
    body = f"{area}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return body + check_character(body)


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{at}-{case['say']}") for at, case in enumerate(CASES, 1)])
def test_a_number_says_what_the_table_says(case: dict[str, Any]) -> None:
    named = IdentityKind(case["named"]) if "named" in case else None
    found = read_identity(case["say"], TODAY, named)
    if isinstance(found, IdentityDocument):
        read = {"kind": found.kind.value, "number": found.number, "born": found.birth_date, "sex": found.sex}
        read |= {"region": found.region, "converted": found.converted or None}
    else:
        document = found.kind.value if found.kind in NOT_ACCEPTED else None
        read = {"reason": found.reason.value, "length": found.length, "document": document}
    wanted = {key: value for key, value in case.items() if key not in ("say", "named")}
    assert {key: value for key, value in read.items() if value is not None} == wanted


def test_every_reason_stands_in_the_table() -> None:
    assert {case["reason"] for case in CASES if "reason" in case} == set(IdentityReason)


@given(numbers(), st.data())
def test_blanks_and_dashes_anywhere_change_nothing(number: str, data: st.DataObject) -> None:
    marks = data.draw(
        st.lists(st.sampled_from(["", " ", "-", "—", "\u200b", "\u202d", "　"]), min_size=18, max_size=18)
    )
    typed = "".join(mark + char for mark, char in zip(marks, number, strict=True))
    found = read_identity(typed.lower(), TODAY)
    assert isinstance(found, IdentityDocument)
    assert found.number == number


@given(numbers(), st.integers(0, 17), st.integers(1, 9))
def test_one_mistyped_digit_is_always_noticed(number: str, at: int, by: int) -> None:
    assume(number[at] != "X")
    wrong = number[:at] + str((int(number[at]) + by) % 10) + number[at + 1 :]
    assert isinstance(read_identity(wrong, TODAY), IdentityProblem)


@given(numbers(), st.integers(0, 15))
def test_two_digits_that_changed_places_are_always_noticed(number: str, at: int) -> None:
    assume(number[at] != number[at + 1])
    wrong = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    found = read_identity(wrong, TODAY)
    assert isinstance(found, IdentityProblem)
    if found.reason is IdentityReason.CHECK:
        assert found.swapped in (None, (at + 1, at + 2))


def test_the_places_to_look_at_are_named_where_only_one_exchange_would_do() -> None:
    found = read_identity("330402194830153326", TODAY)
    assert found == IdentityProblem(IdentityReason.DATE, IdentityKind.RESIDENT_IDENTITY_CARD, 18)
    found = read_identity("330402194803153362", TODAY)
    assert isinstance(found, IdentityProblem)
    assert found.reason is IdentityReason.CHECK
    assert found.swapped == (17, 18)


def test_where_two_exchanges_would_do_no_places_are_named() -> None:
    ambiguous = []
    for order in range(1000):
        for check in "0123456789X":
            number = f"33040219480315{order:03d}{check}"
            fitting = [
                at
                for at, (first, second) in enumerate(pairwise(number))
                if first != second
                and isinstance(read_identity(number[:at] + second + first + number[at + 2 :], TODAY), IdentityDocument)
            ]
            if len(fitting) > 1:
                ambiguous.append(number)
        if len(ambiguous) > 3:
            break
    assert ambiguous
    for number in ambiguous:
        found = read_identity(number, TODAY)
        assert isinstance(found, IdentityProblem)
        assert found.swapped is None


@given(st.text(max_size=400) | st.from_regex(r"[0-9A-Za-z -]{0,40}"), st.sampled_from([None, *IdentityKind]))
def test_any_text_is_a_document_or_a_problem(text: str, named: IdentityKind | None) -> None:
    found = read_identity(text, TODAY, named)
    if isinstance(found, IdentityDocument):
        assert found.kind not in NOT_ACCEPTED
        again = read_identity(found.number, TODAY)
        assert isinstance(again, IdentityDocument)
        assert again.number == found.number


def test_neither_number_nor_day_of_birth_is_in_what_a_log_would_show() -> None:
    shown = repr(read_identity("330402194803153326", TODAY))
    assert "19480315" not in shown
    assert "1948" not in shown


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("330402194803153326", "3304**********3326"),
        ("USA330085010112", "***********0112"),
        ("H12345678", "*****5678"),
        ("12345", "***45"),
        ("1", "*"),
        ("", ""),
    ],
)
def test_a_number_is_masked(number: str, masked: str) -> None:
    assert mask_number(number) == masked


@given(st.text(alphabet="0123456789X", max_size=40))
def test_never_more_than_half_of_a_number_is_shown(number: str) -> None:
    masked = mask_number(number)
    assert len(masked) == len(number)
    assert masked.count("*") * 2 >= len(number)
