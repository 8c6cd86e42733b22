"""Batch and scalar engine say the same of everybody, to the fen, under every scheme that there is."""

import datetime
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy_engine.changing import changed
from policy_engine.estimate import estimate
from policy_engine.loader import PACKS, load_scheme
from policy_engine.money import Money, exactly
from policy_engine.scheme import Scheme
from tests.policy_engine.batch.crowd import (
    EDGES,
    crowd,
    unlike_contributions,
    unlike_decisions,
    unlike_estimates,
)
from tests.policy_engine.hostile import schemes

WRITTEN = Path(__file__).parents[2] / "schemes"
ALL = schemes(*(folder for folder in (PACKS, WRITTEN) if folder.is_dir()))
KNOWN = [(25, 1.0, 0.0), (10, 0.8, 0.0), (5, 0.5, 0.0), (5, 0.8, 0.4), (3, 0.3, 0.4)]
"""How many people (the less is known, the longer the scalar engine takes), how likely each fact is known, and how
likely an amount is a range."""

every_scheme = pytest.mark.parametrize("scheme", ALL, ids=repr)


@every_scheme
def test_estimates_agree_whatever_is_known(scheme: Scheme) -> None:
    if scheme.benefits is None:
        pytest.skip("has no rules on benefits")
    for seed, (count, share, ranged) in enumerate(KNOWN):
        for day in {scheme.turns[0], scheme.turns[-1]}:
            assert unlike_estimates(scheme, crowd(count, seed, share, ranged), day) == []


@every_scheme
def test_conclusions_agree_whatever_is_known(scheme: Scheme) -> None:
    for seed, (count, share, _) in enumerate(KNOWN):
        people = crowd(2 * count, seed, share)
        if scheme.may_join:
            assert unlike_decisions(scheme, people) == []
        if scheme.contribution:
            assert unlike_contributions(scheme, people) == []


@pytest.mark.parametrize("county", [None, "demo", "haining"])
@pytest.mark.parametrize(("count", "share", "ranged"), KNOWN)
def test_thousands_of_people_agree(county: str | None, count: int, share: float, ranged: float) -> None:
    scheme, people = load_scheme("jiaxing-2008", county), crowd(30 * count, 20, share, ranged)
    assert unlike_estimates(scheme, people) == []
    assert unlike_decisions(scheme, people) == []
    assert unlike_contributions(scheme, people) == []


def test_each_day_of_admission_has_its_own_rules() -> None:
    changing = [scheme for scheme in ALL if scheme.benefits and len(scheme.turns) > 1]
    assert changing
    for scheme in changing:
        draw = random.Random(5)
        days = [*scheme.turns, *(turn - datetime.timedelta(days=1) for turn in scheme.turns[1:]), scheme.end]
        people: list[dict[str, Any]] = crowd(200, 5, 0.9)
        for person in people:
            if draw.random() < 0.9:
                person["admission_date"] = draw.choice(days)
        assert unlike_estimates(scheme, people, scheme.turns[-1]) == []


def test_ages_from_birth_dates_agree_on_the_birthday_and_the_day_before(demo: Scheme) -> None:
    admitted = datetime.date(2008, 2, 29)
    born = [datetime.date(1990, month, day) for month, day in ((2, 27), (2, 28), (3, 1), (3, 2), (12, 31))]
    people = [
        person | {"birth_date": day, "admission_date": admitted}
        for day in [*born, datetime.date(1988, 2, 29), datetime.date(2008, 2, 29)]
        for person in crowd(20, 3, 0.8)
    ]
    for person in people:
        person.pop("age", None)
    assert unlike_estimates(demo, people) == []
    assert unlike_decisions(demo, people, admitted) == []


def test_a_birth_date_beside_an_age_for_others_leaves_theirs(demo: Scheme) -> None:
    people: list[dict[str, Any]] = [
        {"age": 17, "care": "inpatient", "provider_level": "city", "bill_total": exactly(900_000)},
        {
            "birth_date": datetime.date(1950, 5, 5),
            "care": "inpatient",
            "provider_level": "city",
            "bill_total": exactly(900_000),
        },
    ]
    assert unlike_estimates(demo, people) == []


@pytest.mark.parametrize("county", [None, "demo", "haining"])
def test_hospitals_by_name_agree_also_where_their_level_is_undecided(county: str | None) -> None:
    scheme = load_scheme("jiaxing-2008", county)
    draw = random.Random(9)
    people: list[dict[str, Any]] = crowd(80, 9, 0.8, 0.2)
    for person in people:
        person.pop("provider_level", None)
        if draw.random() < 0.8:
            person["provider"] = draw.choice(["海宁二院", "嘉兴一院", "荣军医院"])
    assert unlike_estimates(scheme, people) == []


@pytest.mark.parametrize(
    "reading", [("points_without_referral", "only_referred"), ("order_of_calculation", "ratio_first")]
)
def test_other_readings_of_the_text_agree(reading: tuple[str, str]) -> None:
    for county in ("demo", "haining"):
        scheme = load_scheme("jiaxing-2008", county, readings=(reading,))
        assert unlike_estimates(scheme, crowd(80, 11, 0.8, 0.2)) == []


def test_every_edge_of_the_demonstration_county_agrees(demo: Scheme) -> None:
    around = sorted({max(0, fen + step) for fen in EDGES for step in (-1, 0, 1, 9)})
    people: list[dict[str, Any]] = [
        {
            "care": "inpatient",
            "provider_level": level,
            "age": age,
            "school_stage": stage,
            "reportable_cost": exactly(cost),
            "fund_paid_this_year": exactly(paid),
        }
        for level in ("township", "city")
        for age in (17, 18)
        for stage in ("none", "primary_secondary")
        for cost in around
        for paid in (0, 69_999_99, 70_000_00, 119_999_99)
    ]
    assert unlike_estimates(demo, people) == []


@pytest.mark.parametrize("county", [None, "demo", "haining"])
def test_people_of_whom_nothing_is_known_agree(county: str | None) -> None:
    scheme = load_scheme("jiaxing-2008", county)
    for unlike in (unlike_estimates, unlike_decisions, unlike_contributions):
        assert unlike(scheme, [{}, {}]) == []


def test_a_share_for_class_b_counts_at_either_end_where_it_is_a_range_or_unknown() -> None:
    looking = [
        scheme for scheme in ALL if scheme.benefits and any(each.class_b_share for each in scheme.benefits.schedules)
    ]
    assert looking
    class_b = [Money(0, 0), Money(10_00, 500_00), Money(200_00, None), Money(900_00, 900_00), None]
    bills = [exactly(1_000_00), exactly(9_000_00), Money(900_00, 20_000_00), Money(1_000_00, None)]
    for scheme in looking:
        people: list[dict[str, Any]] = [
            {**person, "reportable_cost": bill, **({"class_b_cost": part} if part is not None else {})}
            for person in crowd(6, 21, 0.9)
            for bill in bills
            for part in class_b
        ]
        for person in people:
            person.pop("bill_total", None)
        assert unlike_estimates(scheme, people) == []


def test_figures_too_fine_for_any_amount_in_a_table_are_left_to_the_scalar_engine(demo: Scheme) -> None:
    fine = changed(demo, {"inpatient.ratio.county": "0.0001%", "ceiling.general": "500000000"})
    stay = {"care": "inpatient", "provider_level": "county", "age": 40, "school_stage": "none"}
    people: list[dict[str, Any]] = [
        stay,
        {**stay, "bill_total": Money(5_000_00, None)},
        {**stay, "bill_total": exactly(50_000_00), "fund_paid_this_year": Money(0, None)},
        {**stay, "bill_total": exactly(50_000_00)},
    ]
    assert estimate(fine, stay).fund_pays == Money(0, 500_000_000_00)
    assert unlike_estimates(fine, people) == []


AMOUNTS = st.integers(0, 300_000_00) | st.sampled_from(EDGES)


@st.composite
def amounts(draw: st.DrawFn) -> Money:
    low, high = sorted((draw(AMOUNTS), draw(AMOUNTS)))
    return draw(st.sampled_from([Money(low, low), Money(low, high), Money(low, None)]))


PEOPLE = st.fixed_dictionaries(
    {},
    optional={
        "care": st.sampled_from(["inpatient", "outpatient"]),
        "provider_level": st.sampled_from(["township", "county", "city", "provincial", "out_of_city"]),
        "age": st.sampled_from([0, 17, 18, 60, 130]),
        "school_stage": st.sampled_from(["none", "preschool", "primary_secondary", "university"]),
        "transferred_from": st.sampled_from(["none", "township", "county"]),
        "bill_total": amounts(),
        "fund_paid_this_year": amounts(),
        "reported_this_year": amounts(),
        "stays_this_year": st.integers(1, 4),
    },
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PEOPLE, min_size=1, max_size=12))
def test_any_people_agree_under_figures_that_are_set_and_figures_that_are_open(people: list[dict[str, Any]]) -> None:
    for county in (None, "demo", "haining"):
        assert unlike_estimates(load_scheme("jiaxing-2008", county), people) == []
