"""What is sent to many people unasked, over real HTTP."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from bot.channels.faults import BadTarget, Blocked, DeliveryFault, Misconfigured, Moved, NotAccepted, Unavailable, Wait
from bot.channels.telegram import broadcast
from bot.channels.telegram.broadcast import TRIES, Broadcasting
from bot.channels.telegram.rendering import Button, Message, texts
from bot.settings import SettingsError
from tests.bot.channels.telegram.conftest import settings_without_store
from tests.standins.telegram import Person, TelegramStandIn, faults


@pytest.fixture
def strict(telegram: TelegramStandIn) -> Iterator[TelegramStandIn]:
    telegram.rates.impatient.clear()
    yield telegram
    telegram.rates.enforce(None, None)
    telegram.world.clear_faults()


@pytest.fixture
async def sender(strict: TelegramStandIn) -> AsyncIterator[Broadcasting]:
    async with Broadcasting(settings_without_store(strict)) as made:
        yield made


def readers(telegram: TelegramStandIn, count: int) -> list[Person]:
    made = [telegram.person() for _ in range(count)]
    for each in made:
        each.private.started = True
    return made


async def sent(sender: Broadcasting, mail: list[tuple[str, str]]) -> list[DeliveryFault | None]:
    """Send texts, one after the other, each to an account; what went wrong with each."""
    found: list[DeliveryFault | None] = []
    for account, text in mail:
        try:
            for message in texts(text):
                await sender.send(account, message)
        except DeliveryFault as fault:
            found.append(fault)
        else:
            found.append(None)
    return found


def kinds(found: list[DeliveryFault | None]) -> list[type | None]:
    return [type(each) if each else None for each in found]


async def test_t15_a_broadcast_keeps_the_rate_of_the_settings(strict: TelegramStandIn, sender: Broadcasting) -> None:
    people = readers(strict, 60)
    strict.rates.enforce((25, 1.0), (1, 1.0))
    begun = time.monotonic()
    found = await sent(sender, [(str(each.id), "缴费 <期> & 限") for each in people])
    took = time.monotonic() - begun
    assert kinds(found) == [None] * 60
    assert strict.rates.impatient == []
    assert {call.status for each in people for call in strict.world.called("sendMessage", each.id)} == {200}
    assert all(each.sees() == ["缴费 <期> & 限"] for each in people)
    assert 2.8 < took < 15, "sixty at twenty a second, of which the first few may go at once"


async def test_t15_one_chat_gets_one_a_second(strict: TelegramStandIn, sender: Broadcasting) -> None:
    (first,) = readers(strict, 1)
    strict.rates.enforce((30, 1.0), (1, 1.0))
    found = await sent(sender, [(str(first.id), str(number)) for number in range(3)])
    assert first.sees() == ["0", "1", "2"]
    assert kinds(found) == [None] * 3
    assert strict.rates.impatient == []
    moments = [call.at for call in strict.world.called("sendMessage", first.id)]
    assert all(after - before >= 0.99 for before, after in itertools.pairwise(moments))


async def test_t15_several_at_once_are_sent_one_by_one(strict: TelegramStandIn, sender: Broadcasting) -> None:
    people = readers(strict, 6)
    strict.world.fails(faults.slow(0.2), "sendMessage", times=6)
    begun = time.monotonic()
    await asyncio.gather(*(sender.send(str(each.id), Message("a")) for each in people))
    assert time.monotonic() - begun >= 1.2


async def test_t11_a_wait_is_waited_for_in_order_and_nobody_else_is_written_to_meanwhile(
    strict: TelegramStandIn, sender: Broadcasting
) -> None:
    people = readers(strict, 3)
    strict.world.fails(faults.too_many(1), "sendMessage", people[0].id, times=2)
    found = await sent(sender, [(str(each.id), "a") for each in people])
    assert kinds(found) == [None] * 3
    calls = [call for call in strict.world.called("sendMessage") if call.chat in {each.id for each in people}]
    assert [(call.chat, call.status) for call in calls] == [
        (people[0].id, 429), (people[0].id, 429), (people[0].id, 200), (people[1].id, 200), (people[2].id, 200),
    ]  # fmt: skip
    assert calls[2].at - calls[0].at >= 2
    assert strict.rates.impatient == []


async def test_t11_after_some_tries_it_is_given_up(strict: TelegramStandIn, sender: Broadcasting) -> None:
    people = readers(strict, 3)
    strict.world.fails(faults.too_many(1), "sendMessage", people[1].id, times=TRIES)
    found = await sent(sender, [(str(each.id), "a") for each in people])
    assert kinds(found) == [None, Wait, None]
    assert [len(each.sees()) for each in people] == [1, 0, 1]
    assert len(strict.world.called("sendMessage", people[1].id)) == TRIES


async def test_t11_a_wait_that_nobody_has_the_patience_for_is_told_at_once(
    strict: TelegramStandIn, sender: Broadcasting
) -> None:
    (reader,) = readers(strict, 1)
    strict.world.fails(faults.too_many(3600), "sendMessage", reader.id)
    begun = time.monotonic()
    (fault,) = await sent(sender, [(str(reader.id), "a")])
    strict.rates.quiet_until.clear()
    assert isinstance(fault, Wait)
    assert fault.after == 3600
    assert time.monotonic() - begun < 2


async def test_t12_who_has_blocked_the_bot_is_told_and_not_tried_again(
    strict: TelegramStandIn, sender: Broadcasting
) -> None:
    gone, there = readers(strict, 2)
    gone.private.blocked = True
    found = await sent(sender, [(str(each.id), "a") for each in (gone, there)])
    assert kinds(found) == [Blocked, None]
    assert len(strict.world.called("sendMessage", gone.id)) == 1
    assert there.sees() == ["a"]


async def test_t13_a_group_that_moved_is_written_to_where_it_is_now(
    strict: TelegramStandIn, sender: Broadcasting
) -> None:
    old, new = strict.group("group"), strict.group()
    old.moved_to = new.id
    found = await sent(sender, [(str(old.id), "a"), (str(old.id), "b")])
    assert kinds(found) == [None] * 2
    assert [each.text for each in new.messages] == ["a", "b"]
    assert len(strict.world.called("sendMessage", old.id)) == 1, "the second goes there at once"


async def test_t13_a_group_that_moves_on_and_on_is_given_up(strict: TelegramStandIn, sender: Broadcasting) -> None:
    first, second = strict.group("group"), strict.group("group")
    first.moved_to, second.moved_to = second.id, first.id
    found = await sent(sender, [(str(first.id), "a")])
    assert kinds(found) == [Moved]
    assert len(strict.world.called("sendMessage", first.id)) == 1


async def test_one_bad_address_or_text_does_not_stop_the_others(strict: TelegramStandIn, sender: Broadcasting) -> None:
    (there,) = readers(strict, 1)
    strict.world.fails(faults.Fault(400, "Bad Request: x"), "sendMessage", there.id)
    found = await sent(sender, [("0", "a"), ("nobody", "a"), (str(there.id), "a"), (str(there.id), "b")])
    assert kinds(found) == [BadTarget, BadTarget, NotAccepted, None]


async def test_what_may_have_arrived_is_not_sent_again(strict: TelegramStandIn, sender: Broadcasting) -> None:
    people = readers(strict, 2)
    strict.world.fails(faults.lost(faults.BAD_GATEWAY), "sendMessage", times=1)
    found = await sent(sender, [(str(each.id), "a") for each in people])
    assert kinds(found) == [Unavailable, None]
    assert found[0] is not None
    assert found[0].in_doubt  # type: ignore[attr-defined]
    assert [len(each.sees()) for each in people] == [1, 1]


async def test_a_token_that_was_taken_back_is_told(strict: TelegramStandIn, sender: Broadcasting) -> None:
    (reader,) = readers(strict, 1)
    strict.world.fails(faults.UNAUTHORIZED, "sendMessage")
    assert kinds(await sent(sender, [(str(reader.id), "a")])) == [Misconfigured]
    assert len(strict.world.called("sendMessage", reader.id)) == 1


async def test_a_long_text_a_picture_a_file_and_buttons_arrive(
    strict: TelegramStandIn, sender: Broadcasting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender._pacing, "_chat_seconds", 0.0)
    (reader,) = readers(strict, 1)
    await sent(sender, [(str(reader.id), "长" * 5000)])
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    await sender.send(str(reader.id), Message("<b>a</b>", picture=svg))
    await sender.send(str(reader.id), Message("b", file=("data.json", "{}")))
    await sender.send(str(reader.id), Message("c", ((Button("好", "AAAAAAAA.0"),),)))
    seen = reader.messages()
    assert [len(each.text) for each in seen[:2]] == [4096, 904]
    assert seen[2].photo is not None
    assert seen[2].text == "a"
    assert (seen[3].file_name, seen[3].document) == ("data.json", b"{}")
    assert seen[4].keyboard == [[{"text": "好", "callback_data": "AAAAAAAA.0"}]]


async def test_who_cannot_begin_is_told_what_to_do(strict: TelegramStandIn) -> None:
    with pytest.raises(SettingsError, match="does not know HEBAO_TELEGRAM_TOKEN"):
        async with Broadcasting(settings_without_store(strict, telegram_token="1:" + "x" * 35)):
            raise AssertionError
    with pytest.raises(SettingsError, match="can be reached"):
        async with Broadcasting(settings_without_store(strict, telegram_api_base="http://127.0.0.1:9")):
            raise AssertionError


def test_the_patience_for_one_message_is_shorter_than_the_ledger_takes_it_for_lost() -> None:
    from member_store.members.deliveries import STALE

    assert STALE.total_seconds() > broadcast.PATIENCE * 1.5
