"""On which days people are reminded: office days inside the window, none twice, none in a pause."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.outreach.moments import occasion_of, occasions
from bot.outreach.workdays import FIRST_YEAR, LAST_YEAR, is_workday
from member_store.members.collection import Days, Window
from member_store.tables.reminders import Moment, Situation

DAY = timedelta(days=1)


def days(first: str, last: str) -> Days:
    return Days(date.fromisoformat(first), date.fromisoformat(last))


def told(window: Window, workday: Callable[[date], bool] = is_workday) -> dict[str, str]:
    return {each.moment.value: each.due_on.isoformat() for each in occasions(window, workday)}


def test_every_moment_has_its_day_and_one_on_a_weekend_waits_for_monday() -> None:
    assert told(Window("demo", 2008, days("2008-03-03", "2008-04-30"))) == {
        "opening": "2008-03-03",
        "halfway": "2008-04-01",
        "seven_days": "2008-04-23",
        "one_day": "2008-04-29",
        "last_day": "2008-04-30",
        "late": "2008-05-04",  # a Sunday on which offices made up for the 2nd of May
    }


def test_before_a_national_holiday_the_last_reminder_comes_on_the_last_day_of_work() -> None:
    assert told(Window("demo", 2009, days("2008-09-15", "2008-10-05"))) == {
        "opening": "2008-09-16",  # the day after Mid-Autumn's weekend
        "halfway": "2008-09-25",
        "last_day": "2008-09-28",  # a Sunday that makes up; from the 29th to the 5th nobody works
        "late": "2008-10-06",
    }


def test_nobody_is_reminded_in_a_pause() -> None:
    window = Window("demo", 2008, days("2008-11-03", "2008-12-19"), (days("2008-12-10", "2008-12-16"),))
    assert told(window)["seven_days"] == "2008-12-17"


def test_a_window_of_one_day_has_that_day_and_the_day_after() -> None:
    assert told(Window("demo", 2008, days("2008-03-05", "2008-03-05"))) == {
        "last_day": "2008-03-05",
        "late": "2008-03-06",
    }


def test_a_window_of_holidays_alone_still_has_its_last_day() -> None:
    assert told(Window("demo", 2008, days("2008-10-02", "2008-10-03")))["last_day"] == "2008-10-03"


def test_whoever_owes_nothing_is_told_once_and_a_deduction_before_it_is_made_and_where_it_was_not() -> None:
    found = {
        each.moment: each.tells
        for each in occasions(Window("demo", 2008, days("2008-03-03", "2008-04-30")), is_workday)
    }
    assert {moment for moment, tells in found.items() if Situation.COVERED in tells} == {Moment.OPENING}
    assert {moment for moment, tells in found.items() if Situation.DEDUCTION in tells} == {
        Moment.OPENING,
        Moment.SEVEN_DAYS,
        Moment.LATE,
    }


def test_there_is_no_moment_without_a_window() -> None:
    assert occasion_of(None, Moment.OPENING, is_workday) is None
    assert occasion_of(Window("demo", 2008, days("2008-03-05", "2008-03-05")), Moment.OPENING, is_workday) is None


@st.composite
def windows(draw: st.DrawFn) -> Window:
    first = draw(st.dates(date(2005, 1, 1), date(2030, 12, 31)))
    last = first + draw(st.integers(0, 120)) * DAY
    inside = (last - first).days - 1
    pauses: tuple[Days, ...] = ()
    if inside >= 1 and draw(st.booleans()):
        begin = draw(st.integers(1, inside))
        pauses = (Days(first + begin * DAY, first + draw(st.integers(begin, inside)) * DAY),)
    return Window("demo", first.year, Days(first, last), pauses)


@given(windows())
def test_the_moments_come_in_order_each_ends_before_the_next_and_the_last_day_has_one(window: Window) -> None:
    found = occasions(window, is_workday)
    assert [each.due_on for each in found] == sorted({each.due_on for each in found})
    for one, other in itertools.pairwise(found):
        assert one.due_on <= one.last_on < other.due_on
    assert found[-1].moment is Moment.LATE
    assert found[-1].due_on > window.days.last
    assert found[-2].moment is Moment.LAST_DAY
    assert found[-2].last_on == window.days.last
    span = [window.days.first + number * DAY for number in range((window.days.last - window.days.first).days + 1)]
    if any(is_workday(day) and window.pause(day) is None for day in span):
        assert all(is_workday(each.due_on) and window.pause(each.due_on) is None for each in found[:-1])


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2008-02-06", False),  # New Year's Eve
        ("2008-02-02", True),  # a Saturday that makes up for it
        ("2008-10-01", False),
        ("2026-02-17", False),
        ("2026-02-14", True),
        ("2026-02-16", False),
    ],
)
def test_public_holidays_and_the_days_that_make_up_for_them_are_known(day: str, works: bool) -> None:
    assert is_workday(date.fromisoformat(day)) is works


def test_beyond_the_years_that_are_known_only_weekends_are_left_out() -> None:
    assert FIRST_YEAR <= 2008 <= 2026 <= LAST_YEAR
    october = date(LAST_YEAR + 1, 10, 1)
    assert [is_workday(october + number * DAY) for number in range(7)] == [
        (october + number * DAY).weekday() < 5 for number in range(7)
    ]
