"""All conversations at once through two web processes and beside two workers, on one PostgreSQL: nobody notices."""

from __future__ import annotations

import secrets
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest

import pytest

from member_store.encryption import generate_key
from member_store.store import Store
from tests.servers import HEBAO, Server, environment
from tests.transcripts.test_killed_server import by_county, post
from tests.transcripts.transcript import Expected, Heard, Transcript, check

pytestmark = pytest.mark.server


@pytest.mark.parametrize("every", [pytest.param(8, id="some"), pytest.param(1, id="all", marks=pytest.mark.long)])
def test_two_servers_hold_every_conversation_and_a_copy_gets_the_same_answer_from_either(
    every: int, postgresql_url: str
) -> None:
    together = by_county()[None][::every]
    paths = [f"/api/v1/conversations/{secrets.token_hex(16)}/messages" for _ in together]
    settings = {"HEBAO_DATABASE_URL": postgresql_url, "HEBAO_KEYS": generate_key()}
    command = [*HEBAO, "worker"]
    workers = [
        subprocess.Popen(command, env=environment(**settings), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(2)
    ]
    try:
        with Server(settings) as one, Server(settings) as other, ThreadPoolExecutor(8) as people:

            def say(transcript: Transcript, path: str, turn: Expected | None, number: int) -> None:
                if turn is None:
                    return
                body = {"text": turn.say, "message_id": secrets.token_hex(8), "locale": transcript.locale}
                mine, others = (one, other) if number % 2 else (other, one)
                # The platform sends it twice, and the copy reaches the other one at the same moment.
                with ThreadPoolExecutor(2) as both:
                    first, again = both.map(lambda each: post(each, path, body), (mine, others))
                assert {**first, "repeated": False} == {**again, "repeated": False}
                assert sorted([first["repeated"], again["repeated"]]) == [False, True]
                replies, state, asks = first["replies"], first["state"], first["asks"]
                assert isinstance(replies, list)
                assert isinstance(state, dict)
                words = "\n".join(each["plain"] for each in replies)
                check(transcript, number, turn, Heard(words, asks if isinstance(asks, str) else None, state))

            for number, turns in enumerate(zip_longest(*(each.turns for each in together)), 1):
                list(
                    people.map(lambda each, number=number: say(*each, number), zip(together, paths, turns, strict=True))
                )
    finally:
        for each in workers:
            each.send_signal(signal.SIGTERM)
        assert [each.wait(60) for each in workers] == [0, 0]


def test_what_one_person_says_to_both_at_once_is_taken_in_one_order(postgresql_url: str) -> None:
    key, account = generate_key(), secrets.token_hex(16)
    settings = {"HEBAO_DATABASE_URL": postgresql_url, "HEBAO_KEYS": key}
    with Server(settings) as one, Server(settings) as other, ThreadPoolExecutor(8) as at_once:

        def say(number: int) -> str:
            body = {"text": f"第{number}句", "message_id": f"m{number}", "locale": "zh-CN"}
            post((one, other)[number % 2], f"/api/v1/conversations/{account}/messages", body)
            return body["text"]

        said = list(at_once.map(say, range(60)))
    with Store.open(postgresql_url, key) as store:
        kept = store.history("api", account, 1000)
    assert sorted(each.text for each in kept) == sorted(said), "each once"
    assert len({each.received_at for each in kept}) > 1
