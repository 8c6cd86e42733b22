"""The plan of a moment, while something else is written."""

from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime

from bot.outreach.clock import Clock
from bot.outreach.hours import Hours
from bot.outreach.planning import plan_due
from member_store.encryption import generate_key
from member_store.errors import StoreError
from member_store.members import collection
from member_store.members.collection import Days
from member_store.members.contributions import Part
from member_store.store import Store
from member_store.tables.people import Person
from member_store.tables.reminders import reminders
from tests.member_store.members.money import keep, somebody, verified

MORNING = datetime(2008, 3, 3, 2, tzinfo=UTC)


def test_whoever_is_planned_elsewhere_at_this_very_moment_is_planned_once_and_the_others_a_minute_later(
    postgresql_url: str,
) -> None:
    clock, hours = Clock(lambda: MORNING, lambda: None), Hours(9, 20)
    with Store.open(postgresql_url, generate_key()) as store:
        with store.records(now=MORNING) as records:
            collection.set_window(records, "demo", 2008, Days(date(2008, 3, 3), date(2008, 4, 30)))
            people = [somebody(records, number=f"{number:018d}").id for number in range(3)]
            for key in people:
                person = records.locked(Person, key or 0)
                keep(records, verified(records, person), Part("own_part", "individual", 6000))
        failed: list[StoreError] = []

        def plan() -> None:
            try:
                list(plan_due(store, hours, clock))
            except StoreError as error:
                failed.append(error)

        planning = threading.Thread(target=plan)
        with store.records(now=MORNING) as records:
            moved = {
                "person_id": people[1],
                "county": "haining",
                "year": 2008,
                "moment": "opening",
                "due_on": date(2008, 3, 3),
                "last_on": date(2008, 4, 1),
                "situation": "owes_all",
                "reason": "no_channel",
                "planned_at": MORNING,
            }
            records.connection.execute(reminders.insert().values(**moved))
            planning.start()
            time.sleep(1.5)
        planning.join(20)
        assert len(failed) == 1, "it met the other one's row"
        assert planned(store) == [(people[1], "haining")]
        assert [each.reminders for each in plan_due(store, hours, clock)] == [2]
        assert planned(store) == [(people[0], "demo"), (people[1], "haining"), (people[2], "demo")]


def planned(store: Store) -> list[tuple[int, str]]:
    with store.reading_records() as records:
        rows = records.connection.execute(reminders.select().order_by(reminders.c.person_id))
        return [(row.person_id, row.county) for row in rows]
