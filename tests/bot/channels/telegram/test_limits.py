"""What Telegram refuses or puts off, seen from the person's phone and from the platform."""

from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Iterator

import pytest

from bot.channels.telegram import conversing, sending
from bot.channels.telegram.sending import TRIES
from tests.bot.channels.telegram.conftest import Hebao
from tests.bot.channels.telegram.test_dialogue import is_gone, known, turns
from tests.standins.telegram import Person, TelegramStandIn, faults, wait_for


@pytest.fixture
def strict(telegram: TelegramStandIn, monkeypatch: pytest.MonkeyPatch) -> Iterator[TelegramStandIn]:
    """Who does not wait when told to is noted; and an answer is given up after half of the time."""
    monkeypatch.setattr(sending, "SECONDS", 4.0)
    monkeypatch.setattr(conversing, "_WAIT", datetime.timedelta(seconds=5))
    telegram.rates.impatient.clear()
    yield telegram
    telegram.rates.enforce(None, None)
    telegram.world.clear_faults()


def statuses(telegram: TelegramStandIn, update: dict[str, object]) -> list[int]:
    return [status for number, status in telegram.world.deliveries if number == update["update_id"]]


def test_t11_who_is_sent_too_fast_is_answered_when_the_wait_is_over(strict: TelegramStandIn, person: Person) -> None:
    strict.world.fails(faults.too_many(1), "sendMessage", person.id, times=2)
    same = strict.person()
    same.asks("/start")
    begun = time.monotonic()
    first, second = person.says("能参保吗"), person.says("帮助")
    person.settles(second["update_id"])
    assert time.monotonic() - begun >= 2
    assert strict.rates.impatient == []
    assert [statuses(strict, each) for each in (first, second)] == [[200], [200]]
    assert person.sees()[-2:] == [*same.asks("能参保吗"), *same.asks("帮助")], "in the order of the questions"


@pytest.mark.long
def test_t11_after_some_tries_it_is_given_up_and_comes_with_the_message_again(
    strict: TelegramStandIn, hebao: Hebao, person: Person
) -> None:
    taken, before = turns(hebao, person), len(person.sees())
    strict.world.fails(faults.too_many(1), "sendMessage", person.id, times=TRIES)
    update = person.says("能参保吗")
    person.settles(update["update_id"], 40)
    assert statuses(strict, update) == [503, 200]
    assert (turns(hebao, person) - taken, len(person.sees()) - before) == (1, 1)
    tried = [call.status for call in strict.world.called("sendMessage", person.id)][-TRIES - 1 :]
    assert tried == [429] * TRIES + [200]
    assert strict.rates.impatient == []


@pytest.mark.long
def test_t11_a_wait_that_is_too_long_holds_nobody_up(strict: TelegramStandIn, hebao: Hebao, person: Person) -> None:
    strict.world.fails(faults.too_many(6), "sendMessage", person.id)
    other = strict.person()
    begun = time.monotonic()
    update = person.says("能参保吗")
    wait_for(lambda: statuses(strict, update))
    assert (statuses(strict, update)[0], time.monotonic() - begun < 4) == (503, True)
    assert other.asks("/start")
    assert time.monotonic() - begun < 6
    person.settles(update["update_id"], 40)
    assert strict.rates.impatient == []
    assert len(strict.world.called("sendMessage", person.id)) == 3, "the greeting, the refusal, the answer"


def test_t12_nothing_is_sent_to_who_is_gone_until_they_come_back(
    telegram: TelegramStandIn, hebao: Hebao, person: Person
) -> None:
    from member_store.members import deliveries
    from member_store.members.reach import gone

    known(hebao, person)
    with hebao.service.store.records() as records:
        deliveries.leave(records, "telegram", str(person.id), "text", {"body": "a", "taps": []})
        gone(records, "telegram", str(person.id))
        assert deliveries.waiting(records, "telegram", str(person.id)) == []
    assert is_gone(hebao, person)
    assert person.asks("/start")
    assert not is_gone(hebao, person)


def test_t12_an_answer_to_who_has_blocked_the_bot_is_tried_once(
    telegram: TelegramStandIn, hebao: Hebao, person: Person
) -> None:
    known(hebao, person)
    before = len(telegram.world.called("sendMessage", person.id))
    telegram.world.fails(faults.DEACTIVATED, "sendMessage", person.id, times=5)
    update = person.says("看病能报多少")
    person.settles(update["update_id"])
    assert telegram.deliver(update) == 200
    assert len(telegram.world.called("sendMessage", person.id)) == before + 1
    assert is_gone(hebao, person)


def test_t13_an_answer_to_a_chat_that_has_moved_is_no_failure_of_the_turn(
    telegram: TelegramStandIn, hebao: Hebao, person: Person
) -> None:
    """A private chat never moves. Should Telegram say so, the turn stands and nothing comes again for ever."""
    taken = turns(hebao, person)
    telegram.world.fails(faults.migrated(-1_000_000_000_099), "sendMessage", person.id, times=3)
    update = person.says("能参保吗")
    person.settles(update["update_id"])
    assert statuses(telegram, update) == [200]
    tried = len(telegram.world.called("sendMessage", person.id))
    assert telegram.deliver(update) == 200
    assert len(telegram.world.called("sendMessage", person.id)) == tried, "and is not tried again"
    assert turns(hebao, person) == taken + 1


def test_t15_under_load_no_more_go_out_than_the_platform_takes(strict: TelegramStandIn, hebao: Hebao) -> None:
    people = [strict.person() for _ in range(40)]
    strict.rates.enforce((30, 1.0), (7, 2.0))
    begun = time.monotonic()
    updates = [person.says(text) for text in ("/start", "能参保吗") for person in people]
    for person, update in zip([*people, *people], updates, strict=True):
        person.settles(update["update_id"], 60)
    took = time.monotonic() - begun
    calls = [call for person in people for call in strict.world.called("sendMessage", person.id)]
    assert [call.status for call in calls if call.status != 200] == []
    assert strict.rates.impatient == []
    assert [len(person.sees()) for person in people] == [2] * 40
    moments = sorted(call.at for call in calls)
    busiest = max(sum(at <= other < at + 1 for other in moments) for at in moments)
    assert busiest <= 30
    assert took < 20, "80 messages at 25 a second"


def test_t15_one_chat_gets_one_a_second_and_others_do_not_wait(strict: TelegramStandIn, hebao: Hebao) -> None:
    busy, other = strict.person(), strict.person()
    strict.rates.enforce((30, 1.0), (7, 2.0))
    updates = [busy.says("帮助") for _ in range(8)]
    thread = threading.Thread(target=busy.settles, args=[updates[-1]["update_id"], 30])
    thread.start()
    assert other.asks("/start")
    assert thread.is_alive(), "nobody waited for the busy one"
    thread.join()
    calls = strict.world.called("sendMessage", busy.id)
    assert [call.status for call in calls] == [200] * 8
    assert calls[-1].at - calls[0].at >= 2.8, "five at once, then one a second"


def test_t15_where_the_platform_takes_less_everything_arrives_in_order_all_the_same(
    strict: TelegramStandIn, hebao: Hebao, person: Person
) -> None:
    strict.rates.enforce((30, 1.0), (1, 1.0))
    said = ["能参保吗", "妈妈", "60岁"]
    for text in said:
        last = person.says(text)
    person.settles(last["update_id"], 40)
    assert strict.rates.impatient == []
    assert [turn.text for turn in hebao.service.store.history("telegram", str(person.id), 3)] == said
    assert all(status == 200 for _, status in strict.world.deliveries[-3:])
