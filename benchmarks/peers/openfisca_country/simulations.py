"""Simulations of the country package: one person at a time, or everybody at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from openfisca_core.indexed_enums import Enum
from openfisca_core.periods import period
from openfisca_core.simulations import Simulation, SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem

from benchmarks.peers.openfisca_country.entities import Care, Category, Level, Person, Registration, Stage
from benchmarks.peers.population import MONEY, Population

Array = npt.NDArray[Any]
YEAR = period("2008")

_HERE = Path(__file__).parent
_CHOICES: Mapping[str, type[Enum]] = {
    "care": Care,
    "provider_level": Level,
    "registration_kind": Registration,
    "school_stage": Stage,
}
# Encoding a word takes longer than the rest of a small simulation, so each word is encoded once.
_ENCODED = {
    name: {each.name: choices.encode(np.array([each.name])) for each in choices} for name, choices in _CHOICES.items()
}


def system() -> TaxBenefitSystem:
    """The country package, loaded."""
    made = TaxBenefitSystem([Person])
    made.load_parameters(str(_HERE / "parameters"))
    made.add_variables_from_directory(str(_HERE / "variables"))
    return made


def arrays(population: Population) -> dict[str, Array]:
    """The columns as OpenFisca takes them."""
    return {
        name: _CHOICES[name].encode(np.array(column)) if name in _CHOICES else np.array(column)
        for name, column in population.columns.items()
    }


def in_yuan(columns: Mapping[str, Array]) -> dict[str, Array]:
    """The same with money in yuan, under the names that the floats have."""
    return {f"{name}_in_yuan" if name in MONEY else name: _yuan(name, column) for name, column in columns.items()}


def _yuan(name: str, column: Array) -> Array:
    return column / 100 if name in MONEY else column


def one(row: Mapping[str, Any]) -> dict[str, Array]:
    """One person as OpenFisca takes them: arrays of length 1."""
    return {name: _ENCODED[name][value] if name in _ENCODED else np.array([value]) for name, value in row.items()}


def simulation(of: TaxBenefitSystem, columns: Mapping[str, Array], trace: bool = False) -> Simulation:
    """A new simulation of so many people. Built without JSON, which makes it three times as fast.

    `trace` keeps every step with its parameters, which comes nearest to a receipt or to reasons.
    """
    made = SimulationBuilder().build_default_simulation(of, len(next(iter(columns.values()))))
    made.trace = trace
    for name, column in columns.items():
        made.set_input(name, YEAR, column)
    return made


def estimates(of: TaxBenefitSystem, columns: Mapping[str, Array], trace: bool = False) -> tuple[Array, Array]:
    """What the fund pays and what is left to each person, fen."""
    made = simulation(of, columns, trace)
    return made.calculate("fund_pays", YEAR), made.calculate("person_pays", YEAR)


def estimates_in_yuan(of: TaxBenefitSystem, columns: Mapping[str, Array]) -> tuple[Array, Array]:
    """The same in floats of yuan."""
    made = simulation(of, in_yuan(columns))
    return made.calculate("fund_pays_in_yuan", YEAR), made.calculate("person_pays_in_yuan", YEAR)


def decisions(of: TaxBenefitSystem, columns: Mapping[str, Array], trace: bool = False) -> tuple[Array, Array]:
    """Whether each person may join, and the place in `Category` of the rule that admits them."""
    made = simulation(of, columns, trace)
    return made.calculate("may_join", YEAR), made.calculate("joins_as", YEAR)


def categories(codes: Array) -> list[str | None]:
    """The names for the places in `Category`, None for not at all."""
    names = [None if each is Category.none else each.name for each in Category]
    return [names[code] for code in np.asarray(codes).tolist()]
