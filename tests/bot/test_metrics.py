"""What a monitor is told: turns by channel and result, how long they took, and what is still to be sent."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.metrics import Metrics
from bot.opening import open_service
from bot.pages import create_pages
from bot.service import Inbound
from bot.settings import Settings
from bot.threads import Threads
from member_store.encryption import generate_key
from member_store.errors import StoreError
from member_store.members import deliveries
from tests.servers import Server

Figures = dict[tuple[str, ...], float]


def figures(page: bytes) -> Figures:
    """Every figure of a page, by its name and its labels in their order."""
    families = text_string_to_metric_families(page.decode())
    return {
        (each.name, *(value for _, value in sorted(each.labels.items()))): each.value
        for family in families
        for each in family.samples
    }


@pytest.fixture(params=["sqlite", "postgresql"])
def threads(request: pytest.FixtureRequest, settings: Callable[..., Settings]) -> Iterator[Threads]:
    chosen = settings()
    if request.param == "postgresql":
        chosen = settings(database_url=request.getfixturevalue("postgresql_url"), keys=generate_key())
    with open_service(chosen) as service:
        threads = Threads(service, chosen)
        yield threads
        threads.close()


async def test_turns_are_counted_by_channel_and_result(threads: Threads) -> None:
    for _ in range(2):
        await threads.run(threads.service.handle, Inbound("web", "zhang", "m1", "你好"))
    await threads.run(threads.service.handle, Inbound("wechat", "li", "m1", "你好"))
    with pytest.raises(ValueError, match="account"):
        await threads.run(threads.service.handle, Inbound("web", "", "m2", "你好"))
    found = figures(await threads.measured())
    assert found["hebao_turns_total", "web", "answered"] == 1
    assert found["hebao_turns_total", "web", "repeated"] == 1
    assert found["hebao_turns_total", "web", "failed"] == 1
    assert found["hebao_turns_total", "wechat", "answered"] == 1
    assert found["hebao_turn_seconds_count", "web"] == 2
    assert 0 < found["hebao_turn_seconds_sum", "web"] < 60
    assert found["hebao_turn_seconds_bucket", "web", "+Inf"] == 2


async def test_what_somebody_waits_for_others_counts_as_well(settings: Callable[..., Settings]) -> None:
    with open_service(settings()) as service:
        threads = Threads(service, settings())
        slow = threads.recorded(lambda _: time.sleep(0.3))
        turn = threads.run(service.handle, Inbound("web", "zhang", "m1", "你好"))
        await asyncio.gather(slow, turn)
        found = figures(await threads.measured())
        threads.close()
    assert found["hebao_turn_seconds_sum", "web"] > 0.25
    assert found["hebao_jobs_waiting",] == 0


async def test_the_ledger_is_counted_as_it_stands_in_the_database(threads: Threads) -> None:
    def leave(records) -> None:
        for account in ("li", "wang"):
            deliveries.leave(records, "wechat", account, deliveries.TEXT, {"body": "…"})
        gone = deliveries.leave(records, "telegram", "zhao", deliveries.TEXT, {"body": "…"})
        deliveries.refuse(records, gone, "blocked")

    await threads.recorded(leave)
    found = figures(await threads.measured())
    assert found["hebao_deliveries", "wechat", "", "waiting"] == 2
    assert found["hebao_deliveries", "telegram", "blocked", "refused"] == 1
    assert 0 <= found["hebao_delivery_oldest_seconds", "wechat", "waiting"] < 60
    assert ("hebao_delivery_oldest_seconds", "telegram", "refused") not in found


def test_where_some_wait_for_one_reason_and_some_for_another_the_oldest_of_all_counts() -> None:
    ledger = [
        deliveries.Counted("wechat", "waiting", None, 3, 5.0),
        deliveries.Counted("wechat", "waiting", "quota", 1, 90.0),
        deliveries.Counted("wechat", "waiting", "no_window", 2, 10.0),
    ]
    found = figures(Metrics().page(0, ledger))
    assert found["hebao_delivery_oldest_seconds", "wechat", "waiting"] == 90
    assert found["hebao_deliveries", "wechat", "quota", "waiting"] == 1


async def test_a_ledger_that_cannot_be_read_is_no_page_of_zeros(
    threads: Threads, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: object) -> list[deliveries.Counted]:
        raise StoreError("The database failed", "here", "Start it.")

    monkeypatch.setattr(deliveries, "counted", fails)
    with pytest.raises(StoreError):
        await threads.measured()


@pytest.mark.server
def test_a_server_shows_its_page_and_nothing_of_anybody(server: Server) -> None:
    with httpx.Client(base_url=server.url, trust_env=False, timeout=30) as client:
        path = "/api/v1/conversations/somebody-of-the-village/messages"
        client.post(path, json={"text": "我叫欧阳娜依，68岁，农村户口", "message_id": "a-message-of-hers"})
        assert client.get("/readyz").json() == {"status": "ok"}
        answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    found = figures(answer.content)
    assert found["hebao_turns_total", "api", "answered"] == 1
    assert found["process_resident_memory_bytes",] > 10_000_000
    for personal in ("欧阳", "somebody", "hers"):
        assert personal not in answer.text


async def test_it_takes_work_once_words_are_read_and_until_it_ends(settings: Callable[..., Settings]) -> None:
    with open_service(settings()) as service:
        threads = Threads(service, settings())
        transport = httpx.ASGITransport(create_pages(threads, settings()))
        async with httpx.AsyncClient(transport=transport, base_url="http://hebao") as client:
            before = await client.get("/readyz")
            assert before.status_code == 503
            assert before.headers["retry-after"]
            assert (await client.get("/healthz")).status_code == 200
            threads.warm_up()
            while not threads.ready:
                await asyncio.sleep(0.01)
            assert (await client.get("/readyz")).status_code == 200
            while gc.get_threshold()[0] < 10_000:
                await asyncio.sleep(0.01)
            assert gc.isenabled()
            threads.close()
            assert (await client.get("/readyz")).status_code == 503
