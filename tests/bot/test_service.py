"""The one path: saved before it is said, once for each message, and a choice of language kept."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.opening import open_service
from bot.service import HISTORY, Inbound, Service
from bot.settings import Settings
from dialogs.questions import GOAL
from dialogs.replies import Question, Text

Open = Callable[..., Service]


def say(service: Service, text: str, message_id: str, account: str = "a") -> str | None:
    return service.handle(Inbound("web", account, message_id, text, "zh-CN")).asks


def test_three_deliveries_at_once_make_one_turn(open_with: Open) -> None:
    service = open_with()
    message = Inbound("web", "a", "m1", "我能参保吗", "zh-CN")
    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(service.handle, [message] * 3))
    assert sorted(each.repeated for each in answers) == [False, True, True]
    assert len({each.replies for each in answers}) == 1
    assert len(service.view("web", "a").exchanges) == 2


def test_two_contacts_and_two_channels_share_nothing(open_with: Open) -> None:
    service = open_with()
    say(service, "我妈65岁，农村户口，能参保吗", "m1", "a")
    for channel, account in (("web", "b"), ("api", "a")):
        answer = service.handle(Inbound(channel, account, "m1", "能参保吗", "zh-CN"))
        assert answer.state["facts"] == {}
        assert not answer.repeated


def test_somebody_new_sees_the_greeting_in_their_language(open_with: Open) -> None:
    service = open_with()
    for wanted, word in (("zh-CN", "您好"), ("en-GB", "Hello"), (None, "您好")):
        view = service.view("web", "nobody", wanted)
        first = view.exchanges[0].replies[0]
        assert view.new
        assert isinstance(first, Text)
        assert word in first.text


def test_a_choice_before_the_first_word_keeps_the_menu_open(open_with: Open) -> None:
    service = open_with()
    service.choose("web", "a", "c1", large_text=True)
    view = service.view("web", "a")
    assert view.large_text
    assert not view.new
    assert isinstance(view.exchanges[-1].replies[-1], Question)
    assert say(service, "1", "m1") == "employee_insured"


def test_a_change_of_language_asks_the_open_question_again(open_with: Open) -> None:
    service = open_with()
    say(service, "我能参保吗", "m1")
    service.choose("web", "a", "c1", locale="en")
    view = service.view("web", "a")
    question = view.exchanges[-1].replies[-1]
    assert view.locale == "en"
    assert isinstance(question, Question)
    assert question.text.endswith("employee medical insurance?")
    service.choose("web", "a", "c2", locale="tlh")
    assert service.view("web", "a").locale == "en"


def test_a_long_conversation_shows_its_last_part_and_says_that_there_is_more(open_with: Open) -> None:
    service = open_with(county="demo")
    for turn in range(HISTORY + 5):
        say(service, f"{turn % 90 + 10}岁", f"m{turn}")
    view = service.view("web", "a")
    assert view.earlier
    assert len(view.exchanges) == HISTORY


def test_an_identity_number_is_masked_before_it_is_kept(open_with: Open) -> None:
    service = open_with()
    answer = service.handle(Inbound("web", "a", "m1", "11010519491231002X 我能参保吗", "zh-CN"))
    assert "11010519491231002X" not in answer.said
    assert answer.asks == "employee_insured"
    assert all("11010519491231002X" not in each.said for each in service.view("web", "a").exchanges)


def test_a_stored_conversation_that_this_version_cannot_read_starts_afresh_and_says_so(
    open_with: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = open_with()
    say(service, "我能参保吗", "m1")
    monkeypatch.setattr("dialogs.conversation.FORMAT", 2)
    answer = service.handle(Inbound("web", "a", "m2", "没有", "zh-CN"))
    first = answer.replies[0]
    assert isinstance(first, Text)
    assert "更新" in first.text
    assert answer.asks == GOAL


def test_turns_of_one_contact_from_many_threads_are_taken_in_some_order_and_none_is_lost(open_with: Open) -> None:
    service = open_with()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: say(service, f"{20 + n}岁", f"m{n}"), range(40)))
    view = service.view("web", "a")
    assert sum(bool(each.said) for each in view.exchanges) == 40


def test_the_fixed_county_and_the_day_come_from_the_settings(open_with: Open) -> None:
    service = open_with(county="demo", today="2008-06-01")
    answer = service.handle(Inbound("web", "a", "m1", "我45岁，在镇卫生院住院花了一万二能报多少", "zh-CN"))
    assert answer.asks is None
    assert str(service.context().today) == "2008-06-01"


def later(service: Service, text: str, message_id: str, days: float) -> tuple[str, ...]:
    now = datetime.datetime(2008, 3, 1, 9, tzinfo=datetime.UTC) + datetime.timedelta(days=days)
    answer = service.handle(Inbound("web", "a", message_id, text, "zh-CN"), now)
    return tuple(each.text for each in answer.replies if isinstance(each, Text | Question))


def test_who_comes_back_after_days_hears_in_one_line_where_they_were(open_with: Open) -> None:
    service = open_with()
    asked = later(service, "我妈65岁，农村户口，能参保吗", "m1", 0)[-1]
    back = later(service, "你好", "m2", 7)
    assert back[0].startswith("上次替您母亲问到能不能参保，您说过：65岁、")
    assert "\n" not in back[0]
    assert back[-1] == asked


def test_nobody_is_told_after_an_hour_or_twice_or_when_there_is_nothing_to_tell(open_with: Open) -> None:
    service = open_with()
    later(service, "我妈65岁，农村户口，能参保吗", "m1", 0)
    assert not any(each.startswith("上次") for each in later(service, "没有", "m2", 0.04))
    assert later(service, "没有", "m3", 5)[0].startswith("上次")
    assert not any(each.startswith("上次") for each in later(service, "是的", "m4", 5.01))
    assert not any(each.startswith("上次") for each in later(service, "重新开始", "m5", 20))
    assert not any(each.startswith("上次") for each in later(service, "你好", "m6", 40))


def test_switching_the_type_size_is_no_coming_back(open_with: Open) -> None:
    service = open_with()
    later(service, "我妈65岁，农村户口，能参保吗", "m1", 0)
    service.choose("web", "a", "c1", large_text=True)
    assert later(service, "没有", "m2", 6)[0].startswith("上次")


def test_a_service_that_runs_over_midnight_goes_by_the_new_day(
    settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = settings()
    days = [datetime.date(2008, 5, 1)]
    monkeypatch.setattr(Settings, "now", property(lambda _: days[0]))
    with open_service(chosen) as service:
        for in_chat in (False, True):
            assert service.context(in_chat=in_chat).today == days[0]
            assert service.context(in_chat=in_chat) is service.context(in_chat=in_chat)
        days[0] += datetime.timedelta(days=1)
        for in_chat in (False, True):
            assert service.context(in_chat=in_chat).today == days[0]
