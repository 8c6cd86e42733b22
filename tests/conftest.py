"""What every test can use: a service on a store of its own, and settings that nothing outside can change."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
import structlog

from bot.opening import open_service
from bot.service import Service
from bot.settings import Settings, read_settings
from tests.servers import Server

pytest_plugins = ["tests.postgresql", "tests.shared_stores"]

# How long one example takes depends on what else the machine does; benchmarks measure time, tests do not.
hypothesis.settings.register_profile("no deadline", deadline=None, max_examples=40)
hypothesis.settings.load_profile("no deadline")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write tests/transcripts anew, as the conversations now go")


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("HEBAO_") and name != "HEBAO_TEST_DATABASE_URL":
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def logs_of_this_test_alone() -> Iterator[None]:
    """A command sets up where logs go, here to what its own test caught."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/var/hebao.db"


@pytest.fixture
def settings(database_url: str) -> Callable[..., Settings]:
    def make(**given: object) -> Settings:
        return read_settings(_env_file=None, **{"database_url": database_url, "offer_demo": True, **given})

    return make


@pytest.fixture
def open_with(settings: Callable[..., Settings]) -> Iterator[Callable[..., Service]]:
    """Opens services on the test's own store, and closes them."""
    opened: list[Service] = []

    def make(**given: object) -> Service:
        opened.append(open_service(settings(**given)))
        return opened[-1]

    yield make
    for service in opened:
        service.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server process on a store of its own, for the tests of one file."""
    folder = tmp_path_factory.mktemp("store")
    with Server({"HEBAO_DATABASE_URL": f"sqlite:///{folder}/hebao.db"}) as server:
        yield server
