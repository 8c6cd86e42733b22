"""What has the form of a name, and how much of one a stranger sees."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.members.name_words import NameWords
from dialogs.members.names import is_name, mask_name, tidy_name
from tests.cases import read_yaml

TABLE = read_yaml(Path(__file__).parent / "names.yaml")
LOCALES = Path(__file__).parents[3] / "locales"


@pytest.mark.parametrize("name", TABLE["names"])
def test_a_name_is_one(name: str) -> None:
    assert tidy_name(name) == name


@pytest.mark.parametrize(("name", "masked"), TABLE["names"].items())
def test_a_stranger_sees_a_name_masked(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize("text", TABLE["no_names"])
def test_what_is_no_name_is_refused(text: str) -> None:
    assert not is_name(text)


@pytest.mark.parametrize("text", TABLE["refused"])
def test_what_only_has_the_form_of_a_name_is_known(text: str, words: NameWords) -> None:
    assert words.is_refused(text)


@pytest.mark.parametrize("name", TABLE["not_refused"])
def test_no_real_name_is_refused(name: str, words: NameWords) -> None:
    assert is_name(name)
    assert not words.is_refused(name)


@pytest.mark.parametrize(
    ("typed", "tidy"),
    [
        ("张 秀英", "张秀英"),
        ("古丽.买买提", "古丽·买买提"),
        ("古丽 • 买买提", "古丽·买买提"),
        ("古丽・买买提", "古丽·买买提"),
        ("Ａｎｎａ　 Smith", "Anna Smith"),
        ("O’Neil", "O'Neil"),
    ],
)
def test_a_name_is_kept_in_one_spelling(typed: str, tidy: str) -> None:
    assert tidy_name(typed) == tidy


@given(st.text(alphabet="张秀英古丽买·𠮷", max_size=24) | st.text(max_size=80))
def test_the_whole_name_is_never_shown(name: str) -> None:
    masked = mask_name(name)
    letters = [char for char in masked if char != "*" and not char.isspace()]
    assert masked != name or not name.strip("* ")
    assert len(letters) < max(1, len(name.strip()))


@given(st.text(max_size=200))
def test_a_tidy_name_stays_as_it_is(text: str) -> None:
    name = tidy_name(text)
    assert name is None or tidy_name(name) == name


def test_a_list_is_a_list_of_words_and_its_key_is_known() -> None:
    with pytest.raises(ValueError, match=r"'endnigs' means nothing here\. Did you mean: endings"):
        NameWords.from_data({"endnigs": ["的"]})
    for wrong in ("的", [""], [1], [True], {"的": 1}, None):
        with pytest.raises(ValueError, match=r"^endings: write a list of words"):
            NameWords.from_data({"endings": wrong})
    with pytest.raises(ValueError, match=r"^particulars: write names"):
        NameWords.from_data(["endings"])  # type: ignore[arg-type]


@pytest.mark.parametrize("path", sorted(LOCALES.glob("*/particulars.yaml")), ids=lambda path: path.parent.name)
def test_the_words_of_a_language_name_every_sort_of_number(path: Path) -> None:
    words = NameWords.from_data(read_yaml(path))
    assert words.introductions
    assert words.identity
    assert words.phone
    assert words.code
    assert words.passport
    assert words.travel_permit
    assert not [word for word in words.surnames if words.is_refused(word + "芳芳")]
