"""Policy questions in the middle of anything: the question that was open comes again, and nothing is lost."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from bot.faqs import faqs
from dialogs.asides import MEANT
from dialogs.context import Context
from dialogs.conversation import Conversation, conversation_from_dict
from dialogs.questions import GOAL
from dialogs.replies import Answer, Question, Text
from dialogs.respond import Turn, respond
from policy_engine.citations import Citation

Make = Callable[..., Context]
UNCLEAR = "学生和低保户有什么政策"


def after(context: Context, *said: str, county: str = "demo") -> Turn:
    turn = Turn(Conversation("zh_Hans", asked=GOAL), ())
    for each in said:
        # Stored and read back between any two turns, as the service does.
        stored = conversation_from_dict(turn.conversation.to_dict())
        assert stored is not None
        turn = respond(stored[0], each, context)
    return turn


@pytest.fixture
def asking(context: Make) -> Context:
    return dataclasses.replace(context("demo"), faqs=faqs())


@pytest.mark.parametrize(
    "question", ["起付线是多少", "什么时候交钱", "为什么去省里少报15个点", "门诊起付线是多少", "谁解释"]
)
@pytest.mark.parametrize("opening", ["能报多少", "我能不能参保", "一年要交多少钱，我是本地农民"])
def test_the_open_question_comes_again(asking: Context, opening: str, question: str) -> None:
    before = after(asking, opening)
    turn = after(asking, opening, question)
    assert isinstance(turn.replies[0], Answer)
    assert turn.replies[-1] == before.replies[-1]
    assert isinstance(turn.replies[-1], Question)
    assert turn.conversation.facts() == before.conversation.facts()
    assert turn.conversation.flows == before.conversation.flows


def test_one_of_two_is_chosen_by_number_and_the_flow_goes_on(asking: Context) -> None:
    asked = after(asking, "能报多少", UNCLEAR)
    assert asked.conversation.asked == MEANT
    question = asked.replies[-1]
    assert isinstance(question, Question)
    assert 3 <= len(question.choices) <= 4
    turn = after(asking, "能报多少", UNCLEAR, "2")
    assert isinstance(turn.replies[0], Answer)
    assert turn.conversation.asked == "care"


@pytest.mark.parametrize("said", ["都不是", "返回", "算了", "不知道"])
def test_none_of_them_leads_back(asking: Context, said: str) -> None:
    turn = after(asking, "能报多少", UNCLEAR, said)
    assert turn.conversation.asked == "care"
    assert turn.conversation.flows == ("estimate",)


def test_the_county_in_a_question_is_the_one_answered_for(context: Make) -> None:
    free = dataclasses.replace(context(), faqs=faqs())
    turn = after(free, "海宁的起付线是多少")
    assert turn.conversation.facts() == {"county": "haining"}
    told = turn.replies[0]
    assert isinstance(told, Answer)
    assert any("海宁市" in note for note in told.notes)


def test_a_question_notes_nothing_about_the_person(asking: Context) -> None:
    assert after(asking, "为什么去省里少报15个点").conversation.facts() == {}


def test_the_original_wording_is_shown_where_it_is_there(asking: Context) -> None:
    def original(citation: Citation) -> str | None:
        return "某一条的字句" if citation.item == 4 else None

    asking = dataclasses.replace(asking, original=original)
    turn = after(asking, "去省里少报多少", "原文")
    told = [each.text for each in turn.replies if isinstance(each, Text)]
    assert any("某一条的字句" in each for each in told)
    assert any("这里没有" in each for each in told)


def test_without_an_answer_before_it_no_wording_is_asked_for(asking: Context) -> None:
    turn = after(asking, "原文")
    first = turn.replies[0]
    assert isinstance(first, Text)
    assert "先问一个政策问题" in first.text


def test_without_a_faq_the_scheme_itself_answers(context: Make) -> None:
    turn = after(context("demo"), "乡镇和社区住院起付线是多少")
    told = turn.replies[0]
    assert isinstance(told, Answer)
    assert "300" in told.headline + "".join(line.amount for line in told.lines)
