"""The batch over a whole population: that it says what the scalar engine says of a million people, and how fast."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

from benchmarks.material import TODAY
from benchmarks.peers.population import frame, persons, stays
from benchmarks.timing import Table, rate_row, rates, seconds_of
from policy_engine import batch
from policy_engine.facts import Facts
from policy_engine.loader import forget_schemes, load_scheme
from policy_engine.scheme import Scheme
from tests.policy_engine.batch.crowd import crowd, table, unlike_contributions, unlike_decisions, unlike_estimates

DAY = datetime.date.fromisoformat(TODAY)
AT_ONCE = 20_000

Unlike = Callable[[Scheme, Sequence[Facts], datetime.date], list[Any]]
Draw = Callable[[int, int], Sequence[Facts]]
"""So many people of a seed."""


def agreement() -> Table:
    """A million random people: whoever is answered otherwise by the batch than by the scalar engine."""
    demo, haining, city = (load_scheme("jiaxing-2008", county) for county in ("demo", "haining", None))

    def known(share: float, ranged: float = 0.0) -> Draw:
        return lambda count, seed: crowd(count, seed, share, ranged)

    def whole(count: int, seed: int) -> Sequence[Facts]:
        return list(stays(count, seed).facts())

    def everything(count: int, seed: int) -> Sequence[Facts]:
        return list(persons(count, seed).facts())

    parts: tuple[tuple[str, Scheme, Unlike, Draw, int], ...] = (
        ("estimates, all known", demo, unlike_estimates, whole, 820_000),
        ("estimates, students in doubt", demo, unlike_estimates, known(1.0), 100_000),
        ("estimates, one fact in five missing", demo, unlike_estimates, known(0.8), 40_000),
        ("estimates, Haining's figures open", haining, unlike_estimates, known(1.0), 25_000),
        ("estimates, three amounts in ten a range", demo, unlike_estimates, known(0.9, 0.3), 13_000),
        ("estimates, no county, facts missing, ranges", city, unlike_estimates, known(0.7, 0.1), 2_000),
        ("decisions, all known", demo, unlike_decisions, everything, 800_000),
        ("decisions, three facts in ten missing", haining, unlike_decisions, known(0.7), 200_000),
        ("contributions, three facts in ten missing", haining, unlike_contributions, known(0.7), 20_000),
    )
    rows, firsts = [], []
    for name, scheme, unlike, draw, count in parts:
        wrong: list[Any] = []
        for seed in range(count // AT_ONCE + (count % AT_ONCE > 0)):
            wrong += unlike(scheme, draw(min(AT_ONCE, count - seed * AT_ONCE), seed), DAY)
        rows.append((name, f"{count:,}", f"{len(wrong):,}"))
        firsts += [f"*{name}*: {each}" for each in wrong[:1]]
    notes = (
        "Each person once by the scalar engine and once by the batch: both ends of both amounts to the fen, whether "
        "they are exact, and the first fact to ask for; or outcome, category and all missing facts; or both amounts "
        "and all missing facts. A million estimates and a million decisions.",
        *(firsts or ["All are the same."]),
    )
    columns = ("what", "people", "answered otherwise")
    return Table("A million people by batch and by scalar engine", columns, tuple(rows), notes)


def speed() -> Table:
    """How many rows a second the batch answers."""
    demo, haining = load_scheme("jiaxing-2008", "demo"), load_scheme("jiaxing-2008", "haining")
    million = frame(stays(1_000_000))
    some = {share: table(crowd(50_000, 7, share)) for share in (1.0, 0.8)}
    ranges = table(crowd(20_000, 7, 0.8, 0.3))
    text = million.head(200_000).with_columns(
        *(pl.col(name).cast(pl.String) for name in ("care", "provider_level", "age", "school_stage")),
        *((pl.col(name) // 100).cast(pl.String) for name in ("reportable_cost", "fund_paid_this_year")),
    )
    without = functools.partial(_answered, ask=False)
    rows = (
        _row("estimates, all known, a million at once", batch.estimates, demo, million),
        _row("estimates, all known, from text as in CSV", batch.estimates, demo, text),
        _row("estimates, all known, Haining's figures open", batch.estimates, haining, million.head(200_000)),
        _row("estimates, students in doubt", batch.estimates, demo, some[1.0]),
        _row("estimates, one fact in five missing", batch.estimates, demo, some[0.8]),
        _row("estimates, facts missing and ranges", batch.estimates, demo, ranges),
        _row("estimates, facts missing and ranges, without what to ask for", without, demo, ranges),
        _row("decisions, all known, a million at once", batch.decisions, demo, frame(persons(1_000_000))),
        _row("decisions, one fact in five missing", batch.decisions, haining, some[0.8]),
        _row("contributions, one fact in five missing", batch.contributions, haining, some[0.8]),
    )
    forget_schemes()
    first = seconds_of(lambda: batch.estimates(load_scheme("jiaxing-2008", "demo"), million, DAY))
    notes = (
        "Rows a second on both cores, in process, from a data frame to a data frame, checks of every value included. "
        "Where ranges meet missing facts the scalar engine is asked what to ask for. The first time, with a freshly "
        f"loaded scheme, a million estimates took {1000 * first:,.0f} ms in all.",
    )
    return Table("Batch, rows a second", ("what", "best", "median", "worst"), rows, notes)


def _answered(scheme: Scheme, rows: pl.DataFrame, day: datetime.date, ask: bool) -> pl.DataFrame:
    return batch.Run(scheme, "estimate", day, ask=ask).answer(rows)


def _row(
    name: str, answer: Callable[[Scheme, pl.DataFrame, datetime.date], object], scheme: Scheme, rows: pl.DataFrame
) -> tuple[str, ...]:
    def work() -> int:
        answer(scheme, rows, DAY)
        return rows.height

    work()  # once round first, so that what the engine keeps is there in the first round as in the last
    return rate_row(name, rates(work))
