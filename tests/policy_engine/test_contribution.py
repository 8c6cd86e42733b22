"""What is due adds up, and is asked for only where it can make a difference."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_engine.contribution import contribution
from policy_engine.errors import PackError
from policy_engine.money import Money, exactly
from policy_engine.scheme import Scheme

DOMAINS: dict[str, tuple[Any, ...]] = {
    "registered_locally": (True, False),
    "works_in_local_enterprise": (True, False),
    "hardship_certificate": ("none", "minimum_living", "social_relief", "hardship_worker", "hardship_disabled"),
}
PEOPLE = [dict(zip(DOMAINS, values, strict=True)) for values in itertools.product(*DOMAINS.values())]
KNOWN = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in DOMAINS.items()})
RESIDENT = {"registered_locally": True, "hardship_certificate": "none"}


@pytest.mark.parametrize("person", PEOPLE)
def test_the_parts_of_everybody_add_up_to_the_total(demo: Scheme, person: dict[str, Any]) -> None:
    found = contribution(demo, person)
    assert sum((part.amount for part in found.parts), exactly(0)) == found.total == exactly(150_00)
    own = next(part for part in found.parts if part.line == "own_part")
    assert found.person_pays == (own.amount if own.payer == "individual" else exactly(0))


@given(KNOWN)
def test_missing_is_exactly_what_can_still_change_a_part(demo: Scheme, haining: Scheme, known: dict[str, Any]) -> None:
    people = [person for person in PEOPLE if known.items() <= person.items()]
    for scheme in (demo, haining):
        wanted = {
            name
            for name in DOMAINS.keys() - known.keys()
            for person in people
            if len({contribution(scheme, {**person, name: value}).parts for value in DOMAINS[name]}) > 1
        }
        assert set(contribution(scheme, known).missing) == wanted


@given(KNOWN)
def test_what_the_person_pays_covers_just_what_is_possible(demo: Scheme, known: dict[str, Any]) -> None:
    pays = [contribution(demo, person).person_pays for person in PEOPLE if known.items() <= person.items()]
    assert contribution(demo, known).person_pays == Money(
        min(each.low for each in pays), max(each.high or 0 for each in pays)
    )


@given(KNOWN, KNOWN)
def test_more_answers_never_widen_it(
    demo: Scheme, haining: Scheme, known: dict[str, Any], more: dict[str, Any]
) -> None:
    for scheme in (demo, haining):
        before, after = contribution(scheme, known), contribution(scheme, {**more, **known})
        assert before.person_pays.hull(after.person_pays) == before.person_pays
        assert set(after.missing) <= set(before.missing)


@pytest.mark.parametrize(("said", "low"), [("true", 80_00), ("false", 0), ("unset", 0)])
def test_the_national_floor_holds_only_in_a_pilot_city(edited: Callable[..., Scheme], said: str, low: int) -> None:
    scheme = edited("scheme.yaml", "pilot_city: unset", f"pilot_city: {said}", "haining")
    parts = {part.payer: part.amount for part in contribution(scheme, RESIDENT).parts}
    assert parts["government"] == Money(low, None)
    assert contribution(scheme, RESIDENT).total == Money(150_00, None)


def test_the_national_floor_raises_a_smaller_part_and_with_it_the_total(edited: Callable[..., Scheme]) -> None:
    found = contribution(edited("scheme.yaml", "pilot_city: unset", "pilot_city: true"), RESIDENT)
    assert {part.payer: part.amount.low for part in found.parts} == {
        "individual": 60_00,
        "collective": 15_00,
        "government": 80_00,
    }
    assert found.total == exactly(155_00)


def test_a_worker_from_elsewhere_is_not_touched_by_the_national_floor(edited: Callable[..., Scheme]) -> None:
    scheme = edited("scheme.yaml", "pilot_city: unset", "pilot_city: true")
    worker = {"registered_locally": False, "works_in_local_enterprise": True, "hardship_certificate": "none"}
    assert contribution(scheme, worker).total == exactly(150_00)


def test_whether_it_is_a_pilot_city_is_true_false_or_unset(edited: Callable[..., Scheme]) -> None:
    with pytest.raises(PackError, match="true or false"):
        edited("scheme.yaml", "pilot_city: unset", "pilot_city: perhaps")
