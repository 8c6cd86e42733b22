"""The moments of a collection window at which people are reminded, each on a day on which offices work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from member_store.members.collection import Window
from member_store.members.remindable import Occasion
from member_store.tables.reminders import Moment, Situation

_DAY = timedelta(days=1)
_LATE_LASTS = timedelta(days=30)
"""After so long nobody needs to be told any more that they are late."""

_TELLS = {
    Moment.OPENING: frozenset({Situation.COVERED, Situation.DEDUCTION}),
    Moment.SEVEN_DAYS: frozenset({Situation.DEDUCTION}),
    # What was to be deducted and is still owed now has not been deducted.
    Moment.LATE: frozenset({Situation.DEDUCTION}),
}
"""Who besides those who owe something is told: whoever pays nothing once, and before something is taken from them."""


def occasions(window: Window, is_workday: Callable[[date], bool]) -> tuple[Occasion, ...]:
    """The moments of a window in the order of their days, no two on the same day; the later one counts.

    A day on which offices do not work, or in a pause, is put off to the next that is none of these; where there is none
    before the end, to the last before.
    """
    days = window.days
    wanted = {
        Moment.OPENING: days.first,
        Moment.HALFWAY: days.first + (days.last - days.first) / 2,
        Moment.SEVEN_DAYS: days.last - 7 * _DAY,
        Moment.ONE_DAY: days.last - _DAY,
        Moment.LAST_DAY: days.last,
    }
    suits = [
        day
        for day in (days.first + number * _DAY for number in range((days.last - days.first).days + 1))
        if is_workday(day) and window.pause(day) is None
    ]
    # A window of holidays alone: then every day is as good as another.
    suits = suits or [days.last]
    by_day: dict[date, Moment] = {}
    for moment, day in wanted.items():
        if day >= days.first:
            by_day[next((each for each in suits if each >= day), suits[-1])] = moment
    late = days.last + _DAY
    while not is_workday(late):
        late += _DAY
    by_day[late] = Moment.LATE
    ordered = sorted(by_day)
    ends = [*(day - _DAY for day in ordered[1:-1]), days.last, late + _LATE_LASTS]
    return tuple(
        Occasion(window.county, window.year, by_day[day], day, end, _TELLS.get(by_day[day], frozenset()))
        for day, end in zip(ordered, ends, strict=True)
    )


def occasion_of(window: Window | None, moment: Moment, is_workday: Callable[[date], bool]) -> Occasion | None:
    """A moment of a window; None where the window has none, or there is no window."""
    if window is None:
        return None
    return next((each for each in occasions(window, is_workday) if each.moment is moment), None)
