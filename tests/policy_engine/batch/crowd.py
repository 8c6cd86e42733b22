"""People for the batch: drawn from a seed, of whom more or less is known, as facts and as a table."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl

from policy_engine.batch import contributions, decisions, estimates
from policy_engine.contribution import contribution
from policy_engine.eligibility import eligibility
from policy_engine.estimate import estimate
from policy_engine.facts import FACTS, Facts
from policy_engine.money import Money
from policy_engine.scheme import Scheme

MONEY = tuple(name for name, fact in FACTS.items() if fact.kind == "money")
EDGES = (0, 1, 49, 50, 100, 300_00, 300_01, 500_00, 800_00, 1000_00, 20_000_00, 70_000_00, 120_000_00, 400_000_00)
_NOT_DRAWN = {"subject", "provider", "birth_date", "admission_date"}


def crowd(count: int, seed: int, share: float, ranged: float = 0.0, **always: Any) -> list[dict[str, Any]]:
    """Facts of so many people: each is known with the probability `share`, an amount is a range with `ranged`."""
    draw = random.Random(seed)
    return [_person(draw, share, ranged) | always for _ in range(count)]


def _person(draw: random.Random, share: float, ranged: float) -> dict[str, Any]:
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
                facts[name] = _amount(draw, ranged)
            case _:
                facts[name] = {
                    "age": draw.randrange(96),
                    "stays_this_year": draw.randrange(1, 5),
                    "contribution_year": 2008,
                }[name]
    whole, part = facts.get("bill_total"), facts.get("reportable_cost")
    if whole and part and whole.high is not None and part.low > whole.high:
        facts["bill_total"], facts["reportable_cost"] = part, whole
    # A part of the cost can be no more than that.
    listed = facts.get("reportable_cost", facts.get("bill_total"))
    if "class_b_cost" in facts and listed is not None:
        part = facts["class_b_cost"]
        facts["class_b_cost"] = Money(
            min(part.low, listed.low), None if part.high is None else min(part.high, listed.low)
        )
    return facts


def _amount(draw: random.Random, ranged: float) -> Money:
    ends = sorted(draw.choice((draw.choice(EDGES), draw.randrange(3_000_00), draw.randrange(300_000_00))) for _ in "12")
    if draw.random() > ranged:
        return Money(ends[0], ends[0])
    return Money(ends[0], draw.choice((ends[1], ends[1], None)))


def table(people: Sequence[Facts]) -> pl.DataFrame:
    """The people as a table, with columns for those facts that somebody has; amounts in fen."""
    names = {name for person in people for name in person}
    # One column there is in any case, since a table without one has no rows.
    columns = [pl.Series("subject", [None] * len(people), dtype=pl.Enum(FACTS["subject"].values))]
    for name in (name for name in FACTS if name in names):
        values = [person.get(name) for person in people]
        if FACTS[name].kind == "money":
            columns += _ends(name, values)
        elif FACTS[name].kind == "enum":
            columns.append(pl.Series(name, values, dtype=pl.Enum(FACTS[name].values)))
        else:
            columns.append(pl.Series(name, values))
    return pl.DataFrame(columns)


def _ends(name: str, values: list[Any]) -> Iterable[pl.Series]:
    exact = [None if value is None or not value.exact else value.low for value in values]
    yield pl.Series(name, exact, dtype=pl.Int64)
    ranges = [None if value is None or value.exact else value for value in values]
    if any(ranges):
        yield pl.Series(f"{name}_low", [value and value.low for value in ranges], dtype=pl.Int64)
        yield pl.Series(f"{name}_high", [value and value.high for value in ranges], dtype=pl.Int64)


def unlike_estimates(scheme: Scheme, people: Sequence[Facts], on: datetime.date | None = None) -> list[Any]:
    """The people for whom batch and scalar engine do not say the same, with what they say."""
    rows = estimates(scheme, table(people), on).rows()
    return _unlike(people, rows, [_estimate(scheme, facts, on) for facts in people])


def _estimate(scheme: Scheme, facts: Facts, on: datetime.date | None) -> tuple[Any, ...]:
    found = estimate(scheme, facts, on)
    fund, person = found.fund_pays, found.person_pays
    exact = fund.exact and person.exact
    return fund.low, fund.high, person.low, person.high, exact, found.missing[0] if found.missing else None


def unlike_decisions(scheme: Scheme, people: Sequence[Facts], on: datetime.date | None = None) -> list[Any]:
    """Likewise for who may join."""
    found = [eligibility(scheme, facts, on) for facts in people]
    expected = [
        (each.outcome, each.category, each.missing[0] if each.missing else None, list(each.missing)) for each in found
    ]
    return _unlike(people, decisions(scheme, table(people), on).rows(), expected)


def unlike_contributions(scheme: Scheme, people: Sequence[Facts], on: datetime.date | None = None) -> list[Any]:
    """Likewise for what joining costs."""
    found = [contribution(scheme, facts, on) for facts in people]
    expected = [
        (
            *(each.total.low, each.total.high, each.person_pays.low, each.person_pays.high),
            *(each.missing[0] if each.missing else None, list(each.missing)),
        )
        for each in found
    ]
    return _unlike(people, contributions(scheme, table(people), on).rows(), expected)


def _unlike(people: Sequence[Facts], found: Sequence[Any], expected: Sequence[Any]) -> list[Any]:
    return [
        (facts, batch, scalar) for facts, batch, scalar in zip(people, found, expected, strict=True) if batch != scalar
    ]
