"""When the contributions of a year are collected: set by the office, changed, taken back, and how it stands then."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_store.members import collection
from member_store.members.collection import Days, Window
from member_store.members.records import Records
from member_store.members.refusals import Refusal
from member_store.store import Store
from tests.member_store.members.money import DAY


def day(number: int) -> datetime.date:
    return datetime.date(2008, 1, 1) + datetime.timedelta(days=number)


@pytest.fixture
def records(shared_store: Store) -> Iterator[Records]:
    with shared_store.records(today=DAY) as opened:
        for each in collection.windows(opened):
            collection.clear_window(opened, each.county, each.year)
        yield opened


def test_what_an_office_has_set_is_found_by_county_and_year(records: Records) -> None:
    days, pause = Days(day(10), day(50)), Days(day(20), day(22))
    set_ = collection.set_window(records, "haining", 2008, days, [pause])
    assert set_ == Window("haining", 2008, days, (pause,))
    assert collection.window_of(records, "haining", 2008) == set_
    assert collection.window_of(records, "haining", 2009) is None
    assert collection.window_of(records, "tongxiang", 2008) is None
    other = collection.set_window(records, "haining", 2009, Days(day(310), day(350)))
    third = collection.set_window(records, "haiyan", 2008, Days(day(1), day(2)))
    assert collection.windows(records, "haining") == [set_, other]
    assert collection.windows(records) == [set_, other, third]


def test_the_present_one_is_open_or_next_and_else_the_last(records: Records) -> None:
    def now(number: int) -> int | None:
        records.today = day(number)
        found = collection.current(records, "haining")
        return found.year if found else None

    assert now(0) is None
    collection.set_window(records, "haining", 2009, Days(day(100), day(120)))
    collection.set_window(records, "haining", 2008, Days(day(10), day(50)))
    assert [now(number) for number in (0, 10, 50, 51, 120, 121)] == [2008, 2008, 2008, 2009, 2009, 2009]


def test_setting_it_again_replaces_it_pauses_and_all(records: Records) -> None:
    collection.set_window(records, "haining", 2008, Days(day(10), day(50)), [Days(day(20), day(22))])
    collection.set_window(records, "haining", 2008, Days(day(10), day(60)))
    assert collection.window_of(records, "haining", 2008) == Window("haining", 2008, Days(day(10), day(60)))


def test_what_is_taken_back_is_unset_again(records: Records) -> None:
    collection.set_window(records, "haining", 2008, Days(day(10), day(50)))
    collection.clear_window(records, "haining", 2008)
    assert collection.window_of(records, "haining", 2008) is None
    with pytest.raises(Refusal, match="no_window"):
        collection.clear_window(records, "haining", 2008)


@pytest.mark.parametrize("days", [Days(day(10), day(9)), Days(day(10), day(400))])
def test_days_the_wrong_way_round_or_longer_than_a_year_are_refused(records: Records, days: Days) -> None:
    with pytest.raises(Refusal, match="wrong_window"):
        collection.set_window(records, "haining", 2008, days)
    assert collection.window_of(records, "haining", 2008) is None


@pytest.mark.parametrize(
    "pauses",
    [
        [Days(day(10), day(12))],
        [Days(day(48), day(50))],
        [Days(day(5), day(7))],
        [Days(day(22), day(20))],
        [Days(day(20), day(25)), Days(day(25), day(27))],
        [Days(day(30), day(31)), Days(day(20), day(30))],
    ],
)
def test_a_pause_lies_inside_and_meets_no_other(records: Records, pauses: list[Days]) -> None:
    with pytest.raises(Refusal, match="wrong_pause"):
        collection.set_window(records, "haining", 2008, Days(day(10), day(50)), pauses)


def test_pauses_are_kept_in_their_order(records: Records) -> None:
    late, early = Days(day(30), day(31)), Days(day(20), day(20))
    assert collection.set_window(records, "haining", 2008, Days(day(10), day(50)), [late, early]).pauses == (
        early,
        late,
    )


@given(st.integers(0, 70))
def test_on_every_day_it_is_one_of_four_things(number: int) -> None:
    window = Window("haining", 2008, Days(day(10), day(50)), (Days(day(20), day(22)), Days(day(30), day(30))))
    stage = window.stage(day(number))
    assert (stage == "before") == (number < 10)
    assert (stage == "closed") == (number > 50)
    assert (stage == "paused") == (number in (20, 21, 22, 30))
    assert (window.pause(day(number)) is not None) == (stage == "paused")
