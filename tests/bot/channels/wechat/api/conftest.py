"""Our client, against the stand-in, on a store of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from bot.channels.wechat.api import client as client_module
from bot.channels.wechat.api.client import WeChatClient
from bot.opening import open_store
from bot.settings import Settings
from member_store.store import Store
from member_store.tokens import Tokens


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "_FIRST_PAUSE_SECONDS", 0.01)


@pytest.fixture
def store(settings: Callable[..., Settings]) -> Iterator[Store]:
    with open_store(settings()) as opened:
        yield opened


@pytest.fixture
async def client(wechat_settings: Callable[..., Settings], store: Store) -> AsyncIterator[WeChatClient]:
    client = WeChatClient(wechat_settings(), Tokens(store))
    yield client
    await client.aclose()
