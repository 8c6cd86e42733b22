"""A million invented people in SQLite: how long it takes to find, open, pay, list and count them."""

from __future__ import annotations

import datetime
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlmodel import col, select

from benchmarks.material import TODAY, disk
from benchmarks.timing import Table, seconds_of
from bot.members.inventing import invent
from member_store.encryption import generate_key
from member_store.members import enrolments, ledger, participation, people
from member_store.members.actors import SYSTEM
from member_store.members.people import Personal
from member_store.members.records import Records
from member_store.store import Store
from member_store.tables.people import Community, Enrolment, EnrolmentState, Person
from policy_engine.loader import load_scheme

PEOPLE = int(os.environ.get("HEBAO_BENCH_PEOPLE", "1000000"))
"""Read at once: the benchmarks take all settings out of the environment before they begin."""

DAY = datetime.date.fromisoformat(TODAY)
COUNTIES = ("shibenji", "jiashan", "pinghu", "haiyan", "haining", "tongxiang")
MOST = 0.050
"""Seconds at the median: what the members' issue wants of each."""


def million() -> Table:
    """Each question and act on random people and places, one after the other, each in a transaction of its own."""
    with tempfile.TemporaryDirectory(dir=disk()) as folder:
        path = Path(folder) / "hebao.db"
        with Store.open(f"sqlite:///{path}", generate_key()) as store:
            begun = time.perf_counter()
            scheme = load_scheme("jiaxing-2008", "demo")
            made = invent(store, SYSTEM, scheme, count=PEOPLE, seed=2008, counties=COUNTIES, year=DAY.year, today=DAY)
            generated = time.perf_counter() - begun
            size = path.stat().st_size / 2**20
            found = _measured(store)
            with store.reading_records(today=DAY) as records:
                largest = max(_residents(records, county) for county in COUNTIES)
                community = records.session.get(Community, 1)
                residents = participation.of_community(records, community, DAY.year).all.residents if community else 0
    slow = [name for name, times in found.items() if statistics.median(times) >= MOST]
    verdict = "reached by all" if not slow else f"missed by {', '.join(slow)}"
    notes = (
        f"{PEOPLE:,} invented people with {made:,} enrolments were made in {generated:,.0f} s "
        f"({PEOPLE / generated:,.0f} people a second, one core), with what is due, paid and booked; the file has "
        f"{size:,.0f} MiB. They live in six counties, {largest:,} in the largest, in communities like the first one's "
        f"{residents:,} residents. What the engine said of a contribution is kept shorter than the office keeps it.",
        f"Wanted of each: less than {1000 * MOST:.0f} ms at the median; {verdict}.",
        "Milliseconds, in process, one caller, each in a transaction of its own, on random people and places. A "
        "household is opened with everybody's name, number and address decrypted, this year's enrolment and balance. A "
        "payment is on disk when it ends. The unpaid come with their names decrypted and what is outstanding; the "
        "enrolled come sealed, as a page shows a part of them.",
    )
    title = "A million people in the member store" if PEOPLE == 1_000_000 else f"{PEOPLE:,} people in the member store"
    columns = ("what", "times", "median", "p99", "worst")
    return Table(title, columns, tuple(_row(name, times) for name, times in found.items()), notes)


def _residents(records: Records, county: str) -> int:
    counts = participation.county_wide(participation.of_county(records, county, DAY.year))
    return sum(each.residents for each in counts.values())


def _row(name: str, times: Sequence[float]) -> tuple[str, ...]:
    ordered = sorted(1000 * each for each in times)
    p99 = ordered[min(len(ordered) - 1, round(0.99 * len(ordered)))]
    return (name, f"{len(ordered):,}", *(f"{each:,.2f}" for each in (statistics.median(ordered), p99, ordered[-1])))


def _measured(store: Store) -> dict[str, list[float]]:
    """Seconds of every single time."""
    draw = random.Random(1)
    with store.reading_records(today=DAY) as records:
        chosen = [
            row
            for key in draw.sample(range(1, PEOPLE + 1), min(2_000, PEOPLE))
            if (row := records.session.get(Person, key)) is not None
        ]
        known = [each for row in chosen if (each := people.personal_of(records, row)) is not None]
        places = list(records.session.exec(select(Community)))
        owing = list(
            records.session.exec(
                select(Enrolment.person_id).where(
                    col(Enrolment.community_id).in_([each.id for each in draw.sample(places, min(20, len(places)))]),
                    Enrolment.year == DAY.year,
                    Enrolment.state == EnrolmentState.AWAITING_PAYMENT,
                )
            ).all()
        )
    draw.shuffle(owing)
    asked = [draw.choice(places) for _ in range(200)]

    def times(work: Callable[[Records], object]) -> float:
        def once() -> None:
            with store.reading_records(today=DAY) as records:
                work(records)

        return seconds_of(once)

    return {
        "find by identity number": [times(lambda records, each=each: _found(records, each)) for each in known],
        "open a household": [times(lambda records, each=each: _opened(records, each.id or 0)) for each in chosen[:500]],
        "post a payment": [
            seconds_of(lambda key=key, place=place: _paid(store, key, place)) for place, key in enumerate(owing[:500])
        ],
        "list a community's unpaid, by name": [
            times(lambda records, each=each: _owing(records, each.id or 0)) for each in asked
        ],
        "list a community's enrolled": [
            times(lambda records, each=each: participation.enrolled(records, each.id or 0, DAY.year)) for each in asked
        ],
        "participation of a community": [
            times(lambda records, each=each: participation.of_community(records, each, DAY.year)) for each in asked
        ],
        "participation of a county, each community of it": [
            times(lambda records, county=county: participation.of_county(records, county, DAY.year))
            for county in COUNTIES * 10
        ],
    }


def _found(records: Records, personal: Personal) -> None:
    if people.find(records, personal.document, personal.number) is None:
        raise LookupError("somebody who is there was not found")


def _opened(records: Records, key: int) -> list[object]:
    person = records.session.get(Person, key)
    if person is None:
        raise LookupError("somebody who is there was not found")
    return [
        (
            people.personal_of(records, each),
            enrolments.current(records, each.id or 0, DAY.year),
            ledger.balance(records, each.id or 0, DAY.year),
        )
        for each in people.household_of(records, person)
    ]


def _owing(records: Records, community: int) -> list[Personal]:
    return [each.personal(records) for each in participation.unpaid(records, community, DAY.year)]


def _paid(store: Store, key: int, place: int) -> None:
    with store.records(today=DAY) as records:
        person = records.session.get(Person, key)
        if person is None:
            raise LookupError("somebody who is there was not found")
        ledger.pay(records, person, DAY.year, 6_000, DAY, f"bench-{place}")
