"""The demonstration county by hand in numpy: one array of int64 a fact, no branch a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.peers import integer_python as figures
from benchmarks.peers.population import LEVELS, STAGES, Population

Array = npt.NDArray[Any]

_CODES: Mapping[str, Sequence[str]] = {
    "care": ("inpatient", "outpatient"),
    "provider_level": LEVELS,
    "registration_kind": ("rural", "urban"),
    "school_stage": STAGES,
}
_PUPIL = STAGES.index("primary_secondary")
_DEDUCTIBLE = np.array([figures.DEDUCTIBLE[level] for level in LEVELS])
_INPATIENT = np.array([figures.INPATIENT[level] for level in LEVELS])
_OUTPATIENT = np.array([figures.OUTPATIENT if level == "township" else 0 for level in LEVELS])

CATEGORIES = (None, "rural_resident", "urban_resident", "migrant_worker", "migrant_pupil")
"""As what somebody may join, by code; 0 is not at all."""


def arrays(population: Population) -> dict[str, Array]:
    """The columns as arrays; words become their place in the list of possible ones."""
    found = {}
    for name, column in population.columns.items():
        codes = {word: code for code, word in enumerate(_CODES.get(name, ()))}
        found[name] = np.array([codes[each] for each in column] if codes else column)
    return found


def estimates(people: Mapping[str, Array]) -> tuple[Array, Array]:
    """What the fund pays and what is left to each person, in fen."""
    level, cost = people["provider_level"], people["reportable_cost"]
    rate = _INPATIENT[level] + figures.MINOR * (people["age"] < 18)
    inpatient = (np.maximum(cost - _DEDUCTIBLE[level], 0) * rate + 50) // 100
    ceiling = np.where(people["school_stage"] == _PUPIL, figures.STUDENT_CEILING, figures.CEILING)
    inpatient = np.minimum(inpatient, np.maximum(ceiling - people["fund_paid_this_year"], 0))
    fund = np.where(people["care"] == 0, inpatient, (cost * _OUTPATIENT[level] + 50) // 100)
    return fund, cost - fund


def decisions(people: Mapping[str, Array]) -> Array:
    """As what each person may join, as a place in `CATEGORIES`."""
    local, permit = people["registered_locally"], people["residence_permit"]
    pupil = permit & (people["school_stage"] == _PUPIL) & people["studies_locally"]
    migrant = np.where(permit & people["works_in_local_enterprise"], 3, np.where(pupil, 4, 0))
    found = np.where(local, 1 + people["registration_kind"], migrant)
    return np.where(people["employee_insured"] | people["enrolled_elsewhere"], 0, found)
