"""The program as a merchant of WeChat Pay's stand-in, and residents who owe something."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.settings import read_settings
from member_store.encryption import generate_key
from tests.bot.channels.wechat.hebao import Hebao
from tests.bot.channels.wechat.pay.shop import PUBLIC_URL, Shop
from tests.member_store.members.money import DAY
from tests.standins.wechat_pay import RunningPay


@pytest.fixture(scope="session")
def running_pay() -> Iterator[RunningPay]:
    with RunningPay() as pay:
        yield pay


@pytest.fixture
def pay(running_pay: RunningPay) -> RunningPay:
    """The stand-in, without orders."""
    running_pay.reset()
    return running_pay


def open_shop(running: ExitStack, pay: RunningPay, folder: Path, **given: object) -> Shop:
    settings = read_settings(
        _env_file=None,
        **{
            "database_url": f"sqlite:///{folder}/hebao.db",
            "offer_demo": True,
            "today": DAY,
            "public_url": PUBLIC_URL,
            "wechat_token": "aTokenOfOurOwn",
            **pay.settings(folder / "keys of pay", pay.url),
            **given,
        },
    )
    hebao = running.enter_context(Hebao(settings))
    pay.hosts[PUBLIC_URL] = hebao.url
    return Shop(hebao, settings, pay)


@pytest.fixture(scope="module")
def running_shop(running_pay: RunningPay, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with ExitStack() as running:
        yield open_shop(running, running_pay, tmp_path_factory.mktemp("shop"))


@pytest.fixture
def shop(running_shop: Shop, pay: RunningPay) -> Shop:
    """The program for the tests of one file, on SQLite."""
    pay.hosts[PUBLIC_URL] = running_shop.hebao.url
    return running_shop


@pytest.fixture
def open_with_pay(pay: RunningPay, tmp_path: Path) -> Iterator[Callable[..., Shop]]:
    """Starts the program with settings of the test's own, and ends it."""
    with ExitStack() as running:
        yield lambda **given: open_shop(running, pay, tmp_path, **given)


@pytest.fixture(params=["sqlite", "postgresql"])
def each_shop(request: pytest.FixtureRequest, open_with_pay: Callable[..., Shop]) -> Shop:
    """The program on each database."""
    if request.param == "sqlite":
        return open_with_pay()
    return open_with_pay(database_url=request.getfixturevalue("postgresql_url"), keys=generate_key())
