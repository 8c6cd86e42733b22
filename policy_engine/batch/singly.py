"""The scalar engine asked for some rows of a table, once for equal ones."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import polars as pl

from policy_engine.batch.columns import HIGH, LOW, People
from policy_engine.estimate import Estimate, estimate
from policy_engine.scheme import Scheme


class Singly:
    """Asks for estimates of single rows. `rows` counts those asked for, equal ones included.

    Rows are equal where they have the same facts among those `looked_at`; the others are left out.
    """

    def __init__(self, scheme: Scheme, people: People, day: datetime.date, looked_at: Collection[str]) -> None:
        self.rows = 0
        self._scheme, self._day = scheme, day
        names = [name for name in people.frame.columns if name.removesuffix(LOW).removesuffix(HIGH) in looked_at]
        frame = people.frame.select(names or people.frame.columns[:1])  # without a column there would be no rows
        self._people = replace(people, frame=frame, names=people.names & frozenset(looked_at))
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
