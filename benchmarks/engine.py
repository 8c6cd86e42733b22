"""The engine alone: decisions, contributions, estimates, and packs from disk."""

from __future__ import annotations

import datetime
import functools
import itertools
import subprocess
import sys
from collections.abc import Callable, Sequence

from benchmarks.material import TODAY, parsed, people
from benchmarks.timing import ROUNDS, Table, rate_row, rates, seconds_of, time_row
from policy_engine.contribution import contribution
from policy_engine.eligibility import eligibility
from policy_engine.estimate import estimate
from policy_engine.facts import Facts
from policy_engine.loader import forget_schemes, load_scheme
from policy_engine.scheme import Scheme

SCHEME = "jiaxing-2008"
DAY = datetime.date.fromisoformat(TODAY)
PEOPLE = 2000

_COLD = """
import time
begun = time.perf_counter()
from policy_engine.loader import load_scheme, scheme_ids
imported = time.perf_counter()
for name in scheme_ids():
    for county in (None, *load_scheme(name).counties):
        load_scheme(name, county)
print(1000 * (imported - begun), 1000 * (time.perf_counter() - imported))
"""


def decisions() -> Table:
    """Rates of every kind of question, over people of whom more or less is known."""
    some, bills = parsed(people(PEOPLE, 0.6)), parsed(people(PEOPLE, 0.6, seed=12))
    whole = parsed(people(PEOPLE, 1.0, seed=14))
    rows = [_first_time(some)]
    demo, haining = load_scheme(SCHEME, "demo"), load_scheme(SCHEME, "haining")
    rows += [
        rate_row("eligibility, the same people again", _over(eligibility, haining, some)),
        rate_row("contribution, demonstration county (all set)", _over(contribution, demo, some)),
        rate_row("contribution, Haining (figures open)", _over(contribution, haining, some)),
        rate_row("estimate with receipt, all known", _over(estimate, demo, whole)),
        rate_row("estimate with receipt, facts missing", _over(estimate, demo, bills)),
        rate_row("estimate with receipt, facts missing and Haining's figures open", _over(estimate, haining, bills)),
    ]
    exact = sum(estimate(demo, facts, DAY).fund_pays.exact for facts in whole)
    distinct = len({tuple(sorted(facts.items(), key=str)) for facts in some})
    notes = (
        f"Answers a second on one core, in process, each with reasons or receipt, citations and missing facts. "
        f"{PEOPLE:,} people a list, drawn from a seed, {distinct:,} of the first list distinct; each fact is known "
        f"with a probability of 60 %, except in the row *all known*, where {exact:,} of {PEOPLE:,} estimates are exact "
        "to the fen. *For the first time*: the engine keeps what it worked out for a combination of facts, so a "
        "freshly loaded scheme is given every round.",
    )
    return Table("Engine, answers a second", ("what", "best", "median", "worst"), tuple(rows), notes)


def _over(
    answer: Callable[[Scheme, Facts, datetime.date], object], scheme: Scheme, facts: Sequence[Facts]
) -> list[float]:
    turns = itertools.cycle(facts)
    # Once round first, so that what the engine keeps is there in the first round as in the last.
    for each in facts:
        answer(scheme, each, DAY)

    def work() -> int:
        for each in itertools.islice(turns, 100):
            answer(scheme, each, DAY)
        return 100

    return rates(work)


def _first_time(some: Sequence[Facts]) -> tuple[str, ...]:
    found = []
    for _ in range(ROUNDS):
        forget_schemes()
        fresh = load_scheme(SCHEME, "haining")
        eligibility(fresh, {}, DAY)
        found.append(len(some) / seconds_of(functools.partial(_once, fresh, some)))
    return rate_row("eligibility, each person for the first time", found)


def _once(scheme: Scheme, some: Sequence[Facts]) -> None:
    for each in some:
        eligibility(scheme, each, DAY)


def packs() -> Table:
    """All packs of the program from disk, in a fresh process."""
    imports, loads = [], []
    for _ in range(ROUNDS):
        said = subprocess.run([sys.executable, "-c", _COLD], check=True, capture_output=True, text=True).stdout
        imported, loaded = map(float, said.split())
        imports.append(imported)
        loads.append(loaded)
    rows = (
        time_row("importing the engine", imports),
        time_row("loading and checking every scheme in every county", loads),
    )
    return Table("Packs in a fresh process, ms", ("what", "best", "median", "worst"), rows)
