"""Who may join, against articles 十 to 十二 written down once more, by brute force over everything that can be true."""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from policy_engine.eligibility import eligibility
from policy_engine.facts import FACTS
from policy_engine.scheme import Scheme

DOMAINS: dict[str, tuple[Any, ...]] = {
    "registered_locally": (True, False),
    "registration_kind": ("rural", "urban"),
    "residence_permit": (True, False),
    "works_in_local_enterprise": (True, False),
    "employee_insured": (True, False),
    "enrolled_elsewhere": (True, False),
    "school_stage": ("none", "preschool", "primary_secondary", "university"),
    "studies_locally": (True, False),
}
PEOPLE = [dict(zip(DOMAINS, values, strict=True)) for values in itertools.product(*DOMAINS.values())]
CHANGEABLE = [name for name in DOMAINS if FACTS[name].effort is not None]


def may_join(person: Mapping[str, Any]) -> bool:
    if person["employee_insured"] or person["enrolled_elsewhere"]:  # 十二
        return False
    if person["registered_locally"]:  # 十, 十一
        return True
    pupil = person["school_stage"] == "primary_secondary" and person["studies_locally"]
    return bool(person["residence_permit"] and (person["works_in_local_enterprise"] or pupil))  # 十二


def completions(known: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    return (person for person in PEOPLE if all(person[name] == value for name, value in known.items()))


def outcomes(known: Mapping[str, Any]) -> set[bool]:
    return {may_join(person) for person in completions(known)}


def deciding(known: Mapping[str, Any]) -> set[str]:
    """The facts of which one changes the outcome of somebody."""
    return {
        name
        for name in DOMAINS.keys() - known.keys()
        for person in completions(known)
        if {may_join(person)} != {may_join({**person, name: value}) for value in DOMAINS[name]}
    }


KNOWN = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in DOMAINS.items()})


@given(KNOWN)
def test_the_outcome_is_what_all_completions_agree_on(demo: Scheme, known: dict[str, Any]) -> None:
    agreed = outcomes(known)
    expected = "undetermined" if len(agreed) == 2 else "eligible" if True in agreed else "ineligible"
    assert eligibility(demo, known).outcome == expected


@given(KNOWN)
def test_missing_is_exactly_what_can_still_decide(demo: Scheme, known: dict[str, Any]) -> None:
    found = eligibility(demo, known)
    assert set(found.missing) == deciding(known)
    assert len(found.missing) == len(set(found.missing))


@given(st.sampled_from(PEOPLE))
def test_asking_only_what_is_missing_ends_with_the_right_answer(demo: Scheme, person: dict[str, Any]) -> None:
    known: dict[str, Any] = {}
    while missing := eligibility(demo, known).missing:
        known[missing[0]] = person[missing[0]]
    assert eligibility(demo, known).outcome == ("eligible" if may_join(person) else "ineligible")


@given(KNOWN)
def test_changes_turn_the_no_and_no_smaller_set_does(demo: Scheme, known: dict[str, Any]) -> None:
    found = eligibility(demo, known)
    if found.outcome != "ineligible":
        assert found.changes == ()
        return
    changeable = [name for name in CHANGEABLE if isinstance(known.get(name), bool)]
    enough = [
        set(names)
        for size in range(1, len(changeable) + 1)
        for names in itertools.combinations(changeable, size)
        if True in outcomes({**known, **{name: not known[name] for name in names}})
    ]
    if not enough:
        assert found.changes == ()
        return
    names = {name for name, _ in found.changes}
    assert all(value is (not known[name]) for name, value in found.changes)
    assert names in enough
    assert len(names) == min(map(len, enough))


@given(KNOWN, st.randoms())
def test_the_order_of_the_answers_does_not_matter(demo: Scheme, known: dict[str, Any], random: Any) -> None:
    names = list(known)
    random.shuffle(names)
    assert eligibility(demo, {name: known[name] for name in names}) == eligibility(demo, known)


@given(KNOWN, KNOWN)
def test_more_answers_never_bring_more_questions(demo: Scheme, known: dict[str, Any], more: dict[str, Any]) -> None:
    before, after = eligibility(demo, known), eligibility(demo, {**more, **known})
    assert set(after.missing) <= set(before.missing)
    if before.outcome != "undetermined":
        assert after.outcome == before.outcome


@given(KNOWN)
def test_every_decision_names_its_rules_and_their_articles(demo: Scheme, known: dict[str, Any]) -> None:
    found = eligibility(demo, known)
    assert found.reasons
    assert all(step.citation.document is not None and step.citation.gist for step in found.reasons)
    if found.outcome == "ineligible":
        assert any(step.holds for step in found.reasons) or all(step.holds is not True for step in found.reasons)
