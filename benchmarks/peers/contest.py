"""Several engines on the same people: whether they all say the same, then how fast each is, in turn."""

from __future__ import annotations

import functools
import gc
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from benchmarks.peers.population import Population
from benchmarks.timing import ROUNDS, Table, rate_row, rates

SECONDS = 0.25
"""How long each is timed in one round, at the least."""

Answer = tuple[Any, ...]


@dataclass(frozen=True)
class Entrant:
    """One engine and one way to use it.

    `people` is how many of the population it takes in one go. `ready` puts them into the form that the engine wants,
    outside the clock; `work` answers for all of them, and this is timed; `read` makes one answer a person of it.
    """

    name: str
    people: int
    ready: Callable[[Population], Any]
    work: Callable[[Any], Any]
    read: Callable[[Any], list[Answer]] = list


@dataclass(frozen=True)
class Disagreement:
    """How many answers of an entrant are not those expected, and the first of them."""

    people: int
    count: int
    first: str = ""


def disagreement(found: Sequence[Answer], expected: Sequence[Answer]) -> Disagreement:
    """Compare answer by answer. Raises ValueError where there is not one a person."""
    wrong = [place for place, (one, other) in enumerate(zip(found, expected, strict=True)) if one != other]
    if not wrong:
        return Disagreement(len(found), 0)
    place = wrong[0]
    return Disagreement(len(found), len(wrong), f"person {place}: {found[place]}, not {expected[place]}")


def contest(
    title: str,
    entrants: Sequence[Entrant],
    population: Population,
    expected: Sequence[Answer],
    targets: Mapping[str, int],
    notes: Sequence[str],
    within: Mapping[str, tuple[int, str]] = MappingProxyType({}),
) -> Table:
    """Check every entrant on all the people that it takes, then time them in turn, round by round.

    `targets` says for some entrants, by name, how many answers a second are wanted at the least; `within`, how many
    times as fast as they another one may be at the most.
    """
    inputs = [entrant.ready(population.first(entrant.people)) for entrant in entrants]
    checked = [
        disagreement(entrant.read(entrant.work(given)), expected[: entrant.people])
        for entrant, given in zip(entrants, inputs, strict=True)
    ]
    # What one of them holds would be walked through by the garbage collector in another's time.
    gc.collect()
    gc.freeze()
    timed: list[list[float]] = [[] for _ in entrants]
    for _ in range(ROUNDS):
        for entrant, given, found in zip(entrants, inputs, timed, strict=True):
            found += rates(functools.partial(_once, entrant, given), SECONDS, rounds=1)
    rows = tuple(
        (*rate_row(entrant.name, found), f"{check.people:,}", f"{check.count:,}")
        for entrant, found, check in zip(entrants, timed, checked, strict=True)
    )
    medians = {entrant.name: statistics.median(found) for entrant, found in zip(entrants, timed, strict=True)}
    return Table(
        title,
        ("what", "best", "median", "worst", "people at once", "answers unlike ours"),
        rows,
        (*_targets(medians, targets), *_ratios(medians, within), *notes, *_where(entrants, checked)),
    )


def _once(entrant: Entrant, given: object) -> int:
    entrant.work(given)
    return entrant.people


def _targets(medians: Mapping[str, float], targets: Mapping[str, int]) -> list[str]:
    return [
        f"Wanted of *{name}*: at least {least:,} a second. The median is {medians[name]:,.0f}: "
        f"{'reached' if medians[name] >= least else '**missed**'}."
        for name, least in targets.items()
    ]


def _ratios(medians: Mapping[str, float], within: Mapping[str, tuple[int, str]]) -> list[str]:
    found = []
    for name, (times, other) in within.items():
        ratio = medians[other] / medians[name]
        reached = "reached" if ratio <= times else "**missed**"
        found.append(
            f"Wanted of *{name}*: within {times} × of *{other}*. By the medians it is {ratio:.1f} ×: {reached}."
        )
    return found


def _where(entrants: Sequence[Entrant], checked: Sequence[Disagreement]) -> list[str]:
    found = [
        f"*{entrant.name}* answers {check.count:,} of {check.people:,} otherwise than our engine; "
        f"the first is {check.first}."
        for entrant, check in zip(entrants, checked, strict=True)
        if check.count
    ]
    return found or ["All of them give every answer that our engine gives."]
