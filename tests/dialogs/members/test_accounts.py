"""Linking another account in words: what asks for it, what is shown, and that nothing is done unasked."""

from __future__ import annotations

import datetime

import pytest

from bot.languages import acts
from dialogs.members.effects import Done, Link, OfferLink, Redeem, Refused, Unlink
from dialogs.members.outcomes import concluded
from dialogs.members.standing import Account, Member, Standing, Worker
from dialogs.replies import Question, Text
from dialogs.respond import Turn, greet, respond
from tests.dialogs.members.conftest import Make

ALL = frozenset({"look", "act", "own"})
SELF = Member(1, "self", "张秀英", ALL)
HERE, THERE = (
    Account(1, "wechat", datetime.date(2008, 1, 2), here=True),
    Account(2, "telegram", datetime.date(2008, 2, 3), here=False),
)
ALONE, BOTH = Standing((SELF,), linked=(HERE,)), Standing((SELF,), linked=(HERE, THERE))
WORKER = Standing(worker=Worker("王小平", "worker", "demo", "大云村"))
WHOSE = Done({"link_code": "ABCD2345", "link_whose": "张*英"})


def words(turn: Turn) -> str:
    return "\n".join(each.text for each in turn.replies if isinstance(each, Text | Question))


def talk(make: Make, standing: Standing, *said: str, locale: str = "zh_Hans") -> Turn:
    context = make(standing)
    turn = greet(locale, context)
    for text in said:
        turn = respond(turn.conversation, text, context)
    return turn


@pytest.mark.parametrize(
    ("said", "act"),
    [
        ("绑定", "link"),
        ("绑定账号", "link"),
        ("我想在微信上也用", "link"),
        ("Telegram上也能用吗", "link"),
        ("电报也想用", "link"),
        ("怎么绑定微信", "link"),
        ("换个账号", "link"),
        ("link my telegram", "link"),
        ("Link another account", "link"),
        ("How do I link another account?", "link"),
        ("can I use it on WeChat too", "link"),
        ("解除绑定", "unlink"),
        ("解除微信绑定", "unlink"),
        ("取消绑定", "unlink"),
        ("怎么解绑", "unlink"),
        ("unlink", "unlink"),
        ("please unlink my telegram", "unlink"),
        ("我绑定了哪些账号", "channels"),
        ("看看我的账号", "channels"),
        ("my accounts", "channels"),
        ("Which accounts are linked?", "channels"),
        ("别绑定", None),
        ("我没说要绑定微信", None),
        ("不要解除绑定", None),
        ("不要解除微信的绑定", None),
        ("把微信的绑定解除掉", "unlink"),
        ("不要取消授权", None),
        ("don't unlink my telegram", None),
        ("don't link my telegram", None),
        ("do not unlink it", None),
        ("我妈65岁，农村户口，能参保吗", None),
        ("取消授权", "revoke"),
        ("授权", "grant"),
    ],
)
def test_what_asks_for_which_of_it(said: str, act: str | None) -> None:
    assert acts().find(said) == act


def test_a_code_is_asked_for_and_then_said_with_what_to_do(context: Make) -> None:
    turn = talk(context, ALONE, "绑定账号")
    assert turn.effect == OfferLink()
    given = Done({"code": "ABCD-2345", "minutes": 15})
    told = words(concluded(turn.conversation, OfferLink(), given, context(ALONE)))
    assert "ABCD-2345" in told
    assert "15分钟" in told
    assert "不要给别人" in told


def test_whoever_is_not_known_here_is_told_where_to_begin(context: Make) -> None:
    for said in ("绑定账号", "解除绑定", "我的账号"):
        turn = talk(context, Standing(), said)
        assert turn.effect is None
        assert "还没有登记过" in words(turn)


@pytest.mark.parametrize(
    "typed", ["ABCD-2345", "abcd-2345", "ABCD2345", "abcd2345", "ABCD 2345", "ＡＢＣＤ2345", "绑定码ABCD-2345"]
)
def test_a_code_is_read_as_people_copy_it(context: Make, typed: str) -> None:
    assert talk(context, Standing(), typed).effect == Redeem("ABCD2345")
    assert talk(context, Standing(), "我能参保吗", typed).effect == Redeem("ABCD2345")


@pytest.mark.parametrize("said", ["aged 65yr", "ABCDEFGH", "23456789", "2345 6789", "whatever"])
def test_what_may_be_words_or_a_number_is_no_code(context: Make, said: str) -> None:
    assert talk(context, Standing(), said).effect is None


def test_a_number_that_was_asked_for_is_no_code(context: Make) -> None:
    started = talk(context, Standing(), "我要参保，农村户口，本地的，没有职工医保，没在别处参保", "低保", "同意")
    given = respond(started.conversation, "张秀英 330421194803153325", context(Standing()))
    skipped = respond(given.conversation, "跳过", context(Standing()))
    community = respond(skipped.conversation, "跳过", context(Standing()))
    assert community.conversation.asked == "certificate_number"
    assert respond(community.conversation, "K7M2P9QX", context(Standing())).effect is None


def test_whose_account_it_is_is_shown_and_nothing_is_done_before_they_agree(context: Make) -> None:
    typed = talk(context, Standing(), "ABCD-2345")
    assert typed.effect == Redeem("ABCD2345")
    asked = concluded(typed.conversation, Redeem("ABCD2345"), WHOSE, context(Standing()))
    assert asked.effect is None
    assert asked.conversation.asked == "confirm"
    assert "张*英" in words(asked)
    assert respond(asked.conversation, "对", context(Standing())).effect == Link("ABCD2345")
    for no in ("2", "不", "不对", "不是我"):
        declined = respond(asked.conversation, no, context(Standing()))
        assert declined.effect is None
        assert declined.conversation.particulars() == {}
        assert "没有变" in words(declined)


def test_a_question_that_was_open_is_asked_again_once_the_account_is_linked(context: Make) -> None:
    typed = talk(context, Standing(), "我妈65岁，农村户口，能参保吗", "ABCD-2345")
    asked = concluded(typed.conversation, Redeem("ABCD2345"), WHOSE, context(Standing()))
    agreed = respond(asked.conversation, "对", context(Standing()))
    done = concluded(agreed.conversation, Link("ABCD2345"), Done({}), context(BOTH))
    assert done.conversation.asked == "employee_insured"
    assert done.conversation.facts()["age"] == 65


def test_a_code_that_ran_out_before_they_agreed_is_told_and_forgotten(context: Make) -> None:
    typed = talk(context, Standing(), "ABCD-2345")
    asked = concluded(typed.conversation, Redeem("ABCD2345"), WHOSE, context(Standing()))
    agreed = respond(asked.conversation, "对", context(Standing()))
    refused = Refused("wrong_code", "过期了")
    turn = concluded(agreed.conversation, Link("ABCD2345"), refused, context(Standing()))
    assert "过期了" in words(turn)
    assert turn.conversation.particulars() == {}


@pytest.mark.parametrize(
    ("locale", "said", "shown"), [("zh_Hans", "我的账号", "微信"), ("en", "my accounts", "WeChat")]
)
def test_the_accounts_are_listed_in_the_language_of_the_conversation(
    context: Make, locale: str, said: str, shown: str
) -> None:
    told = words(talk(context, BOTH, said, locale=locale))
    assert shown in told
    assert "Telegram" in told


def test_which_account_goes_is_asked_and_confirmed(context: Make) -> None:
    asked = talk(context, BOTH, "解除绑定")
    assert asked.conversation.asked == "which_account"
    named = talk(context, BOTH, "解除绑定", "2")
    assert named.conversation.asked == "confirm"
    assert "Telegram" in words(named)
    assert talk(context, BOTH, "解除绑定", "2", "对").effect == Unlink(2)
    assert talk(context, BOTH, "解除绑定", "1", "对").effect == Unlink(1)
    assert talk(context, BOTH, "解除绑定", "2", "不").effect is None


def test_where_there_is_one_account_there_is_nothing_to_unlink(context: Make) -> None:
    turn = talk(context, ALONE, "解除绑定")
    assert turn.effect is None
    assert "只用这一个账号" in words(turn)


def test_staff_link_nothing(context: Make) -> None:
    for said in ("绑定账号", "解除绑定", "我的账号"):
        turn = talk(context, WORKER, said)
        assert turn.effect is None
        assert "居民本人" in words(turn)
