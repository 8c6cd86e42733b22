"""What somebody says of a person is found where they say it, and nothing where they do not."""

import datetime
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.members.identity import IdentityDocument, read_identity
from dialogs.members.name_words import NameWords
from dialogs.members.particulars import CODE_ALPHABET, find_particulars, is_name, read_code
from tests.cases import read_yaml

TODAY = datetime.date(2026, 3, 1)
CASES = read_yaml(Path(__file__).parent / "particulars.yaml")
ASKED = st.sampled_from([None, "name", "identity", "phone", "code", "community"])
PIECES = st.sampled_from(
    (
        *"张·-的'.,?x不()+ \n\u202e😀",
        *("我叫", "姓名：", "张秀英", "今年", "my name is ", "Anna"),
        *("身份证", "330402194803153326", "330402194803153325", "3304", "13812345678", "0573-", "86"),
        *("护照", "E12345678", "授权码", "code ", "K7MQ", "2WXZ"),
    )
)


def found(case: dict[str, Any], words: NameWords) -> dict[str, Any]:
    particulars = find_particulars(case["say"], TODAY, case.get("asked"), words)
    identity = particulars.identity
    read = {"name": particulars.name, "phone": particulars.phone, "code": particulars.code}
    if identity is not None:
        read["identity"] = identity.number if isinstance(identity, IdentityDocument) else identity.reason.value
    return {key: value for key, value in read.items() if value} | ({"several": True} if particulars.several else {})


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{at}-{case['say']}") for at, case in enumerate(CASES, 1)])
def test_a_message_says_what_the_table_says_and_no_more(case: dict[str, Any], words: NameWords) -> None:
    assert set(case) <= {"say", "asked", "name", "identity", "phone", "code", "several"}
    assert found(case, words) == {key: value for key, value in case.items() if key not in ("say", "asked")}


@given(st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=300), ASKED)
def test_whatever_is_found_has_the_form_that_it_should(words: NameWords, text: str, asked: str | None) -> None:
    particulars = find_particulars(text, TODAY, asked, words)
    if particulars.name is not None:
        assert is_name(particulars.name) or particulars.name.isalpha()
        assert not words.is_refused(particulars.name)
    if isinstance(particulars.identity, IdentityDocument):
        assert isinstance(read_identity(particulars.identity.number, TODAY), IdentityDocument)
    assert particulars.phone is None or particulars.phone.isdigit()
    assert particulars.code is None or read_code(particulars.code) == particulars.code


@given(st.lists(PIECES, min_size=1, max_size=3).map("".join), ASKED)
def test_a_text_without_end_is_read_in_no_time(words: NameWords, piece: str, asked: str | None) -> None:
    started = time.process_time()
    find_particulars(piece * 100_000, TODAY, asked, words)
    assert time.process_time() - started < 0.5


@given(st.text(max_size=80), st.sampled_from([None, "identity", "phone", "code"]))
def test_unasked_and_without_any_words_a_name_is_only_found_beside_a_number(text: str, asked: str | None) -> None:
    particulars = find_particulars(text, TODAY, asked, NameWords())
    assert particulars.name is None or particulars.identity is not None


@given(st.text(alphabet=CODE_ALPHABET, min_size=8, max_size=8))
def test_a_code_is_read_however_it_is_written(code: str) -> None:
    for written in (code, code.lower(), f"{code[:4]}-{code[4:]}", f" {code[:4]} - {code[4:]}。", f"“{code}”"):
        assert read_code(written) == code


@pytest.mark.parametrize("text", ["", "K7MQ2WX", "K7MQ2WXZ3", "K7M0-2WXZ", "K7MO-2WXZ", "K7-MQ-2W-XZ", "К7MQ2WXZ"])
def test_what_is_no_code_is_not_read_as_one(text: str) -> None:
    assert read_code(text) is None


def test_nothing_personal_is_in_what_a_log_would_show(words: NameWords) -> None:
    shown = repr(find_particulars("张秀英 330402194803153326 13812345678", TODAY, None, words))
    assert not any(secret in shown for secret in ("张秀英", "19480315", "13812345678"))
