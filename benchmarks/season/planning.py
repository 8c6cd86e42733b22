"""`python -m benchmarks.season.planning`: how long the plan of one moment takes for so many people."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.season.play import FIRST, LAST, TEMPLATE
from benchmarks.season.population import COUNTY, populate
from bot.outreach.clock import Clock
from bot.outreach.hours import Hours
from bot.outreach.planning import plan_due
from bot.settings import Settings
from member_store.encryption import generate_key
from member_store.members.collection import Days
from member_store.members.records import OFFICE_TIME
from member_store.store import Store

_MOST_SECONDS = 20.0


def main() -> int:
    """Measure it; 1 where it takes longer than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--postgresql", metavar="URL", help="an empty database; an SQLite file if not given")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="hebao-planning-"))
    url = options.postgresql or f"sqlite:///{folder}/hebao.db"
    now = datetime.combine(FIRST, datetime.min.time(), OFFICE_TIME) + timedelta(hours=10)
    settings = Settings(_env_file=None, county=COUNTY, database_url=url)  # type: ignore[call-arg]
    seconds: list[float] = []
    try:
        with Store.open(url, generate_key()) as store:
            begun = time.perf_counter()
            populate(store, settings, options.people, Days(FIRST, LAST), now, TEMPLATE)
            if options.postgresql:
                # Which it does by itself some minutes after so many rows have come.
                with store.records() as records:
                    records.connection.exec_driver_sql("ANALYZE")
            print(f"{options.people:,} people invented in {time.perf_counter() - begun:.0f} s", flush=True)
            for day in (FIRST, FIRST + (LAST - FIRST) / 2, LAST - timedelta(days=7)):
                clock = Clock(lambda day=day: now + (day - FIRST), lambda: None)
                begun = time.perf_counter()
                for plan in plan_due(store, Hours(9, 20), clock):
                    seconds.append(time.perf_counter() - begun)
                    print(
                        f"{plan.occasion.moment.value}: {plan.reminders:,} reminders, {plan.messages:,} messages, "
                        f"{seconds[-1]:.1f} s",
                        flush=True,
                    )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if seconds and max(seconds) <= _MOST_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
