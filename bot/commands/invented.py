"""An invented population: bills of people who do not exist, drawn from a seed, for trials and simulations.

Its shares are made up to look like a city's, not taken from anywhere: how many are old, how often each hospital is
chosen, how bills are spread. What comes of a simulation over it shows how a change works, not what it will cost.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import polars as pl

from policy_engine.facts import FACTS

_AGES = ((0, 5, 4), (6, 17, 10), (18, 39, 22), (40, 59, 32), (60, 69, 18), (70, 95, 14))
"""From which age to which, and how many of a hundred."""

_LEVELS = {"township": 40, "county": 34, "city": 17, "provincial": 5, "out_of_city": 4}
_GRADES = {
    "township": "primary",
    "county": "grade_2",
    "city": "grade_3",
    "provincial": "grade_3",
    "out_of_city": "grade_3",
}
_PLACES = {
    "township": "in_county",
    "county": "in_county",
    "city": "in_city",
    "provincial": "in_province",
    "out_of_city": "out_of_province",
}
_MIDDLE = {
    "township": 2_600_00,
    "county": 5_200_00,
    "city": 11_000_00,
    "provincial": 21_000_00,
    "out_of_city": 17_000_00,
}
"""Half of the stays at each level cost more than so many fen, half less; a visit a fortieth of that."""

_CERTIFICATES = (("none", "minimum_living", "social_relief", "hardship_disabled"), (95, 3, 1, 1))
_AT_ONCE = 100_000


def invented_bills(count: int, seed: int) -> Iterator[pl.DataFrame]:
    """So many bills, in pieces; the same for the same seed."""
    draw = random.Random(seed)  # noqa: S311 - nothing here is a secret
    for start in range(0, count, _AT_ONCE):
        yield _table([_bill(draw) for _ in range(min(_AT_ONCE, count - start))])


def _bill(draw: random.Random) -> dict[str, Any]:
    low, high, _ = draw.choices(_AGES, [share for _, _, share in _AGES])[0]
    age = draw.randint(low, high)
    level = draw.choices(list(_LEVELS), list(_LEVELS.values()))[0]
    inpatient = draw.random() < 0.3
    cost = int(draw.lognormvariate(0, 0.9) * _MIDDLE[level] / (1 if inpatient else 40))
    reportable = cost * draw.randint(70, 100) // 100
    stay = draw.choices((1, 2, 3), (80, 15, 5))[0] if inpatient else 1
    return {
        "age": age,
        "school_stage": _stage(age, draw),
        "hardship_certificate": draw.choices(*_CERTIFICATES)[0],
        "care": "inpatient" if inpatient else "outpatient",
        "provider_level": level,
        "provider_grade": _GRADES[level],
        "provider_place": _PLACES[level],
        "referred": level not in {"township", "county"} and draw.random() < 0.6,
        "treated_at_workplace": False,
        "disease_class": draw.choices(("ordinary", "chronic", "serious"), (88, 9, 3))[0],
        "contribution_grade": "first",
        "bill_total": cost,
        "reportable_cost": reportable,
        "class_b_cost": reportable * draw.randint(0, 30) // 100,
        "stays_this_year": stay,
        **_before(stay, draw),
    }


def _stage(age: int, draw: random.Random) -> str:
    if 3 <= age < 6:
        return "preschool"
    if 6 <= age < 18:
        return "primary_secondary"
    return "university" if 18 <= age < 23 and draw.random() < 0.4 else "none"


def _before(stay: int, draw: random.Random) -> dict[str, int]:
    """What the earlier stays of the year came to."""
    reported = sum(int(draw.lognormvariate(0, 0.9) * _MIDDLE["county"]) for _ in range(1, stay))
    entered = max(0, reported - 500_00 * (stay - 1))
    paid = entered // 2
    return {
        "reported_this_year": reported,
        "entered_this_year": entered,
        "own_share_this_year": reported - paid,
        "fund_paid_this_year": paid,
        "outpatient_paid_this_year": 0,
    }


def _table(bills: list[dict[str, Any]]) -> pl.DataFrame:
    kinds = {"bool": pl.Boolean(), "int": pl.Int64(), "money": pl.Int64()}
    schema = {name: kinds.get(FACTS[name].kind) or pl.Enum(FACTS[name].values) for name in bills[0]}
    return pl.DataFrame(bills, schema=schema)
