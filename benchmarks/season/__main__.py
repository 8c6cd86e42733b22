"""`python -m benchmarks.season`: plays a season, says what became of every reminder, and draws it."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import page
from benchmarks.season.accounting import as_text, chart
from benchmarks.season.play import Season
from member_store.encryption import generate_key


def main() -> int:
    """Play it; 1 where something is not accounted for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=0, help="how often a process is killed")
    parser.add_argument("--postgresql", metavar="URL", help="an empty database; an SQLite file if not given")
    parser.add_argument("--chart", type=Path, help="where the chart goes, as SVG")
    parser.add_argument("--keep", type=Path, help="a folder for the database and the logs, which is kept")
    parser.add_argument("--write", action="store_true", help="also replace the section in docs/measurements.md")
    options = parser.parse_args()
    before = page.load()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="hebao-season-"))
    folder.mkdir(parents=True, exist_ok=True)
    url = options.postgresql or f"sqlite:///{folder}/hebao.db"
    many = options.postgresql is not None
    begun = time.monotonic()
    season = Season(folder, url, generate_key(), options.people, options.kills, 2 if many else 0, 2 if many else 1)
    try:
        found = season.play()
    finally:
        if options.keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    told = (
        f"{season.killed} kills, {season.visits:,} visits of which {season.told_at_visits:,} told a reminder, "
        f"{time.monotonic() - begun:.0f} s in all."
    )
    where = "PostgreSQL, two web processes and two workers" if many else "SQLite, one process"
    text = "\n\n".join((page.stamp(before), f"### {options.people:,} people on {where}", as_text(found), told))
    print(text)
    if options.write:
        page.write("season-postgresql" if many else "season-sqlite", text)
    if options.chart:
        options.chart.write_text(chart(found), "utf-8")
    return 0 if found.holds else 1


if __name__ == "__main__":
    sys.exit(main())
