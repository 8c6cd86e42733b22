"""`python -m benchmarks.fuzz [--minutes 10] [--write]`: hostile facts, spoilt packs and wild talk, as long as you like.

A third of the time each: questions with facts of every shape to every scheme in every county; packs with something
knocked out of place; and conversations in which anything is said after anything. Nothing but the engine's own errors
may come out, every exact answer adds up, and nobody hears of another person's answers.
"""

from __future__ import annotations

import argparse
import datetime
import random
import shutil
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path

import hypothesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks import page
from benchmarks.material import ROOT
from benchmarks.timing import Table
from policy_engine.errors import PolicyError
from policy_engine.loader import PACKS, forget_schemes, load_scheme
from policy_engine.scheme import Scheme
from tests.dialogs.conftest import surroundings
from tests.dialogs.talk import talk, utterances
from tests.policy_engine.hostile import ask_everything, facts, refused_in_words, schemes, spoilt

FOLDERS = tuple(folder for folder in (PACKS, ROOT / "tests/schemes") if folder.is_dir())
DAYS = st.none() | st.none() | st.dates(datetime.date(2000, 1, 1), datetime.date(2026, 12, 31))
MANY = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def questions(until: float, counts: Counter[str]) -> None:
    """Ask until the time is up."""
    every = schemes(*FOLDERS)

    def ask(scheme: Scheme, said: dict[str, object], on: datetime.date | None) -> None:
        answers = ask_everything(scheme, said, on)
        counts["questions asked"] += 4
        counts["questions answered"] += len(answers)

    seed = 0
    while time.monotonic() < until:
        seed += 1
        run = given(st.sampled_from(every), facts(), DAYS)(ask)
        run = settings(max_examples=2000, database=None, deadline=None, suppress_health_check=MANY)(run)
        hypothesis.seed(seed)(run)()


def talks(until: float, counts: Counter[str]) -> None:
    """Talk until the time is up."""

    def say(texts: list[str], county: str | None) -> None:
        talk(texts, surroundings, county)
        counts["conversations"] += 1
        counts["messages"] += len(texts)

    seed = 0
    while time.monotonic() < until:
        seed += 1
        run = given(utterances, st.sampled_from([None, "demo", "haining"]))(say)
        run = settings(max_examples=500, database=None, deadline=None, suppress_health_check=MANY)(run)
        hypothesis.seed(seed)(run)()


def packs(until: float, counts: Counter[str]) -> None:
    """Spoil packs until the time is up."""
    draw = random.Random(2008)
    with tempfile.TemporaryDirectory() as kept:
        folders = []
        for number, folder in enumerate(FOLDERS):
            folders.append(Path(kept) / str(number))
            shutil.copytree(folder, folders[-1])
        files = [path for folder in folders for path in sorted(folder.rglob("*/*.yaml"))]
        while time.monotonic() < until:
            path = draw.choice(files)
            whole = path.read_text("utf-8")
            text = whole
            for _ in range(draw.randrange(1, 4)):
                text = spoilt(text, draw)
            path.write_text(text, encoding="utf-8")
            _load(path, folders, draw, counts)
            path.write_text(whole, encoding="utf-8")
            forget_schemes()


def _load(path: Path, folders: list[Path], draw: random.Random, counts: Counter[str]) -> None:
    folder = next(each for each in folders if path.is_relative_to(each))
    scheme_id, *rest = path.relative_to(folder).parts
    county = path.stem if rest and rest[0] == "counties" else draw.choice([None, "demo"])
    counts["packs spoilt"] += 1
    try:
        scheme = load_scheme(scheme_id, county, folder)
    except PolicyError as error:
        counts["packs refused"] += 1
        refused_in_words(error)
    else:
        ask_everything(scheme, {"care": "inpatient", "bill_total": "12000", "age": 40}, None)


def main() -> None:
    """Fuzz."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    arguments.add_argument("--minutes", type=float, default=10)
    arguments.add_argument("--write", action="store_true", help="also replace the section in docs/measurements.md")
    wanted = arguments.parse_args()
    warnings.simplefilter("error")
    before, counts = page.load(), Counter[str]()
    third = 60 * wanted.minutes / 3
    for part in (questions, packs, talks):
        part(time.monotonic() + third, counts)
    rows = tuple((what, f"{count:,}") for what, count in sorted(counts.items()))
    notes = (
        "Nothing but the engine's own errors came out, and every exact answer added up to the bill. Every message was "
        "answered and left a way on, and what was told of one person was neither known nor shown of another.",
    )
    table = Table(f"Hostile input, {wanted.minutes:g} minutes", ("what", "times"), rows, notes)
    print(table.markdown())
    if wanted.write:
        page.write("fuzz", f"{page.stamp(before)}\n\n{table.markdown()}")


if __name__ == "__main__":
    main()
