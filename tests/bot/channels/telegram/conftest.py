"""`hebao serve` in this process, set up with a stand-in of Telegram's."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import httpx
import pytest
import uvicorn

from bot.app import create_app
from bot.opening import open_service
from bot.service import Service
from bot.settings import Settings, read_settings
from tests.standins.telegram import TOKEN, Person, TelegramStandIn

SECRET = "a-secret_of-the-webhook"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


class Hebao:
    """The application in a web server in a thread."""

    def __init__(self, settings: Settings) -> None:
        self.service: Service = open_service(settings)
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(256)
        self._listener = listener
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(create_app(self.service, settings), log_config=None, access_log=False)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listener]}, daemon=True)

    def post(self, update: object, secret: str | None = SECRET) -> httpx.Response:
        """Deliver an update by hand."""
        headers = {} if secret is None else {HEADER: secret}
        return httpx.post(f"{self.url}/telegram", json=update, headers=headers, timeout=30)

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._server.started:
            threading.Event().wait(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(20)
        self._listener.close()


def settings_without_store(telegram: TelegramStandIn, **given: object) -> Settings:
    """Settings for what only talks with Telegram."""
    known = {"telegram_token": TOKEN, "telegram_secret": SECRET, "telegram_api_base": telegram.url}
    return read_settings(_env_file=None, **{**known, **given})


def settings_with(telegram: TelegramStandIn, folder: Path, **given: object) -> Settings:
    return read_settings(
        _env_file=None,
        **{
            "database_url": f"sqlite:///{folder}/hebao.db",
            "offer_demo": True,
            "telegram_token": TOKEN,
            "telegram_secret": SECRET,
            "telegram_api_base": telegram.url,
            **given,
        },
    )


@pytest.fixture(scope="module")
def telegram() -> Iterator[TelegramStandIn]:
    with TelegramStandIn() as standin:
        yield standin


@pytest.fixture(scope="module")
def hebao(telegram: TelegramStandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hebao]:
    """A server for the tests of one file, with its webhook set."""
    with Hebao(settings_with(telegram, tmp_path_factory.mktemp("store"))) as running:
        telegram.world.webhook.url = f"{running.url}/telegram"
        telegram.world.webhook.secret = SECRET
        yield running
        telegram.world.webhook.url = ""


@pytest.fixture
def person(telegram: TelegramStandIn, hebao: Hebao) -> Iterator[Person]:
    """Somebody new, who has opened the bot."""
    made = telegram.person()
    made.asks("/start")
    yield made
    telegram.world.clear_faults()


@pytest.fixture
def telegram_settings(telegram: TelegramStandIn, tmp_path: Path) -> Callable[..., Settings]:
    return lambda **given: settings_with(telegram, tmp_path, **given)
