"""Schemes that nobody here designed, written as packs by YAML alone: every published answer comes out, to the fen."""

import datetime
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from policy_engine.checking.review import review
from policy_engine.contribution import contribution
from policy_engine.errors import PackError
from policy_engine.estimate import estimate
from policy_engine.facts import FACTS, parse_facts
from policy_engine.inverse import bill_for
from policy_engine.loader import PACKS, load_scheme, scheme_ids
from policy_engine.money import exactly, parse_money
from policy_engine.provenance import weakest
from policy_engine.reading import benefits as reading_benefits
from policy_engine.reading.overlays import overlaid
from policy_engine.scheme import Scheme
from tests.cases import read_yaml

SCHEMES = Path(__file__).parents[2] / "schemes"
SIDES = ("fund_pays", "person_pays")
WORKED_EXAMPLES = ["W1a", "W1b", "W1c", "W3a", "W3b", "W3c", "W3d", "W4a", "W4b", "W4c", "W4d", "W6a", "W6b", "W8"]


def _cases(file: str) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = read_yaml(SCHEMES / f"{file}.yaml")
    return loaded


PUBLISHED, EVERYTHING, WRONG = map(_cases, ("published", "everything", "printed_wrong"))


def _scheme(case: dict[str, Any]) -> Scheme:
    packs = SCHEMES if (SCHEMES / case["scheme"]).is_dir() else PACKS
    return load_scheme(case["scheme"], case.get("county"), packs, tuple(case.get("readings", {}).items()))


def _found(case: dict[str, Any]) -> dict[str, Any]:
    scheme, facts, day = _scheme(case), parse_facts(case["facts"]), case.get("day")
    if "cost" in case:
        sides = {side: parse_money(case[side], side) for side in SIDES if side in case}
        return {"cost": bill_for(scheme, facts, on=day, **sides).to_json()}
    if "total" in case:
        paid = contribution(scheme, facts, day)
        return {"total": paid.total.to_json(), "person_pays": paid.person_pays.to_json()}
    found = estimate(scheme, facts, day)
    return {side: getattr(found, side).to_json() for side in SIDES}


@pytest.mark.parametrize("case", [*PUBLISHED, *EVERYTHING], ids=lambda case: case["name"])
def test_the_answer_is_the_published_one(case: dict[str, Any]) -> None:
    known = {"name", "source", "scheme", "county", "readings", "day", "facts", "cost", "total", *SIDES}
    assert set(case) <= known
    assert isinstance(case.get("day"), datetime.date | None)
    for key, value in _found(case).items():
        if key in case:
            assert value == case[key]
    assert case.keys() & {"fund_pays", "person_pays", "total"}


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case["name"])
def test_the_answer_is_the_right_one_and_not_the_one_that_is_printed(case: dict[str, Any]) -> None:
    found = _found(case)["fund_pays"]
    assert found == case["fund_pays"]
    assert found != case["printed"]


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case["name"])
def test_nothing_is_paid_inside_a_deductible_nor_of_what_is_not_on_the_list(case: dict[str, Any]) -> None:
    """Two more of the printed faults, on the pages whose rules are on record."""
    scheme, facts = _scheme(case), parse_facts(case["facts"])
    del facts["reportable_cost"]
    deductible = next(
        line for line in estimate(scheme, parse_facts(case["facts"])).receipt if line.line == "deductible"
    )
    assert estimate(scheme, {**facts, "bill_total": deductible.amount}).fund_pays == exactly(0)
    parts = {"bill_total": exactly(90_000_00), "reportable_cost": parse_facts(case["facts"])["reportable_cost"]}
    assert estimate(scheme, {**facts, **parts}).fund_pays.to_json() == case["fund_pays"]


def test_every_worked_example_is_here() -> None:
    assert set(WORKED_EXAMPLES) <= {case["source"] for case in PUBLISHED}


def test_every_kind_of_scheme_has_three_bounds_worked_out() -> None:
    """The lines S1 to S18 of the notes on figures, each by its name at the head of a case."""
    worked_out = Counter(found[0] for case in PUBLISHED if (found := re.match(r"S[0-9]+(?= )", case["name"])))
    assert set(worked_out) == {f"S{number}" for number in range(1, 19)}
    assert min(worked_out.values()) >= 3


def test_every_case_has_a_name_of_its_own_and_every_scheme_a_case() -> None:
    cases = [*PUBLISHED, *EVERYTHING, *WRONG]
    assert max(Counter(case["name"] for case in cases).values()) == 1
    assert {case["scheme"] for case in cases} >= set(scheme_ids(SCHEMES))


@pytest.mark.parametrize("scheme_id", scheme_ids(SCHEMES))
def test_every_choice_of_every_reading_can_be_taken(scheme_id: str) -> None:
    scheme = load_scheme(scheme_id, None, SCHEMES)
    for name, reading in scheme.interpretations.items():
        for choice in reading.choices:
            assert load_scheme(scheme_id, None, SCHEMES, ((name, choice),)).interpretations[name].choice == choice


@pytest.mark.parametrize("scheme_id", [each for each in scheme_ids(SCHEMES) if each not in {"everything"}])
def test_no_figure_is_better_than_its_source_and_none_is_made_up_unless_it_is_switched_to(scheme_id: str) -> None:
    scheme = load_scheme(scheme_id, None, SCHEMES)
    settings = [setting for each in scheme.parameters.values() for setting in each.settings if each.unit != "choice"]
    assert weakest(setting.citation for setting in settings) != "illustrative"
    for setting in settings:
        assert setting.citation.document is not None
        assert setting.citation.grade == setting.citation.document.grade


@pytest.mark.parametrize("scheme_id", scheme_ids(SCHEMES))
def test_every_scheme_passes_the_lint(scheme_id: str) -> None:
    found = review(load_scheme(scheme_id, None, SCHEMES), FACTS)
    assert [str(each.problem) for each in found if each.severity == "fault"] == []


def test_a_county_outside_the_range_of_the_framework_is_refused() -> None:
    hebei = load_scheme("hebei-2009", None, SCHEMES)
    with pytest.raises(PackError, match="above the limit that the city sets"):
        overlaid(
            hebei,
            "example",
            "某县",
            {"ratio.township": [{"from": "2009-01-01", "value": "81%", "grade": "illustrative"}]},
            illustrative=True,
        )


def test_the_made_up_scheme_uses_every_key_that_benefits_can_have() -> None:
    """So whoever wants to see how something is written finds it there, and a new key brings its example."""
    text = (SCHEMES / "everything" / "benefits.yaml").read_text(encoding="utf-8")
    used = set(re.findall(r"(?:^|[{ ,])([a-z_]+):", text, re.M))
    assert reading_benefits.KEYS - used == set()
    for words in (
        reading_benefits.BASES,
        reading_benefits.FEEDS,
        reading_benefits.SHARE_OF,
        {"per_year", "difference", "after_deductible", "unlimited", "half_up", "band"},
    ):
        assert all(re.search(rf"\b{word}\b", text) for word in words), words
