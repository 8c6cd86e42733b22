"""Who asks: an invented population, drawn from a seed, whose facts depend on one another as those of real people do.

Nobody has counted the people who ask an assistant like this one. **Every share here is invented**, in round numbers
that a reader can judge; this is the one place where they stand. What is *not* invented is what cannot be otherwise: a
local resident has no residence permit, a pupil has an age to go to school at, a village clinic keeps nobody overnight
for 80,000 yuan.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

Choice = TypeVar("Choice")

# Of a hundred who ask, unless it says otherwise.


@dataclass(frozen=True)
class Town:
    """What differs most from town to town: how many are `local`, and how many adults are `insured` as employees."""

    local: int = 80
    insured: Mapping[str, int] = field(default_factory=lambda: {"works": 55, "retired from town": 50, "other adult": 5})


TOWN = Town()
RURAL = {True: 65, False: 85}
"""By whether they are registered locally."""
HAS_PERMIT = 70
"""Of those from elsewhere."""
AGES = {(0, 2): 4, (3, 5): 4, (6, 17): 17, (18, 22): 7, (23, 39): 20, (40, 59): 28, (60, 95): 20}
IN_SCHOOL = {(3, 5): ("preschool", 90), (6, 17): ("primary_secondary", 97), (18, 22): ("university", 35)}
STUDIES_HERE = {True: 95, False: 90}
"""Pupils and students, by whether they are registered locally; those from elsewhere are here with their parents."""
WORKS = {True: 30, False: 75}
"""In a local enterprise, from 18 to 59 and not at school, by whether they are registered locally."""
ELSEWHERE = {True: 2, False: 40}
"""Has joined a scheme in another place, by whether they are registered locally: many keep the one of their village."""
CERTIFICATES = {"none": 940, "minimum_living": 35, "social_relief": 8, "hardship_worker": 7, "hardship_disabled": 10}
"""Of a thousand locals; nobody from elsewhere has one of this city."""
INPATIENT = 45
LEVELS = {
    "inpatient": {"township": 20, "county": 45, "city": 18, "provincial": 12, "out_of_city": 5},
    "outpatient": {"township": 60, "county": 25, "city": 9, "provincial": 4, "out_of_city": 2},
}
REFERRED = 60
"""Of inpatients above the county."""
BILLS = {
    "inpatient": {"1200": 15, "4000": 35, "9000": 28, "25000": 15, "80000": 6, "200000": 1},
    "outpatient": {"80": 30, "300": 40, "1200": 22, "4000": 8},
}
"""In yuan: a few that stand for all, so that there are people with the same bill to find the best questions for."""


def askers(count: int, town: Town = TOWN, seed: int = 2008) -> list[dict[str, Any]]:
    """So many people of a town as JSON facts, everything known that somebody who asks could be asked."""
    draw = random.Random(seed)
    return [_person(draw, town) for _ in range(count)]


def _person(draw: random.Random, town: Town) -> dict[str, Any]:
    def yes(percent: float) -> bool:
        return draw.random() * 100 < percent

    def one_of(shares: Mapping[Choice, int]) -> Choice:
        return draw.choices(list(shares), list(shares.values()))[0]

    local = yes(town.local)
    rural = yes(RURAL[local])
    ages = one_of(AGES)
    stage, share = IN_SCHOOL.get(ages, ("none", 0))
    pupil = yes(share)
    adult = ages[0] >= 18 and not pupil
    works = adult and ages[1] < 60 and yes(WORKS[local])
    means = "works" if works else "retired from town" if ages[0] >= 60 and not rural else "other adult"
    insured = adult and yes(town.insured[means])
    care = "inpatient" if yes(INPATIENT) else "outpatient"
    level = one_of(LEVELS[care])
    return {
        "registered_locally": local,
        "registration_kind": "rural" if rural else "urban",
        "residence_permit": not local and yes(HAS_PERMIT),
        "works_in_local_enterprise": works,
        "employee_insured": insured,
        "enrolled_elsewhere": not insured and yes(ELSEWHERE[local]),
        "school_stage": stage if pupil else "none",
        "studies_locally": pupil and yes(STUDIES_HERE[local]),
        "age": draw.randint(*ages),
        "hardship_certificate": one_of(CERTIFICATES) if local else "none",
        "care": care,
        "provider_level": level,
        "referred": care == "inpatient" and level not in {"township", "county"} and yes(REFERRED),
        "bill_total": one_of(BILLS[care]),
    }
