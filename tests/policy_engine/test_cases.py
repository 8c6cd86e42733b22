"""Every case in cases/ comes out as the file says: an answer, line by line, or a refusal in words."""

import datetime
from pathlib import Path
from typing import Any

import pytest

from policy_engine.compare import compare
from policy_engine.contribution import contribution
from policy_engine.eligibility import eligibility
from policy_engine.errors import PolicyError
from policy_engine.estimate import estimate
from policy_engine.facts import parse_facts
from policy_engine.loader import load_scheme
from tests.cases import read_yaml

CASES = Path(__file__).parent / "cases"
ASKS = {"eligibility": eligibility, "contribution": contribution, "estimate": estimate, "compare": compare}
SOME = {"reasons", "receipt"}
"""Lists of which a case names only some entries."""
OF_A_SCHEME = ("jiaxing_2013", "jiaxing_2024")
"""Files of cases of one scheme, each of which says what is asked."""


def _load() -> list[Any]:
    cases = [(question, case) for question in ASKS for case in _read(question)]
    for file in OF_A_SCHEME:
        cases += [(case.pop("ask"), {"scheme": file.replace("_", "-"), **case}) for case in _read(file)]
    return [
        pytest.param(ASKS[question], case, id=f"{case.get('scheme', '')} {question}: {case['name']}".lstrip())
        for question, case in cases
    ]


def _read(file: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = read_yaml(CASES / f"{file}.yaml")
    return cases


def _assert_says(found: Any, expected: Any, where: str) -> None:
    """All that is expected is found: mappings may hold more, lists and values are exact."""
    if isinstance(expected, dict):
        assert isinstance(found, dict), where
        for key, value in expected.items():
            assert key in found, f"{where}: no {key}"
            _assert_says(found[key], value, f"{where}.{key}")
    elif isinstance(expected, list):
        if where.rpartition(".")[2] in SOME:
            names = [each.get("rule") or each.get("line") for each in found]
            found = [found[names.index(each.get("rule") or each.get("line"))] for each in expected]
        assert len(found) == len(expected), f"{where}: {found}"
        for one, other in zip(found, expected, strict=True):
            _assert_says(one, other, where)
    else:
        assert found == expected, where


@pytest.mark.parametrize(("ask", "case"), _load())
def test_case(ask: Any, case: dict[str, Any]) -> None:
    assert set(case) <= {"name", "scheme", "county", "readings", "facts", "day", "today", "expect", "error"}
    assert all(isinstance(case.get(key), datetime.date | None) for key in ("day", "today"))

    def found() -> dict[str, Any]:
        readings = tuple(case.get("readings", {}).items())
        scheme = load_scheme(case.get("scheme", "jiaxing-2008"), case.get("county"), readings=readings)
        answer: dict[str, Any] = ask(scheme, parse_facts(case["facts"]), case.get("day"), case.get("today")).to_dict()
        return answer

    if "error" in case:
        with pytest.raises(PolicyError) as refused:
            found()
        assert case["error"] in str(refused.value)
    else:
        _assert_says(found(), case["expect"], case["name"])


def test_every_case_has_a_name_of_its_own() -> None:
    names = [param.id for param in _load()]
    assert len(names) == len(set(names))
    assert len(names) >= 120
