"""Three-valued conditions: unknown is neither yes nor no, and nothing is decided that a later answer could undo."""

import itertools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_engine.conditions import Condition, domain, read_condition
from policy_engine.reading.source import read_yaml

NAMES: dict[str, list[Any]] = {"disabled": [True, False], "age": [17, 18, 59, 60], "care": ["inpatient", "outpatient"]}
LEAVES = st.sampled_from(
    [{"disabled": True}, {"care": "outpatient"}, {"age": {"below": 18}}, {"age": {"at_least": 60}}, {"age": 18}]
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=5,
)
KNOWN = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in NAMES.items()})


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("conditions") / "condition.yaml"


def condition_of(tree: object, scratch: Path) -> Condition:
    scratch.write_text(json.dumps(tree), encoding="utf-8")
    return read_condition(read_yaml(scratch, "condition.yaml"), {})


def plainly(tree: Any, facts: Mapping[str, Any]) -> bool:
    ((key, value),) = tree.items()
    match key:
        case "all":
            return all(plainly(each, facts) for each in value)
        case "any":
            return any(plainly(each, facts) for each in value)
        case "not":
            return not plainly(value, facts)
    if isinstance(value, dict):
        return facts[key] < value["below"] if "below" in value else facts[key] >= value["at_least"]
    return bool(facts[key] == value)


def people(known: Mapping[str, Any]) -> list[dict[str, Any]]:
    everybody = [dict(zip(NAMES, values, strict=True)) for values in itertools.product(*NAMES.values())]
    return [each for each in everybody if known.items() <= each.items()]


@given(TREES, KNOWN)
def test_a_condition_with_unknowns_claims_only_what_holds_for_everybody(
    scratch: Path, tree: Any, known: dict[str, Any]
) -> None:
    holds = condition_of(tree, scratch).holds(known)
    possible = {plainly(tree, person) for person in people(known)}
    assert holds is None or possible == {holds}


@given(TREES)
def test_with_all_facts_known_a_condition_is_plain_logic(scratch: Path, tree: Any) -> None:
    condition = condition_of(tree, scratch)
    for person in people({}):
        assert condition.holds(person) is plainly(tree, person)


@given(TREES, st.data())
def test_what_stands_against_a_condition_is_known_and_named(scratch: Path, tree: Any, data: st.DataObject) -> None:
    condition = condition_of(tree, scratch)
    person = data.draw(st.sampled_from(people({})))
    against = condition.against(person)
    assert bool(against) is not plainly(tree, person)
    assert set(against) <= {name for name, _ in condition.needs()}


@given(TREES, st.integers(0, 130))
def test_the_ages_that_are_tried_stand_for_all_ages(scratch: Path, tree: Any, age: int) -> None:
    """Every age behaves like one of those that `domain` gives."""
    condition = condition_of({"all": [tree, {"age": {"below": 131}}]}, scratch)
    tried = domain("age", (condition,))
    rest = {"disabled": True, "care": "outpatient"}
    like = max((each for each in tried if isinstance(each, int) and each <= age), default=min(tried))  # type: ignore[type-var]
    assert condition.holds({**rest, "age": age}) is condition.holds({**rest, "age": like})
