"""From what the fund or the person pays back to the bill."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from policy_engine.benefits.profiles import benefit_day
from policy_engine.errors import FactError, PolicyError
from policy_engine.estimate import estimate
from policy_engine.facts import FACTS, parse_facts
from policy_engine.inverse import bill_for
from policy_engine.loader import PACKS, load_scheme
from policy_engine.money import LARGEST, Money, exactly, parse_money
from policy_engine.scheme import Scheme
from tests.policy_engine.hostile import schemes

SCHEMES = Path(__file__).parents[1] / "schemes"
ALL = [
    each
    for each in schemes(PACKS, SCHEMES)
    if each.benefits and (each.overlay is None or each.overlay.illustrative or each.overlay.id == "haining")
]
TOWN = {"care": "inpatient", "provider_level": "township", "age": 40, "school_stage": "none"}
SIDES = ("fund_pays", "person_pays")


@st.composite
def stays(draw: st.DrawFn, scheme: Scheme) -> tuple[dict[str, Any], datetime.date]:
    """All that is known of a stay but its bill, and a day."""
    day = draw(st.sampled_from(scheme.turns))
    known: dict[str, Any] = {}
    for name in benefit_day(scheme, day).looked_at:
        fact = FACTS[name]
        if name != "county":
            values = fact.values or (range(91) if fact.kind == "int" else (True, False))
            known[name] = draw(st.sampled_from(values))
    paid = draw(st.sampled_from([0, 0, 1500_00, 69_000_00]))
    known |= {"stays_this_year": 1, "fund_paid_this_year": exactly(paid), "class_b_cost": exactly(0)}
    return {**known, "outpatient_paid_this_year": exactly(min(paid, 1500_00))}, day


@pytest.mark.parametrize("scheme", ALL, ids=repr)
@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(data=st.data())
def test_it_is_the_estimate_the_other_way_round(scheme: Scheme, data: st.DataObject) -> None:
    facts, day = data.draw(stays(scheme))
    cost = data.draw(st.integers(0, 400_000_00) | st.integers(0, 30).map(lambda hundreds: hundreds * 500_00))
    side = data.draw(st.sampled_from(SIDES))

    def paid(bill: int) -> Money:
        return getattr(estimate(scheme, {**facts, "bill_total": exactly(bill)}, day), side)  # type: ignore[no-any-return]

    amount = paid(cost)
    assume(amount.exact)
    bills = bill_for(scheme, facts, on=day, **{side: amount})
    assert bills.low <= cost
    assert bills.high is None or cost <= bills.high
    assert paid(bills.low) == amount
    assert paid(LARGEST if bills.high is None else bills.high) == amount
    if bills.low > 0:
        assert paid(bills.low - 1) != amount
    if bills.high is not None:
        assert paid(bills.high + 1) != amount


def demo() -> Scheme:
    return load_scheme("jiaxing-2008", "demo")


@pytest.mark.parametrize(
    ("amount", "bills"),
    [
        ({"fund_pays": "7020"}, Money(12_000_00, 12_000_00)),
        ({"fund_pays": "0"}, Money(0, 300_00)),
        ({"fund_pays": "0.01"}, Money(300_01, 300_02)),  # 0.6 and 1.2 fen
        (
            {"fund_pays": "70000"},
            Money(116_966_66, None),
        ),  # the ceiling, whatever the bill; 116666.66 x 60% = 69999.996
        ({"person_pays": "0"}, Money(0, 0)),
        ({"person_pays": "300"}, Money(300_00, 300_01)),
        ({"person_pays": "4980"}, Money(11_999_99, 12_000_01)),  # 0.4 fen less or more are rounded away
    ],
)
def test_the_smallest_and_the_largest_bill(amount: dict[str, str], bills: Money) -> None:
    assert bill_for(demo(), TOWN, **parse_amounts(amount)) == bills


def parse_amounts(amounts: dict[str, str]) -> dict[str, Any]:
    return {name: parse_money(amount, name) for name, amount in amounts.items()}


@pytest.mark.parametrize(
    ("facts", "amounts", "says"),
    [
        (TOWN, {}, "either fund_pays or person_pays"),
        (TOWN, {"fund_pays": "1", "person_pays": "1"}, "either fund_pays or person_pays"),
        ({**TOWN, "bill_total": "5"}, {"fund_pays": "1"}, "bill_total is what is looked for"),
        ({**TOWN, "reportable_cost": "5"}, {"fund_pays": "1"}, "reportable_cost is what is looked for"),
        (TOWN, {"fund_pays": "70000.01"}, "No bill gives fund_pays 70000.01. The nearest that a bill gives: 70000.00."),
        ({**TOWN, "fund_paid_this_year": "69990"}, {"fund_pays": "11"}, "The nearest that a bill gives: 10.00."),
        (
            {"care": "inpatient", "age": 40, "school_stage": "none"},
            {"fund_pays": "1000"},
            "the bill is 1966.66–3857.15. It depends on: provider_level.",  # 300 + 1000/60%, 1000 + 1000/35%
        ),
        ({"provider_level": "township"}, {"fund_pays": "70000"}, "It depends on: care"),
    ],
)
def test_what_has_no_answer_is_refused_in_words(facts: dict[str, Any], amounts: dict[str, str], says: str) -> None:
    with pytest.raises(FactError) as refused:
        bill_for(demo(), parse_facts(facts), **parse_amounts(amounts))
    assert says in str(refused.value)


def test_a_range_is_no_amount() -> None:
    with pytest.raises(FactError, match="known to the fen"):
        bill_for(demo(), TOWN, fund_pays=Money(0, 100))


def test_what_nobody_has_set_is_named_with_who_has_to_say_it() -> None:
    haining = load_scheme("jiaxing-2008", "haining")
    with pytest.raises(FactError) as refused:
        bill_for(haining, TOWN, fund_pays=exactly(1000_00))
    assert "the bill is 1300.00–. It depends on: inpatient.ratio.township (海宁市)." in str(refused.value)
    assert bill_for(haining, TOWN, fund_pays=exactly(0)) == Money(0, 300_00)


def test_a_document_without_benefits_has_no_bills() -> None:
    with pytest.raises(PolicyError, match="no rules on benefits"):
        bill_for(load_scheme("mohrss-2008"), TOWN, fund_pays=exactly(1))


def test_class_b_items_are_part_of_the_bill() -> None:
    everything = load_scheme("everything", None, SCHEMES)
    facts = {
        "care": "inpatient",
        "provider_level": "township",
        "treated_at_workplace": False,
        "disease_class": "ordinary",
        "age": 40,
        "contribution_grade": "first",
        "class_b_cost": exactly(1000_00),
    }
    assert bill_for(everything, facts, fund_pays=exactly(6310_00)) == exactly(10_000_00)
    with pytest.raises(FactError, match=r"No bill gives fund_pays 1\.00"):
        bill_for(everything, facts, fund_pays=exactly(1_00))  # 1000 of class B alone already give 420


def test_the_day_decides() -> None:
    xinchang = load_scheme("xinchang-2009", None, SCHEMES, (("figures_not_seen", "made_up"),))
    for day, bill in ((datetime.date(2009, 7, 31), 16_250_00), (datetime.date(2009, 8, 1), 15_000_00)):
        found = bill_for(xinchang, {"care": "inpatient"}, fund_pays=exactly(5075_00), on=day)
        assert (found.low, found.high) in {(bill - 1, bill + 1)}
