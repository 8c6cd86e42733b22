"""What messengers need of the one path: buttons, what is not text, hand-over to people, and what follows an answer."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from itertools import count

import pytest

from bot.exchange import Inbound, Outbound, Parcel
from bot.service import Service
from dialogs.arrivals import Event
from dialogs.replies import HandOver, Question, Text

Open = Callable[..., Service]
NOW = datetime.datetime(2008, 3, 1, 2, tzinfo=datetime.UTC)

_numbers = count()


def message(text: str = "", **more: object) -> Inbound:
    return Inbound("wechat", "openid", f"m{next(_numbers)}", text, "zh-CN", **{"opens": "message", **more})


def words(answer: Outbound) -> str:
    return "\n".join(reply.text for reply in answer.replies if isinstance(reply, Text | Question | HandOver))


# -- buttons ----------------------------------------------------------------------------------------------------------


def test_a_button_is_the_choice_that_it_shows(open_with: Open) -> None:
    service = open_with()
    asked = service.handle(message("我能参保吗"))
    answer = service.handle(message(tap=f"{asked.offer}.1"))
    assert answer.state["facts"] == {"employee_insured": False}


def test_the_button_of_a_question_that_was_answered_asks_the_present_one_again(open_with: Open) -> None:
    service = open_with()
    old = service.handle(message("我能参保吗"))
    new = service.handle(message("没参加"))
    answer = service.handle(message(tap=f"{old.offer}.0"))
    assert answer.state["facts"] == {"employee_insured": False}
    assert answer.asks == new.asks == "enrolled_elsewhere"
    assert "前面的" in words(answer)


@pytest.mark.parametrize(
    "tap", ["", ".", "x", "{offer}", "{offer}.", "{offer}.9", "{offer}.-1", "{offer}.1.1", "{offer}.１"]
)
def test_a_button_that_never_was_changes_nothing(open_with: Open, tap: str) -> None:
    service = open_with()
    asked = service.handle(message("我能参保吗"))
    answer = service.handle(message(tap=tap.format(offer=asked.offer)))
    assert answer.state["facts"] == {}
    assert answer.asks == "employee_insured"


def test_the_same_question_about_somebody_else_has_other_buttons(open_with: Open) -> None:
    service = open_with()
    mother = service.handle(message("我妈能参保吗"))
    father = service.handle(message("我爸能参保吗"))
    assert mother.asks == father.asks
    assert mother.offer != father.offer


# -- what is not text -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", [each for each in Event if each not in (Event.SAID, Event.ARRIVED)])
def test_what_is_not_text_is_answered_with_what_to_do_and_the_question_again(open_with: Open, event: Event) -> None:
    service = open_with()
    service.handle(message("我能参保吗"))
    answer = service.handle(message(event=event))
    assert answer.asks == "employee_insured"
    assert "打字" in words(answer)
    assert isinstance(answer.replies[-1], Question)


@pytest.mark.parametrize("event", [Event.VOICE, Event.FILM, Event.OTHER])
@pytest.mark.parametrize(
    ("locale", "type_it", "say_it"), [("zh-CN", "打字", ("再说", "语音说")), ("en", "type", ("say",))]
)
def test_to_say_it_is_offered_only_where_speech_is_heard(
    open_with: Open, event: Event, locale: str, type_it: str, say_it: tuple[str, ...]
) -> None:
    service = open_with()
    heard = ("wechat", "message")
    for channel, opens in (heard, ("wechat", None), ("telegram", None), ("web", None)):
        came = Inbound(channel, f"{locale}-{opens}", f"m{next(_numbers)}", "", locale, event, opens=opens)
        note = service.handle(came).replies[0]
        assert isinstance(note, Text)
        assert type_it in note.text
        assert any(word in note.text for word in say_it) == ((channel, opens) == heard)


# -- what happens before the first words ------------------------------------------------------------------------------


@pytest.mark.parametrize("happens", ["gone", "back"])
@pytest.mark.parametrize("channel", ["telegram", "wechat"])
def test_whoever_never_spoke_is_greeted_in_their_own_language(open_with: Open, channel: str, happens: str) -> None:
    service = open_with()
    getattr(service, happens)(channel, "newcomer", "e1")
    assert service.view(channel, "newcomer").new
    assert service.view(channel, "newcomer", "en").locale == "en"
    greeted = service.handle(Inbound(channel, "newcomer", "m1", "", "en", Event.ARRIVED))
    assert greeted.locale == "en"
    assert words(greeted).startswith("Hello")


@pytest.mark.parametrize(("said", "locale"), [("Can my mother join?", "en"), ("我妈能参保吗", "zh_Hans")])
def test_whoever_was_greeted_before_a_word_is_answered_in_the_language_that_they_then_speak(
    open_with: Open, said: str, locale: str
) -> None:
    service = open_with()
    greeted = service.handle(Inbound("wechat", "a", "m1", "", None, Event.ARRIVED, opens="follow"))
    assert greeted.locale == "zh_Hans", "WeChat tells no language"
    service.handle(Inbound("wechat", "a", "m2", "", None, Event.PICTURE, opens="message"))
    answer = service.handle(Inbound("wechat", "a", "m3", said, opens="message"))
    assert answer.locale == locale
    assert (
        service.handle(Inbound("wechat", "a", "m4", "ok" if locale != "en" else "好", opens="message")).locale == locale
    )


@pytest.mark.parametrize("said", ["1", "ok", "{{config}}", "'; DROP TABLE person; --", "CT"])
def test_what_tells_no_language_leaves_it_open(open_with: Open, said: str) -> None:
    service = open_with()
    service.handle(Inbound("wechat", "a", "m1", "", None, Event.ARRIVED, opens="follow"))
    assert service.handle(Inbound("wechat", "a", "m2", said, opens="message")).locale == "zh_Hans"
    assert service.handle(Inbound("wechat", "a", "m3", "I'm 65, can I join?", opens="message")).locale == "en"


def test_a_language_that_somebody_chose_is_no_guess(open_with: Open) -> None:
    service = open_with()
    service.handle(Inbound("wechat", "a", "m1", "", None, Event.ARRIVED, opens="follow"))
    service.choose("wechat", "a", "m2", locale="zh_Hans")
    assert service.handle(Inbound("wechat", "a", "m3", "ok", opens="message")).locale == "zh_Hans"


def test_whoever_was_greeted_in_a_chat_is_not_greeted_again_on_the_page(open_with: Open) -> None:
    service = open_with()
    service.handle(Inbound("wechat", "a", "m1", "", None, Event.ARRIVED, opens="follow"))
    assert len(service.view("wechat", "a").exchanges) == 1
    service.handle(Inbound("wechat", "b", "m1", "你好", opens="message"))
    assert len(service.view("wechat", "b").exchanges) == 2


def test_an_event_of_somebody_who_never_spoke_happens_once(open_with: Open) -> None:
    service, happened = open_with(), []
    assert service.happened("telegram", "newcomer", "e1", happened.append)
    assert not service.happened("telegram", "newcomer", "e1", happened.append)
    assert len(happened) == 1


def test_whoever_spoke_keeps_their_language_and_their_question_through_leaving_and_coming_back(open_with: Open) -> None:
    service = open_with()
    service.handle(Inbound("telegram", "a", "m1", "Can my mum join?", "en"))
    service.gone("telegram", "a", "e1")
    service.back("telegram", "a", "e2")
    answer = service.handle(Inbound("telegram", "a", "m2", "", "zh-CN", Event.ARRIVED))
    assert (answer.locale, answer.asks) == ("en", "employee_insured")


def test_whom_people_spoke_with_first_begins_like_anybody(open_with: Open) -> None:
    service = open_with(wechat_humans=True)
    service.human("wechat", "newcomer", "k1", holds=True)
    assert service.handle(Inbound("wechat", "newcomer", "m1", "hello", "en", opens="message")).replies == ()
    service.human("wechat", "other", "k1", holds=True)
    service.human("wechat", "other", "k2", holds=False)
    service.human("wechat", "third", "k1", holds=True)
    for account in ("other", "third"):
        greeted = service.handle(Inbound("wechat", account, "m1", "", "en", Event.ARRIVED, opens="follow"))
        assert words(greeted).startswith("Hello")


def test_somebody_who_arrives_is_greeted_and_somebody_who_returns_goes_on(open_with: Open) -> None:
    service = open_with()
    assert "我是合保" in words(service.handle(message(event=Event.ARRIVED)))
    service.handle(message("我妈65岁，农村户口，能参保吗"))
    answer = service.handle(message(event=Event.ARRIVED))
    assert "65岁" in words(answer)
    assert answer.asks == "employee_insured"


# -- people -----------------------------------------------------------------------------------------------------------


def test_without_customer_service_one_is_told_whom_to_turn_to(open_with: Open) -> None:
    answer = open_with().handle(message("转人工"))
    assert "这里没有人工" in words(answer)
    assert not any(isinstance(reply, HandOver) for reply in answer.replies)


def test_while_people_answer_the_program_says_nothing_and_then_it_goes_on(open_with: Open) -> None:
    service = open_with(wechat_humans=True, wechat_human_minutes=30)
    asked = service.handle(message("我能参保吗"), NOW)
    handed = service.handle(message("转人工"), NOW)
    assert isinstance(handed.replies[-1], HandOver)
    assert service.handle(message("没参加"), NOW + datetime.timedelta(minutes=29)).replies == ()
    resumed = service.handle(message("没参加"), NOW + datetime.timedelta(minutes=31))
    assert asked.asks == "employee_insured"
    assert resumed.state["facts"] == {"employee_insured": False}


@pytest.mark.parametrize("word", ["合保", "hebao", "合保。"])
def test_one_word_brings_the_program_back(open_with: Open, word: str) -> None:
    service = open_with(wechat_humans=True)
    service.handle(message("我能参保吗"))
    service.handle(message("转人工"))
    answer = service.handle(message(word))
    assert answer.asks == "employee_insured"
    assert service.handle(message("没参加")).asks == "enrolled_elsewhere"


def test_customer_service_takes_over_and_gives_back(open_with: Open) -> None:
    service = open_with(wechat_humans=True)
    service.handle(message("我能参保吗"))
    service.human("wechat", "openid", "k1", holds=True)
    assert service.handle(message("没参加")).replies == ()
    service.human("wechat", "openid", "k2", holds=False)
    assert service.handle(message("没参加")).asks == "enrolled_elsewhere"


def test_what_is_typed_on_the_page_is_for_the_program_even_then(open_with: Open) -> None:
    service = open_with(wechat_humans=True)
    service.handle(message("我能参保吗"))
    service.handle(message("转人工"))
    assert service.handle(message("没参加", opens=None)).asks == "enrolled_elsewhere"


def test_on_another_channel_nobody_is_handed_over(open_with: Open) -> None:
    answer = open_with(wechat_humans=True).handle(Inbound("web", "a", "m", "转人工", "zh-CN"))
    assert "这里没有人工" in words(answer)


# -- what follows an answer -------------------------------------------------------------------------------------------


def rest(_: Outbound) -> Sequence[Parcel]:
    return [Parcel("text", "第二段"), Parcel("picture", "<svg/>"), Parcel("text", "第三段")]


def test_what_was_left_is_said_at_the_next_visit_once(open_with: Open) -> None:
    service = open_with()
    service.handle(message("我能参保吗", follows=rest))
    answer = service.handle(message("没参加"))
    assert words(answer).startswith("第二段\n\n第三段")
    assert answer.asks == "enrolled_elsewhere"
    assert "第二段" not in words(service.handle(message("没有")))


@pytest.mark.parametrize("word", ["更多", "更多。", "more"])
def test_the_rest_can_be_asked_for_and_is_no_answer_to_the_question(open_with: Open, word: str) -> None:
    service = open_with()
    service.handle(message("我能参保吗", follows=rest))
    answer = service.handle(message(word))
    assert words(answer) == "第二段\n\n第三段"
    assert answer.asks == "employee_insured"
    assert service.handle(message("没参加")).asks == "enrolled_elsewhere"


def test_the_same_message_again_leaves_nothing_twice_and_gets_the_same(open_with: Open) -> None:
    service = open_with()
    first = message("我能参保吗", follows=rest)
    service.handle(first)
    service.handle(first)
    answer = message("更多")
    assert words(service.handle(answer)) == words(service.handle(answer)) == "第二段\n\n第三段"


def test_whoever_left_is_kept_nothing_for(open_with: Open) -> None:
    service = open_with()
    service.handle(message("我能参保吗", follows=rest))
    service.gone("wechat", "openid", "u1")
    assert "第二段" not in words(service.handle(message(event=Event.ARRIVED)))


def test_what_nobody_said_happens_once_and_leaves_the_conversation_as_it_was(open_with: Open) -> None:
    service, happened = open_with(), []
    service.handle(message("我能参保吗", follows=rest))
    assert service.happened("wechat", "openid", "e1", happened.append)
    assert not service.happened("wechat", "openid", "e1", happened.append)
    assert len(happened) == 1
    assert words(service.handle(message("更多"))).startswith("第二段")


def test_an_answer_that_the_platform_took_is_known(open_with: Open) -> None:
    service = open_with()
    first, other = message("我能参保吗"), message("没参加")
    service.handle(first)
    service.handle(other)
    service.answered("wechat", "openid", first.message_id)
    assert service.handle(first).answered
    assert not service.handle(other).answered
