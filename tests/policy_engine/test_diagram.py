"""A diagram forgets what does not matter, and asks first for what matters most."""

import itertools
from typing import Any

from hypothesis import given as given_any
from hypothesis import strategies as st

from policy_engine.diagram import Leaf, ask_first, given, mapped, narrowed, unfold

DOMAINS = {"disabled": (True, False), "age": (17, 18), "care": ("inpatient", "outpatient")}
PEOPLE = list(itertools.product(*DOMAINS.values()))
TABLES = st.lists(st.integers(0, 2), min_size=len(PEOPLE), max_size=len(PEOPLE))
KNOWN = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in DOMAINS.items()})


def diagram(table: list[int]) -> Any:
    def decide(facts: dict[str, Any]) -> int | None:
        outcomes = set(possible(table, facts))
        return outcomes.pop() if len(outcomes) == 1 else None

    return unfold(DOMAINS, decide)


def possible(table: list[int], known: dict[str, Any]) -> list[int]:
    return [
        outcome
        for person, outcome in zip(PEOPLE, table, strict=True)
        if known.items() <= dict(zip(DOMAINS, person, strict=True)).items()
    ]


@given_any(TABLES, KNOWN)
def test_the_leaves_are_the_outcomes_that_are_still_possible(table: list[int], known: dict[str, Any]) -> None:
    remaining = given(diagram(table), known)
    outcomes = possible(table, known)
    assert set(remaining.odds) == set(outcomes)
    assert isinstance(remaining, Leaf) is (len(set(outcomes)) == 1)
    assert sum(remaining.odds.values()) == 1


@given_any(TABLES, KNOWN)
def test_the_support_is_what_can_still_change_the_outcome(table: list[int], known: dict[str, Any]) -> None:
    wanted = {
        name
        for name in DOMAINS.keys() - known.keys()
        for person in PEOPLE
        if len(
            {
                tuple(possible(table, {**dict(zip(DOMAINS, person, strict=True)), **known, name: value}))
                for value in DOMAINS[name]
            }
        )
        > 1
    }
    remaining = given(diagram(table), known)
    assert remaining.support == wanted
    assert set(ask_first(remaining, tuple(DOMAINS), lambda node: len(node.odds))) == wanted


@given_any(TABLES)
def test_outcomes_that_are_made_equal_no_longer_matter(table: list[int]) -> None:
    assert isinstance(mapped(diagram(table), lambda _: "same"), Leaf)


@given_any(TABLES, KNOWN, st.sets(st.sampled_from((17, 18)), min_size=1))
def test_a_few_possible_values_leave_the_outcomes_of_just_these(
    table: list[int], known: dict[str, Any], ages: set[int]
) -> None:
    known.pop("age", None)
    remaining = given(narrowed(diagram(table), {"age": tuple(sorted(ages))}), known)
    assert set(remaining.odds) == {outcome for age in ages for outcome in possible(table, {**known, "age": age})}


def test_the_question_that_leaves_least_doubt_comes_first() -> None:
    remaining = unfold(
        DOMAINS,
        lambda facts: (
            facts["care"] == "inpatient" and (facts["disabled"] or facts["age"] == 17)
            if facts.keys() == DOMAINS.keys()
            else None
        ),
    )
    assert ask_first(remaining, tuple(DOMAINS), lambda node: len(node.odds))[0] == "care"


def test_a_number_between_two_bounds_belongs_to_its_stretch() -> None:
    remaining = unfold({"age": (17, 18, 59, 60)}, lambda facts: int(facts["age"]) // 20 if facts else None)  # type: ignore[call-overload]
    for age, outcome in {0: 0, 17: 0, 18: 0, 40: 0, 59: 2, 60: 3, 99: 3}.items():
        assert given(remaining, {"age": age}).odds == {outcome: 1.0}
