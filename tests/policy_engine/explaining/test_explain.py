"""Why: the tree of reasons agrees with what was decided, whatever is known, and every place that it names exists."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_engine.citations import article_key
from policy_engine.contribution import contribution
from policy_engine.eligibility import eligibility
from policy_engine.estimate import estimate
from policy_engine.explaining.explain import Explanation, explain_contribution, explain_eligibility, explain_estimate
from policy_engine.explaining.reasons import Reason
from policy_engine.explaining.situation import situation
from policy_engine.facts import FACTS, parse_facts
from policy_engine.loader import PACKS, load_scheme
from policy_engine.money import Money, exactly
from policy_engine.scheme import Scheme
from tests.cases import read_yaml
from tests.policy_engine import test_eligibility as joining
from tests.policy_engine.explaining.test_what_if import counting
from tests.policy_engine.hostile import schemes
from tests.policy_engine.test_estimate import FEN, KNOWN, PAID, completions
from tests.policy_engine.test_every_scheme import MANY, WRITTEN, cases

EXPLAINS: dict[str, Callable[..., Explanation]] = {
    "eligibility": explain_eligibility,
    "contribution": explain_contribution,
    "estimate": explain_estimate,
}
ASKS: dict[str, Callable[..., Any]] = {"eligibility": eligibility, "contribution": contribution, "estimate": estimate}
RULES = {"eligibility": "may_join", "contribution": "contribution", "estimate": "benefits"}
EVERY = schemes(PACKS, WRITTEN)
SOME = [each for each in EVERY if each.benefits and (each.overlay is None or each.overlay.illustrative)]
CASES = read_yaml(Path(__file__).parents[1] / "cases" / "explain.yaml")
CLAUSES = {"all", "any", "not", "fact", "parameter", "reading"}
STAGES = ("preschool", "university")


def at(reason: Reason, path: str) -> Reason:
    """The node at the end of a path such as "group schedules / schedule inpatient_city"."""
    for step in path.split(" / "):
        kind, _, name = step.partition(" ")
        if (reason.kind, reason.id) == (kind, name):
            continue
        found = [part for part in reason.parts if (part.kind, part.id) == (kind, name)]
        assert found, f"{step}: there are {[f'{part.kind} {part.id}' for part in reason.parts]}"
        reason = found[0]
    return reason


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: dict[str, Any]) -> None:
    scheme = load_scheme("jiaxing-2008", case["county"], readings=tuple(case.get("readings", {}).items()))
    reason = EXPLAINS[case["what"]](scheme, parse_facts(case["facts"])).reason
    assert {path: at(reason, path).holds for path, _ in case["nodes"]} == dict(case["nodes"])
    unset = {each.id: each.unset.decided_by for each in reason.walk() if each.unset is not None}
    assert {name: unset.get(name) for name in case.get("unset", {})} == case.get("unset", {})


# -- the tree agrees with itself and with the decision -----------------------------------------------------------------


def assert_sound(reason: Reason) -> None:
    """Every clause is what its parts make it, and every place that is named exists."""
    for each in reason.walk():
        parts = [part.holds for part in each.parts]
        match each.kind:
            case "all" if not each.id:
                assert each.holds is (False if False in parts else None if None in parts else True)
            case "any" if not each.id:
                assert each.holds is (True if True in parts else None if None in parts else False)
            case "not":
                assert parts == [None if each.holds is None else not each.holds]
            case "fact" if each.value is not None and each.wanted:
                assert each.holds is (each.value in each.wanted)
            case "fact" if isinstance(each.value, int) and (each.at_least, each.below) != (None, None):
                low, high = each.at_least, each.below
                assert each.holds is ((low is None or each.value >= low) and (high is None or each.value < high))
            case "figure":
                assert (each.holds is None) == (each.unset is not None)
        for citation in each.citations:
            if citation.document is None:
                assert citation.grade == "illustrative"
            else:
                assert article_key(citation.article, citation.item) in citation.document.articles


def condition_of(entry: Reason) -> Reason | None:
    return entry.parts[0] if entry.parts and entry.parts[0].kind in CLAUSES else None


@given(joining.KNOWN)
def test_the_root_agrees_with_the_decision(demo: Scheme, known: dict[str, Any]) -> None:
    found = explain_eligibility(demo, known)
    expected = {"eligible": True, "ineligible": False, "undetermined": None}[eligibility(demo, known).outcome]
    assert found.reason.holds is expected
    assert_sound(found.reason)
    rules = {each.id: each for group in found.reason.parts for each in group.parts}
    assert set(rules) == {rule.id for rule in (*demo.cannot_join, *demo.may_join)}
    for step in eligibility(demo, known).reasons:
        assert (rules[step.rule].holds, rules[step.rule].text) == (step.holds, step.text)
        assert rules[step.rule].citations == (step.citation,)


@given(joining.KNOWN)
def test_a_group_holds_or_fails_just_where_all_completions_agree(demo: Scheme, known: dict[str, Any]) -> None:
    reason = explain_eligibility(demo, known).reason
    for name, rules in (("cannot_join", demo.cannot_join), ("may_join", demo.may_join)):
        agreed = {any(rule.when.holds(person) for rule in rules) for person in joining.completions(known)}
        assert reason.part("group", name).holds is (agreed.pop() if len(agreed) == 1 else None)


@given(joining.KNOWN)
def test_the_ways_in_are_every_smallest_set_of_changes(demo: Scheme, known: dict[str, Any]) -> None:
    """By brute force over what somebody can change: each set turns the no, and leaving anything out does not."""
    found = explain_eligibility(demo, known)
    changeable = [name for name in joining.CHANGEABLE if isinstance(known.get(name), bool)]
    enough: list[set[str]] = []
    if found.reason.holds is False:
        for size in range(1, len(changeable) + 1):
            for names in itertools.combinations(changeable, size):
                turned = {**known, **{name: not known[name] for name in names}}
                if True in joining.outcomes(turned) and not any(each <= set(names) for each in enough):
                    enough.append(set(names))
    assert sorted(sorted(name for name, _ in way.changes) for way in found.ways_in) == sorted(map(sorted, enough))
    for way in found.ways_in:
        after = eligibility(demo, {**known, **dict(way.changes)})
        assert (way.outcome, way.missing) == (after.outcome, after.missing)
        assert way.outcome != "ineligible"
    if found.ways_in:
        efforts = [(len(way.changes), sum(FACTS[name].effort or 0 for name, _ in way.changes)) for way in found.ways_in]
        assert efforts == sorted(efforts)
        assert found.ways_in[0].changes == eligibility(demo, known).changes


def entries_of(scheme: Scheme, stay: Mapping[str, Any]) -> set[str]:
    """The entries of the benefit rules that apply to a stay of which everything is known."""
    (option,) = situation(scheme, {**stay, "bill_total": exactly(1)}, scheme.start).profile.options.values()
    return {entry.id for entry in option.entries.all}


@given(KNOWN)
def test_an_entry_applies_just_where_it_does_in_every_completion(demo: Scheme, known: dict[str, Any]) -> None:
    reason = explain_estimate(demo, known).reason
    applying = [
        entries_of(counting(*counted), stay)
        for counted in itertools.product((True, False), repeat=2)
        for stay in completions(known)
    ]
    for group in reason.parts:
        if group.id not in {"schedules", "adjustments"}:
            continue
        for entry in group.parts:
            found = {entry.id in ids for ids in applying}
            assert entry.holds is (found.pop() if len(found) == 1 else None), entry.id


@given(KNOWN, FEN, PAID)
def test_the_cases_together_are_the_estimate_and_each_is_led_to_by_its_facts(
    demo: Scheme, known: dict[str, Any], bill: int, paid: int
) -> None:
    facts = {**known, "bill_total": exactly(bill), "fund_paid_this_year": exactly(paid)}
    found = explain_estimate(demo, facts)
    assert_sound(found.reason)
    several = found.reason.part("group", "cases").parts
    amounts = [each.amount for each in several]
    assert Money(min(each.low for each in amounts if each), max(each.high or 0 for each in amounts if each)) == (
        found.result.fund_pays  # type: ignore[union-attr]
    )
    for preschool in (True, False):
        there = counting(preschool, university=False)
        for stay in completions(known):
            facts_there = {
                f"parameter:student.includes_{stage}": preschool and stage == "preschool" for stage in STAGES
            }
            led = [case for case in several if leads(case, {**stay, **facts_there})]
            assert len(led) == 1
            assert led[0].amount == estimate(there, {**facts, **stay}).fund_pays


def leads(case: Reason, known: Mapping[str, Any]) -> bool:
    """Whether what a case says of the facts that lead there is true of these."""
    return all(_met(part, known) for part in case.parts if part.id == "leads_here")


def _met(clause: Reason, known: Mapping[str, Any]) -> bool:
    match clause.kind:
        case "all":
            return all(_met(part, known) for part in clause.parts)
        case "any":
            return any(_met(part, known) for part in clause.parts)
        case "parameter":
            return known[f"parameter:{clause.id}"] in clause.wanted
        case _:
            value = known[clause.id]
            if clause.wanted:
                return value in clause.wanted
            return (clause.at_least is None or value >= clause.at_least) and (
                clause.below is None or value < clause.below
            )


# -- every scheme ------------------------------------------------------------------------------------------------------


def explained(scheme: Scheme, facts: Mapping[str, Any], on: Any = None) -> Iterator[Explanation]:
    for what, explain in EXPLAINS.items():
        if getattr(scheme, RULES[what]):
            yield explain(scheme, facts, on)


@pytest.mark.parametrize("scheme", EVERY, ids=repr)
def test_with_nothing_known_every_rule_is_explained_and_every_place_exists(scheme: Scheme) -> None:
    for found in explained(scheme, {}):
        assert_sound(found.reason)
        assert found.to_dict()["reason"]["parts"]
        assert {each.id for each in found.readings} >= set(found.result.interpretations)


@pytest.mark.parametrize("scheme", SOME, ids=repr)
@settings(MANY, max_examples=10)
@given(data=st.data())
def test_under_any_scheme_the_tree_is_sound_and_its_result_is_the_result(scheme: Scheme, data: st.DataObject) -> None:
    whole, day = data.draw(cases(scheme))
    hidden = data.draw(st.sets(st.sampled_from(sorted(whole))))
    some = {name: value for name, value in whole.items() if name not in hidden}
    for found in explained(scheme, some, day):
        assert_sound(found.reason)
        assert found.result.to_dict() == ASKS[found.what](scheme, some, day).to_dict()
        case_nodes = found.reason.part("group", "cases").parts if found.what != "eligibility" else ()
        assert (len(case_nodes) == 1) == (found.what != "eligibility" and not any(leading(case_nodes)))
        for entry in entries(found.reason):
            condition = condition_of(entry)
            if entry.holds and entry.kind != "bearer" and condition is not None:
                assert condition.holds is not False
            if entry.holds is False and condition is not None and not entry.instead:
                assert condition.holds is not True


def leading(several: Iterable[Reason]) -> Iterator[bool]:
    return (part.id == "leads_here" for case in several for part in case.parts)


def entries(reason: Reason) -> Iterator[Reason]:
    kinds = {"rule", "schedule", "adjustment", "ceiling", "cost_ceiling", "layer", "bearer"}
    return (part for group in reason.parts if group.id != "cases" for part in group.parts if part.kind in kinds)


# -- readings ----------------------------------------------------------------------------------------------------------

CITY: dict[str, Any] = {"care": "inpatient", "provider_level": "city", "age": 40, "bill_total": exactly(12_000_00)}


@pytest.mark.parametrize(
    ("county", "readings", "facts", "named"),
    [
        ("demo", {}, CITY, {"points_without_referral"}),
        (
            "demo",
            {"points_without_referral": "only_referred"},
            {**CITY, "referred": False},
            {"points_without_referral"},
        ),
        ("shibenji", {"city_hospital_of_shibenji": "local"}, CITY, {"city_hospital_of_shibenji"}),
        ("demo", {}, {**CITY, "provider_level": "township"}, set()),
    ],
)
def test_a_reading_is_named_also_where_it_keeps_a_rule_from_applying(
    county: str, readings: dict[str, str], facts: dict[str, Any], named: set[str]
) -> None:
    scheme = load_scheme("jiaxing-2008", county, readings=tuple(readings.items()))
    found = {each.id for each in explain_estimate(scheme, facts).readings}
    assert found & {"points_without_referral", "city_hospital_of_shibenji"} >= named
    assert bool(named) == bool(found & {"points_without_referral", "city_hospital_of_shibenji"})


@given(KNOWN, FEN)
def test_a_reading_that_is_not_named_changes_nothing(demo: Scheme, known: dict[str, Any], bill: int) -> None:
    """Every choice of every open place, tried out. How a transfer counts is named where there was one."""
    facts = {"transferred_from": "none", **known, "bill_total": exactly(bill)}
    found = explain_estimate(demo, facts)
    named = {each.id for each in found.readings}
    for place in demo.interpretations.values():
        for choice in place.choices if place.id not in named else ():
            other = load_scheme("jiaxing-2008", "demo", readings=((place.id, choice),) if choice else ())
            after = estimate(other, facts)
            assert (after.fund_pays, after.person_pays) == (found.result.fund_pays, found.result.person_pays)  # type: ignore[union-attr]
