"""What Telegram may call, and what comes again: over real HTTP, as the platform does it."""

from __future__ import annotations

import json
import threading

import httpx
import pytest

from bot.service import Service
from member_store.errors import StoreError
from tests.bot.channels.telegram.conftest import HEADER, SECRET, Hebao
from tests.bot.channels.telegram.test_dialogue import turns
from tests.standins.telegram import Person, TelegramStandIn, faults


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", SECRET[:-1], "密"])
def test_t01_a_request_without_the_secret_is_refused(hebao: Hebao, person: Person, secret: str | None) -> None:
    before = turns(hebao, person)
    update = {"update_id": 1, "message": {"text": "a"}}
    headers = {} if secret is None else {HEADER: secret.encode()}
    response = httpx.post(f"{hebao.url}/telegram", content=json.dumps(update), headers=headers)
    assert (response.status_code, response.content) == (401, b"")
    assert turns(hebao, person) == before


def test_t02_the_same_update_again_is_one_turn_and_one_answer(
    hebao: Hebao, telegram: TelegramStandIn, person: Person
) -> None:
    update = person.says("能参保吗")
    person.settles(update["update_id"])
    seen, taken = person.sees(), turns(hebao, person)
    assert [telegram.deliver(update) for _ in range(2)] == [200, 200]
    assert (person.sees(), turns(hebao, person)) == (seen, taken)


def test_t02_the_same_update_many_times_at_once_is_one_turn_and_one_answer(
    hebao: Hebao, telegram: TelegramStandIn, person: Person
) -> None:
    telegram.world.fails(faults.slow(0.3), "sendMessage", person.id)
    before, taken = len(person.sees()), turns(hebao, person)
    body = {"message_id": 5, "date": 1, "chat": {"id": person.id, "type": "private"}, "text": "能参保吗"}
    update = {"update_id": 99_000_001, "message": {**body, "from": telegram.world.people[person.id]}}
    statuses: list[int] = []
    threads = [threading.Thread(target=lambda: statuses.append(telegram.deliver(update))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 6
    assert (len(person.sees()) - before, turns(hebao, person) - taken) == (1, 1)


def test_t02_an_update_comes_again_while_the_store_fails(
    hebao: Hebao, telegram: TelegramStandIn, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, failing = Service.handle, [True, True]

    def handle(*args: object, **given: object) -> object:
        if failing:
            failing.pop()
            raise StoreError("down", "it is down", "wait")
        return real(*args, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(hebao.service, "handle", handle.__get__(hebao.service))
    before = len(person.sees())
    update = person.says("能参保吗")
    person.settles(update["update_id"])
    statuses = [status for number, status in telegram.world.deliveries if number == update["update_id"]]
    assert statuses == [503, 503, 200]
    assert len(person.sees()) == before + 1


@pytest.mark.parametrize(
    "body",
    [
        {"poll": {"id": "1"}},
        {"a_kind_of_the_future": {"x": 1}},
        {},
        {"message": {"message_id": "no number"}},
        {"inline_query": {"id": "1", "from": {"id": 1, "is_bot": False, "first_name": "a"}, "query": "", "offset": ""}},
    ],
)
def test_t03_an_update_of_a_kind_that_is_not_known_is_taken(hebao: Hebao, body: dict[str, object]) -> None:
    assert hebao.post({"update_id": 77, **body}).status_code == 200


@pytest.mark.parametrize("number", [-1, 2**63, 10**200, True, "1", 1.5, None])
def test_t03_a_call_without_the_number_of_an_update_is_refused(hebao: Hebao, person: Person, number: object) -> None:
    body = {"message_id": 5, "date": 1, "chat": {"id": person.id, "type": "private"}, "text": "能参保吗"}
    taken = turns(hebao, person)
    update = {"update_id": number, "message": {**body, "from": {"id": person.id, "is_bot": False, "first_name": "a"}}}
    assert hebao.post(update).status_code == 400
    assert turns(hebao, person) == taken
