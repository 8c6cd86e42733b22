"""Several people told of in one message: one after another, each by what was said of them, and back again."""

from __future__ import annotations

import json

from dialogs.conversation import Step, conversation_from_dict
from dialogs.replies import Question, Receipt, Text
from dialogs.respond import Turn, respond
from tests.dialogs.test_respond import Make, start, walk

BOTH = "我爸七十二有低保，我妈六十九，都是农村户口，要交多少钱"


def said(turn: Turn) -> str:
    return "\n".join(each.text for each in turn.replies if isinstance(each, Text | Question))


def test_the_second_follows_when_the_first_is_answered(context: Make) -> None:
    turn = walk(start(context("demo")), BOTH, context=context("demo"))
    assert turn.replies[0] == Text(
        "您说到了几个人。先说您父亲，再说您母亲。\n记下了：72岁、有低保证、农村户口。", "note"
    )
    while turn.conversation.subject == "father":
        assert "69岁" not in said(turn)
        assert turn.conversation.facts()["age"] == 72
        turn = walk(
            turn.conversation,
            "1" if turn.conversation.asked != "hardship_certificate" else "没有",
            context=context("demo"),
        )
    assert turn.conversation.subject == "mother"
    assert "接下来说您母亲：69岁、农村户口。" in said(turn)
    assert "72岁" not in said(turn)
    assert any(isinstance(each, Receipt) for each in turn.replies)
    assert "hardship_certificate" not in turn.conversation.facts()


def test_nothing_of_one_is_known_of_the_other(context: Make) -> None:
    turn = walk(start(context()), "我爸七十二，我妈六十九，能参保吗", context=context())
    assert turn.conversation.facts() == {"age": 72}
    switched = walk(turn.conversation, "先说我妈", context=context())
    assert switched.conversation.subject == "mother"
    assert switched.conversation.facts()["age"] == 69
    assert switched.conversation.waiting == ()


def test_back_takes_the_whole_message_back(context: Make) -> None:
    before = start(context("demo"))
    told = walk(before, BOTH, context=context("demo")).conversation
    back = walk(told, "上一步", context=context("demo")).conversation
    assert back.steps == before.steps
    assert back.waiting == ()


def test_back_from_the_second_leads_to_the_last_question_about_the_first(context: Make) -> None:
    turn = walk(start(context()), "我爸七十二，我妈六十九，能参保吗", context=context())
    while turn.conversation.subject == "father":
        before = turn.conversation
        turn = walk(before, "没有", context=context())
    back = walk(turn.conversation, "上一步", context=context()).conversation
    assert (back.subject, back.asked) == ("father", before.asked)
    assert back.waiting == ("mother",)


def test_cancel_lets_nobody_wait_any_more(context: Make) -> None:
    told = walk(start(context()), "我爸七十二，我妈六十九，能参保吗", context=context()).conversation
    assert told.waiting == ("mother",)
    cancelled = walk(told, "算了", context=context()).conversation
    assert cancelled.waiting == ()
    mother = walk(cancelled, "我妈呢", context=context()).conversation
    assert mother.facts().get("age") == 69


def test_whoever_waits_survives_being_written_down(context: Make) -> None:
    told = walk(start(context()), "我爸七十二，我妈六十九，能参保吗", context=context()).conversation
    stored = json.loads(json.dumps(told.to_dict()))
    assert conversation_from_dict(stored) == (told, False)


def test_what_cannot_be_of_somebody_who_waits_is_asked_again(context: Make) -> None:
    turn = respond(start(context("demo")), "我爸七十二，我儿子8岁，1950年3月1号出生，能参保吗", context("demo"))
    assert turn.conversation.subject == "father"
    child = walk(turn.conversation, "说我儿子", context=context("demo")).conversation
    assert "birth_date" not in child.facts()


def test_the_oldest_steps_are_merged_with_those_who_were_told_of_besides(context: Make) -> None:
    conversation = start(context()).with_step(
        Step("father", ("eligibility",), {"age": 72}, besides={"mother": {"age": 69}}, waiting=("mother",))
    )
    for _ in range(250):
        conversation = conversation.with_step(conversation.step(said={"registration_kind": "rural"}))
    assert conversation.waiting == ("mother",)
    assert conversation.with_step(conversation.step(subject="mother")).facts()["age"] == 69
