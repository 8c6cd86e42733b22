"""What a change costs and whom it helps, counted once more with the scalar engine, person by person."""

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from policy_engine.batch.simulation import AGE_CLASSES, LEVEL_CLASSES, Comparing, Group, Simulation, signed_yuan
from policy_engine.changing import changed
from policy_engine.errors import FactError
from policy_engine.estimate import Estimate, estimate
from policy_engine.loader import load_scheme
from policy_engine.money import Money, exactly
from policy_engine.scheme import Scheme
from tests.policy_engine.batch.crowd import crowd, table

MORE = {"inpatient.ratio.county": "51%"}
PEOPLE = [*crowd(200, 1, 1.0), *crowd(100, 2, 0.8, 0.3)]


def simulated(before: Scheme, after: Scheme, people: list[dict[str, Any]]) -> Simulation:
    comparing = Comparing(before, after)
    for start in range(0, len(people), 70):
        comparing.add(table(people[start : start + 70]))
    return comparing.result()


def exact(found: Estimate) -> bool:
    return found.fund_pays.exact and found.person_pays.exact


def counted(name: str, pairs: list[tuple[Estimate, Estimate]]) -> Group:
    """A group of people of whom both estimates are exact."""
    return Group(
        name,
        len(pairs),
        sum(before.fund_pays.low for before, _ in pairs),
        sum(after.fund_pays.low for _, after in pairs),
        sum(after.person_pays.low < before.person_pays.low for before, after in pairs),
        sum(after.person_pays.low > before.person_pays.low for before, after in pairs),
    )


def age_class(facts: Any) -> str:
    age = facts.get("age")
    if age is None:
        return "unknown"
    return "under_18" if age < 18 else "18_to_59" if age < 60 else "60_to_69" if age < 70 else "70_and_over"


def groups(
    people: list[tuple[Any, tuple[Estimate, Estimate]]], of: Callable[[Any], str], order: tuple[str, ...]
) -> tuple[Group, ...]:
    found = {name: [pair for facts, pair in people if of(facts) == name] for name in order}
    return tuple(counted(name, pairs) for name, pairs in found.items() if pairs)


@pytest.mark.parametrize(
    "changes", [MORE, {"ceiling.general": "20000", "inpatient.points.minor": "0%"}, {"rounding": "down"}]
)
def test_every_sum_and_count_is_what_the_scalar_engine_gives(demo: Scheme, changes: dict[str, str]) -> None:
    after = changed(demo, changes)
    people = [(facts, (estimate(demo, facts), estimate(after, facts))) for facts in PEOPLE]
    known = [(facts, pair) for facts, pair in people if all(map(exact, pair))]
    left = [pair for _, pair in people if not all(map(exact, pair))]
    found = simulated(demo, after, PEOPLE)
    assert found.total == counted("total", [pair for _, pair in known])
    assert found.by_age == groups(known, age_class, AGE_CLASSES)
    assert found.by_level == groups(known, lambda facts: facts.get("provider_level", "unknown"), LEVEL_CLASSES)
    assert found.open_bills == len(left)
    assert left
    for side, amount in ((0, found.open_before), (1, found.open_after)):
        assert amount == sum((pair[side].fund_pays for pair in left), exactly(0))


def test_tenths_are_in_order_of_the_bill_and_hold_everybody_once(demo: Scheme) -> None:
    found = simulated(demo, changed(demo, MORE), PEOPLE)
    assert [decile.group.name for decile in found.by_bill] == sorted(
        (decile.group.name for decile in found.by_bill), key=int
    )
    assert sum(decile.group.bills for decile in found.by_bill) == found.total.bills
    for smaller, larger in zip(found.by_bill, found.by_bill[1:], strict=False):
        assert smaller.smallest <= smaller.largest < larger.smallest


def test_equal_bills_are_in_the_same_tenth(demo: Scheme) -> None:
    people = [{"care": "outpatient", "provider_level": "township", "bill_total": exactly(fen)} for fen in [700] * 30]
    found = simulated(demo, changed(demo, MORE), people)
    assert [(each.group.bills, each.smallest, each.largest) for each in found.by_bill] == [(30, 700, 700)]


def test_one_point_more_helps_just_those_at_the_hospitals_whose_ratio_follows_it(demo: Scheme) -> None:
    stay = {"care": "inpatient", "age": 40, "school_stage": "none", "bill_total": exactly(1_500_00)}
    people = [{**stay, "provider_level": level} for level in ("township", "county", "city")]
    found = simulated(demo, changed(demo, MORE), people)
    assert [(each.name, each.difference, each.helped) for each in found.by_level] == [
        ("township", 0, 0),
        ("county", 10_00, 1),
        ("city", 7_00, 1),
    ]
    assert (found.total.difference, found.total.helped, found.total.hurt) == (17_00, 2, 0)


def test_what_hurts_is_counted_as_that(demo: Scheme) -> None:
    stay = {"care": "inpatient", "provider_level": "county", "age": 40, "school_stage": "none"}
    people = [{**stay, "bill_total": exactly(1_500_00)}]
    found = simulated(demo, changed(demo, {"inpatient.ratio.county": "49%"}), people)
    assert (found.total.difference, found.total.helped, found.total.hurt) == (-10_00, 0, 1)
    assert found.to_dict()["total"]["difference"] == "-10.00"


def test_every_county_is_compared_with_itself_changed() -> None:
    def before(county: str | None) -> Scheme:
        return load_scheme("jiaxing-2008", county)

    people: list[dict[str, Any]] = [
        {"county": county, "bill_total": exactly(5_000_00)} for county in ("haining", "pinghu")
    ]
    comparing = Comparing(before, lambda county: changed(before(county), MORE))
    comparing.add(table(people))
    found = comparing.result()
    assert (found.total.bills, found.open_bills) == (0, 2)
    assert found.open_before == Money(0, 10_000_00)


def test_nobody_is_no_population(demo: Scheme) -> None:
    comparing = Comparing(demo, changed(demo, MORE))
    comparing.add(pl.DataFrame(schema={"age": pl.Int64}))
    with pytest.raises(FactError, match="no rows"):
        comparing.result()


def test_amounts_below_nothing_have_their_sign() -> None:
    assert [signed_yuan(fen) for fen in (-1050, -5, 0, 7)] == ["-10.50", "-0.05", "0.00", "0.07"]
