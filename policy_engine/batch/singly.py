"""The scalar engine asked for some rows of a table, once for equal ones."""

from __future__ import annotations

import datetime
from typing import Any

import polars as pl

from policy_engine.batch.columns import People
from policy_engine.estimate import Estimate, estimate
from policy_engine.scheme import Scheme


class Singly:
    """Asks for estimates of single rows. `rows` counts those asked for, equal ones included."""

    def __init__(self, scheme: Scheme, people: People, day: datetime.date) -> None:
        self.rows = 0
        self._scheme, self._people, self._day = scheme, people, day
        self._found: dict[tuple[Any, ...], Estimate] = {}

    def __call__(self, rows: pl.Series) -> list[Estimate]:
        """The estimates of these rows, by their places in the table."""
        self.rows += len(rows)
        return [self._estimate(row) for row in self._people.frame[rows].iter_rows(named=True)]

    def _estimate(self, row: dict[str, Any]) -> Estimate:
        key = tuple(row.values())
        if key not in self._found:
            self._found[key] = estimate(self._scheme, self._people.facts(row), self._day)
        return self._found[key]
