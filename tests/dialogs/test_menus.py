"""The questions of every language are fit to be asked; and what is wrong with one is found."""

from __future__ import annotations

from typing import Any

import pytest

from dialogs.context import Case
from dialogs.menus import LONGEST_QUESTION, Problem, menu_problems
from policy_engine.loader import load_scheme
from tests.dialogs.test_respond import Make


class Reworded:
    """A language in which some messages say something else; None takes one away."""

    def __init__(self, words: Any, **changed: str | None) -> None:
        self._words, self._changed = words, {name.replace("__", "."): text for name, text in changed.items()}

    def __call__(self, message: str, /, **params: object) -> str:
        return self._changed.get(message) or self._words(message, **params)

    def has(self, message: str) -> bool:
        return self._changed.get(message, "there") is not None and self._words.has(message)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._words, name)


def problems(context: Make, locale: str = "zh_Hans", subject: str = "self", **changed: str | None) -> list[Problem]:
    scheme = load_scheme("jiaxing-2008")
    words = Reworded(context().languages(locale), **changed)
    return list(menu_problems(Case(subject, {}, frozenset(), scheme, scheme.start, words), context()))


@pytest.mark.parametrize("locale", ["zh_Hans", "en"])
@pytest.mark.parametrize("subject", ["self", "mother"])
def test_every_choice_of_every_question_is_understood_by_number_and_by_label(
    locale: str, subject: str, context: Make
) -> None:
    assert problems(context, locale, subject) == []


def test_a_label_that_is_the_number_of_another_choice_is_found(context: Make) -> None:
    found = problems(context, value__care__inpatient="2")
    assert {(each.fact, each.message) for each in found} == {("care", "menus.otherwise")}


def test_two_choices_of_one_name_are_found(context: Make) -> None:
    found = problems(context, value__care__inpatient="看病", value__care__outpatient="看病")
    assert ("care", "menus.twice") in {(each.fact, each.message) for each in found}


def test_a_question_that_fills_more_than_a_screen_is_found(context: Make) -> None:
    found = problems(context, ask__age__self="请说一说。" * LONGEST_QUESTION)
    assert [(each.fact, each.message) for each in found] == [("age", "menus.too_long")]


def test_a_label_that_a_language_lacks_is_found_before_anybody_is_asked(context: Make) -> None:
    found = problems(context, value__care__inpatient=None)
    assert [(each.fact, each.message, each.params) for each in found] == [
        ("care", "menus.without_words", {"message": "value.care.inpatient"})
    ]
