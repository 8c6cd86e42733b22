"""The copy of one's data as people read it: nothing left out, nothing left in the program's own words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.languages import LOCALES, catalogue
from bot.members.data_file import as_text
from bot.members.data_words import CHOICES, LABELS, SECTIONS
from member_store.encryption import generate_key
from member_store.members import export
from member_store.store import Store
from member_store.tables.access import Basis, Role
from member_store.tables.money import Account, EntryKind, HardshipState
from member_store.tables.people import DoubtState, EnrolmentState, Notices, Person
from tests.member_store.members import filled as known
from tests.member_store.members.filled import fill

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("copy")
    with Store.open(f"sqlite:///{folder}/hebao.db", generate_key()) as store:
        filled = fill(store)
        with store.reading_records() as records:
            yield {
                "people": [export.everything_about(records, records.session.get(Person, filled.person))],
                "conversation": export.conversation_of(records, "wechat", known.ACCOUNT),
            }


@pytest.fixture(params=LOCALES)
def text(request: pytest.FixtureRequest, data: dict[str, Any]) -> str:
    return as_text(data, catalogue(request.param), {"jiashan": "嘉善县"})


def test_all_that_was_stated_is_there_to_be_read(text: str) -> None:
    for each in (known.NAME, known.NUMBER, known.PHONE, known.ADDRESS, known.CERTIFICATE, known.BANK, known.GROUNDS):
        assert each in text
    assert known.SAID in text
    assert "嘉善县" in text
    assert text.encode().decode() == text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@pytest.mark.parametrize("locale", LOCALES)
def test_days_moments_and_amounts_are_written_as_the_language_writes_them(data: dict[str, Any], locale: str) -> None:
    text = as_text(data, catalogue(locale))
    for each in {"zh_Hans": ("1988年3月15日", "1,234.50元", "−40元"), "en": ("March 15, 1988", "1,234.50", "−")}[
        locale
    ]:
        assert each in text
    assert not re.search(r"\d{4}-\d\d-\d\dT", text)
    assert "123450" not in text
    # Seven in the morning in UTC is three in the afternoon where the office is.
    assert "15:08" in text


def test_no_id_of_the_program_is_left_in_it(text: str) -> None:
    lines = [line for line in text.splitlines() if known.SAID not in line]
    ids = {found for line in lines for found in re.findall(r"\b[a-z]+_[a-z_]+\b", line)}
    # The rule that admits, which is labelled as what the rules call it.
    assert ids == {"local_resident"}
    assert "export." not in text


def fields(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        for name, value in data.items():
            if name in {"facts", "worked_out"}:
                continue
            yield name
            yield from fields(value)
    elif isinstance(data, list):
        for each in data:
            yield from fields(each)


def test_every_section_and_every_field_has_words(data: dict[str, Any]) -> None:
    (person,) = data["people"]
    assert set(person) == set(SECTIONS)
    in_one_line = {"on", "booked_as", "amount_fen", "at", "actor", "channel", "setting", "action", "part", "payer"}
    used = {name for section in person.values() for name in fields(section)}
    assert used - in_one_line - {"facts"} <= set(LABELS)
    assert set(LABELS) <= used | {"facts", "died_on", "reason"}


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("state", EnrolmentState),
        ("state", HardshipState),
        ("state", DoubtState),
        ("notices", Notices),
        ("basis", Basis),
        ("booked_as", EntryKind),
        ("payer", set(Account) - {Account.BANK, Account.INCOME}),
        ("actor", Role),
    ],
)
def test_every_value_of_every_choice_has_words(field: str, values: Any) -> None:
    assert {each.value for each in values} <= set(CHOICES[field])


def test_every_action_in_the_audit_of_a_person_has_words() -> None:
    source = "\n".join(
        path.read_text("utf-8") for package in ("member_store", "bot") for path in (ROOT / package).rglob("*.py")
    )
    written = set(re.findall(r'\.(?:record|change)\(\s*(?:\w+,\s*)?"([a-z_]+)"', source))
    of_nobody = {
        "code_wrong",
        "collection_changed",
        "collection_cleared",
        "collection_set",
        "community_added",
        "contact_back",
        "contact_forgotten",
        "contact_gone",
        "file_imported",
        "list_exported",
        "reminders_declined",
        "reminders_wanted",
        "staff_added",
        "staff_bound",
        "staff_code",
        "staff_dismissed",
        "staff_unbound",
    }
    assert written - of_nobody <= set(CHOICES["action"])
    assert len(written) > 20
    for prefix, values in (("enrolment", EnrolmentState), ("hardship", HardshipState), ("ledger", EntryKind)):
        assert {f"{prefix}_{each.value}" for each in values} <= set(CHOICES["action"])


@pytest.mark.parametrize("locale", LOCALES)
def test_somebody_of_whom_nothing_is_kept_is_told_so(locale: str) -> None:
    words = catalogue(locale)
    text = as_text({"people": [], "conversation": []}, words)
    assert words("export.nobody") in text
    assert words("export.nothing_said") in text


def test_a_fact_that_the_vocabulary_no_longer_has_is_shown_as_it_was_stated() -> None:
    words = catalogue("en")
    person = {"enrolments": [{"facts": {"owns_a_boat": True, "age": 58, "registration_kind": "rural"}}]}
    text = as_text({"people": [person]}, words)
    assert "owns_a_boat" in text
    assert "58" in text
    assert words("state.registration_kind.rural") in text
