"""The service on its threads, on both databases: order, company, failures, and the end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from sqlalchemy import text

from bot.opening import open_service
from bot.service import Inbound, Outbound, Service
from bot.settings import Settings
from bot.threads import Threads
from member_store.encryption import generate_key
from member_store.errors import StoreError
from member_store.members.records import Records


@pytest.fixture(params=["sqlite", "postgresql"])
def chosen(request: pytest.FixtureRequest, settings: Callable[..., Settings]) -> Settings:
    if request.param == "sqlite":
        return settings()
    return settings(database_url=request.getfixturevalue("postgresql_url"), keys=generate_key())


@pytest.fixture
def threads(chosen: Settings) -> Iterator[Threads]:
    with open_service(chosen) as service:
        threads = Threads(service, chosen)
        yield threads
        threads.close()


def said(account: str, number: int, text: str) -> Inbound:
    return Inbound("web", account, f"m{number}", text, "zh-CN")


async def ages(threads: Threads, account: str) -> list[str]:
    view = await threads.run(threads.service.view, "web", account)
    return [each.said for each in view.exchanges if each.said]


class Held:
    """Holds the writer up: what comes meanwhile waits together."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads
        self._begun, self._go = threading.Event(), threading.Event()
        self._task: asyncio.Task[bool] | None = None

    async def __aenter__(self) -> None:
        def wait(_: Records) -> None:
            self._begun.set()
            assert self._go.wait(10)

        service = self._threads.service
        self._task = asyncio.create_task(self._threads.run(service.happened, "web", "slow", "wait", wait))
        assert await asyncio.to_thread(self._begun.wait, 10)

    async def __aexit__(self, *_: object) -> None:
        await asyncio.sleep(0.05)  # what was begun meanwhile stands in the line now
        self._go.set()
        assert self._task is not None
        await self._task


def begin(threads: Threads, *inbounds: Inbound) -> list[asyncio.Task[Outbound]]:
    return [asyncio.create_task(threads.run(threads.service.handle, each)) for each in inbounds]


async def test_messages_of_each_user_are_answered_in_their_order(threads: Threads) -> None:
    users, most = [f"user-{number}" for number in range(4)], 6
    await asyncio.gather(*begin(threads, *(said(who, n, f"{20 + n}岁") for n in range(most) for who in users)))
    for who in users:
        assert await ages(threads, who) == [f"{20 + n}岁" for n in range(most)]


async def test_one_message_at_once_several_times_is_one_turn(threads: Threads) -> None:
    async with Held(threads):
        tasks = begin(threads, *[said("zhang", 1, "我能参保吗")] * 4)
    answers = await asyncio.gather(*tasks)
    assert sorted(each.repeated for each in answers) == [False, True, True, True]
    assert len({each.replies for each in answers}) == 1


async def test_what_comes_together_is_answered_as_if_it_came_alone(threads: Threads) -> None:
    texts = ["我妈68岁，能参保吗", "住院花了两万", "门诊怎么报", "我要参保", "hello", "。"]
    async with Held(threads):
        tasks = begin(threads, *(said(f"together-{n}", 1, each) for n, each in enumerate(texts)))
    together = await asyncio.gather(*tasks)
    alone = [threads.service.handle(said(f"alone-{n}", 1, each)) for n, each in enumerate(texts)]
    assert [each.replies for each in together] == [each.replies for each in alone]
    assert [each.state for each in together] == [each.state for each in alone]


async def test_a_turn_that_fails_fails_alone_and_keeps_nothing(threads: Threads) -> None:
    def half_done(_: Outbound) -> Any:
        raise KeyError("half done")

    async with Held(threads):
        wrong = Inbound("web", "wang", "m1", "30岁", "zh-CN", follows=half_done)
        tasks = begin(threads, said("zhang", 1, "20岁"), wrong, said("li", 1, "40岁"))
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(found[1], KeyError)
    assert isinstance(found[0], Outbound)
    assert isinstance(found[2], Outbound)
    assert [await ages(threads, who) for who in ("zhang", "wang", "li")] == [["20岁"], [], ["40岁"]]
    assert not (await threads.run(threads.service.handle, said("wang", 1, "30岁"))).repeated


async def test_a_failure_of_the_database_in_one_turn_is_its_own(threads: Threads) -> None:
    def broken(records: Records) -> None:
        records.connection.execute(text("SELECT nothing FROM nowhere"))

    async with Held(threads):
        tasks = begin(threads, said("zhang", 1, "20岁"))
        wrong = asyncio.create_task(threads.run(threads.service.happened, "web", "wang", "m1", broken))
        tasks += begin(threads, said("li", 1, "40岁"))
    assert [each.repeated for each in await asyncio.gather(*tasks)] == [False, False]
    with pytest.raises(StoreError, match="database failed"):
        await wrong
    assert [await ages(threads, who) for who in ("zhang", "li")] == [["20岁"], ["40岁"]]


async def test_a_failure_that_a_call_gets_over_takes_nobody_along(threads: Threads) -> None:
    def gets_over_it() -> str:
        def refused(_: Records) -> None:
            raise KeyError("refused")

        with pytest.raises(KeyError):
            threads.service.happened("web", "wang", "m1", refused)
        return "all the same"

    async with Held(threads):
        tasks = begin(threads, said("zhang", 1, "20岁"))
        odd = asyncio.create_task(threads.run(gets_over_it))
        tasks += begin(threads, said("li", 1, "40岁"))
    assert await odd == "all the same"
    assert [each.repeated for each in await asyncio.gather(*tasks)] == [False, False]


async def test_somebody_slow_holds_up_nobody_who_only_looks(threads: Threads) -> None:
    await threads.run(threads.service.handle, said("zhang", 1, "20岁"))
    async with Held(threads):
        assert await asyncio.wait_for(ages(threads, "zhang"), 5) == ["20岁"]


async def test_a_turn_goes_on_although_its_caller_has_left(threads: Threads) -> None:
    async with Held(threads):
        (task,) = begin(threads, said("zhang", 1, "20岁"))
        await asyncio.sleep(0)
        task.cancel()
    await threads.run(threads.service.handle, said("zhang", 2, "21岁"))
    assert await ages(threads, "zhang") == ["20岁", "21岁"]


async def test_the_end_waits_for_what_is_under_way_and_takes_nothing_more(chosen: Settings) -> None:
    with open_service(chosen) as service:
        threads = Threads(service, chosen)
        async with Held(threads):
            tasks = begin(threads, *(said(f"user-{n}", 1, "20岁") for n in range(5)))
            await asyncio.sleep(0.05)
            closing = asyncio.create_task(asyncio.to_thread(threads.close))
            await asyncio.sleep(0.05)
            with pytest.raises(RuntimeError, match="closed"):
                await threads.run(service.handle, said("late", 1, "20岁"))
        await closing
        assert [each.repeated for each in await asyncio.gather(*tasks)] == [False] * 5
        assert all(service.view("web", f"user-{n}").exchanges[-1].said == "20岁" for n in range(5))


async def test_what_has_come_while_the_writer_was_busy_shares_one_commit(settings: Callable[..., Settings]) -> None:
    chosen, commits = settings(), []

    class Counting(Service):
        def together(self) -> AbstractContextManager[None]:
            commits.append(1)
            return super().together()

    with open_service(chosen) as plain:
        threads = Threads(Counting(plain.store, chosen), chosen)
        async with Held(threads):
            tasks = begin(threads, *(said(f"user-{n}", 1, "20岁") for n in range(10)))
        await asyncio.gather(*tasks)
        threads.close()
    assert commits == [1]


async def test_where_the_shared_commit_fails_all_are_told_and_nothing_is_kept(
    settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = settings()
    with open_service(chosen) as service:
        threads = Threads(service, chosen)
        engine = service.store._database._engine  # a commit cannot be made to fail from outside
        fail = monkeypatch.setattr
        async with Held(threads):
            tasks = begin(threads, *(said(f"user-{n}", 1, "20岁") for n in range(3)))
            await asyncio.sleep(0.05)
            fail(engine.dialect, "do_commit", _disk_full(after=1, commit=engine.dialect.do_commit))
        found = await asyncio.gather(*tasks, return_exceptions=True)
        monkeypatch.undo()
        assert all(isinstance(each, StoreError) and "disk is full" in str(each) for each in found), found
        assert [service.view("web", f"user-{n}").new for n in range(3)] == [True] * 3
        assert not (await threads.run(service.handle, said("user-0", 1, "20岁"))).repeated
        threads.close()


def _disk_full(after: int, commit: Callable[[Any], None]) -> Callable[[Any], None]:
    import sqlite3

    left = [after]

    def work(connection: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise sqlite3.OperationalError("database or disk is full")
        commit(connection)

    return work
