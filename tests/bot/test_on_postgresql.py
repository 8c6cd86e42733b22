"""The same service on PostgreSQL: every conversation, and one message at once from several threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.opening import open_service
from bot.service import Inbound, Service
from bot.settings import Settings
from member_store.encryption import generate_key
from tests.transcripts.test_in_process import heard, message
from tests.transcripts.transcript import Transcript, play, transcripts

Make = Callable[..., Settings]


@pytest.fixture
def open_on_postgresql(settings: Make, postgresql_url: str) -> Callable[..., Service]:
    keys = generate_key()
    return lambda **given: open_service(settings(database_url=postgresql_url, keys=keys, **given))


@pytest.mark.parametrize("transcript", transcripts(), ids=lambda each: each.file)
def test_a_conversation_goes_as_on_sqlite(transcript: Transcript, open_on_postgresql: Callable[..., Service]) -> None:
    with open_on_postgresql(county=transcript.county) as service:
        play(transcript, lambda text: heard(service.handle(message(transcript, text))))


def test_three_deliveries_at_once_make_one_turn(open_on_postgresql: Callable[..., Service]) -> None:
    with open_on_postgresql() as service, ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(service.handle, [Inbound("web", "a", "m1", "我能参保吗", "zh-CN")] * 3))
    assert sorted(each.repeated for each in answers) == [False, True, True]
    assert len({each.replies for each in answers}) == 1
