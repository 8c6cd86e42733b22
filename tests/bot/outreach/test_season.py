"""A season that is played: everything is accounted for, whatever is killed; and the account notices what is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from benchmarks.season.accounting import Account, account_of_season, as_text, chart
from benchmarks.season.play import Season
from bot.outreach.clock import Clock
from bot.outreach.hours import Hours
from bot.outreach.planning import plan_due
from member_store.encryption import generate_key
from member_store.members import collection, delegations, deliveries, reminder_choices
from member_store.members.collection import Days
from member_store.members.contributions import Part
from member_store.store import Store
from member_store.tables.access import Basis
from member_store.tables.sending import deliveries as table
from tests.member_store.members.money import keep, somebody, verified

MORNING = datetime(2008, 3, 3, 2, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Three people of whom one has got their reminder, one waits, and of one nobody knows."""
    with Store.open(f"sqlite:///{tmp_path}/hebao.db", generate_key()) as opened:
        _fill(opened)
        yield opened


def _fill(store: Store) -> None:
    with store.records(now=MORNING) as records:
        collection.set_window(records, "demo", 2008, Days(date(2008, 3, 3), date(2008, 4, 30)))
        for account in ("sent", "refused", "doubt"):
            person = somebody(records)
            keep(records, verified(records, person), Part("own_part", "individual", 6000))
            contact = delegations.contact_of(records, "wechat", account, "zh_Hans")
            delegations.link(records, contact, person, "self", Basis.SELF)
            reminder_choices.agree(records, contact, reminder_choices.KINDS, "w")
    list(plan_due(store, Hours(9, 20), Clock(lambda: MORNING, lambda: None)))
    with store.records(now=MORNING) as records:
        deliveries.sent(records, 1)
        deliveries.refuse(records, 2, "no_window")
        deliveries.doubt(records, 3)


def account(store: Store, taken: dict[str, int]) -> Account:
    with store.reading_records() as records:
        told = {("wechat", who, "opening"): count for who, count in taken.items()}
        return account_of_season(records, "demo", 2008, told)


def test_an_account_that_holds_says_so_and_draws_every_reminder(store: Store) -> None:
    for doubtful in (0, 1):
        found = account(store, {"sent": 1, "doubt": doubtful})
        assert found.holds
        assert found.reminders == found.messages == 3
        assert found.by_moment["opening"] == Counter(
            {("delivered", ""): 1, ("not_sent", "no_window"): 1, ("in_doubt", "in_doubt"): 1}
        )
    assert "Every one is accounted for." in as_text(found)
    assert "| opening | not_sent | no_window | 1 |" in as_text(found)
    assert "opening delivered: 1" in chart(found)


@pytest.mark.parametrize(
    ("taken", "wrong"),
    [
        ({"sent": 2}, "twice"),
        ({"sent": 0}, "lost"),
        ({"sent": 1, "refused": 1}, "unknown"),
        ({"sent": 1, "stranger": 1}, "unknown"),
        ({"sent": 1, "doubt": 2}, "twice"),
    ],
)
def test_what_came_twice_or_never_or_to_somebody_else_is_found(store: Store, taken: dict[str, int], wrong: str) -> None:
    found = account(store, taken)
    assert not found.holds
    assert getattr(found, wrong)
    assert "Every one" not in as_text(found)


def test_what_still_waits_at_the_end_is_found(store: Store) -> None:
    with store.records() as records:
        records.connection.execute(table.update().where(table.c.id == 2).values(state="waiting"))
    found = account(store, {"sent": 1})
    assert found.open
    assert not found.holds


@pytest.mark.long
@pytest.mark.server
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_season_in_which_processes_are_killed_is_accounted_for_to_the_last_reminder(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    many = database == "postgresql"
    url = request.getfixturevalue("postgresql_url") if many else f"sqlite:///{tmp_path}/hebao.db"
    told: list[str] = []
    season = Season(tmp_path, url, generate_key(), 600, 10, 2 if many else 0, 2 if many else 1, told.append)
    found = season.play()
    assert found.holds, as_text(found)
    assert season.killed == 10, told
    assert found.taken > 50
    assert season.told_at_visits > 10
    results = {result for moment in found.by_moment.values() for result, _ in moment}
    assert {"delivered", "not_sent"} <= results
