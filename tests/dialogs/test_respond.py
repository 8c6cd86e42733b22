"""Every repair at every step of every flow, and whatever else people may say."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialogs.context import Context
from dialogs.conversation import MOST_STEPS, Conversation, Step, conversation_from_dict
from dialogs.questions import ADVICE, ASKING, GOAL, UNSURE
from dialogs.replies import Question, Text, reply_from_dict, reply_to_dict
from dialogs.respond import LONGEST, Turn, greet, open_question, respond

Make = Callable[..., Context]

OPENERS = {
    "eligibility": "我能参保吗",
    "contribution": "要交多少钱",
    "estimate": "看病能报多少",
    "compare_hospitals": "去哪级医院划算",
}
REPAIRS = [
    "上一步",
    "算了",
    "帮助",
    "什么意思",
    "再说一遍",
    "不清楚",
    "跳过",
    "改一下",
    "说错了",
    "English",
    "大字",
    "重新开始",
    "条文",
]
REPAIRS += [
    "是的",
    "没有",
    "要交多少钱",
    "住院能报多少",
    "我爸呢",
    "天气怎么样",
    "谢谢",
    "你好",
    "帮我登记",
    "投诉",
    "人工",
]


def walk(conversation: Conversation, *texts: str, context: Context) -> Turn:
    """Say these one after another, the conversation written down and read back between any two."""
    turn = Turn(conversation, ())
    for text in texts:
        turn = respond(turn.conversation, text, context)
        stored = json.loads(json.dumps(turn.conversation.to_dict()))
        assert conversation_from_dict(stored) == (turn.conversation, False)
        assert (
            tuple(reply_from_dict(json.loads(json.dumps(reply_to_dict(each)))) for each in turn.replies) == turn.replies
        )
        turn = Turn((conversation_from_dict(stored) or (turn.conversation, False))[0], turn.replies)
    return turn


def start(context: Context) -> Conversation:
    return greet("zh_Hans", context).conversation


def steps_of(flow: str, context: Context) -> Iterator[Conversation]:
    """The conversation at each question of a flow, answered with its first choice."""
    turn = walk(start(context), OPENERS[flow], context=context)
    while turn.conversation.asked in ASKING:
        yield turn.conversation
        asked = turn.replies[-1]
        assert isinstance(asked, Question)
        answer = asked.choices[0].label if asked.choices else {"age": "40", "bill_total": "一万二"}[asked.fact]
        turn = walk(turn.conversation, answer, context=context)
    yield turn.conversation


@pytest.mark.parametrize("flow", ADVICE)
def test_every_flow_comes_to_a_conclusion_and_asks_nothing_twice(flow: str, context: Make) -> None:
    asked = [conversation.asked for conversation in steps_of(flow, context())]
    assert asked[-1] is None
    assert len(asked) == len(set(asked))
    assert len(asked) > 1


@pytest.mark.parametrize("repair", REPAIRS)
@pytest.mark.parametrize("flow", ADVICE)
def test_every_repair_at_every_step_leaves_a_way_on(flow: str, repair: str, context: Make) -> None:
    for conversation in steps_of(flow, context()):
        turn = walk(conversation, repair, context=context())
        assert turn.replies
        concluded = turn.conversation.asked is None
        assert concluded or isinstance(turn.replies[-1], Question), (
            f"{repair} at {conversation.asked} leaves nothing to do"
        )
        if not concluded:
            assert open_question(turn.conversation, context()) == turn.replies[-1]


@pytest.mark.parametrize("flow", ADVICE)
def test_back_then_the_same_answer_leads_to_the_same_place(flow: str, context: Make) -> None:
    walked = list(steps_of(flow, context()))
    for before, after in itertools.pairwise(walked):
        back = walk(after, "上一步", context=context()).conversation
        assert back.asked == before.asked
        assert back.facts() == before.facts()


@pytest.mark.parametrize("flow", ADVICE)
def test_not_knowing_anything_still_ends_with_an_honest_answer(flow: str, context: Make) -> None:
    turn = walk(start(context()), OPENERS[flow], context=context())
    for _ in range(20):
        if turn.conversation.asked is None:
            break
        turn = walk(turn.conversation, "不清楚", context=context())
    assert turn.conversation.asked is None
    assert not turn.conversation.facts()


def test_every_question_can_be_answered_by_number_and_by_label(context: Make) -> None:
    for flow in ADVICE:
        for conversation in steps_of(flow, context()):
            question = open_question(conversation, context())
            if question is None or not question.choices:
                continue
            for number, choice in enumerate(question.choices, 1):
                by_number = walk(conversation, str(number), context=context()).conversation
                by_label = walk(conversation, choice.label, context=context()).conversation
                assert by_number.facts() == by_label.facts(), choice.label
                if choice.value == UNSURE:
                    assert question.fact in by_number.unsure()
                else:
                    assert question.fact in by_number.facts()


def test_a_digression_comes_back_to_the_question_it_interrupted(context: Make) -> None:
    asked = walk(start(context("demo")), "我能参保吗", context=context("demo")).conversation.asked
    turn = walk(
        start(context("demo")), "我能参保吗", "我45岁，在镇卫生院住院花了一万二能报多少", context=context("demo")
    )
    assert turn.conversation.asked == asked
    assert turn.conversation.flows == ("eligibility",)


def test_what_was_said_of_one_person_is_never_known_of_another(context: Make) -> None:
    turn = walk(start(context()), "我妈65岁，农村户口，能参保吗", "没有", "我爸能参保吗", context=context())
    assert turn.conversation.subject == "father"
    assert turn.conversation.facts() == {}
    again = walk(turn.conversation, "我妈能参保吗", context=context())
    assert again.conversation.facts()["age"] == 65


def test_a_correction_replaces_only_what_it_is_about(context: Make) -> None:
    turn = walk(start(context()), "我妈65岁，农村户口，能参保吗", "不对，是城镇户口", context=context())
    assert turn.conversation.facts() == {"age": 65, "registration_kind": "urban"}


def test_a_word_inside_an_answer_never_fires_a_command(context: Make) -> None:
    asked = walk(start(context()), "我能参保吗", context=context())
    for text in ("帮助中心在哪里", "后退休了就不知道怎么算了", "取消了低保以后"):
        turn = walk(asked.conversation, text, context=context())
        assert turn.conversation.flows == ("eligibility",)
        assert turn.conversation.locale == "zh_Hans"


def test_facts_that_cannot_be_together_are_refused_and_asked_again(context: Make) -> None:
    asked = walk(start(context("demo")), "我45岁，在镇卫生院住院能报多少", context=context("demo"))
    turn = walk(asked.conversation, "2024年3月1日住院的", context=context("demo"))
    assert turn.conversation == asked.conversation
    assert isinstance(turn.replies[0], Text)
    assert turn.replies[0].tone == "warning"


@pytest.mark.parametrize("repair", [*REPAIRS, "1", "65", "九十岁"])
def test_a_correction_before_any_goal_leaves_a_way_on_whatever_follows(repair: str, context: Make) -> None:
    turn = walk(start(context()), "我65岁", "改一下", "1", repair, context=context())
    assert isinstance(turn.replies[-1], Question) or turn.conversation.asked is None


@pytest.mark.parametrize("said", ["2024年3月1日住院的", "我是2020年5月1日出生的"])
def test_what_cannot_be_is_refused_at_once_and_lies_in_wait_for_no_later_goal(said: str, context: Make) -> None:
    for before in ([], ["我能参保吗"]):
        turn = walk(start(context("demo")), *before, said, context=context("demo"))
        assert isinstance(turn.replies[0], Text)
        assert turn.replies[0].tone == "warning"
        assert turn.conversation.facts() == {}
        later = walk(turn.conversation, "住院能报多少", context=context("demo"))
        assert later.conversation.asked in ASKING


def test_a_message_that_is_too_long_or_empty_keeps_the_question(context: Make) -> None:
    asked = walk(start(context()), "我能参保吗", context=context()).conversation
    for text in ("", "   ", "长" * (LONGEST + 1)):
        turn = walk(asked, text, context=context())
        assert turn.conversation.asked == asked.asked
        assert len(turn.replies) == 2


def test_a_very_long_conversation_keeps_every_answer(context: Make) -> None:
    conversation = Conversation("zh_Hans").with_step(Step("mother", ("eligibility",), {"age": 65}))
    conversation = conversation.with_step(Step("mother", ("eligibility",), unsure=("residence_permit",)))
    for year in range(3 * MOST_STEPS):
        conversation = conversation.with_step(Step("self", ("eligibility",), {"age": year % 100}))
    assert len(conversation.steps) <= MOST_STEPS + 2
    mother = conversation.with_step(Step("mother", ("eligibility",)))
    assert mother.facts() == {"age": 65}
    assert mother.unsure() == {"residence_permit"}


def test_a_conversation_of_another_format_is_not_guessed_at() -> None:
    stored = Conversation("zh_Hans", asked=GOAL).to_dict()
    assert conversation_from_dict({**stored, "format": 99}) is None
    assert conversation_from_dict({}) is None
    assert conversation_from_dict({**stored, "steps": [{"subject": "self"}]}) is None


SAYABLE = [
    *OPENERS.values(),
    *REPAIRS,
    "1",
    "2",
    "3",
    "9",
    "65",
    "一万二",
    "有",
    "没有",
    "在嘉兴",
    "海宁",
    "我妈65岁",
    "住院",
]
SAYABLE += [
    "不对，是城镇户口",
    "年龄说错了",
    "不是一万是一万五",
    "",
    "🙂",
    "<b>",
    "{who}",
    "%s",
    "\x00",
    "no",
    "yes",
    "back",
]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.one_of(*[st.sampled_from(SAYABLE)] * 4, st.text(max_size=30)), max_size=20),
    county=st.sampled_from([None, "demo", "haining"]),
)
def test_whatever_is_said_there_is_an_answer_and_a_way_on(context: Make, texts: list[str], county: str | None) -> None:
    turn = walk(start(context(county)), *texts, context=context(county))
    if texts:
        assert turn.replies
        question = open_question(turn.conversation, context(county))
        assert question is None or question == turn.replies[-1]
