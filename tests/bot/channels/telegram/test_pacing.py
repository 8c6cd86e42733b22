"""How fast a bot sends, on a clock of the test's own."""

from __future__ import annotations

import asyncio

import pytest

from bot.channels.faults import Wait
from bot.channels.telegram.pacing import Pacing


class Clock:
    """Time that passes only when everybody waits."""

    def __init__(self) -> None:
        self.time = 100.0
        self._waiting: list[tuple[float, asyncio.Event]] = []

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        event = asyncio.Event()
        self._waiting.append((self.time + seconds, event))
        await event.wait()

    async def run(self, *work: asyncio.Task[None]) -> None:
        while not all(each.done() for each in work):
            for _ in range(50):
                await asyncio.sleep(0)
            if self._waiting:
                self._waiting.sort(key=lambda each: each[0])
                self.time, event = self._waiting.pop(0)
                event.set()


async def sent(pacing: Pacing, clock: Clock, chats: list[int]) -> list[tuple[float, int]]:
    """When a message to each of the chats went, seconds from the beginning on."""
    found: list[tuple[float, int]] = []
    begun = clock.now()

    async def one(chat: int) -> None:
        await pacing.turn(chat)
        found.append((round(clock.now() - begun, 3), chat))

    await clock.run(*[asyncio.create_task(one(chat)) for chat in chats])
    return found


def paced(clock: Clock, per_second: float = 20, chat_seconds: float = 1, burst: int = 1) -> Pacing:
    return Pacing(per_second, chat_seconds, burst, now=clock.now, sleep=clock.sleep)


async def test_t15_so_many_a_second_go_to_all_and_nobody_is_overtaken() -> None:
    clock = Clock()
    found = await sent(paced(clock), clock, list(range(60)))
    assert found == [(round(place / 20, 3), place) for place in range(60)]


async def test_t15_one_a_second_goes_to_one_chat_and_others_do_not_wait_for_it() -> None:
    clock = Clock()
    assert await sent(paced(clock), clock, [1, 1, 1, 2, 3]) == [(0.0, 1), (0.05, 2), (0.1, 3), (1.0, 1), (2.0, 1)]


async def test_t15_a_few_to_one_chat_go_at_once_and_are_saved_up_again() -> None:
    clock = Clock()
    pacing = paced(clock, per_second=1000, burst=3)
    assert [round(at, 1) for at, _ in await sent(pacing, clock, [1] * 5)] == [0.0, 0.0, 0.0, 1.0, 2.0]
    clock.time += 10
    assert [round(at, 1) for at, _ in await sent(pacing, clock, [1] * 4)] == [0.0, 0.0, 0.0, 1.0]


async def test_t11_a_chat_that_is_to_wait_waits_and_the_others_do_not() -> None:
    clock = Clock()
    pacing = paced(clock)
    pacing.told_to_wait(1, 7)
    assert await sent(pacing, clock, [1, 2, 1]) == [(0.0, 2), (7.0, 1), (8.0, 1)]


async def test_t11_when_two_chats_are_to_wait_all_do() -> None:
    clock = Clock()
    pacing = paced(clock)
    pacing.told_to_wait(1, 7)
    pacing.told_to_wait(2, 5)
    assert await sent(pacing, clock, [1, 2, 3]) == [(5.0, 2), (5.05, 3), (7.0, 1)]


async def test_t11_who_is_told_to_wait_while_waiting_waits_longer() -> None:
    clock = Clock()
    pacing = paced(clock, per_second=1)
    first, second = asyncio.create_task(pacing.turn(1)), asyncio.create_task(pacing.turn(2))
    await asyncio.sleep(0)
    pacing.told_to_wait(2, 30)
    await clock.run(first, second)
    assert clock.time == 130


async def test_t11_nobody_waits_beyond_the_end() -> None:
    clock = Clock()
    pacing = paced(clock)
    pacing.told_to_wait(1, 7)
    with pytest.raises(Wait) as caught:
        await pacing.turn(1, clock.now() + 6)
    assert caught.value.after == 7
    assert await sent(pacing, clock, [2]) == [(0.0, 2)], "what was not sent takes nobody's place"
    for _ in range(3):
        await clock.run(asyncio.create_task(pacing.turn(3)))
    with pytest.raises(Wait):
        await pacing.turn(3, clock.now() + 0.5)


async def test_chats_that_are_quiet_are_forgotten() -> None:
    clock = Clock()
    pacing = paced(clock, per_second=1000)
    for hundred in range(30):
        await sent(pacing, clock, list(range(hundred * 100, hundred * 100 + 100)))
        clock.time += 60
    assert len(pacing._chats) <= 1000
