"""What holds of every scheme, whoever wrote it: of those that come with the program, and of those that tests bring."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy_engine.benefits.profiles import benefit_day
from policy_engine.estimate import estimate
from policy_engine.facts import FACTS, Value
from policy_engine.loader import PACKS
from policy_engine.money import Money, exactly
from policy_engine.scheme import Scheme
from tests.policy_engine.hostile import schemes

WRITTEN = Path(__file__).parents[1] / "schemes"
ALL = [each for each in schemes(*(folder for folder in (PACKS, WRITTEN) if folder.is_dir())) if each.benefits]
MANY = settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
BILL = st.integers(0, 400_000_00) | st.integers(0, 30).map(lambda hundreds: hundreds * 500_00)
YEAR = st.integers(0, 200_000_00)

pytestmark = pytest.mark.parametrize("scheme", ALL, ids=repr)


@st.composite
def cases(draw: st.DrawFn, scheme: Scheme) -> tuple[dict[str, Value], datetime.date]:
    """Everything that this scheme can look at, and a day."""
    day = draw(st.sampled_from(scheme.turns))
    known: dict[str, Any] = {}
    for name in sorted(benefit_day(scheme, day).looked_at):
        fact = FACTS[name]
        if name in {"county", "stays_this_year"}:
            continue
        known[name] = draw(
            st.sampled_from(fact.values) if fact.values else st.integers(0, 90) if fact.kind == "int" else st.booleans()
        )
    cost = draw(BILL)
    stay = draw(st.sampled_from([1, 1, 2, 3]))
    known |= {
        "bill_total": exactly(cost),
        "stays_this_year": stay,
        "class_b_cost": exactly(cost * draw(st.integers(0, 100)) // 100),
    }
    known["fund_paid_this_year"] = exactly(draw(st.just(0) | YEAR))
    for name in ("reported_this_year", "entered_this_year", "own_share_this_year"):
        known[name] = exactly(draw(YEAR) if stay > 1 else 0)
    return known, day


def inside(narrow: Money, wide: Money) -> bool:
    return wide.hull(narrow) == wide


@MANY
@given(data=st.data())
def test_what_is_not_known_yet_lies_within_what_is_said_now(scheme: Scheme, data: st.DataObject) -> None:
    whole, day = data.draw(cases(scheme))
    always = {"fund_paid_this_year", "stays_this_year"}
    hidden = {name for name in sorted(set(whole) - always) if data.draw(st.booleans(), label=name)}
    some = {name: value for name, value in whole.items() if name not in hidden}
    now, then = estimate(scheme, some, day), estimate(scheme, whole, day)
    assert inside(then.fund_pays, now.fund_pays)
    assert inside(then.person_pays, now.person_pays)
    assert set(then.missing) <= {*now.missing, "county"}
    for name in sorted(hidden - {*now.missing, "bill_total"}):
        said = estimate(scheme, {**some, name: whole[name]}, day)
        assert (said.fund_pays, said.person_pays) == (now.fund_pays, now.person_pays), name


@MANY
@given(data=st.data())
def test_a_range_of_bills_covers_every_bill_in_it(scheme: Scheme, data: st.DataObject) -> None:
    whole, day = data.draw(cases(scheme))
    whole.pop("class_b_cost")
    low, high = sorted((data.draw(BILL), data.draw(BILL)))
    between = data.draw(st.integers(low, high))
    ranged = estimate(scheme, {**whole, "bill_total": Money(low, high)}, day)
    one = estimate(scheme, {**whole, "bill_total": exactly(between)}, day)
    assert inside(one.fund_pays, ranged.fund_pays)
    assert inside(one.person_pays, ranged.person_pays)


@MANY
@given(data=st.data())
def test_what_is_exact_adds_up_and_names_its_sources(scheme: Scheme, data: st.DataObject) -> None:
    whole, day = data.draw(cases(scheme))
    found = estimate(scheme, whole, day)
    bill = whole["bill_total"]
    assert isinstance(bill, Money)
    if not found.fund_pays.exact:
        assert found.unset or found.missing
        return
    assert found.fund_pays.low + found.person_pays.low == bill.low
    shares = [line for line in found.receipt if line.role in {"fund", "person"}]
    if any(line.line == "own_share" for line in found.receipt):
        assert sum((line.amount for line in shares), exactly(0)) == bill
    paid = [line for line in shares if line.role == "fund" and line.amount != exactly(0)]
    assert all(line.citations for line in paid)
    assert {each.grade for line in paid for each in line.citations} <= {
        each.citation.grade for each in found.figures if each.citation is not None
    }
