"""Who may join and what that costs, for everybody in a table: drawn once for every kind of people."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import polars as pl

from policy_engine.batch.columns import People
from policy_engine.batch.kinds import coded, facts_of, kinds_of, values_of
from policy_engine.batch.known import known
from policy_engine.batch.questions import FACT
from policy_engine.conditions import Condition, domain
from policy_engine.contribution import contribution
from policy_engine.eligibility import eligibility
from policy_engine.errors import N_, PolicyError
from policy_engine.facts import FACTS
from policy_engine.scheme import Scheme

OUTCOME = pl.Enum(("eligible", "ineligible", "undetermined"))

_Signature = tuple[object, ...]


def decided(scheme: Scheme, people: People, day: datetime.date) -> pl.DataFrame:
    """Of each row the `outcome`, the `category` where it is certain, and the facts that are `missing`.

    Raises PolicyError for a document without such rules, RowError for facts that cannot be together.
    """
    if not scheme.may_join:
        raise PolicyError(N_("{scheme} has no rules on who may join. Choose a city's scheme."), scheme=scheme.id)
    people = known(people, scheme, day, admitted=False)
    conditions = [rule.when for rule in (*scheme.cannot_join, *scheme.may_join)]
    kinds = kinds_of(people, _codes(conditions, people))
    return _decisions(scheme, day, kinds.signature)[kinds.of_row]


def contributed(scheme: Scheme, people: People, day: datetime.date) -> pl.DataFrame:
    """Of each row what a year costs in all and what of it the person pays, in fen, and the facts that are `missing`.

    An upper end is null where nothing bounds it. Raises as `decided` does.
    """
    rules = scheme.contribution
    if rules is None:
        raise PolicyError(N_("{scheme} has no rules on contributions. Choose a city's scheme."), scheme=scheme.id)
    people = known(people, scheme, day, admitted=False)
    # How somebody joins settles who pays the rest, so what the rules on joining look at plays a part.
    conditions = [each.when for each in (*rules.entries, *scheme.may_join)]
    kinds = kinds_of(people, _codes(conditions, people))
    return _contributions(scheme, day, kinds.signature)[kinds.of_row]


def _codes(conditions: Iterable[Condition], people: People) -> Iterable[Any]:
    looked_at = tuple(conditions)
    names = {name for each in looked_at for name, _ in each.needs()}
    return [coded(name, domain(name, looked_at), people) for name in FACTS if name in names]


@lru_cache(maxsize=64)
def _decisions(scheme: Scheme, day: datetime.date, signature: _Signature) -> pl.DataFrame:
    found = [eligibility(scheme, facts, day) for facts in _kinds(signature)]
    category = pl.Enum([rule.id for rule in scheme.may_join])
    return pl.DataFrame(
        {
            "outcome": pl.Series([each.outcome for each in found], dtype=OUTCOME),
            "category": pl.Series([each.category for each in found], dtype=category),
            **_missing([each.missing for each in found]),
        }
    )


@lru_cache(maxsize=64)
def _contributions(scheme: Scheme, day: datetime.date, signature: _Signature) -> pl.DataFrame:
    found = [contribution(scheme, facts, day) for facts in _kinds(signature)]
    amounts = {"total": [each.total for each in found], "person_pays": [each.person_pays for each in found]}
    return pl.DataFrame(
        {
            f"{name}_{end}": pl.Series([getattr(each, end) for each in column], dtype=pl.Int64)
            for name, column in amounts.items()
            for end in ("low", "high")
        }
        | _missing([each.missing for each in found])
    )


def _kinds(signature: _Signature) -> Iterable[dict[str, Any]]:
    *names, keys = signature
    return [facts_of(values_of(key, names)) for key in keys]  # type: ignore[attr-defined, arg-type]


def _missing(missing: list[tuple[str, ...]]) -> dict[str, pl.Series]:
    """All that can still change the conclusion, and the one of it that settles most."""
    return {
        "first_missing": pl.Series([each[0] if each else None for each in missing], dtype=FACT),
        "missing": pl.Series(missing, dtype=pl.List(FACT)),
    }
