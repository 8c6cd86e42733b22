"""What a reminder says, and what can be tapped below it."""

from __future__ import annotations

from datetime import date

import pytest

from bot.languages import catalogue
from bot.outreach.moments import occasion_of
from bot.outreach.telling import Telling, as_message, onward
from bot.outreach.workdays import is_workday
from member_store.members.collection import Days, Window
from member_store.tables.reminders import Moment, Situation

WINDOW = Window("demo", 2009, Days(date(2008, 11, 3), date(2008, 12, 19)))
WORDS = catalogue("zh_Hans")


def telling(moment: Moment, relation: str = "self", name: str = "张秀英", number: int = 1) -> Telling:
    occasion = occasion_of(WINDOW, moment, is_workday)
    assert occasion is not None
    return Telling(number, number, number, occasion, WINDOW, relation, name, Situation.RENEW, 0)


@pytest.mark.parametrize("moment", [each for each in Moment if each is not Moment.LATE])
def test_whoever_was_insured_is_renewed_by_a_tap_until_the_last_day(moment: Moment) -> None:
    _, taps = as_message([telling(moment)], date(2008, 11, 3), WORDS)
    assert taps == (("情况没变，续保", "about.1"), ("别提醒我", "say.0"))


def test_after_the_last_day_nobody_is_offered_to_be_renewed_by_a_tap() -> None:
    text, taps = as_message([telling(Moment.LATE)], date(2008, 12, 22), WORDS)
    assert "请问当地办事处" in text
    assert [label for label, _ in taps] == ["查我的参保", "别提醒我"]


def test_each_has_a_tap_of_their_own_also_where_two_are_called_alike() -> None:
    family = [
        telling(Moment.OPENING),
        telling(Moment.OPENING, "mother", "李阿毛", 2),
        telling(Moment.OPENING, "mother", "赵玉梅", 3),
        telling(Moment.OPENING, "child", "王小宝", 4),
    ]
    text, taps = as_message(family, date(2008, 11, 3), WORDS)
    assert taps == (
        ("情况没变，续保", "about.1"),
        ("情况没变，给李阿毛续保", "about.2"),
        ("情况没变，给赵玉梅续保", "about.3"),
        ("情况没变，给王小宝续保", "about.4"),
        ("别提醒我", "say.0"),
    )
    assert text.count("2009年度还没有续") == 4
    assert "请说“情况没变，续保”、“情况没变，给李阿毛续保”" in onward(family, WORDS)
