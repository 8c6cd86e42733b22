"""The tables against everybody that there can be: just one row fits each, and says what the engine says."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from policy_engine.checking.paths import Admission, Payers, Stretch, What, looked_at
from policy_engine.checking.table import Row, Table, table
from policy_engine.contribution import Contribution, contribution
from policy_engine.eligibility import eligibility
from policy_engine.errors import PolicyError
from policy_engine.loader import load_scheme
from policy_engine.scheme import Scheme

WHATS: tuple[What, What] = ("eligibility", "contribution")


def everybody(scheme: Scheme, *whats: What) -> Iterator[dict[str, Any]]:
    domains: dict[str, tuple[Any, ...]] = {}
    for what in whats:
        domains.update(looked_at(scheme, what))
    for values in itertools.product(*domains.values()):
        yield dict(zip(domains, values, strict=True))


def fits(row: Row, person: Mapping[str, Any]) -> bool:
    def meets(answer: Any, value: Any) -> bool:
        if isinstance(answer, Stretch):
            return bool(answer.low <= value <= answer.high)
        return answer is None or bool(answer == value)

    return all(meets(answer, person[fact]) for fact, answer in row.facts.items())


def row_of(found: Table, person: Mapping[str, Any]) -> Row:
    (row,) = (row for row in found.rows if fits(row, person))
    return row


def paying(found: Contribution, line: str) -> tuple[str, ...]:
    return tuple(part.payer for part in found.parts if part.line == line)


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("county", [None, "demo", "haining"])
def test_just_one_row_fits_each_person_and_says_whether_they_may_join(county: str | None, full: bool) -> None:
    scheme = load_scheme("jiaxing-2008", county)
    rows = table(scheme, "eligibility", full=full)
    for person in everybody(scheme, "eligibility"):
        row, found = row_of(rows, person), eligibility(scheme, person)
        assert isinstance(row.conclusion, Admission)
        assert row.outcome == found.outcome
        assert row.category in {None, found.category}
        assert (found.category is None) is (row.conclusion.admitted_by == ())
        if found.category:
            assert found.category in row.conclusion.admitted_by
        decisive = {step.citation for step in found.reasons if step.holds}
        assert row.citations
        assert decisive <= set(row.citations)
        assert set(row.citations) <= {rule.citation for rule in (*scheme.may_join, *scheme.cannot_join)}


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("county", [None, "demo", "haining"])
def test_just_one_row_fits_each_person_and_says_who_pays(county: str | None, full: bool) -> None:
    scheme = load_scheme("jiaxing-2008", county)
    rows = table(scheme, "contribution", full=full)
    for person in everybody(scheme, "contribution"):
        row, found = row_of(rows, person), contribution(scheme, person)
        assert row.conclusion == Payers(
            paying(found, "own_part"),
            found.parts[0].amount,
            paying(found, "remainder"),
            found.total,
            tuple(dict.fromkeys(part.citations[-1] for part in found.parts)),
        )
        assert (row.outcome, row.category) == (None, None)


def test_more_facts_change_nothing_in_who_pays_for_somebody_who_may_join(demo: Scheme) -> None:
    rows = table(demo, "contribution")
    for person in everybody(demo, "eligibility", "contribution"):
        if eligibility(demo, person).outcome == "eligible":
            found, conclusion = contribution(demo, person), row_of(rows, person).conclusion
            assert isinstance(conclusion, Payers)
            assert (paying(found, "own_part"), paying(found, "remainder")) == (
                conclusion.own_part,
                conclusion.remainder,
            )


def test_a_row_has_any_just_where_the_fact_is_not_asked_for(demo: Scheme) -> None:
    for row in table(demo, "eligibility").rows:
        known: dict[str, Any] = {}
        while missing := eligibility(demo, known).missing:
            known[missing[0]] = row.facts[missing[0]]
        assert {fact: answer for fact, answer in row.facts.items() if answer is not None} == known


def test_the_tables_are_as_small_as_the_questions_and_in_full_as_large_as_the_facts(demo: Scheme) -> None:
    assert [len(table(demo, what).rows) for what in WHATS] == [10, 15]
    assert [len(table(demo, what, full=True).rows) for what in WHATS] == [512, 20]
    for what in WHATS:
        short, full = table(demo, what), table(demo, what, full=True)
        assert short.facts == full.facts
        assert all(tuple(row.facts) == short.facts for row in (*short.rows, *full.rows))
        assert all(answer is not None for row in full.rows for answer in row.facts.values())


def test_rural_or_urban_stays_a_column_though_it_changes_nothing(demo: Scheme) -> None:
    found = table(demo, "eligibility")
    assert found.facts[-1] == "registration_kind"
    assert {row.facts["registration_kind"] for row in found.rows} == {None}
    local = next(row for row in found.rows if row.facts["registered_locally"])
    assert local.to_dict()["admitted_by"] == ["rural_resident", "urban_resident"]
    assert [each["article"] for each in local.to_dict()["citations"]] == ["十", "十一", "十二"]


def test_in_json_nobody_named_is_null_as_in_a_contribution(demo: Scheme) -> None:
    rows = table(demo, "contribution").to_dict()["rows"]
    pupil = {"registered_locally": False, "hardship_certificate": "none", "works_in_local_enterprise": False}
    (row,) = (row for row in rows if row["facts"] == pupil)
    assert row["own_part"] == ["individual"]
    assert row["remainder"] == [None]
    assert (row["own_amount"], row["total"]) == ("60.00", "150.00")


@pytest.mark.parametrize("full", [False, True])
def test_an_age_is_a_stretch_and_every_age_lies_in_one(edited: Callable[..., Scheme], full: bool) -> None:
    scheme = edited(
        "eligibility.yaml",
        "        - {residence_permit: true}\n        - {works_in_local_enterprise: true}\n",
        "        - {residence_permit: true}\n        - {works_in_local_enterprise: true}\n"
        "        - {age: {at_least: 16}}\n        - {age: {below: 60}}\n",
    )
    found = table(scheme, "eligibility", full=full)
    worker = {
        "registered_locally": False,
        "registration_kind": "rural",
        "residence_permit": True,
        "works_in_local_enterprise": True,
        "employee_insured": False,
        "enrolled_elsewhere": False,
        "school_stage": "none",
        "studies_locally": False,
    }
    for age in range(131):
        row = row_of(found, {**worker, "age": age})
        assert row.outcome == ("eligible" if 16 <= age < 60 else "ineligible")
    assert {"from": 60, "to": 130} in [row.to_dict()["facts"]["age"] for row in found.rows]


@pytest.mark.parametrize("what", WHATS)
def test_a_national_document_has_no_table(what: What) -> None:
    with pytest.raises(PolicyError, match="has no rules on"):
        table(load_scheme("mohrss-2008"), what)
