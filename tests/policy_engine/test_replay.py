"""Stored results worked out again: the same, or exactly what differs, and why."""

import copy
import datetime
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_engine.compare import compare
from policy_engine.contribution import contribution
from policy_engine.eligibility import eligibility
from policy_engine.errors import PolicyError
from policy_engine.estimate import estimate
from policy_engine.facts import FACTS, parse_facts
from policy_engine.loader import Readings, load_scheme
from policy_engine.provenance import ENGINE
from policy_engine.replay import Cause, Replayed, replay
from policy_engine.scheme import Scheme

SCHEME = "jiaxing-2008"
ASKS: dict[str, Callable[..., Any]] = {
    "eligibility": eligibility,
    "contribution": contribution,
    "estimate": estimate,
    "compare": compare,
}
STAY = {"care": "inpatient", "provider_level": "county", "reportable_cost": "12000", "age": 40, "school_stage": "none"}
READINGS = {
    name: tuple(each.choices) for name, each in load_scheme(SCHEME).interpretations.items() if len(each.choices) > 1
}


def stored(
    question: str, facts: dict[str, Any], county: str | None = "demo", readings: Readings = ()
) -> dict[str, Any]:
    """A result as it comes back from a file."""
    scheme = load_scheme(SCHEME, county, readings=readings)
    found = ASKS[question](scheme, parse_facts(facts), datetime.date(2008, 3, 1)).to_dict()
    result: dict[str, Any] = json.loads(json.dumps(found))
    return result


def causes(found: Replayed, kind: str) -> list[Cause]:
    return [each for each in found.causes if each.kind == kind]


@pytest.mark.parametrize("question", ASKS)
def test_a_result_of_today_is_the_same_today(question: str) -> None:
    found = replay(stored(question, STAY))
    assert found.same
    assert (found.differences, found.causes) == ((), ())
    assert found.stored.question == question
    assert found.to_dict()["same"] is True


AMOUNTS = st.integers(0, 200_000).map(str) | st.fixed_dictionaries({"low": st.just("100"), "high": st.just("90000.50")})
PEOPLE = (
    {name: st.sampled_from(fact.values) for name, fact in FACTS.items() if fact.kind == "enum" and name != "county"}
    | {name: st.booleans() for name, fact in FACTS.items() if fact.kind == "bool"}
    | {name: AMOUNTS for name, fact in FACTS.items() if fact.kind == "money"}
    | {"age": st.integers(0, 100), "admission_date": st.sampled_from(["2008-01-01", "2008-12-31"])}
)


@settings(max_examples=40)
@given(
    st.sampled_from(sorted(ASKS)),
    st.sampled_from([None, "demo", "haining", "shibenji"]),
    st.fixed_dictionaries({}, optional=PEOPLE),
    st.fixed_dictionaries({}, optional={name: st.sampled_from(choices) for name, choices in READINGS.items()}),
)
def test_whatever_was_asked_today_is_the_same_today(
    question: str, county: str | None, facts: dict[str, Any], readings: dict[str, str]
) -> None:
    try:
        result = stored(question, facts, county, tuple(sorted(readings.items())))
    except PolicyError:
        return
    assert replay(result).same


def test_a_changed_figure_is_the_only_figure_named(edited: Callable[..., Scheme], packs: Path) -> None:
    result = stored("estimate", STAY)
    edited("counties/demo.yaml", "value: 50%", "value: 55%")
    found = replay(result, from_folder(packs))
    assert not found.same
    assert {each.path for each in found.differences} == {
        "fund_pays",
        "person_pays",
        "receipt[3].amount",
        "receipt[4].amount",
        "figures.inpatient.ratio.county",
        *(each.path for each in found.differences if each.path.startswith("receipt")),
    }
    (figure,) = causes(found, "figure")
    assert figure.name == "inpatient.ratio.county"
    assert str(figure.problem) == "inpatient.ratio.county was 50% and is 55% today."
    assert [each.grade for each in figure.citations] == ["illustrative"]
    assert [each.kind for each in found.causes] == ["figure", "pack"]
    assert found.version == load_scheme(SCHEME, "demo", packs).version


def test_a_figure_of_the_city_is_told_with_the_article_where_it_stands(
    edited: Callable[..., Scheme], packs: Path
) -> None:
    result = stored("estimate", {**STAY, "provider_level": "township"})
    edited("parameters.yaml", "value: 300, cite", "value: 350, cite")
    (figure,) = causes(replay(result, from_folder(packs)), "figure")
    assert str(figure.problem) == "inpatient.deductible.township was 300.00 and is 350.00 today."
    assert [(each.article, each.item) for each in figure.citations] == [("十四", 1)]


def test_a_comparison_names_a_changed_figure_too(edited: Callable[..., Scheme], packs: Path) -> None:
    result = stored("compare", STAY)
    edited("counties/demo.yaml", "value: 800", "value: 900")
    found = replay(result, from_folder(packs))
    assert [each.name for each in causes(found, "figure")] == ["inpatient.deductible.city"]
    assert all(each.path.startswith("levels.city.") for each in found.differences)


def test_a_value_that_is_set_only_now_and_a_rule_without_figures(edited: Callable[..., Scheme], packs: Path) -> None:
    result = stored("estimate", STAY, "haining")
    joining = stored("eligibility", {"registered_locally": True, "employee_insured": True}, "haining")
    edited(
        "counties/haining.yaml",
        "",
        "parameters:\n  inpatient.ratio.county: [{from: 2008-01-01, value: 55%, cite: 十四.2}]\n",
        "haining",
    )
    (figure,) = causes(replay(result, from_folder(packs)), "figure")
    assert str(figure.problem) == "inpatient.ratio.county was – and is 55% today."
    unchanged = replay(joining, from_folder(packs))
    assert unchanged.same
    assert unchanged.version != joining["version"]
    assert unchanged.causes == ()


def test_a_changed_rule_on_joining_is_a_changed_pack(edited: Callable[..., Scheme], packs: Path) -> None:
    person = {"registered_locally": False, "residence_permit": True, "works_in_local_enterprise": True}
    result = stored("eligibility", {**person, "employee_insured": False, "enrolled_elsewhere": False})
    edited(
        "eligibility.yaml",
        "        - {works_in_local_enterprise: true}\n",
        "        - {works_in_local_enterprise: true}\n        - {age: {below: 60}}\n",
    )
    found = replay(result, from_folder(packs))
    assert ("outcome", "eligible", "undetermined") in [(each.path, each.then, each.now) for each in found.differences]
    assert [each.kind for each in found.causes] == ["pack"]
    assert [each.to_dict() for each in found.differences if each.path == "missing[0]"] == [
        {"path": "missing[0]", "now": "age"}
    ]


def test_a_reading_that_there_no_longer_is(edited: Callable[..., Scheme], packs: Path) -> None:
    result = stored("estimate", {**STAY, "provider_level": "provincial"}, readings=(("points_add_up", "both"),))
    path = packs / SCHEME / "interpretations.yaml"
    path.write_text(path.read_text("utf-8").replace("    both: 两样都降。\n", "    together: 两样都降。\n"), "utf-8")
    edited("benefits.yaml", "reading: {points_add_up: both}", "reading: {points_add_up: together}")
    found = replay(result, from_folder(packs))
    (reading,) = causes(found, "reading")
    assert str(reading.problem).startswith("The open place 'points_add_up' can no longer be read as 'both'")
    assert "readings.points_add_up" in {each.path for each in found.differences}


def test_a_newer_engine_is_named() -> None:
    result = {**stored("estimate", STAY), "engine": "1.0", "fund_pays": "1.00"}
    found = replay(result)
    assert [each.kind for each in found.causes] == ["engine"]
    assert str(found.causes[0].problem) == f"The engine was '1.0' and is '{ENGINE}' today."
    assert replay({**stored("estimate", STAY), "engine": "1.0"}).same


@pytest.mark.parametrize(
    ("change", "kind", "says"),
    [
        ({"scheme": "jiaxing-1999"}, "scheme", "There is no scheme called jiaxing-1999"),
        ({"county": "hangzhou"}, "scheme", "no county called hangzhou"),
        ({"on": "2009-01-01"}, "day", "none for 2009-01-01"),
        ({"facts": {"age": "old"}}, "facts", "age is a whole number"),
        ({"facts": {"aged": 5}}, "facts", "Did you mean: age"),
        ({"scheme": "mohrss-2008", "county": None}, "pack", "has no rules on benefits"),
    ],
)
def test_what_can_no_longer_be_worked_out_says_why(change: dict[str, Any], kind: str, says: str) -> None:
    found = replay({**stored("estimate", STAY), **change})
    assert not found.same
    assert found.now is None
    assert [each.kind for each in found.causes] == [kind]
    assert says in str(found.causes[0].problem)


def test_a_result_that_was_changed_by_hand_is_known_as_such() -> None:
    for path, value in (("fund_pays", "1.00"), ("facts", {**STAY, "age": 10}), ("missing", ["age"])):
        found = replay({**stored("estimate", STAY), path: value})
        assert not found.same
        assert [each.kind for each in found.causes] == ["file"], path


@pytest.mark.parametrize("question", ASKS)
def test_a_part_that_is_missing_or_of_the_wrong_kind_is_named(question: str) -> None:
    whole = stored(question, STAY)
    place = whole["levels"]["county"] if question == "compare" else whole
    for key in ("scheme", "county", "version", "engine", "on", "readings", "facts"):
        for spoil in (lambda part, key=key: part.pop(key), lambda part, key=key: part.update({key: 5})):
            kept = copy.deepcopy(place)
            spoil(place)
            with pytest.raises(PolicyError) as refused:
                replay(whole)
            assert key in str(refused.value)
            place.clear()
            place.update(kept)
    assert replay(whole).same


@pytest.mark.parametrize("thing", [None, 5, "x", [], {}, {"a": 1}, {"question": "x"}, {"question": ["estimate"]}])
def test_what_is_no_result_is_refused(thing: Any) -> None:
    with pytest.raises(PolicyError, match="This is no result of eligibility"):
        replay(thing)


def test_a_comparison_of_different_people_is_refused() -> None:
    whole = stored("compare", STAY)
    whole["levels"]["city"]["facts"]["age"] = 5
    with pytest.raises(PolicyError, match="different facts or rules"):
        replay(whole)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=40)
@given(st.sampled_from(sorted(ASKS)), st.data())
def test_no_damage_raises_anything_but_a_policy_error(question: str, data: st.DataObject) -> None:
    result = stored(question, STAY)
    for _ in range(data.draw(st.integers(1, 3))):
        part: Any = result
        while isinstance(part, dict) and part:
            key = data.draw(st.sampled_from(sorted(part)))
            if data.draw(st.booleans()) or not isinstance(part[key], dict):
                part[key] = data.draw(JSON)
                break
            part = part[key]
    try:
        replay(result).to_dict()
    except PolicyError:
        return


def from_folder(packs: Path) -> Callable[[str, str | None, Readings], Scheme]:
    return lambda scheme, county, readings: load_scheme(scheme, county, packs, readings)
