"""Every refusal that there is can be told in every language, and says what to do next."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest

from bot.languages import LOCALES, catalogue
from bot.members.refused import REFUSED, refused, state_told, told
from member_store.members.refusals import Refusal
from member_store.tables.money import HardshipState
from member_store.tables.people import EnrolmentState

ROOT = Path(__file__).parents[3]
DETAILS = {
    "what": "person",
    "id": 1,
    "before": "under_review",
    "after": "awaiting_payment",
    "state": "awaiting_payment",
    "role": "worker",
    "login": "li",
    "on": datetime.date(2008, 3, 1),
    "until": datetime.date(2008, 3, 5),
    "year": 2008,
    "first": 2009,
    "last": 2008,
    "minutes": 5,
    "amount_fen": 6000,
    "most_fen": 6000,
    "bill_fen": 6000,
    "most": 9,
    "difference": 1,
    "entry": 1,
    "order": 1,
    "rows": "3, 4",
    "owed_by": "person",
}


def raised() -> set[str]:
    """The codes of all refusals in the code."""
    files = [*(ROOT / "member_store").rglob("*.py"), *(ROOT / "bot").rglob("*.py")]
    return {code for file in files for code in re.findall(r'\bRefusal\(\s*"(\w+)"', file.read_text("utf-8"))}


def test_every_refusal_that_is_raised_has_its_words() -> None:
    assert raised() - set(REFUSED) == set()


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("code", REFUSED)
def test_a_refusal_is_told_with_its_details_filled_in(code: str, locale: str) -> None:
    details = dict(DETAILS)
    if code == "no_areas":
        del details["most_fen"]
    else:
        del details["most"]
    said = refused(Refusal(code, **details), catalogue(locale))
    assert "{" not in said
    assert said.endswith((".", "。"))
    # Neither an id nor an amount in fen is for people to read.
    assert "_" not in said
    assert "6000" not in said


@pytest.mark.parametrize("locale", LOCALES)
def test_details_are_written_in_the_readers_language(locale: str) -> None:
    words = catalogue(locale)
    found = told(Refusal("refund_too_large", year=2008, most_fen=6050, on=datetime.date(2008, 3, 1)), words)
    assert found == {"year": 2008, "most": "60.50元" if locale == "zh_Hans" else "60.50 yuan", "on": found["on"]}
    assert found["on"] == words.date(datetime.date(2008, 3, 1))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("state", [*EnrolmentState, *HardshipState])
def test_every_state_has_its_words(state: EnrolmentState | HardshipState, locale: str) -> None:
    assert state_told(state.value, catalogue(locale)) != state.name
