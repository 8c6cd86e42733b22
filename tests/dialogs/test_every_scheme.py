"""Every scheme there is can be talked about: each question has words, and each goal comes to an answer."""

from __future__ import annotations

import datetime
import functools
from pathlib import Path

import pytest

from bot.channels.plain import plain
from bot.languages import LOCALES, catalogue, lexicons
from dialogs.context import Context
from dialogs.questions import ASKING, goals_of
from dialogs.replies import Question
from dialogs.respond import Turn, greet, respond
from policy_engine.loader import PACKS, load_scheme, scheme_ids

FOLDERS = (PACKS, Path(__file__).parents[1] / "schemes", Path(__file__).parent / "schemes")
SCHEMES = [(folder, scheme) for folder in FOLDERS for scheme in scheme_ids(folder)]

OPENERS = {
    "zh_Hans": {
        "eligibility": "我能参保吗",
        "contribution": "要交多少钱",
        "estimate": "看病能报多少",
        "compare_hospitals": "去哪级医院划算",
    },
    "en": {
        "eligibility": "can I join",
        "contribution": "what does it cost",
        "estimate": "how much would I get back",
        "compare_hospitals": "compare hospitals",
    },
}
NUMBERS = {"age": "40", "bill_total": "120000"}


def context_of(folder: Path, scheme: str) -> Context:
    rules = load_scheme(scheme, None, folder)
    return Context(
        scheme=functools.partial(load_scheme, scheme, packs=folder),
        county=None,
        counties=tuple(rules.counties),
        languages=catalogue,
        locales=LOCALES,
        lexicons=lexicons,
        today=datetime.date(2024, 3, 1),
    )


def answered(turn: Turn, choice: int | None) -> str:
    """The choice of this number; a number where one is asked for; or, without either, *I don't know*."""
    question = turn.replies[-1]
    assert isinstance(question, Question)
    if choice is None:
        return "不清楚"
    if question.choices:
        return question.choices[choice if choice < len(question.choices) - 1 else 0].label
    return NUMBERS.get(question.fact, "3000")


@pytest.mark.parametrize("choice", [None, 0, 1, 2])
@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(("folder", "scheme"), SCHEMES, ids=[scheme for _, scheme in SCHEMES])
def test_every_goal_comes_to_an_answer(folder: Path, scheme: str, locale: str, choice: int | None) -> None:
    context = context_of(folder, scheme)
    for goal, opener in OPENERS[locale].items():
        turn = respond(greet(locale, context).conversation, opener, context)
        if goal not in goals_of(load_scheme(scheme, None, folder)):
            assert turn.conversation.asked == "goal", f"{goal}, without rules, is not refused"
            continue
        asked: list[str] = []
        while (fact := turn.conversation.asked) in ASKING:
            assert fact not in asked, f"{goal} asks twice for {fact}, after {asked}"
            asked.append(fact)
            turn = respond(turn.conversation, answered(turn, choice), context)
        assert turn.conversation.asked is None, f"{goal} ends with {turn.conversation.asked} after {asked}"
        told = "\n".join(plain(reply, catalogue(turn.conversation.locale)) for reply in turn.replies)
        assert "{" not in told
