"""What an act does to an enrolment that it interrupts, and what is said of people who are not on record."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dialogs.context import Context
from dialogs.conversation import Conversation, Step
from dialogs.members.standing import Standing
from dialogs.replies import Text
from dialogs.respond import Turn, greet, respond
from tests.dialogs.members.conftest import Make
from tests.dialogs.members.test_repairs_in_acts import FAMILY, MOTHER, NUMBER, SELF, THIS_YEAR


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
