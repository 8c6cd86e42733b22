"""A stand-in of WeChat's servers that runs, and settings that lead to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.settings import Settings
from tests.bot.channels.wechat.hebao import Hebao, Resident, account_of, settings_with
from tests.standins.wechat import Rules, RunningWeChat
from tests.standins.wechat.phone import Account


@pytest.fixture(scope="module")
def running_wechat() -> Iterator[RunningWeChat]:
    with RunningWeChat() as wechat:
        yield wechat


@pytest.fixture
def wechat(running_wechat: RunningWeChat) -> RunningWeChat:
    """The stand-in, as on its first day."""
    running_wechat.reset()
    return running_wechat


@pytest.fixture
def wechat_settings(wechat: RunningWeChat, settings: Callable[..., Settings]) -> Callable[..., Settings]:
    """Settings of an account at the stand-in."""

    def make(**given: object) -> Settings:
        account = {
            "wechat_token": "aTokenOfOurOwn",
            "wechat_app_id": wechat.app_id,
            "wechat_app_secret": wechat.secret,
            "wechat_api_base": wechat.url,
            "wechat_login_base": wechat.url,
            "public_url": "https://hebao.example",
        }
        return settings(**{**account, **given})

    return make


@pytest.fixture(scope="module")
def hebao(running_wechat: RunningWeChat, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hebao]:
    """The program for the tests of one file, in safe mode."""
    running_wechat.rules = Rules(everybody_follows=True)
    with Hebao(settings_with(running_wechat, tmp_path_factory.mktemp("store"))) as running:
        yield running


@pytest.fixture
def account(running_wechat: RunningWeChat) -> Account:
    return account_of(running_wechat)


@pytest.fixture
def resident(hebao: Hebao, account: Account) -> Resident:
    """Somebody new."""
    return Resident(hebao, account)


@pytest.fixture
def open_hebao(running_wechat: RunningWeChat, tmp_path: Path) -> Iterator[Callable[..., Hebao]]:
    """Starts the program with settings of the test's own, and ends it."""
    with ExitStack() as running:
        yield lambda **given: running.enter_context(Hebao(settings_with(running_wechat, tmp_path, **given)))
