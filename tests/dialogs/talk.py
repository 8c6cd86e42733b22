"""Anything that people may say, one thing after another, and what must be so whatever they say."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from dialogs.context import Context
from dialogs.conversation import Conversation, conversation_from_dict
from dialogs.replies import Comparison, Decision, Question, Receipt, Text
from dialogs.respond import Turn, greet, open_question, respond

AGES = {"mother": "61", "father": "62", "child": "7", "self": "33", "grandmother": "84"}
TOLD = ("我妈61岁", "我爸62岁", "我儿子7岁", "我自己33岁", "我外婆84岁")
SAID = (
    "我能参保吗", "要交多少钱", "看病能报多少", "去哪级医院划算", "上一步", "算了", "帮助", "再说一遍",
    "不清楚", "跳过", "改一下", "说错了", "English", "中文", "大字", "重新开始", "条文", "是的", "没有", "1",
    "2", "3", "9", "一万二", "两万", "在镇卫生院住院", "去省里呢", "农村户口", "不对，是城镇户口", "海宁",
    "我妈呢", "我爸呢", "帮我自己问", "外婆能参保吗", "人工", "投诉", "谢谢", "你好", "起付线是多少", "", "🙂",
    "<b>", "{who}", "%s", "\x00", "no", "back", "start over", "how much would I get back?", "my mother",
)  # fmt: skip

utterances = st.lists(st.sampled_from([*TOLD, *SAID]) | st.sampled_from(SAID) | st.text(max_size=20), max_size=25)


def talk(texts: list[str], context: Callable[..., Context], county: str | None) -> Turn:
    """Say these one after another, the conversation written down and read back between any two; check every turn.

    Nothing raises; there is always an answer and a way on; what was told of one person is neither known nor shown while
    the conversation is about another.
    """
    around = context(county)
    turn = Turn(greet("zh_Hans", around).conversation, ())
    for text in texts:
        turn = respond(turn.conversation, text, around)
        assert conversation_from_dict(turn.conversation.to_dict()) == (turn.conversation, False)
        assert turn.replies, text
        asked = open_question(turn.conversation, around)
        assert asked is None or asked == turn.replies[-1], text
        _keeps_apart(turn.conversation, text, turn)
    return turn


def _keeps_apart(conversation: Conversation, text: str, turn: Turn) -> None:
    age = conversation.facts().get("age")
    others = {told for who, told in AGES.items() if who != conversation.subject}
    assert str(age) not in others, f"{text!r}: {conversation.subject} has the age of somebody else"
    for reply in turn.replies:
        shown = _words(reply)
        for told in others:
            assert f"{told}岁" not in shown, f"{text!r}: {told}岁 is shown while it is about {conversation.subject}"


def _words(reply: object) -> str:
    match reply:
        case Text() | Question():
            return reply.text + "".join(each.label for each in getattr(reply, "choices", ()))
        case Decision():
            return "".join((reply.headline, *(each.text for each in reply.reasons), *reply.advice))
        case Receipt() | Comparison():
            return "".join((reply.headline, *reply.notes))
    return ""
