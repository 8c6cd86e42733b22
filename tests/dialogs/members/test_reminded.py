"""Answers to a reminder: what one tap does, and what it never does."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from dialogs.context import Context
from dialogs.conversation import Conversation, conversation_from_dict
from dialogs.members.effects import Done, Refused, Renew
from dialogs.members.outcomes import concluded
from dialogs.members.reminded import REMINDED, Reminded
from dialogs.members.standing import NOBODY, Collection, EnrolmentView, Member, Standing
from dialogs.members.taking_up import answer_reminder, ask_reminded, take_up
from dialogs.questions import GOAL
from dialogs.replies import Question, Text
from dialogs.respond import Turn, respond
from tests.dialogs.members.conftest import Make

ALL = frozenset({"look", "act", "own"})
LAST_YEAR = EnrolmentView(2007, "active", "demo", facts={"registered_locally": True, "registration_kind": "rural"})
SELF = Member(1, "self", "张秀英", ALL, enrolments=(LAST_YEAR,))
MOTHER = Member(2, "mother", "李阿毛", ALL, enrolments=(LAST_YEAR,))
CHILD = Member(3, "child", "王小宝", frozenset({"look"}), enrolments=(LAST_YEAR,))
FAMILY = Standing((SELF, MOTHER, CHILD))
HERSELF, HER_MOTHER, HER_CHILD = Reminded(1, 2008, True), Reminded(2, 2008, True), Reminded(3, 2008, True)
OWES = Reminded(2, 2008)
EMPTY = Conversation("zh_Hans", asked=GOAL)


@pytest.fixture
def family(context: Make) -> Context:
    return context(FAMILY)


def asked(family: Context, *reminded: Reminded, conversation: Conversation = EMPTY) -> Turn:
    return ask_reminded(Turn(replace(conversation, reminded=reminded), (Text("提醒"),)), family)


def labels(turn: Turn) -> list[str]:
    question = turn.replies[-1]
    assert isinstance(question, Question)
    return [each.label for each in question.choices]


def test_the_question_names_each_by_what_is_to_be_done_and_offers_to_do_nothing(family: Context) -> None:
    turn = asked(family, HERSELF, OWES, HER_CHILD)
    assert turn.conversation.asked == REMINDED
    assert labels(turn) == ["情况没变，续保", "查母亲的参保状态", "情况没变，给王小宝续保", "先不办", "别提醒我"]


def test_two_who_are_called_alike_are_told_apart_by_their_names(context: Make) -> None:
    other = replace(MOTHER, key=4, name="赵玉梅")
    there = context(Standing((MOTHER, other)))
    turn = asked(there, OWES, Reminded(4, 2008))
    assert labels(turn)[:2] == ["查李阿毛的参保状态", "查赵玉梅的参保状态"]
    told = respond(turn.conversation, "查赵玉梅的参保状态", there).replies[0]
    assert "赵玉梅" in told.text  # type: ignore[union-attr]


def test_the_question_survives_being_written_down(family: Context) -> None:
    conversation = asked(family, HERSELF, OWES).conversation
    stored = conversation_from_dict(conversation.to_dict())
    assert stored == (conversation, False)


@pytest.mark.parametrize("said", ["好", "可以", "1", "情况没变，续保"])
def test_one_tap_or_one_word_renews_with_no_further_question(family: Context, said: str) -> None:
    turn = respond(asked(family, HERSELF).conversation, said, family)
    assert turn.effect == Renew(1, 2008, None)


def test_other_words_that_ask_for_it_are_confirmed_as_always(family: Context) -> None:
    turn = respond(asked(family, HERSELF).conversation, "那就给我续保吧", family)
    assert turn.effect is None
    turn = respond(asked(family, HERSELF, HER_MOTHER).conversation, "给我妈续保", family)
    assert (turn.effect, turn.conversation.asked) == (None, "confirm")


def test_who_does_not_want_it_now_is_left_alone(family: Context) -> None:
    for said in ("不用了", "不要", "算了", "先不办", "知道了"):
        turn = respond(asked(family, HERSELF).conversation, said, family)
        assert turn.effect is None, said
        assert turn.conversation.reminded == ()
        assert turn.conversation.asked is None
        assert "先不办" in turn.replies[0].text, said


def test_no_more_reminders_is_one_tap_as_well(family: Context) -> None:
    turn = respond(asked(family, HERSELF).conversation, "别提醒我", family)
    assert turn.effect is not None
    assert turn.effect.fewer == ("opening", "deadline", "late")  # type: ignore[union-attr]


def test_a_bare_yes_to_several_asks_which(family: Context) -> None:
    turn = respond(asked(family, HERSELF, HER_MOTHER).conversation, "好", family)
    assert turn.effect is None
    assert turn.conversation.asked == REMINDED
    assert "点一个" in turn.replies[0].text


def test_the_others_are_asked_about_once_one_is_done_and_after_a_refusal_too(family: Context) -> None:
    turn = respond(asked(family, HERSELF, HER_MOTHER).conversation, "1", family)
    for outcome in (Done({"name": "张秀英"}), Refused("gone", "没有办成。")):
        after = ask_reminded(concluded(turn.conversation, turn.effect, outcome, family), family)
        assert labels(after) == ["情况没变，给母亲续保", "先不办", "别提醒我"]


def test_who_speaks_of_something_else_is_not_asked_again(family: Context) -> None:
    turn = respond(asked(family, HERSELF).conversation, "我妈78岁，能参保吗", family)
    assert turn.conversation.asked not in (REMINDED, None)
    assert turn.conversation.reminded == ()
    assert ask_reminded(turn, family) is turn


def test_what_is_not_understood_asks_again(family: Context) -> None:
    turn = respond(asked(family, HERSELF).conversation, "嘎嘎嘎", family)
    assert turn.conversation.asked == REMINDED
    assert labels(turn)[0] == "情况没变，续保"


def test_a_reminder_does_not_push_a_question_aside(family: Context) -> None:
    open_one = respond(EMPTY, "我能参保吗", family)
    fact = open_one.conversation.asked
    turn = ask_reminded(replace(open_one, conversation=replace(open_one.conversation, reminded=(HERSELF,))), family)
    assert turn.conversation.asked == fact


def test_an_answer_to_a_reminder_leaves_the_question_that_was_open_open(family: Context) -> None:
    open_one = respond(EMPTY, "我能参保吗", family).conversation
    turn = answer_reminder(open_one, (HERSELF,), family, yes=True)
    assert turn.effect == Renew(1, 2008, None)
    after = concluded(turn.conversation, turn.effect, Done({"name": "张秀英"}), family)
    assert after.conversation.asked == open_one.asked
    not_now = answer_reminder(open_one, (HERSELF,), family, yes=False)
    assert not_now.conversation.asked == open_one.asked
    several = answer_reminder(open_one, (HERSELF, HER_MOTHER), family, yes=True)
    assert several.conversation.asked == REMINDED
    chosen = respond(several.conversation, "2", family)
    assert chosen.effect == Renew(2, 2008, None)
    later = concluded(chosen.conversation, chosen.effect, Done({"name": "李阿毛"}), family)
    assert later.conversation.asked == open_one.asked


def test_who_owes_something_is_shown_how_it_stands_and_for_the_right_person(family: Context) -> None:
    turn = take_up(EMPTY, OWES, family)
    assert turn.effect is None
    told = "".join(each.text for each in turn.replies if isinstance(each, Text))
    assert "李阿毛" in told
    assert "张秀英" not in told


def test_who_may_only_look_hears_whose_permission_it_takes(family: Context) -> None:
    turn = take_up(EMPTY, HER_CHILD, family)
    assert turn.effect is None
    assert "授权" in turn.replies[0].text  # type: ignore[union-attr]


def test_a_reminder_of_another_year_renews_nobody(family: Context) -> None:
    assert take_up(EMPTY, Reminded(1, 2007, True), family).effect is None
    assert take_up(EMPTY, Reminded(1, 2009, True), family).effect is None


def test_the_next_year_can_be_renewed_while_its_office_collects(context: Make) -> None:
    enrolled = replace(SELF, enrolments=(replace(LAST_YEAR, year=2008),))
    window = Collection(2009, datetime.date(2008, 2, 1), datetime.date(2008, 4, 1), "open")
    there = replace(context(Standing((enrolled,))), collection=lambda _county: window)
    assert take_up(EMPTY, Reminded(1, 2009, True), there).effect == Renew(1, 2009, None)
    typed = respond(EMPTY, "续保", there)
    assert "2009年" in typed.replies[-1].text  # type: ignore[union-attr]
    closed = replace(there, collection=lambda _county: replace(window, stage="closed"))
    assert take_up(EMPTY, Reminded(1, 2009, True), closed).effect is None


def test_a_yes_to_nobody_does_nothing(family: Context) -> None:
    turn = respond(replace(EMPTY, asked=REMINDED), "好", family)
    assert turn.effect is None


def test_who_may_not_be_seen_any_more_is_not_asked_about(context: Make) -> None:
    nobody = context(NOBODY)
    turn = Turn(replace(EMPTY, reminded=(HERSELF,)), (Text("提醒"),))
    assert ask_reminded(turn, nobody) is turn
