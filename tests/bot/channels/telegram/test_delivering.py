"""What waits in the ledger for people on Telegram leaves, once, or goes on waiting."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.channels.telegram.broadcast import TRIES, Broadcasting
from bot.channels.telegram.sender import TelegramSender
from bot.outreach.clock import Clock
from bot.outreach.dispatching import Dispatching, Run
from bot.outreach.hours import Hours
from bot.settings import Settings
from member_store.encryption import generate_key
from member_store.members import deliveries, outbox
from member_store.members.delegations import contact_of, known_contact
from member_store.members.reach import back, gone
from member_store.store import Store
from member_store.tables.sending import deliveries as table
from tests.bot.channels.telegram.conftest import SECRET, settings_without_store
from tests.servers import HEBAO, environment
from tests.standins.telegram import TOKEN, Person, TelegramStandIn, faults

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/hebao.db", generate_key()) as opened:
        yield opened


@pytest.fixture
def settings(telegram: TelegramStandIn) -> Iterator[Settings]:
    telegram.rates.impatient.clear()
    yield settings_without_store(telegram, telegram_chat_seconds=0.01)
    telegram.world.clear_faults()
    telegram.rates.quiet_until.clear()


@pytest.fixture
def reader(telegram: TelegramStandIn, store: Store) -> Callable[[], Person]:
    """Makes people whom we know on Telegram."""

    def make() -> Person:
        made = telegram.person()
        made.private.started = True
        with store.records() as records:
            contact_of(records, "telegram", str(made.id), "zh_Hans")
        return made

    return make


def leave(store: Store, person: Person | int, body: str, kind: str = "text", taps: object = ()) -> int:
    account = str(person if isinstance(person, int) else person.id)
    with store.records() as records:
        payload = {"body": body, "taps": taps}
        return deliveries.leave(records, "telegram", account, kind, payload, try_at=records.now)


async def run(store: Store, settings: Settings, later: float = 0) -> Run:
    """A run, so many seconds later."""
    clock = Clock(lambda: datetime.now(UTC) + timedelta(seconds=later), lambda: None)
    async with Broadcasting(settings) as sender:
        return await Dispatching(store, TelegramSender(sender, settings), Hours(0, 24, lambda _: True), clock).run()


def states(store: Store) -> dict[int, tuple[str, str | None]]:
    with store.reading_records() as records:
        rows = records.connection.execute(select(table.c.id, table.c.state, table.c.reason, table.c.payload)).all()
    for row in rows:
        assert (row.payload is None) == (row.state.value in {"sent", "refused", "given"}), (
            "kept only while it is needed"
        )
    return {row.id: (row.state.value, row.reason) for row in rows}


def counts(run: Run) -> tuple[int, int, int, int, int]:
    return run.sent, run.blocked, run.refused, run.in_doubt, run.put_back


async def test_what_waits_is_sent_once_in_its_order_to_everybody(
    store: Store, settings: Settings, reader: Callable[[], Person]
) -> None:
    first, second = reader(), reader()
    for text in ("一", "二 & <b>"):
        leave(store, first, text)
    leave(store, first, SVG, "picture")
    leave(store, second, "您该缴费了", taps=[["好", "AAAAAAAA.0"], ["太长", "合" * 22]])
    assert counts(await run(store, settings)) == (4, 0, 0, 0, 0)
    assert first.sees() == ["一", "二 & <b>", ""]
    assert first.messages()[2].photo is not None
    assert second.messages()[0].keyboard == [[{"text": "好", "callback_data": "AAAAAAAA.0"}]]
    assert states(store) == dict.fromkeys(range(1, 5), ("sent", None))
    assert counts(await run(store, settings)) == (0, 0, 0, 0, 0)
    assert len(first.sees()) == 3


async def test_t12_who_has_blocked_the_bot_is_marked_and_nothing_waits_for_them_any_more(
    store: Store, settings: Settings, reader: Callable[[], Person], telegram: TelegramStandIn
) -> None:
    person, other = reader(), reader()
    person.private.blocked = True
    for text in ("一", "二"):
        leave(store, person, text)
    leave(store, other, "一")
    assert counts(await run(store, settings)) == (1, 1, 0, 0, 0)
    assert states(store) == {1: ("refused", "blocked"), 2: ("refused", "blocked"), 3: ("sent", None)}
    with store.records() as records:
        contact = known_contact(records, "telegram", str(person.id))
        assert contact is not None
        assert contact.gone_at is not None
    leave(store, person, "三")
    assert counts(await run(store, settings)) == (0, 0, 0, 0, 0)
    assert len(telegram.world.called("sendMessage", person.id)) == 1, "nobody is written to who is gone"
    person.private.blocked = False
    with store.records() as records:
        back(records, "telegram", str(person.id))
        assert [each.payload["body"] for each in deliveries.take(records, "telegram", str(person.id))[0]] == ["三"]


async def test_t11_what_is_given_up_goes_on_waiting_and_the_next_run_sends_it_in_order(
    store: Store, settings: Settings, reader: Callable[[], Person], telegram: TelegramStandIn
) -> None:
    first, second = reader(), reader()
    for person, text in ((first, "一"), (first, "二"), (second, "一")):
        leave(store, person, text)
    telegram.world.fails(faults.too_many(1), "sendMessage", first.id, times=TRIES)
    stopped = await run(store, settings)
    assert (counts(stopped), stopped.stopped) == ((1, 0, 0, 0, 1), None), "others need not wait for one chat"
    assert telegram.rates.impatient == []
    assert states(store) == {1: ("waiting", "too_fast"), 2: ("waiting", None), 3: ("sent", None)}
    assert counts(await run(store, settings, later=61)) == (2, 0, 0, 0, 0)
    assert (first.sees(), second.sees()) == (["一", "二"], ["一"])


async def test_of_what_may_have_arrived_the_next_visit_tells(
    store: Store, settings: Settings, reader: Callable[[], Person], telegram: TelegramStandIn
) -> None:
    person = reader()
    leave(store, person, "一")
    telegram.world.fails(faults.lost(faults.BAD_GATEWAY), "sendMessage", person.id)
    assert counts(await run(store, settings)) == (0, 0, 0, 1, 0)
    assert counts(await run(store, settings)) == (0, 0, 0, 0, 0)
    assert person.sees() == ["一"]
    with store.records() as records:
        assert [each.payload["body"] for each in deliveries.take(records, "telegram", str(person.id))[0]] == ["一"]


async def test_a_text_of_which_half_has_arrived_does_not_come_twice(
    store: Store, settings: Settings, reader: Callable[[], Person], telegram: TelegramStandIn
) -> None:
    person = reader()
    leave(store, person, "长" * 5000)
    telegram.world.fails(faults.slow(0), "sendMessage", person.id)
    telegram.world.fails(faults.too_many(3600), "sendMessage", person.id)
    assert counts(await run(store, settings)) == (0, 0, 0, 1, 0)
    telegram.rates.quiet_until.clear()
    assert counts(await run(store, settings)) == (0, 0, 0, 0, 0)
    assert [len(each) for each in person.sees()] == [4096]


async def test_what_telegram_will_never_take_is_refused_and_the_rest_goes_on(
    store: Store, settings: Settings, reader: Callable[[], Person], telegram: TelegramStandIn
) -> None:
    person = reader()
    leave(store, person, "a", kind="notice-of-another-channel")
    leave(store, person, "不要")
    leave(store, person, "好")
    telegram.world.fails(faults.Fault(400, "Bad Request: x"), "sendMessage", person.id)
    assert counts(await run(store, settings)) == (1, 0, 2, 0, 0)
    assert person.sees() == ["好"]


async def test_a_visit_takes_what_waits_and_it_is_not_sent_besides(
    store: Store, settings: Settings, reader: Callable[[], Person]
) -> None:
    person = reader()
    leave(store, person, "一")
    with store.records() as records:
        deliveries.take(records, "telegram", str(person.id))
    assert counts(await run(store, settings)) == (0, 0, 0, 0, 0)
    assert person.sees() == []


async def test_two_runs_at_once_send_everything_once(
    store: Store, settings: Settings, reader: Callable[[], Person]
) -> None:
    people = [reader() for _ in range(5)]
    for person in people:
        for text in ("一", "二"):
            leave(store, person, text)
    both = await asyncio.gather(run(store, settings), run(store, settings))
    assert sum(each.sent for each in both) == 10
    assert all(sorted(each.sees()) == ["一", "二"] for each in people)


async def test_who_is_known_by_a_hash_only_or_on_another_channel_is_not_written_to(
    store: Store, settings: Settings, telegram: TelegramStandIn
) -> None:
    stranger = telegram.person()
    stranger.private.started = True
    leave(store, stranger, "一")
    with store.records() as records:
        contact_of(records, "wechat", "openid", "zh_Hans")
        deliveries.leave(records, "wechat", "openid", "text", {"body": "一", "taps": []}, try_at=records.now)
    assert counts(await run(store, settings)) == (0, 0, 0, 0, 0)
    assert stranger.sees() == []


def test_whoever_has_waited_longest_comes_first_on_each_database(shared_store: Store) -> None:
    with shared_store.records() as records:
        for account in ("31", "32", "33", "34"):
            contact_of(records, "telegram", account, "en")
        for account in ("33", "31", "33", "32", "34"):
            deliveries.leave(records, "telegram", account, "text", {"body": "a"}, try_at=records.now)
        gone(records, "telegram", "34")
        found = outbox.due(records, "telegram", 10)
        assert [(each[0].account, len(each)) for each in found] == [("33", 1), ("31", 1), ("32", 1)]


async def test_a_run_that_is_stopped_leaves_nothing_that_comes_twice(
    store: Store, settings: Settings, reader: Callable[[], Person], telegram: TelegramStandIn
) -> None:
    person = reader()
    for text in ("一", "二"):
        leave(store, person, text)
    telegram.world.fails(faults.slow(1), "sendMessage", person.id)
    task = asyncio.create_task(run(store, settings))
    while telegram.world._faults:  # until the call has come in
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert states(store) == {1: ("in_doubt", "in_doubt"), 2: ("waiting", None)}


@pytest.mark.server
def test_the_command_sends_what_waits_and_says_what_became_of_it(telegram: TelegramStandIn, tmp_path: Path) -> None:
    keys, url = generate_key(), f"sqlite:///{tmp_path}/hebao.db"
    person = telegram.person()
    person.private.started = True
    with Store.open(url, keys) as store:
        with store.records() as records:
            contact_of(records, "telegram", str(person.id), "zh_Hans")
        for _ in range(2):
            leave(store, person, "您的缴费期到 12 月 31 日")
    known = environment(
        HEBAO_DATABASE_URL=url,
        HEBAO_KEYS=keys,
        HEBAO_TELEGRAM_TOKEN=TOKEN,
        HEBAO_TELEGRAM_SECRET=SECRET,
        HEBAO_TELEGRAM_API_BASE=telegram.url,
        HEBAO_TELEGRAM_CHAT_SECONDS="0.1",
    )

    def send(*options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*HEBAO, "telegram", "send", *options], env=known, capture_output=True, text=True)

    telegram.world.fails(faults.too_many(3600), "sendMessage", person.id)
    stopped = send("--json")
    telegram.rates.quiet_until.clear()
    assert stopped.returncode == 1
    assert json.loads(stopped.stdout) == {
        "sent": 0, "blocked": 0, "refused": 0, "in_doubt": 0, "put_back": 1, "stopped": "too_fast",
    }  # fmt: skip
    assert "Run it again later" in stopped.stderr
    for secret in (TOKEN, str(person.id), "您的"):
        assert secret not in stopped.stdout + stopped.stderr
    waits = send()
    assert (waits.returncode, waits.stdout) == (0, "sent: 0, blocked: 0, refused: 0, in doubt: 0, put back: 0\n")
    with Store.open(url, keys) as store, store.records() as records:
        records.connection.execute(table.update().values(try_at=records.now))
    done = send()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "sent: 2, blocked: 0, refused: 0, in doubt: 0, put back: 0\n"
    assert len(person.sees()) == 2
