"""A lexicon that is wrong is refused, with the entry named; one that is right works in a language of its own."""

import gc
import time
from typing import Any

import pytest
import yaml

from dialogs.understanding import Expecting, Lexicon, understand
from tests.dialogs.understanding.conftest import LOCALES


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ({"fact": []}, "fact"),
        ({"facts": [{"facts": {"agee": 3}, "phrases": ["x"]}]}, "agee"),
        ({"facts": [{"facts": {"care": "hospital"}, "phrases": ["x"]}]}, "entry 1"),
        ({"facts": [{"facts": {"care": "inpatient"}, "phrases": "x"}]}, "entry 1"),
        ({"facts": [{"facts": {"care": "inpatient"}, "phrases": [True]}]}, "entry 1"),
        ({"facts": [{"facts": {"care": "inpatient"}, "phrases": ["{no}x"]}]}, "no"),
        ({"facts": [{"facts": {"care": "inpatient"}, "phrases": ["x"], "strong": True}]}, "strong"),
        ({"facts": [{"facts": {"care": "inpatient"}, "phrases": ["x"], "marks": ["gluey"]}]}, "gluey"),
        ({"facts": [{"phrases": ["x"]}]}, "entry 1"),
        ({"marks": {"gluey": ["x"]}}, "gluey"),
        ({"intents": {"estimates": ["x"]}}, "estimates"),
        ({"commands": {"bak": ["x"]}}, "bak"),
        ({"commands": {"back": ["x"], "help": ["x"]}}, "'x'"),
        ({"commands": {"language": {"fr": ["x"]}}}, "fr"),
        ({"pairs": [{"first": "here", "then": "studyy", "facts": {"studies_locally": True}}]}, "studyy"),
        ({"answers": [{"fact": "age", "value": 200, "phrases": ["x"]}]}, "age"),
        ({"names": {"agee": ["x"]}}, "agee"),
        ({"numbers": {"words": {"un": True}}}, "un"),
        ({"strip": {"around": []}}, "around"),
        ({"sounds": {"户口": ["护口本"]}}, "护口本"),
        ({"requests": {"bak": ["x"]}}, "bak"),
    ],
)
def test_refused(data: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        Lexicon.from_data(data)


@pytest.mark.parametrize("phrases", [["xy"], ["x{then}"], ["{first}y"], ["{first}{then}"]])
def test_two_entries_that_contradict_one_another_are_found_by_the_phrase_they_have_in_common(
    phrases: list[str],
) -> None:
    sets = {"first": ["x", "z"], "then": ["y", "w"]}
    entries = [
        {"facts": {"care": "inpatient"}, "phrases": ["xy", "other"]},
        {"facts": {"care": "outpatient"}, "phrases": phrases},
    ]
    lexicon = Lexicon.from_data({"sets": sets, "facts": entries})
    with pytest.raises(ValueError, match=r"'xy': facts: entry 1 and facts: entry 2"):
        lexicon.phrases.check()
    assert understand("xy", None, [lexicon]).values() == {"care": "inpatient"}


def test_a_lexicon_is_made_in_no_more_time_than_reading_its_file_takes(lexicons: list[Lexicon]) -> None:
    assert len(lexicons) > 1
    # The collector would look through all that a long test run holds, again and again: it is off at the start, too.
    gc.disable()
    try:
        for locale in ("zh_Hans", "en"):
            text = (LOCALES / locale / "lexicon.yaml").read_text("utf-8")
            begun = time.thread_time()
            data = yaml.safe_load(text)
            read = time.thread_time()
            Lexicon.from_data(data)
            assert time.thread_time() - read < read - begun
    finally:
        gc.enable()


def test_a_third_language_is_data_only() -> None:
    italian = Lexicon.from_data(
        {
            "locale": "it",
            "facts": [
                {"facts": {"subject": "mother"}, "phrases": ["mia madre"]},
                {"facts": {"residence_permit": True}, "phrases": ["permesso di soggiorno"], "weak": True},
            ],
            "marks": {"neg_have": ["non ha"], "have": ["ha"], "years": ["anni"], "glue": ["il", "ha"]},
            "commands": {"yes": ["sì"]},
            "numbers": {"words": {"sessanta": 60}, "scales": {"mila": 1000}},
        }
    )
    found = understand("Mia madre ha 65 anni, non ha il permesso di soggiorno", None, [italian])
    assert found.values() == {"subject": "mother", "age": 65, "residence_permit": False}
    assert understand("mia madre, sessanta anni, ha il permesso di soggiorno", None, [italian]).values() == {
        "subject": "mother",
        "age": 60,
        "residence_permit": True,
    }
    assert understand("sì", Expecting("disabled"), [italian]).values() == {"disabled": True}
    assert understand("qualunque cosa", None, []).facts == ()
