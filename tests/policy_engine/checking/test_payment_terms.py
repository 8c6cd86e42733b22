"""The table of payment against estimates: just one row fits, and what it says is what is paid."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from policy_engine.checking.paths import Stretch
from policy_engine.checking.payment_terms import TermsRow, payment_terms
from policy_engine.checking.terms import Terms
from policy_engine.conditions import PARAMETER
from policy_engine.errors import DateError, PolicyError
from policy_engine.estimate import estimate
from policy_engine.facts import parse_date, parse_facts
from policy_engine.loader import load_scheme
from policy_engine.money import exactly, rounded
from policy_engine.scheme import Scheme
from tests.policy_engine.test_every_scheme import ALL

AGES = (0, 17, 18, 59, 60, 130)


def fits(row: TermsRow, person: dict[str, Any]) -> bool:
    def among(name: str, value: Any) -> bool:
        answers = row.facts[name]
        return answers is None or any(
            each.low <= value <= each.high if isinstance(each, Stretch) else each == value for each in answers
        )

    return all(among(name, value) for name, value in person.items() if name in row.facts)


def everybody() -> Iterator[tuple[Any, ...]]:
    levels = ("township", "county", "city", "provincial", "out_of_city")
    stages = ("none", "primary_secondary")
    return itertools.product(("inpatient", "outpatient"), levels, stages, AGES)


@pytest.mark.parametrize("county", ["demo", "haining", "shibenji", None])
def test_just_one_row_fits_each_person_and_treatment(county: str | None) -> None:
    scheme = load_scheme("jiaxing-2008", county)
    found = payment_terms(scheme)
    unset = [name for name in found.facts if name.startswith(PARAMETER)]
    for care, level, stage, age in everybody():
        for yes in itertools.product((True, False), repeat=len(unset)):
            person = {"care": care, "provider_level": level, "school_stage": stage, "age": age, "county": "pinghu"}
            assert sum(fits(row, {**person, **dict(zip(unset, yes, strict=True))}) for row in found.rows) == 1


def paid(terms: Terms, cost: int) -> int:
    """What the terms of the demo county make of a bill, worked out from what they say alone."""
    (band,) = terms.bands
    low, high = band.rate
    assert low == high
    deductible = terms.deductible.amount.setting.value if terms.deductible else 0  # type: ignore[union-attr]
    guaranteed = terms.guaranteed.setting.value if terms.guaranteed else 0  # type: ignore[union-attr]
    fund = max(rounded(low * max(0, cost - int(deductible)), "half_up"), rounded(guaranteed * cost, "half_up"))  # type: ignore[arg-type,operator]
    return fund if terms.ceiling is None else min(fund, int(terms.ceiling.setting.value))  # type: ignore[union-attr,arg-type]


@pytest.mark.parametrize("cost", [1, 29_999, 300_01, 12_345_67, 400_000_00])
def test_what_a_row_says_is_what_an_estimate_pays(demo: Scheme, cost: int) -> None:
    rows = payment_terms(demo).rows
    for care, level, stage, age in everybody():
        person = {"care": care, "provider_level": level, "school_stage": stage, "age": age}
        (row,) = (each for each in rows if fits(each, person))
        facts = {**parse_facts(person), "reportable_cost": exactly(cost)}
        assert estimate(demo, facts).fund_pays == exactly(paid(row.terms, cost))


@pytest.mark.parametrize("scheme", ALL, ids=repr)
def test_every_scheme_has_a_table_with_all_its_figures(scheme: Scheme) -> None:
    for day in scheme.turns:
        found = payment_terms(scheme, day)
        assert found.rows
        named = {figure.parameter for row in found.rows for figure in row.terms.figures}
        assert named <= scheme.parameters.keys()
        assert found.to_dict()["on"] == day.isoformat()
        for row in found.rows:
            assert row.to_dict()["bands"]
            assert all(band.rate[0] <= band.rate[1] for band in row.terms.bands)


def test_terms_that_are_the_same_for_everybody_have_no_column(demo: Scheme) -> None:
    assert "county" not in payment_terms(demo).facts
    assert "referred" not in payment_terms(demo).facts
    otherwise = load_scheme("jiaxing-2008", "demo", readings=(("points_without_referral", "only_referred"),))
    assert "referred" in payment_terms(otherwise).facts


def test_what_has_no_benefits_or_no_such_day_has_no_table(demo: Scheme) -> None:
    with pytest.raises(PolicyError, match="has no rules on benefits"):
        payment_terms(load_scheme("mohrss-2008"))
    with pytest.raises(DateError):
        payment_terms(demo, parse_date("2009-01-01", "on"))
