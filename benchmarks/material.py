"""What is measured with: the sentences of the tests and the conversations, and people drawn from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.opening import open_service
from bot.service import Service
from bot.settings import Settings, read_settings
from dialogs.understanding import Expecting
from policy_engine.facts import FACTS, Value, parse_facts

ROOT = Path(__file__).parents[1]
TODAY = "2008-03-01"
"""A day within the scheme, so that the figures do not depend on when they are taken."""

_TALKS = ROOT / "tests/transcripts"
_CASES = ROOT / "tests/dialogs/understanding/cases"
_NOT_DRAWN = {"provider", "birth_date", "admission_date", "subject", "county"}


def cases() -> list[tuple[str, Expecting | None]]:
    """Every sentence of the cases of understanding, with what was asked before it."""
    found = []
    for path in sorted(_CASES.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text("utf-8")):
            asked: dict[str, Any] | None = case.get("expecting")
            expecting = Expecting(asked["fact"], tuple(asked.get("choices", {}).items())) if asked else None
            found.append((str(case["say"]), expecting))
    return found


@dataclass(frozen=True)
class Talk:
    """One conversation of the tests: what is said in it, in which language and county."""

    file: str
    says: tuple[str, ...]
    locale: str = "zh-CN"
    county: str | None = None


def talks() -> list[Talk]:
    """Every conversation of the tests."""
    found = []
    for path in sorted(_TALKS.rglob("*.yaml")):
        data = yaml.safe_load(path.read_text("utf-8"))
        says = tuple(turn["say"] for turn in data["turns"])
        file = path.relative_to(_TALKS).with_suffix("").as_posix()
        found.append(Talk(file, says, **{key: data[key] for key in ("locale", "county") if key in data}))
    return found


def people(count: int, share: float, seed: int = 2008, **always: Any) -> list[dict[str, Any]]:
    """Facts of so many people, as JSON: each fact is known with the probability `share`, and `always` in any case."""
    draw = random.Random(seed)
    return [_person(draw, share) | always for _ in range(count)]


def parsed(found: list[dict[str, Any]]) -> list[dict[str, Value]]:
    """The same as the engine takes them."""
    return [parse_facts(each) for each in found]


def _person(draw: random.Random, share: float) -> dict[str, Any]:
    bill = draw.randrange(100, 150_000)
    facts: dict[str, Any] = {}
    for name, fact in FACTS.items():
        if name in _NOT_DRAWN or draw.random() > share:
            continue
        match fact.kind:
            case "bool":
                facts[name] = draw.random() < 0.5
            case "enum":
                facts[name] = draw.choice(fact.values)
            case "money":
                part = {"bill_total": 100, "reportable_cost": draw.randrange(50, 101)}.get(name, draw.randrange(20))
                facts[name] = f"{bill * part // 100}"
            case _:
                facts[name] = {"age": draw.randrange(96), "stays_this_year": draw.randrange(1, 4)}.get(name, 2008)
    return facts


def disk() -> Path:
    """Where the program itself keeps its file: a temporary folder may be memory, and then fsync means nothing."""
    folder = ROOT / "var"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def settings_in(folder: Path, **given: Any) -> Settings:
    """Settings on a database in this folder, whatever the environment says."""
    fixed: dict[str, Any] = {"database_url": f"sqlite:///{folder}/hebao.db", "offer_demo": True, "today": TODAY}
    return read_settings(_env_file=None, **{**fixed, **given})


def service_in(folder: Path, **given: Any) -> Service:
    """The assistant on a database in this folder."""
    return open_service(settings_in(folder, **given))
