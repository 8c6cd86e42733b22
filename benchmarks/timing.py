"""Timing work in rounds, so that what else the machine does shows as spread instead of passing for the result."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

ROUNDS = 5


@dataclass(frozen=True)
class Table:
    """One part of the page: what was measured, how, and the figures as they are printed."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    def markdown(self) -> str:
        """The table as Markdown; the first column is words, the others are figures."""
        lines = [f"### {self.title}", "", _line(self.columns), _line(("---", *("---:" for _ in self.columns[1:])))]
        lines += [_line(row) for row in self.rows]
        return "\n".join([*lines, *(part for note in self.notes for part in ("", note))])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def rates(work: Callable[[], int], seconds: float = 0.5, rounds: int = ROUNDS) -> list[float]:
    """Units a second in each round. `work` does some units and says how many; it is repeated for `seconds`."""
    found = []
    for _ in range(rounds):
        done, begun = 0, time.perf_counter()
        while (spent := time.perf_counter() - begun) < seconds:
            done += work()
        found.append(done / spent)
    return found


def seconds_of(work: Callable[[], object]) -> float:
    """The seconds that one call takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def rate_row(name: str, found: Sequence[float], *more: str) -> tuple[str, ...]:
    """A row of rates: best, median and worst round."""
    return (name, *(f"{each:,.0f}" for each in (max(found), statistics.median(found), min(found))), *more)


def time_row(name: str, found: Sequence[float], digits: int = 1) -> tuple[str, ...]:
    """A row of durations in the unit given: best, median and worst round."""
    return (name, *(f"{each:,.{digits}f}" for each in (min(found), statistics.median(found), max(found))))
