"""The county made up for trials is known by its name, as the real ones are, and only where it is on offer."""

from __future__ import annotations

import dataclasses

import pytest

from tests.dialogs.test_respond import Make, start, walk


@pytest.mark.parametrize(
    "text", ["示例县", "我妈在示例县，68岁，农村户口，能参保吗", "I live in the illustrative county, may I join?"]
)
def test_it_is_noted_wherever_it_is_named(context: Make, text: str) -> None:
    assert walk(start(context()), text, context=context()).conversation.facts()["county"] == "demo"


def test_it_is_no_county_where_it_is_not_on_offer(context: Make) -> None:
    without = dataclasses.replace(context(), counties=("haining",))
    assert "county" not in walk(start(without), "我妈在示例县，68岁，能参保吗", context=without).conversation.facts()


def test_where_the_service_is_for_one_county_no_other_is_noted(context: Make) -> None:
    haining = context("haining")
    assert "county" not in walk(start(haining), "我在示例县，68岁，能参保吗", context=haining).conversation.facts()


def test_a_hospital_of_a_real_county_names_no_county(context: Make) -> None:
    said = "我妈去海宁市人民医院住院，花了一万，能报多少"
    assert "county" not in walk(start(context()), said, context=context()).conversation.facts()
