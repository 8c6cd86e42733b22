"""What if: the cases that a non-programmer can check, and that every difference covers whatever turns out."""

import datetime
import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy_engine.errors import PolicyError
from policy_engine.estimate import estimate
from policy_engine.explaining.alternatives import Alternative, alternatives
from policy_engine.explaining.difference import Span
from policy_engine.explaining.explain import explain_contribution, explain_eligibility, explain_estimate
from policy_engine.explaining.readings import Readings
from policy_engine.explaining.what_if import changed, parse_changes, what_if
from policy_engine.explaining.why_not import why_not
from policy_engine.facts import LEVELS, Value, parse_fact, parse_facts
from policy_engine.loader import load_scheme
from policy_engine.money import Money, exactly
from policy_engine.scheme import Scheme
from tests.cases import read_yaml
from tests.policy_engine import hostile
from tests.policy_engine.test_estimate import COUNTY, DOMAINS, FEN, KNOWN, PAID, completions, ranges, settled
from tests.policy_engine.test_every_scheme import ALL, MANY, cases

SOME = [each for each in ALL if each.overlay is None or each.overlay.illustrative]
CASES = Path(__file__).parents[1] / "cases"


def of(file: str) -> Any:
    each = read_yaml(CASES / f"{file}.yaml")
    return pytest.mark.parametrize("case", each, ids=[case["name"] for case in each])


def scheme_of(case: Mapping[str, Any]) -> Scheme:
    return load_scheme("jiaxing-2008", case["county"])


def facts_of(case: Mapping[str, Any]) -> dict[str, Value]:
    return parse_facts({name: str(value) if name == "birth_date" else value for name, value in case["facts"].items()})


def told(each: Alternative) -> dict[str, Any]:
    """An alternative in the form in which the cases name it."""
    data = each.to_dict()
    found = {"kind": data["kind"], "fund_pays": data["after"]["fund_pays"], "more": data["difference"]["fund_pays"]}
    if data["changes"]:
        found["changes"] = {change["fact"]: change["to"] for change in data["changes"]}
    found |= {key: data[key] for key in ("reading", "choice") if key in data}
    if each.next_year_unknown:
        found["this_years_rules"] = True
    return found


@of("what_if")
def test_what_if_case(case: dict[str, Any]) -> None:
    changes = {name: None if value is None else parse_fact(name, value) for name, value in case["changes"].items()}
    if "error" in case:
        with pytest.raises(PolicyError) as refused:
            what_if(scheme_of(case), facts_of(case), changes)
        assert case["error"] in str(refused.value)
        return
    found = what_if(scheme_of(case), facts_of(case), changes).to_dict()
    assert {key: found["difference"][key] for key in case["difference"]} == case["difference"]
    assert {key: found["after"][key] for key in case.get("after", {})} == case.get("after", {})


@of("alternatives")
def test_alternatives_case(case: dict[str, Any]) -> None:
    def load(readings: Readings) -> Scheme:
        return load_scheme("jiaxing-2008", case["county"], readings=readings)

    found = alternatives(scheme_of(case), facts_of(case), load=load).found
    if "some" in case:
        expected = case["some"]
        found = tuple(each for each in found if each.kind in {one["kind"] for one in expected})
    else:
        expected = case["found"]
    assert [(each.kind, each.reading, each.choice) for each in found] == [
        (one["kind"], one.get("reading", ""), one.get("choice", "")) for one in expected
    ]
    for one, each in zip(expected, found, strict=True):
        said = told(each)
        assert {key: said.get(key) for key in one} == one


@of("why_not")
def test_why_not_case(case: dict[str, Any]) -> None:
    found = why_not(scheme_of(case), facts_of(case))
    assert list(found.causes) == case["causes"]
    ways = [
        {key: value for key, value in told(each).items() if key in {"kind", "changes", "fund_pays"}}
        for each in found.ways
    ]
    assert ways == case["ways"]


def test_without_somebody_who_loads_the_rules_no_other_reading_is_tried(demo: Scheme) -> None:
    facts: dict[str, Any] = {"care": "inpatient", "provider_level": "city", "bill_total": exactly(12_000_00)}
    assert "reading" not in {each.kind for each in alternatives(demo, facts).found}


def test_next_year_is_worked_out_under_its_own_rules_where_they_are_on_record(demo: Scheme) -> None:
    two_years = replace(demo, end=datetime.date(2009, 12, 31))
    facts: dict[str, Any] = {
        "care": "inpatient",
        "provider_level": "township",
        "bill_total": exactly(10_300_00),
        "birth_date": datetime.date(1990, 6, 15),
        "fund_paid_this_year": exactly(69_000_00),
        "school_stage": "none",
    }
    waited = next(each for each in alternatives(two_years, facts).found if each.kind == "next_year")
    assert waited.next_year_unknown is False
    assert waited.what_if.after.on == datetime.date(2009, 1, 1)
    assert waited.what_if.after.fund_pays == exactly(6000_00)


# -- every difference covers whatever turns out ------------------------------------------------------------------------

CHANGES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {}, optional={name: st.none() | st.sampled_from(values) for name, values in DOMAINS.items()}
)


@cache
def counting(preschool: bool, university: bool) -> Scheme:
    """The demo county, had somebody said who counts as a student."""
    said = {"student.includes_preschool": preschool, "student.includes_university": university}
    return settled(load_scheme("jiaxing-2008", "demo"), said)


def within(fen: int, span: Span) -> bool:
    return (span.low is None or span.low <= fen) and (span.high is None or fen <= span.high)


def real(changes: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """The changes without forgetting what was not known."""
    return {name: value for name, value in changes.items() if value is not None or name in known}


def drawn(data: st.DataObject, facts: Mapping[str, Any]) -> dict[str, Any]:
    """One of the ways in which everything that is not known may turn out."""
    known = {name: value for name, value in facts.items() if name in DOMAINS}
    stay = data.draw(st.sampled_from(list(completions(known))))
    found = {**facts, **stay}
    for name in ("bill_total", "fund_paid_this_year"):
        amount = found.get(name)
        if isinstance(amount, Money):
            found[name] = exactly(data.draw(st.integers(amount.low, amount.high)))
    return found


@settings(suppress_health_check=MANY.suppress_health_check)
@given(st.data(), COUNTY, KNOWN, CHANGES, FEN.map(exactly) | ranges(FEN), ranges(PAID) | PAID.map(exactly))
def test_a_difference_covers_whatever_turns_out(
    haining: Scheme,
    data: st.DataObject,
    county: dict[str, Any],
    known: dict[str, Any],
    changes: dict[str, Any],
    bill: Money,
    paid: Money,
) -> None:
    """What is unknown in both turns out the same in both; a fact that changes is free where it is not said."""
    left_open = data.draw(st.sets(st.sampled_from(sorted(county)), max_size=4))
    scheme = settled(haining, {name: value for name, value in county.items() if name not in left_open})
    facts = {**known, "bill_total": bill, "fund_paid_this_year": paid}
    changes = real(changes, known)
    if data.draw(st.booleans()):
        changes = {**changes, "fund_paid_this_year": exactly(0), "stays_this_year": 1}
    found = what_if(scheme, facts, changes)
    turned_out = settled(scheme, {name: county[name] for name in left_open})
    before = drawn(data, facts)
    shared = {name: value for name, value in before.items() if name not in changes}
    after = drawn(data, changed(shared, changes))
    one, other = estimate(turned_out, before), estimate(turned_out, after)
    assert one.fund_pays.exact
    assert other.fund_pays.exact
    assert within(other.fund_pays.low - one.fund_pays.low, found.difference.fund)
    assert within(other.person_pays.low - one.person_pays.low, found.difference.person)


@given(KNOWN, CHANGES, FEN, PAID)
def test_with_everything_set_a_difference_is_no_wider_than_what_can_turn_out(
    demo: Scheme, known: dict[str, Any], changes: dict[str, Any], bill: int, paid: int
) -> None:
    facts = {**known, "bill_total": exactly(bill), "fund_paid_this_year": exactly(paid)}
    changes = real(changes, known)
    found = what_if(demo, facts, changes).difference
    more = set()
    for counted in itertools.product((True, False), repeat=2):
        scheme = counting(*counted)
        for stay in completions(known):
            shared = {name: value for name, value in stay.items() if name not in changes}
            one = estimate(scheme, {**facts, **stay}).fund_pays.low
            then = {name: value for name, value in changed(shared, changes).items() if name in DOMAINS}
            for other in completions(then):
                more.add(estimate(scheme, {**facts, **other}).fund_pays.low - one)
    assert found.fund == Span(min(more), max(more))
    assert found.taken == ("exact" if len(more) == 1 else "together")


@pytest.mark.parametrize("scheme", SOME, ids=repr)
@settings(MANY, max_examples=10)
@given(data=st.data())
def test_a_difference_under_any_scheme_covers_whatever_turns_out(scheme: Scheme, data: st.DataObject) -> None:
    whole, day = data.draw(cases(scheme))
    always = {"fund_paid_this_year", "stays_this_year"}
    hidden = data.draw(st.sets(st.sampled_from(sorted(set(whole) - always))))
    some = {name: value for name, value in whole.items() if name not in hidden}
    other, _ = data.draw(cases(scheme))
    names = data.draw(st.sets(st.sampled_from(sorted({*other} - {"class_b_cost", *always})), min_size=1, max_size=2))
    changes = {name: other[name] for name in names if name in other}
    if "bill_total" in changes:
        changes["class_b_cost"] = exactly(0)
    found = what_if(scheme, some, changes, day).difference
    one, then = estimate(scheme, whole, day), estimate(scheme, {**whole, **changes}, day)
    if one.fund_pays.exact and then.fund_pays.exact:
        assert within(then.fund_pays.low - one.fund_pays.low, found.fund)
        assert within(then.person_pays.low - one.person_pays.low, found.person)


# -- why not: every way does turn it, and nothing smaller --------------------------------------------------------------


@given(KNOWN, FEN, PAID)
def test_every_way_pays_more_for_certain_and_the_starting_bill_is_the_smallest(
    demo: Scheme, known: dict[str, Any], bill: int, paid: int
) -> None:
    facts = {**known, "bill_total": exactly(bill), "fund_paid_this_year": exactly(paid)}
    found = why_not(demo, facts)
    assert bool(found.causes) == (found.before.fund_pays == exactly(0))
    for way in found.ways:
        changes = dict(way.what_if.changes)
        for stay in completions(known):
            now = estimate(demo, {**facts, **stay}).fund_pays
            after = estimate(demo, changed({**facts, **stay}, changes))
            if way.kind == "starting_bill":
                assert after.fund_pays.low > 0
            elif way.kind != "next_year":  # by then the age may be another
                assert after.fund_pays.low > now.low or not after.fund_pays.exact
        if way.kind == "starting_bill":
            start = changes["bill_total"]
            assert isinstance(start, Money)
            less = {**facts, "bill_total": exactly(start.low - 1)}
            assert estimate(demo, less).fund_pays.low == 0
        assert way.what_if.difference.fund.low is not None
        assert way.what_if.difference.fund.low > 0


@given(st.sampled_from(LEVELS), FEN, PAID)
def test_where_two_changes_are_proposed_none_of_them_is_enough(demo: Scheme, level: str, bill: int, paid: int) -> None:
    facts: dict[str, Any] = {"care": "inpatient", "provider_level": level, "age": 40, "school_stage": "none"}
    facts |= {"bill_total": exactly(bill), "fund_paid_this_year": exactly(paid)}
    found = why_not(demo, facts)
    if any(way.kind == "several" for way in found.ways):
        for fact, value in [*((("provider_level", each)) for each in LEVELS), ("fund_paid_this_year", exactly(0))]:
            assert estimate(demo, {**facts, fact: value}).fund_pays == found.before.fund_pays


# -- whatever is asked -------------------------------------------------------------------------------------------------


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.sampled_from(ALL), hostile.facts(), hostile.facts())
def test_every_what_if_is_answered_or_refused_in_words(
    scheme: Scheme, said: dict[str, Any], other: dict[str, Any]
) -> None:
    asks: tuple[Callable[[dict[str, Value]], Any], ...] = (
        lambda facts: what_if(scheme, facts, parse_changes(other)),
        lambda facts: alternatives(scheme, facts),
        lambda facts: why_not(scheme, facts),
        lambda facts: explain_estimate(scheme, facts),
        lambda facts: explain_eligibility(scheme, facts),
        lambda facts: explain_contribution(scheme, facts),
    )
    for ask in asks:
        try:
            found = ask(parse_facts(said))
        except PolicyError as error:
            hostile.refused_in_words(error)
        else:
            json.dumps(found.to_dict(), allow_nan=False)
