"""What is wrong with the questions themselves, whatever the rules: words, length, and menus that answer otherwise.

Each finding is a sentence with its placeholders, so that whoever maintains the words can read it in their language.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from dialogs.context import N_, Case, Context, Words
from dialogs.questions import ASKING, GOAL, UNSURE, expecting, goal_question, question
from dialogs.replies import Question
from dialogs.understanding import Lexicon, understand

LONGEST_QUESTION = 300
"""Characters of a question with its choices and hint: what fits a small phone's screen in large type."""


@dataclass(frozen=True)
class Problem:
    """Something wrong with the question about `fact` in the language `locale`; `message` is its id in the catalogue."""

    fact: str
    locale: str
    message: str
    params: dict[str, Any] = field(default_factory=dict)


def menu_problems(case: Case, context: Context) -> Iterator[Problem]:
    """Everything wrong with the questions in the language of the case."""
    lexicons = context.lexicons(case.words.locale)
    for fact in ASKING:
        lost = list(_without_words(fact, case.words))
        yield from lost
        if not lost:
            yield from _in(question(fact, case, context), case.words.locale, lexicons)
    yield from _in(goal_question(case), case.words.locale, lexicons)


def _without_words(fact: str, words: Words) -> Iterator[Problem]:
    """Messages that the language does not have."""
    asking = ASKING[fact]
    whole = words.has(asking.ask) or all(words.has(f"{asking.ask}.{who}") for who in ("self", "other"))
    wanted = {asking.ask: whole, **{each: words.has(each) for each in (asking.help, *(it for _, it in asking.choices))}}
    for message, there in wanted.items():
        if not there:
            yield Problem(fact, words.locale, N_("menus.without_words"), {"message": message})


def _in(asked: Question, locale: str, lexicons: Sequence[Lexicon]) -> Iterator[Problem]:
    """What is wrong with one question as it is shown."""
    length = len(asked.text) + len(asked.hint) + sum(len(each.label) + 4 for each in asked.choices)
    if length > LONGEST_QUESTION:
        yield Problem(asked.fact, locale, N_("menus.too_long"), {"length": length, "most": LONGEST_QUESTION})
    labels = [each.label for each in asked.choices]
    for label in dict.fromkeys(each for each in labels if labels.count(each) > 1):
        yield Problem(asked.fact, locale, N_("menus.twice"), {"label": label})
    for number, choice in enumerate(asked.choices, 1):
        for said in (str(number), choice.label):
            if not _means(said, choice.value, asked, lexicons):
                yield Problem(asked.fact, locale, N_("menus.otherwise"), {"said": said, "label": choice.label})


def _means(said: str, value: str, asked: Question, lexicons: Sequence[Lexicon]) -> bool:
    """Whether saying this to the question is understood as that choice."""
    found = understand(said, expecting(asked), lexicons)
    if value == UNSURE:
        return found.choice == UNSURE or found.command == UNSURE
    if found.choice is not None:
        return found.choice == value
    if asked.fact == GOAL:
        return found.intent == value
    facts = found.values()
    return asked.fact in facts and str(facts[asked.fact]).lower() == value.lower()
