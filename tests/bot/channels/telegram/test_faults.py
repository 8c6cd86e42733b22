"""Whatever Telegram answers means the same, whichever library was asked: tried with both, over real HTTP."""

from __future__ import annotations

import socket

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from bot.channels.faults import (
    BadTarget,
    Blocked,
    DeliveryFault,
    Misconfigured,
    Moved,
    NotAccepted,
    Unavailable,
    Wait,
)
from bot.channels.telegram import broadcast
from bot.channels.telegram.broadcast import Broadcasting
from bot.channels.telegram.faults import aiogram_fault, telegram_fault
from bot.channels.telegram.rendering import Message
from tests.bot.channels.telegram.conftest import settings_without_store
from tests.standins.telegram import TOKEN, Person, TelegramStandIn, faults

TABLE = {
    "429": (faults.too_many(7), Wait(7, "429")),
    "moved": (faults.migrated(-1_000_000_000_077), Moved("-1000000000077", "400")),
    "blocked": (faults.BLOCKED, Blocked("403")),
    "deactivated": (faults.DEACTIVATED, Blocked("403")),
    "never started": (faults.NEVER_STARTED, Blocked("403")),
    "no chat": (faults.CHAT_NOT_FOUND, BadTarget("400")),
    "too long": (faults.Fault(400, "Bad Request: message is too long"), NotAccepted("400")),
    "markup": (faults.Fault(400, "Bad Request: can't parse entities: x"), NotAccepted("400")),
    "401": (faults.UNAUTHORIZED, Misconfigured("401")),
    "404": (faults.NOT_FOUND, Misconfigured("401")),
    "409": (faults.CONFLICT_POLLS, Misconfigured("409")),
    "413": (faults.TOO_LARGE, NotAccepted("413")),
    "500": (faults.INTERNAL, Unavailable("5xx", in_doubt=True)),
    "502": (faults.BAD_GATEWAY, Unavailable("5xx", in_doubt=True)),
    "not JSON": (faults.NOT_JSON, Unavailable("not_json", in_doubt=True)),
    "a proxy": (faults.PROXY, Unavailable("not_json", in_doubt=True)),
    "hung up": (faults.HANG_UP, Unavailable("network", in_doubt=True)),
    "no answer": (faults.slow(3), Unavailable("network", in_doubt=True)),
}


@pytest.fixture
def reader(telegram: TelegramStandIn) -> Person:
    made = telegram.person()
    made.private.started = True
    return made


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first fault is what is looked at."""
    monkeypatch.setattr(broadcast, "TRIES", 1)


async def through_aiogram(base: str, chat: int) -> DeliveryFault:
    session = AiohttpSession(api=TelegramAPIServer.from_base(base))
    try:
        await Bot(TOKEN, session=session).send_message(chat, "a", request_timeout=1)
    except Exception as error:
        return aiogram_fault(error)
    finally:
        await session.close()
    raise AssertionError("it was taken")


async def through_telegram(telegram: TelegramStandIn, chat: int) -> DeliveryFault:
    async with Broadcasting(settings_without_store(telegram), 1) as sender:
        with pytest.raises(DeliveryFault) as caught:
            await sender.send(str(chat), Message("a"))
    return caught.value


def told(fault: DeliveryFault) -> tuple[object, ...]:
    return (type(fault), fault.code, *(getattr(fault, name, None) for name in ("after", "to", "in_doubt")))


@pytest.mark.parametrize("name", TABLE)
async def test_t11_to_t13_both_libraries_say_the_same_of_a_fault(
    telegram: TelegramStandIn, reader: Person, quick: None, name: str
) -> None:
    fault, means = TABLE[name]
    try:
        telegram.world.fails(fault, "sendMessage", reader.id)
        assert told(await through_aiogram(telegram.url, reader.id)) == told(means)
        telegram.world.clear_faults()
        telegram.world.fails(fault, "sendMessage", reader.id)
        if name == "moved":
            # It tries there at once; nobody has such a chat.
            means = BadTarget("400")
        assert told(await through_telegram(telegram, reader.id)) == told(means)
    finally:
        telegram.world.clear_faults()


async def test_where_no_connection_comes_about_nothing_can_have_arrived(
    telegram: TelegramStandIn, reader: Person, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    means = told(Unavailable("network", in_doubt=False))
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
    assert told(await through_aiogram(f"http://127.0.0.1:{port}", reader.id)) == means
    with TelegramStandIn() as other:
        gone = other.person()
        async with Broadcasting(settings_without_store(other), 1) as sender:
            other.stop()
            with pytest.raises(Unavailable) as caught:
                await sender.send(str(gone.id), Message("a"))
    assert told(caught.value) == means


def test_what_is_no_fault_of_telegrams_is_not_hidden() -> None:
    for means in (aiogram_fault, telegram_fault):
        with pytest.raises(KeyError):
            means(KeyError("a mistake of ours"))
