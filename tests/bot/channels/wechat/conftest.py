"""A stand-in of WeChat's servers that runs, and settings that lead to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from bot.settings import Settings
from tests.standins.wechat import RunningWeChat


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
