"""Every sentence in cases/ is understood exactly as the file says: no more, no less."""

from pathlib import Path
from typing import Any

import pytest

from dialogs.understanding import Expecting, Lexicon, understand
from policy_engine.facts import FACTS, parse_fact
from tests.cases import read_yaml

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))


def _load() -> list[Any]:
    params = []
    for path in CASES:
        for number, case in enumerate(read_yaml(path), 1):
            params.append(pytest.param(case, id=f"{path.stem}-{number}"))
    return params


def expecting_of(case: dict[str, Any]) -> Expecting | None:
    given = case.get("expecting")
    return Expecting(given["fact"], tuple(given.get("choices", {}).items())) if given else None


@pytest.mark.parametrize("case", _load())
def test_case(case: dict[str, Any], lexicons: list[Lexicon]) -> None:
    assert set(case) <= {"say", "expecting", "facts", "intent", "command", "argument", "choice"}
    found = understand(case["say"], expecting_of(case), lexicons)
    wanted = {fact: parse_fact(fact, value) for fact, value in case.get("facts", {}).items()}
    assert found.values() == wanted, found.facts
    assert (found.intent, found.command, found.argument, found.choice) == tuple(
        case.get(key) for key in ("intent", "command", "argument", "choice")
    )


def test_enough_cases_and_only_known_facts() -> None:
    cases = [param.values[0] for param in _load()]
    assert len(cases) >= 200
    assert {fact for case in cases for fact in case.get("facts", {})} <= set(FACTS)
