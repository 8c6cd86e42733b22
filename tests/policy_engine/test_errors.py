"""Every refusal is one sentence, in any language, that ends with what to do."""

import re

from babel.messages.pofile import read_po

from locales.catalogues import ROOT
from policy_engine.errors import PackError, PolicyError, did_you_mean


def test_a_refusal_in_a_pack_says_where_first() -> None:
    error = PackError("The key {key} is missing. Add it.", where="a/b.yaml:3", key="'name'")
    assert str(error) == "a/b.yaml:3: The key 'name' is missing. Add it."


def test_a_refusal_can_be_said_in_another_language() -> None:
    error = PackError("The key {key} is missing. Add it.", where="a/b.yaml:3", key="'name'")
    assert error.said(lambda template, **params: f"缺少 {params['key']}。") == "a/b.yaml:3: 缺少 'name'。"


def test_a_refusal_is_an_ordinary_exception_with_its_particulars() -> None:
    error = PolicyError("{scheme} has no rules.", scheme="x")
    assert (error.where, error.params, str(error)) == ("", {"scheme": "x"}, "x has no rules.")


def test_the_nearest_word_is_suggested_or_all_of_them() -> None:
    assert did_you_mean("rounding_", ["rounding", "ceiling"]) == "rounding"
    assert did_you_mean("xyz", ["rounding", "ceiling"]) == "rounding, ceiling"


def test_every_sentence_of_the_engine_is_a_sentence_and_has_the_same_places_in_chinese() -> None:
    with (ROOT / "locales" / "zh_Hans" / "LC_MESSAGES" / "policy.po").open("rb") as file:
        catalogue = read_po(file)
    sentences = [each for each in catalogue if each.id]
    assert len(sentences) > 60
    for each in sentences:
        assert re.search(r"[.?:]$|\{\w+\}$", str(each.id)), each.id
        assert set(re.findall(r"\{\w+\}", str(each.id))) == set(re.findall(r"\{\w+\}", str(each.string))), each.id
