"""People, their stays and their bills, drawn from a seed: everything known, so that every engine can answer exactly."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from policy_engine.facts import FACTS, Value, parse_facts

MONEY = ("reportable_cost", "fund_paid_this_year")
"""Columns in fen. All others hold what the vocabulary of facts says."""

LEVELS = ("township", "county", "city", "provincial", "out_of_city")
STAGES = ("none", "preschool", "primary_secondary", "university")


@dataclass(frozen=True)
class Population:
    """So many people, one column a fact, all of the same length: money in fen, the rest as the vocabulary has it."""

    columns: Mapping[str, Sequence[Any]]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def first(self, people: int) -> Population:
        """The first so many of them."""
        return Population({name: column[:people] for name, column in self.columns.items()})

    def tuples(self) -> Iterator[tuple[Any, ...]]:
        """Each person as the plain values of the columns, in their order."""
        return zip(*self.columns.values(), strict=True)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Each person as a mapping from the name of a fact to its plain value."""
        return (dict(zip(self.columns, each, strict=True)) for each in self.tuples())

    def facts(self) -> Iterator[dict[str, Value]]:
        """Each person as our own engine takes them, through the JSON that everybody else would send."""
        for row in self.rows():
            for name in MONEY & row.keys():
                row[name] = f"{row[name] // 100}.{row[name] % 100:02d}"
            yield parse_facts(row)


def frame(population: Population) -> pl.DataFrame:
    """The same as a data frame for our own batch: words as an enum, money in fen."""
    plain = {"bool": pl.Boolean(), "int": pl.Int64(), "money": pl.Int64()}
    schema = {name: plain.get(FACTS[name].kind) or pl.Enum(FACTS[name].values) for name in population.columns}
    return pl.DataFrame(dict(population.columns), schema=schema)


def stays(count: int, seed: int = 2008) -> Population:
    """People with one bill each, whose estimate is exact in the demonstration county.

    Preschool and university are left out: whether their ceiling is that of students is not set there. Half of the
    bills are near the deductibles, some are above what the year's ceiling can take; three in ten people have had
    something from the fund before, some of them more than the ceiling.
    """
    draw = random.Random(seed)
    ages = [draw.randrange(96) for _ in range(count)]
    return Population(
        {
            "care": draw.choices(("inpatient", "outpatient"), (4, 1), k=count),
            "provider_level": draw.choices(LEVELS, k=count),
            "age": ages,
            "school_stage": ["primary_secondary" if 6 <= age < 19 and draw.random() < 0.8 else "none" for age in ages],
            "reportable_cost": [draw.randrange(draw.choice((3_000_00, 200_000_00))) for _ in range(count)],
            "fund_paid_this_year": [draw.randrange(130_000_00) * (draw.random() < 0.3) for _ in range(count)],
        }
    )


def persons(count: int, seed: int = 2008) -> Population:
    """People of whom all eight facts are known that the rules on joining look at."""
    draw = random.Random(seed)

    def yes(share: float) -> list[bool]:
        return [draw.random() < share for _ in range(count)]

    return Population(
        {
            "registered_locally": yes(0.6),
            "registration_kind": draw.choices(("rural", "urban"), k=count),
            "residence_permit": yes(0.7),
            "works_in_local_enterprise": yes(0.5),
            "employee_insured": yes(0.2),
            "enrolled_elsewhere": yes(0.1),
            "school_stage": draw.choices(STAGES, (5, 1, 3, 1), k=count),
            "studies_locally": yes(0.6),
        }
    )
