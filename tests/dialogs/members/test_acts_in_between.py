"""What an act does to an enrolment that it interrupts, and what is said of people who are not on record."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dialogs.context import Context
from dialogs.conversation import Conversation, Step
from dialogs.members.effects import Done, Withdraw
from dialogs.members.outcomes import concluded
from dialogs.members.standing import Standing
from dialogs.replies import Question, Text
from dialogs.respond import Turn, greet, respond
from tests.dialogs.members.conftest import Make
from tests.dialogs.members.test_repairs_in_acts import FAMILY, MOTHER, NUMBER, SELF, THIS_YEAR, WORKER


def talk(around: Context, *said: str) -> Turn:
    """The last turn of a conversation."""
    turn = greet("zh_Hans", around)
    for text in said:
        turn = respond(turn.conversation, text, around)
    return turn


def text_of(turn: Turn) -> str:
    """All that a turn says in words."""
    return "\n".join(each.text for each in turn.replies if hasattr(each, "text"))


ENROLLING = ("给我爸参保，他65岁，农村户口，本地的，没有职工医保，没在别处参保", "都没有", "同意", "赵招娣")


def test_the_identity_number_wins_over_an_age_said_before_also_after_an_act_in_between(context: Make) -> None:
    turn = talk(context(FAMILY), *ENROLLING, NUMBER, "跳过", "办到哪一步了")
    assert "李阿毛" in text_of(turn)
    assert "age" not in turn.conversation.facts()
    assert "birth_date" in turn.conversation.facts()
    assert "phone" in turn.conversation.unsure()
    assert turn.conversation.flows == ("enrol",)


def test_the_identity_number_wins_over_an_age_said_afterwards(context: Make) -> None:
    turn = talk(context(FAMILY), *ENROLLING, NUMBER, "他65岁")
    assert "age" not in turn.conversation.facts()
    assert "birth_date" in turn.conversation.facts()
    assert "证件号" in text_of(turn)


def test_what_cannot_be_so_leaves_the_goal_with_the_words_of_the_engine(context: Make) -> None:
    here = talk(context(FAMILY), *ENROLLING, NUMBER).conversation
    broken = here.with_step(here.step(said={"age": 20}))
    turn = respond(broken, "办到哪一步了", context(FAMILY))
    assert "李阿毛" in text_of(turn)
    assert any(isinstance(each, Text) and each.tone == "warning" for each in turn.replies)
    assert turn.conversation.flows == ()


def test_only_the_names_that_are_to_go_are_gone() -> None:
    steps = (
        Step("self", ("enrol",), {"age": 60, "confirm": "yes"}),
        Step("self", ("enrol",), {}, ("phone", "who"), ("age", "confirm")),
    )
    kept = Conversation("zh_Hans", steps=steps).without("self", {"confirm", "who"})
    assert kept.unsure() == {"phone"}
    assert kept.facts() == {}


@pytest.mark.parametrize("said", ["给我妈参保", "给我奶奶参保", "给我哥哥参保"])
def test_a_second_mother_or_brother_is_no_reason_to_refuse(said: str, context: Make) -> None:
    members = tuple(
        replace(MOTHER, key=key, relation=relation, enrolments=(THIS_YEAR,))
        for key, relation in enumerate(("mother", "grandmother", "sibling"), 2)
    )
    assert talk(context(Standing(members)), said).conversation.asked == "employee_insured"


def test_oneself_and_the_spouse_there_are_but_once(context: Make) -> None:
    there = Standing(
        (replace(SELF, enrolments=(THIS_YEAR,)), replace(MOTHER, relation="spouse", enrolments=(THIS_YEAR,)))
    )
    for said in ("我要参保", "给我老伴参保"):
        assert talk(context(there), said).conversation.asked is None


def test_an_enrolment_wins_over_a_death_that_is_only_told_of(context: Make) -> None:
    turn = talk(context(FAMILY), "我爸已经去世了，想给我奶奶参保")
    assert turn.conversation.flows == ("enrol",)
    assert turn.conversation.subject == "grandmother"
    assert talk(context(FAMILY), "给我妈注销参保").conversation.flows == ("death",)


@pytest.mark.parametrize(("said", "first"), [("给居民退保", "330"), ("续保", "330")])
def test_a_worker_confirms_with_the_number_and_the_setting(said: str, first: str, context: Make) -> None:
    asked = talk(context(WORKER), said, "上门", NUMBER)
    assert asked.conversation.asked == "confirm"
    assert f"{first}4*" in text_of(asked)
    assert NUMBER not in text_of(asked)
    assert "上门" in text_of(asked)


@pytest.mark.parametrize("said", ["我妈要退保", "我妈续保", "给我妈申请困难减免"])
def test_a_resident_confirms_without_an_empty_line_and_without_what_an_enrolment_was_told(
    said: str, context: Make
) -> None:
    asked = talk(context(FAMILY), *ENROLLING, NUMBER, said)
    assert asked.conversation.asked == "confirm"
    (question,) = (each for each in asked.replies if isinstance(each, Question))
    assert question.text == question.text.strip()
    assert "李阿毛" in question.text
    assert "赵招娣" not in question.text
    assert "\n" not in question.text


def test_who_is_not_on_record_is_said_to_be_not_there(context: Make) -> None:
    told = text_of(talk(context(FAMILY), "我奶奶办到哪一步了"))
    assert "这里没有您奶奶（外婆）的参保记录" in told
    assert "李阿毛" in told
    asked = talk(context(FAMILY), "给我奶奶退保")
    assert asked.conversation.asked == "who"
    assert "参保记录" in text_of(asked)
    assert "参保记录" not in text_of(talk(context(FAMILY), "我妈办到哪一步了"))


def test_an_application_that_is_taken_back_gets_its_own_words(context: Make) -> None:
    around = context(FAMILY)
    here = talk(around, "我妈要退保").conversation
    done = Done({"name": "李阿毛", "taken_back": True})
    assert "李阿毛的申请已经撤回" in text_of(concluded(here, Withdraw(2, 2008), done, around))
    assert "退出参保" in text_of(concluded(here, Withdraw(2, 2008), Done({"name": "李阿毛"}), around))


@pytest.mark.parametrize(
    ("said", "on"),
    [
        ("今天", "2008-03-01"),
        ("昨天", "2008-02-29"),
        ("前天走的", "2008-02-28"),
        ("2月28日", "2008-02-28"),
        ("5月8号", "2007-05-08"),
        ("上个月3号", "2008-02-03"),
        ("去年5月8号", "2007-05-08"),
        ("yesterday", "2008-02-29"),
        ("2008年2月3日", "2008-02-03"),
        ("明天", None),
        ("1899年2月3日", None),
    ],
)
def test_a_day_of_death_may_be_counted_from_today(said: str, on: str | None, context: Make) -> None:
    asked = talk(context(FAMILY), "登记我妈去世")
    asked = asked if asked.conversation.asked == "died_on" else talk(context(FAMILY), "登记去世", "2")
    assert asked.conversation.asked == "died_on"
    turn = respond(asked.conversation, said, context(FAMILY))
    assert turn.conversation.particulars().get("died_on") == on
    assert turn.conversation.asked == ("confirm" if on else "died_on")
