"""Days counted from today: what they are, and that nothing is guessed where today is not known."""

from __future__ import annotations

import datetime

import pytest

from bot.languages import lexicons
from dialogs.understanding import Expecting, understand

TODAY = datetime.date(2008, 6, 10)
DAYS = [
    ("下个月3号住院", "2008-07-03"),
    ("下个月十五号开刀", "2008-07-15"),
    ("我妈昨天住进去的", "2008-06-09"),
    ("明天要住院", "2008-06-11"),
    ("去年5月8号住院", "2007-05-08"),
    ("今年三月五号入院", "2008-03-05"),
    ("3月5号入院花了两千", "2008-03-05"),
    ("admitted yesterday to the county hospital", "2008-06-09"),
    ("admitted on 3 March", "2008-03-03"),
]


@pytest.mark.parametrize(("text", "day"), DAYS)
def test_a_day_counted_from_today(text: str, day: str) -> None:
    assert str(understand(text, None, lexicons("zh_Hans"), TODAY).values()["admission_date"]) == day


@pytest.mark.parametrize(("text", "day"), DAYS)
def test_without_today_it_says_nothing_and_is_no_amount(text: str, day: str) -> None:
    facts = understand(text, None, lexicons("zh_Hans")).values()
    assert "admission_date" not in facts
    assert facts.get("bill_total") is None or "两千" in text


def test_as_an_answer_it_needs_no_more_words() -> None:
    for said, day in (("昨天", "2008-06-09"), ("下个月3号", "2008-07-03"), ("5月8号", "2008-05-08")):
        found = understand(said, Expecting("admission_date"), lexicons("zh_Hans"), TODAY)
        assert str(found.values()["admission_date"]) == day


@pytest.mark.parametrize("text", ["前天出院了", "今天天气", "今年六十五", "上个月住院花了三千", "明年还要交吗"])
def test_other_days_are_no_days_of_admission(text: str) -> None:
    assert "admission_date" not in understand(text, None, lexicons("zh_Hans"), TODAY).values()


def test_the_nearest_day_is_meant_where_no_year_is_said() -> None:
    january = datetime.date(2009, 1, 5)
    found = understand("12月20号住院", None, lexicons("zh_Hans"), january)
    assert str(found.values()["admission_date"]) == "2008-12-20"


def test_a_day_that_does_not_exist_is_none() -> None:
    assert (
        "admission_date"
        not in understand("下个月31号住院", None, lexicons("zh_Hans"), datetime.date(2008, 5, 2)).values()
    )
