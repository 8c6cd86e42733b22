"""What a receipt says of figures that nobody has set, of a second layer, and of sources that are no official text."""

from __future__ import annotations

import datetime

import pytest

from bot.channels.plain import plain
from bot.languages import catalogue
from dialogs.context import Case
from dialogs.notes import badge
from dialogs.receipts import estimate_receipt
from policy_engine.citations import GRADES
from policy_engine.estimate import estimate
from policy_engine.facts import parse_facts
from policy_engine.loader import load_scheme

STAY = {"age": 50, "care": "inpatient", "bill_total": "30000"}


def told(scheme: str, readings: tuple[tuple[str, str], ...] = (), **facts: str) -> str:
    rules = load_scheme(scheme, readings=readings)
    known = parse_facts({**STAY, **facts})
    words = catalogue("zh_Hans")
    case = Case("self", known, frozenset(), rules, datetime.date(2008, 3, 1), words)
    return plain(estimate_receipt(estimate(rules, known), case), words)


def test_a_ceiling_that_nobody_has_set_is_not_called_certain() -> None:
    assert "一年最多报" not in told("jiaxing-2013")
    assert "一年最多报120,000元，有的人最多报70,000元" in told("jiaxing-2008")


def test_a_second_layer_is_spoken_of_only_where_it_may_pay() -> None:
    without = told("jiaxing-2024", provider_grade="grade_3")
    assert "先付" not in without
    assert "两样一共付" not in without
    with_layer = told("jiaxing-2024", (("second_layer", "open"),), provider_grade="grade_3")
    assert "减去起付线，自己先付" in with_layer
    assert "两样一共付" in with_layer
    assert "基本医保一年最多付" in with_layer


@pytest.mark.parametrize(
    ("scheme", "mark"),
    [("jiaxing-2008", None), ("jiaxing-2013", "有的数字来自报纸"), ("jiaxing-2024", "有的数字未经证实")],
)
def test_a_result_carries_the_mark_of_its_weakest_source(scheme: str, mark: str | None) -> None:
    headline = told(scheme).splitlines()[0]
    assert ("〔" in headline) == (mark is not None)
    assert mark is None or mark in headline


def test_each_weak_grade_has_a_mark_of_its_own_and_the_weakest_counts() -> None:
    case = Case("self", {}, frozenset(), load_scheme("jiaxing-2008"), datetime.date(2008, 3, 1), catalogue("zh_Hans"))
    marks = [badge([grade], case) for grade in GRADES]
    assert marks[:2] == ["", ""]
    assert len(set(marks[2:])) == len(GRADES) - 2
    assert badge(GRADES, case) == marks[-1]
    assert badge(["official", "press"], case) == badge(["press"], case)
