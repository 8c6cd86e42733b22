"""The pieces of work: whatever calls them, and however often."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.metrics import WorkerMetrics
from bot.outreach.clock import Clock
from bot.outreach.timers import Timers
from bot.outreach.working import Working
from bot.settings import Settings, SettingsError, read_settings
from member_store.encryption import generate_key
from member_store.members import collection, delegations, deliveries, reminder_choices
from member_store.members.collection import Days
from member_store.members.contributions import Part
from member_store.members.records import OFFICE_TIME
from member_store.store import Store
from member_store.tables.access import Basis
from member_store.tables.sending import deliveries as table
from tests.member_store.members.money import keep, somebody, verified

MORNING = datetime(2008, 3, 3, 10, tzinfo=OFFICE_TIME).astimezone(UTC)


class Turned:
    def __init__(self) -> None:
        self.now = MORNING
        self.clock = Clock(lambda: self.now, lambda: None)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings(
        _env_file=None, database_url=f"sqlite:///{tmp_path}/hebao.db", backup_folder=tmp_path / "copies", backups_kept=2
    )


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with Store.open(settings.database_url, generate_key()) as opened:
        with opened.records(now=MORNING) as records:
            collection.set_window(records, "demo", 2008, Days(date(2008, 3, 3), date(2008, 4, 30)))
            person = somebody(records)
            keep(records, verified(records, person), Part("own_part", "individual", 6000))
            contact = delegations.contact_of(records, "web", "w-1", "zh_Hans")
            delegations.link(records, contact, person, "self", Basis.SELF)
            reminder_choices.agree(records, contact, reminder_choices.KINDS, "w")
        yield opened


def states(store: Store) -> list[tuple[str, str | None]]:
    with store.reading_records() as records:
        return [(row.state.value, row.reason) for row in records.connection.execute(table.select())]


async def test_what_nobody_sends_waits_for_a_visit_and_is_over_after_its_last_day(
    store: Store, settings: Settings
) -> None:
    turned = Turned()
    working = Working(store, settings, turned.clock)
    assert working.channels == ()
    assert [each.messages for each in await working.plan()] == [1]
    assert await working.plan() == []
    await working.tidy()
    assert states(store) == [("waiting", "next_visit")]
    turned.now += timedelta(days=40)
    await working.tidy()
    assert states(store) == [("refused", "next_visit")]


async def test_a_copy_is_made_once_a_day_and_the_oldest_of_them_go(
    store: Store, settings: Settings, tmp_path: Path
) -> None:
    turned, folder = Turned(), tmp_path / "copies"
    folder.mkdir()
    (folder / "hebao-by-hand.db").write_text("mine")
    working = Working(store, settings, turned.clock)
    for _ in range(3):
        made = await working.back_up()
        assert made is not None
        assert await working.back_up() is None
        turned.now += timedelta(days=1)
    assert sorted(each.name for each in folder.iterdir()) == [
        "hebao-2008-03-04.db",
        "hebao-2008-03-05.db",
        "hebao-by-hand.db",
    ]


async def test_no_copy_is_made_where_no_folder_is_set(store: Store, settings: Settings) -> None:
    assert await Working(store, settings.model_copy(update={"backup_folder": None})).back_up() is None


async def test_records_of_reminders_go_when_they_were_kept_for_long_enough(store: Store, settings: Settings) -> None:
    turned = Turned()
    working = Working(store, settings, turned.clock)
    await working.plan()
    turned.now = datetime.now(UTC)
    await working.retain()
    with store.reading_records() as records:
        assert records.connection.execute(table.select()).all() == []
        assert deliveries.counted(records) == []
        from member_store.members.reminders import accounts

        assert accounts(records) == []


async def test_timers_do_all_of_it_by_themselves_and_end_when_told(store: Store, settings: Settings) -> None:
    timers = Timers(Working(store, settings, Turned().clock), send=0.05, plan=0.05)
    timers.start()
    async with asyncio.timeout(20):
        while states(store) != [("waiting", "next_visit")]:
            await asyncio.sleep(0.02)
    await timers.close()


async def test_work_that_fails_is_tried_again_the_next_time(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    working = Working(store, settings, Turned().clock)
    calls = []

    async def fails() -> None:
        calls.append(1)
        raise ZeroDivisionError

    monkeypatch.setattr(working, "tidy", fails)
    timers = Timers(working, send=0.05, plan=0.05)
    timers.start()
    async with asyncio.timeout(20):
        while len(calls) < 3:
            await asyncio.sleep(0.02)
    await timers.close()


def test_hours_that_end_before_they_begin_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEBAO_REMINDERS_FROM", "20")
    with pytest.raises(SettingsError, match="HEBAO_REMINDERS_UNTIL"):
        read_settings(_env_file=None)


async def test_what_was_done_and_what_failed_is_counted_and_a_failure_ends_nothing(
    store: Store, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = WorkerMetrics()
    working = Working(store, settings, figures=figures.work)

    async def fails() -> None:
        raise RuntimeError("张秀英")

    await working.done("tidy", working.tidy)
    await working.done("plan", fails)
    page = figures.page().decode()
    assert 'hebao_work_seconds_count{piece="tidy"} 1.0' in page
    assert 'hebao_work_failed_total{piece="plan"} 1.0' in page
    assert 'hebao_work_done_timestamp_seconds{piece="tidy"}' in page
    assert 'hebao_work_done_timestamp_seconds{piece="plan"}' not in page
    logged = capsys.readouterr()
    assert "plan failed" in logged.out + logged.err
    assert "张秀英" not in logged.out + logged.err
