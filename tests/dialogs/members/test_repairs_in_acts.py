"""Every repair at every step of every act does what repairs do elsewhere, and nothing is done by accident."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.context import Context
from dialogs.conversation import Conversation, conversation_from_dict
from dialogs.members.acts import ACTS, Acts
from dialogs.members.asking import PARTICULARS
from dialogs.members.effects import Effect, Refused
from dialogs.members.outcomes import concluded
from dialogs.members.standing import Account, EnrolmentView, Helper, Member, Standing, Worker
from dialogs.questions import ASKABLE, CORRECT, GOAL
from dialogs.replies import Text
from dialogs.respond import Turn, greet, open_question, respond
from tests.dialogs.members.conftest import Make
from tests.dialogs.talk import SAID

ALL = frozenset({"look", "act", "own"})
LAST_YEAR = EnrolmentView(2007, "active", "demo", facts={"registered_locally": True, "registration_kind": "rural"})
THIS_YEAR = EnrolmentView(2008, "active", "demo")
HELPERS = (Helper(7, "mother", ("look",), None, False), Helper(8, "other", ("look", "act"), None, True))
SELF = Member(1, "self", "张秀英", ALL, enrolments=(LAST_YEAR,), helpers=HELPERS)
MOTHER = Member(2, "mother", "李阿毛", ALL, enrolments=(LAST_YEAR,), helpers=HELPERS)
ACCOUNTS = (Account(1, "wechat", datetime.date(2008, 1, 2), True), Account(2, "web", datetime.date(2008, 2, 3), False))
FAMILY = Standing((SELF, MOTHER), linked=ACCOUNTS)
WORKER = Standing(worker=Worker("王小平", "worker", "demo", "大云村"))

NUMBER = "330421194803153325"
ANSWERS = {
    "employee_insured": "没有参加",
    "registered_locally": "是",
    "registration_kind": "农村",
    "enrolled_elsewhere": "没有参加",
    "hardship_certificate": "低保",
    "consent": "同意",
    "name": "赵招娣",
    "identity": NUMBER,
    "phone": "13812345678",
    "community": "大云村",
    "certificate_number": "低保12345",
    "certificate_until": "2008年12月31日",
    "setting": "上门",
    "who": "1",
    "move_to": "1",
    "new_phone": "13912345678",
    "died_on": "2008年2月3日",
    "scope": "2",
    "lasts": "1",
    "which_helper": "1",
    "notices": "1",
    "which_account": "2",
}
FLOWS = {
    "enrol": ("给我爸报名参保", FAMILY),
    "renew": ("续保", FAMILY),
    "withdraw": ("我要退保", FAMILY),
    "move": ("迁到别的县", FAMILY),
    "phone": ("换手机号", FAMILY),
    "death": ("登记去世", FAMILY),
    "grant": ("授权", FAMILY),
    "revoke": ("取消授权", FAMILY),
    "notices": ("通知发给谁", FAMILY),
    "unlink": ("解除绑定", FAMILY),
    "hardship": ("申请困难减免", FAMILY),
    "a worker's status": ("查参保", WORKER),
    "a worker's enrolment": ("报名参保", WORKER),
}


def steps(flow: str, context: Make) -> Iterator[tuple[Conversation, Conversation, Context]]:
    """The conversation at each question of a flow, with the one before it."""
    opener, standing = FLOWS[flow]
    around = context(standing)
    before = greet("zh_Hans", around).conversation
    turn = respond(before, opener, around)
    while turn.conversation.asked in ASKABLE and turn.effect is None:
        yield before, turn.conversation, around
        before, asked = turn.conversation, turn.conversation.asked
        if asked in ("confirm", "more"):
            return
        turn = respond(turn.conversation, ANSWERS[asked or ""], around)
        assert turn.conversation.asked != asked, f"{ANSWERS[asked or '']} is no answer to {asked}"


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize(
    "said", ["帮助", "再说一遍", "English", "大字", "人工", "谢谢", "哇啦哇啦呼噜", "   ", "起付线是多少", "你好"]
)
def test_whatever_comes_in_between_the_same_is_asked_again(flow: str, said: str, context: Make) -> None:
    seen = 0
    for _, here, around in steps(flow, context):
        turn = respond(here, said, around)
        where = f"{said} at {here.asked}"
        assert turn.effect is None, where
        assert turn.conversation.asked == here.asked, where
        assert turn.replies[-1] == open_question(turn.conversation, around), where
        assert turn.conversation.particulars() == here.particulars(), where
        seen += 1
    assert seen


@pytest.mark.parametrize("flow", FLOWS)
def test_back_asks_what_was_asked_before(flow: str, context: Make) -> None:
    for before, here, around in steps(flow, context):
        turn = respond(here, "上一步", around)
        assert turn.effect is None
        assert turn.conversation.asked == (before.asked if before.asked in ASKABLE else GOAL), here.asked
        assert turn.conversation.particulars() == before.particulars()


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("said", ["算了", "重新开始"])
def test_who_leaves_has_done_nothing(flow: str, said: str, context: Make) -> None:
    for _, here, around in steps(flow, context):
        turn = respond(here, said, around)
        assert turn.effect is None
        assert turn.conversation.asked == GOAL, f"{said} at {here.asked}"


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("said", ["不清楚", "跳过"])
def test_without_something_needed_it_goes_no_further_and_says_how_else(flow: str, said: str, context: Make) -> None:
    for _, here, around in steps(flow, context):
        asked = here.asked or ""
        if asked not in PARTICULARS:
            continue
        turn = respond(here, said, around)
        assert turn.effect is None
        assert turn.conversation.asked != asked, f"{said} at {asked}"
        if PARTICULARS[asked].needed:
            assert turn.conversation.asked == GOAL
            texts = "".join(each.text for each in turn.replies if isinstance(each, Text))
            assert "这里办不了" in texts
        else:
            assert asked in turn.conversation.unsure()


@pytest.mark.parametrize("flow", ["enrol", "a worker's enrolment"])
def test_what_was_given_can_be_corrected_by_name_and_by_number(flow: str, context: Make) -> None:
    *_, (_, here, around) = steps(flow, context)
    assert here.asked == "confirm"
    which = respond(here, "改一下", around)
    assert which.conversation.asked == CORRECT
    labels = [choice.label for choice in which.replies[-1].choices]  # type: ignore[union-attr]
    number = next(at for at, label in enumerate(labels, 1) if "赵招娣" in label)
    for said in ("姓名", str(number)):
        again = respond(which.conversation, said, around)
        assert again.conversation.asked == "name"
        assert respond(again.conversation, "钱根宝", around).conversation.particulars()["name"] == "钱根宝"


def test_an_act_in_between_leaves_the_enrolment_as_it_was(context: Make) -> None:
    for _, here, around in steps("enrol", context):
        if here.asked not in PARTICULARS:
            continue
        turn = respond(here, "我妈办到哪一步了", around)
        assert "李阿毛" in "".join(each.text for each in turn.replies if isinstance(each, Text))
        assert turn.conversation.asked == here.asked
        assert turn.conversation.subject == "father"
        assert turn.conversation.particulars() == here.particulars()


def test_a_change_after_the_summary_has_to_be_confirmed_anew(context: Make) -> None:
    *_, (_, here, around) = steps("enrol", context)
    agreed = respond(here, "对", around)
    assert agreed.effect is not None
    changed = respond(here, "不对，是城镇户口", around)
    assert changed.effect is None
    assert changed.conversation.asked in ASKABLE


@pytest.mark.parametrize(
    ("said", "act"),
    [
        ("办到哪一步了", "status"),
        ("我要退保", "withdraw"),
        ("怎么退保", None),
        ("取消授权", "revoke"),
        ("授权给我女儿", "grant"),
        ("我老伴去年去世了，我能参保吗", None),
        ("my status please", "status"),
        ("how can I withdraw?", None),
        ("withdraw my consent", "erase"),
        ("撤回同意", "erase"),
        ("别给我妈退保", None),
        ("我不想退保", None),
        ("不是要退保，是要续保", "renew"),
        ("我没说要退保", None),
        ("特别想退保", "withdraw"),
        ("我不想参保", "withdraw"),
        ("I do not want to withdraw", None),
        ("please don't renew", None),
        ("I am not well, please withdraw me", "withdraw"),
        ("我妈搬到养老院了，还能报销吗", None),
        ("我妈户口迁到平湖了", "move"),
        ("搬到别的县了", "move"),
        ("my mother moved to a home for the old", None),
        ("我妈办到哪一步了，怎么还没消息", "status"),
        ("我们家一共要交多少，为什么", "household"),
        ("给我妈注销参保", "death"),
    ],
)
def test_words_that_ask_for_an_act(said: str, act: str | None, context: Make) -> None:
    assert context().acts.find(said) == act


def test_phrases_of_an_act_that_there_is_not_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"'statuss' means nothing here\. Did you mean: status"):
        Acts.from_data({"statuss": ["x"]})
    with pytest.raises(ValueError, match="status: write a list"):
        Acts.from_data({"status": "x"})
    assert {"status", "withdraw", "revoke"} <= set(ACTS)


spoken = st.sampled_from([*(opener for opener, _ in FLOWS.values()), *ANSWERS.values(), "对", "不", "下一位"])
talks = st.lists(spoken | st.sampled_from(SAID) | st.text(max_size=20), max_size=20)


@given(talks, st.sampled_from([Standing(), FAMILY, WORKER]))
def test_nothing_that_people_say_raises_and_nothing_is_done_unasked(texts: list[str], standing: Standing) -> None:
    around = _context()(standing)
    conversation = greet("zh_Hans", around).conversation
    for text in texts:
        asked = conversation.asked
        turn = respond(conversation, text, around)
        if turn.effect is not None:
            _asked_for(turn.effect, asked)
            turn = concluded(turn.conversation, turn.effect, Refused("gone", "没有了。"), around)
        conversation = turn.conversation
        assert turn.replies
        assert conversation_from_dict(conversation.to_dict()) == (conversation, False)
        assert all(name not in conversation.facts() for name in PARTICULARS)


def _asked_for(effect: Effect, asked: str | None) -> None:
    """Whatever changes something is done only after a question whether it should be."""
    harmless = {"LookUp", "Redeem", "Export", "ChooseNotices"}
    name = type(effect).__name__
    assert name in harmless or asked == "confirm", f"{name} was done at {asked}"


def _context() -> Make:
    import datetime
    from dataclasses import replace

    from bot.settings import read_settings
    from bot.surroundings import context_of

    settings = read_settings(_env_file=None, offer_demo=True, county="demo", today=datetime.date(2008, 3, 1))
    return lambda standing: replace(context_of(settings), standing=standing)


def test_a_turn_without_an_effect_says_so(context: Make) -> None:
    assert Turn(greet("zh_Hans", context()).conversation, ()).effect is None


def test_somebody_whom_the_rules_cannot_be_for_is_refused_in_words(context: Make) -> None:
    import datetime
    from dataclasses import replace

    *_, (_, here, around) = ((b, h, a) for b, h, a in steps("enrol", context) if h.asked == "identity")
    later = replace(around, today=datetime.date(2026, 11, 29))
    turn = respond(here, "330421201505124000", later)
    assert turn.conversation.asked == "identity"
    assert "identity" not in turn.conversation.particulars()
    assert isinstance(turn.replies[0], Text)
    assert turn.replies[0].tone == "warning"
