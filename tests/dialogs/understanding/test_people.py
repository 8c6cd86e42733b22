"""Several people in one message: each has what was said of them, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from bot.languages import lexicons
from dialogs.understanding import understand

CASES: list[tuple[str, dict[str, dict[str, Any]]]] = [
    ("我爸七十二，我妈六十九", {"father": {"age": 72}, "mother": {"age": 69}}),
    (
        "我爸七十二有低保，我妈六十九，都是农村户口",
        {
            "father": {"age": 72, "hardship_certificate": "minimum_living", "registration_kind": "rural"},
            "mother": {"age": 69, "registration_kind": "rural"},
        },
    ),
    ("我六十一，老伴六十三", {"self": {"age": 61}, "spouse": {"age": 63}}),
    ("我爸和我妈都七十了", {"father": {"age": 70}, "mother": {"age": 70}}),
    (
        "我人在上海上班，想给我妈参保，她是农村户口",
        {"mother": {"registration_kind": "rural"}, "self": {"works_in_local_enterprise": False}},
    ),
    (
        "女儿读小学，老公在厂里上班",
        {
            "child": {"school_stage": "primary_secondary"},
            "spouse": {"works_in_local_enterprise": True},
        },
    ),
    ("我有职工医保，我老婆没有", {"spouse": {"employee_insured": False}}),
    ("我没有居住证，我老婆有", {"spouse": {"residence_permit": True}}),
    ("我妈六十五岁，农村户口", {"mother": {"age": 65, "registration_kind": "rural"}}),
    ("不是我妈，是我爸，七十了", {"father": {"age": 70}}),
    (
        "我爸70，我妈66，户口都在嘉兴",
        {
            "father": {"age": 70, "registered_locally": True},
            "mother": {"age": 66, "registered_locally": True},
        },
    ),
    ("my father is 72 and my mother is 69", {"father": {"age": 72}, "mother": {"age": 69}}),
]


@pytest.mark.parametrize(("text", "people"), CASES, ids=[text for text, _ in CASES])
def test_what_is_said_belongs_to_whom_it_is_said_of(text: str, people: dict[str, dict[str, Any]]) -> None:
    found = understand(text, None, lexicons("zh_Hans"))
    facts = found.values()
    assert {facts.pop("subject"): facts, **{other.subject: other.values() for other in found.others}} == people


def test_the_first_named_comes_first_and_the_others_in_their_order() -> None:
    found = understand("我妈69，我爸72，我外婆90", None, lexicons("zh_Hans"))
    assert found.values()["subject"] == "mother"
    assert [other.subject for other in found.others] == ["father", "grandmother"]


def test_every_fact_of_every_person_has_its_span() -> None:
    text = "我爸七十二，我妈六十九"
    found = understand(text, None, lexicons("zh_Hans"))
    spans = [text[each.start : each.end] for each in (*found.facts, *found.others[0].facts)]
    assert spans == ["我爸", "七十二", "六十九"]
