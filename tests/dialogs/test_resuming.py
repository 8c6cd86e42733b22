"""Coming back: after a month, after an upgrade, after the rules changed. Nothing that was said is lost."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

from dialogs.conversation import Conversation
from dialogs.questions import GOAL, RESUME
from dialogs.replies import Question, Text
from dialogs.respond import Turn, respond
from dialogs.resuming import EXPIRES, Resumed, resumed
from tests.dialogs.test_respond import Make, start, walk

NOW = datetime.timedelta()
MONTH = EXPIRES + datetime.timedelta(hours=1)


def begun(context: Make) -> Conversation:
    return walk(start(context()), "我妈65岁，农村户口，能参保吗", context=context()).conversation


def back(state: dict[str, Any], away: datetime.timedelta, context: Make) -> Resumed:
    return resumed(state, away, context(), "zh_Hans")


def told(resumed: Resumed) -> str:
    return "\n".join(each.text for each in resumed.told if isinstance(each, Text))


def after_a_month(context: Make, text: str) -> Turn:
    return respond(back(begun(context).to_dict(), MONTH, context).conversation, text, context())


def test_after_a_month_one_is_asked_whether_to_go_on_and_nothing_is_lost(context: Make) -> None:
    resumed = back(begun(context).to_dict(), MONTH, context)
    assert resumed.conversation.asked == RESUME
    assert resumed.conversation.facts() == begun(context).facts()
    assert "65岁" in told(resumed)
    greeted = respond(resumed.conversation, "你好", context())
    assert isinstance(greeted.replies[-1], Question)
    assert greeted.replies[-1].fact == RESUME


def test_going_on_leads_to_the_question_that_was_open(context: Make) -> None:
    for word in ("接着办", "好的", "1", "继续"):
        assert after_a_month(context, word).conversation.asked == begun(context).asked, word


def test_beginning_anew_forgets(context: Make) -> None:
    for word in ("重新开始", "2", "不用了"):
        turn = after_a_month(context, word)
        assert turn.conversation.asked == GOAL, word
    assert after_a_month(context, "2").conversation.facts() == {}


def test_an_old_question_is_answered_by_nothing_that_is_said_a_month_later(context: Make) -> None:
    open_question = begun(context).asked
    turn = after_a_month(context, "没有")
    assert open_question not in turn.conversation.facts()


def test_what_is_told_a_month_later_goes_on_at_once(context: Make) -> None:
    turn = after_a_month(context, "她有居住证")
    assert turn.conversation.facts()["residence_permit"] is True
    assert turn.conversation.asked == begun(context).asked


def test_n04_a_fact_that_this_version_does_not_know_is_dropped_alone_and_told(context: Make) -> None:
    state = begun(context).to_dict()
    state["steps"][0]["said"] |= {"shoe_size": 42, "care": "spa"}
    resumed = back(state, NOW, context)
    assert "有一项不能再用" in told(resumed)
    assert resumed.conversation.facts() == begun(context).facts()
    assert resumed.conversation.asked == begun(context).asked


def test_n04_a_goal_or_a_question_that_is_gone_leaves_the_rest(context: Make) -> None:
    state = begun(context).to_dict()
    state["steps"][0]["flows"] = ["horoscope", "eligibility"]
    state["asked"] = "star_sign"
    resumed = back(state, NOW, context)
    assert resumed.conversation.flows == ("eligibility",)
    assert "有一项不能再用" in told(resumed)
    turn = respond(resumed.conversation, "你好", context())
    assert isinstance(turn.replies[-1], Question)


def test_n04_who_is_in_the_middle_when_the_rules_change_is_told_and_goes_on(context: Make) -> None:
    conversation = begun(context)
    assert conversation.rules is not None
    changed = dataclasses.replace(conversation, rules="of the day before")
    resumed = back(changed.to_dict(), NOW, context)
    assert told(resumed) == "规则更新了，下面按新的规则算。"
    turn = respond(resumed.conversation, "没有", context())
    assert turn.conversation.rules == conversation.rules
    assert back(turn.conversation.to_dict(), NOW, context).told == ()


def test_nothing_is_told_while_nothing_changed(context: Make) -> None:
    assert back(begun(context).to_dict(), NOW, context) == Resumed(begun(context))


def test_nothing_is_told_to_whoever_goes_by_the_rules_of_their_county(context: Make) -> None:
    said = walk(start(context()), "我在海宁，65岁，农村户口，能参保吗", context=context()).conversation
    assert said.facts()["county"] == "haining"
    assert said.rules == context().scheme("haining").version != context().scheme(None).version
    assert told(back(said.to_dict(), NOW, context)) == ""


def test_n04_what_cannot_be_read_at_all_begins_anew(context: Make) -> None:
    for state in ({}, {"format": 99}, {**begun(context).to_dict(), "steps": "none"}):
        resumed = back(state, NOW, context)
        assert resumed.conversation == Conversation("zh_Hans", asked=GOAL)
        assert "请再说一遍" in told(resumed)
