"""A hospital of the directory in a conversation: its name, the level at which it counts, and how well that is known."""

from __future__ import annotations

from collections.abc import Callable

from bot.channels.plain import plain
from bot.languages import catalogue
from dialogs.context import Context
from dialogs.conversation import Conversation, Step
from dialogs.questions import HOSPITAL
from dialogs.replies import Question
from dialogs.respond import Turn, respond
from policy_engine.facts import Value
from tests.dialogs.test_respond import start, walk

Make = Callable[..., Context]


def at(provider: str, said: str, context: Context, locale: str = "zh_Hans", **facts: Value) -> Turn:
    """What is answered to somebody of 45 who was in this hospital."""
    known: dict[str, Value] = {"provider": provider, "age": 45, "care": "inpatient", **facts}
    return respond(Conversation(locale).with_step(Step("self", ("estimate",), known)), said, context)


def heard(turn: Turn) -> str:
    return "\n".join(plain(reply, catalogue(turn.conversation.locale)) for reply in turn.replies)


def test_the_receipt_names_the_hospital_its_level_and_how_good_the_source_is(context: Make) -> None:
    text = heard(at("jiaxing_first_hospital", "花了两万", context("demo")))
    assert "能报7,680元" in text
    assert "嘉兴市第一医院：算嘉兴市级医院" in text
    assert "我们的推断，来源只有名称" in text


def test_the_same_in_english(context: Make) -> None:
    text = heard(at("jiaxing_first_hospital", "20000 yuan", context("demo"), "en"))
    assert "The First Hospital of Jiaxing: level City of Jiaxing" in text
    assert "our inference" in text


def test_a_hospital_that_may_count_at_two_levels_gives_a_range_and_says_so_first_of_all_open_places(
    context: Make,
) -> None:
    text = heard(at("zhejiang_rongjun_hospital", "花了两万", context("demo")))
    assert "6,650到7,680元" in text
    assert "算哪一级说不定，可能是嘉兴市级医院、省级医院" in text
    assert text.index("在嘉兴市内的省属医院") < text.index("没有办转院手续自己去的")
    assert "文件还有3处没说清" in text


def test_a_level_that_somebody_has_said_decides_between_the_possible_ones(context: Make) -> None:
    text = heard(at("zhejiang_rongjun_hospital", "花了两万", context("demo"), provider_level="city"))
    assert "7,680元" in text
    assert "浙江省荣军医院：算嘉兴市级医院" in text


def test_another_level_puts_another_case_and_no_longer_means_that_hospital(context: Make) -> None:
    first = at("jiaxing_first_hospital", "花了两万", context("demo"))
    turn = respond(first.conversation, "去县医院呢", context("demo"))
    assert turn.conversation.facts()["provider_level"] == "county"
    assert "provider" not in turn.conversation.facts()
    assert "嘉兴市第一医院" not in heard(turn)
    back = respond(turn.conversation, "上一步", context("demo"))
    assert back.conversation.facts()["provider"] == "jiaxing_first_hospital"


def test_the_hospital_can_be_changed_like_any_answer(context: Make) -> None:
    first = at("jiaxing_first_hospital", "花了两万", context("demo"))
    asked = respond(first.conversation, "改一下", context("demo"))
    assert "在嘉兴市第一医院" in heard(asked)
    for said in ("4", "在嘉兴市第一医院"):
        turn = respond(asked.conversation, said, context("demo"))
        assert turn.conversation.asked == "provider_level"
        assert "provider" not in turn.conversation.facts()
    named = respond(first.conversation, "医院说错了", context("demo"))
    assert named.conversation.asked == "provider_level"


def test_a_hospital_that_nobody_has_on_record_is_refused_in_plain_words(context: Make) -> None:
    conversation = Conversation("zh_Hans", asked="bill_total").with_step(
        Step("self", ("estimate",), {"provider": "no_such_hospital", "age": 45, "care": "inpatient"})
    )
    turn = respond(conversation, "花了两万", context("demo"))
    assert "名录里没有" in heard(turn)
    assert "bill_total" not in turn.conversation.facts()


SECOND = "我45岁，在二院住院花了一万二能报多少"


def test_a_name_that_several_have_is_asked_about_with_those_of_ones_own_county_first(context: Make) -> None:
    asked = walk(start(context()), "我是嘉善户口", SECOND, context=context())
    question = asked.replies[-1]
    assert isinstance(question, Question)
    assert question.text == "叫“二院”的医院不止一家，是哪一家？"
    assert question.choices[0].label == "嘉善县第二人民医院"
    assert question.choices[-1].label == "都不是"
    assert "provider_level" not in asked.conversation.facts()
    for said in ("1", "嘉善县第二人民医院"):
        picked = walk(asked.conversation, said, context=context()).conversation
        assert picked.facts()["provider"] == "jiashan_second_people_hospital"


def test_who_does_not_know_which_is_asked_for_the_level(context: Make) -> None:
    asked = walk(start(context("demo")), SECOND, context=context("demo")).conversation
    for said in ("都不是", "不知道", "跳过"):
        turn = walk(asked, said, context=context("demo"))
        assert turn.conversation.asked == "provider_level", said
        assert "provider" not in turn.conversation.facts()


def test_back_from_that_question_takes_the_message_back(context: Make) -> None:
    asked = walk(start(context("demo")), SECOND, context=context("demo")).conversation
    assert walk(asked, "上一步", context=context("demo")).conversation.facts() == {}


def test_a_question_about_the_policy_in_between_leads_on_to_the_level(context: Make) -> None:
    asked = walk(start(context("demo")), SECOND, context=context("demo")).conversation
    turn = walk(asked, "起付线是多少", context=context("demo"))
    assert turn.conversation.asked == "provider_level"


def test_the_only_hospital_of_a_name_is_put_down_by_its_name_also_as_a_transcript_writes_it(context: Make) -> None:
    for said in ("我在邵逸夫住院花了两万", "我在邵意夫住院花了两万"):
        facts = walk(start(context("demo")), said, context=context("demo")).conversation.facts()
        assert facts["provider"] == "sir_run_run_shaw_hospital", said
        assert "provider_level" not in facts
    said = walk(start(context("demo")), "我在海宁市人民医院住院花了两万能报多少", context=context("demo"))
    assert said.conversation.facts()["provider"] == "haining_people_hospital"
    assert "在海宁市人民医院" in heard(said)


def test_a_name_whose_hospitals_are_all_of_one_level_needs_no_question(context: Make) -> None:
    turn = walk(start(context("demo")), "我45岁，在县人民医院住院花了一万二能报多少", context=context("demo"))
    assert turn.conversation.facts()["provider_level"] == "county"


def test_which_hospital_is_not_asked_where_it_does_not_matter(context: Make) -> None:
    turn = walk(start(context("demo")), "我妈在二院住院，她能参保吗", context=context("demo"))
    assert turn.conversation.asked != HOSPITAL
