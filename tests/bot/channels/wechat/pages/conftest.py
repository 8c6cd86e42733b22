"""The program with its pages for WeChat, and browsers inside WeChat."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from member_store.tokens import Held, Tokens
from tests.bot.channels.wechat.hebao import Hebao, Resident, settings_with
from tests.bot.channels.wechat.pages.browser import PUBLIC_URL, TEMPLATE, Browser
from tests.standins.wechat import Rules, RunningWeChat
from tests.standins.wechat.phone import Account

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def mapping(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that says what the account's template is for."""
    path = tmp_path_factory.mktemp("notices") / "notices.yaml"
    path.write_text(f"answer_waiting:\n  template: {TEMPLATE}\n  fields:\n    thing1: '{{what}}'\n", "utf-8")
    return path


@pytest.fixture(scope="module")
def hebao(running_wechat: RunningWeChat, mapping: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hebao]:
    running_wechat.rules = Rules(everybody_follows=True)
    folder = tmp_path_factory.mktemp("store")
    more = {"public_url": PUBLIC_URL, "wechat_humans": True, "wechat_notices": mapping}
    with Hebao(settings_with(running_wechat, folder, **more)) as running:
        yield running


@pytest.fixture
def ticket(hebao: Hebao, wechat: RunningWeChat) -> Callable[[], str]:
    """The ticket that the program holds."""

    def make() -> str:
        found = Tokens(hebao.service.store).claim(f"wechat {wechat.app_id} ticket")
        assert isinstance(found, Held)
        return found.value

    return make


@pytest.fixture
def open_browser(hebao: Hebao, wechat: RunningWeChat) -> Iterator[Callable[..., Browser]]:
    """Opens browsers, each of somebody new where no openid is given."""
    wechat.rules.everybody_follows = True
    with ExitStack() as opened:

        def make(openid: str | None = None, **more: str) -> Browser:
            someone = openid or f"oBrowser-{next(_numbers):017}x"
            return opened.enter_context(Browser(hebao, wechat, someone, **more))

        yield make


@pytest.fixture
def resident(hebao: Hebao, account: Account, wechat: RunningWeChat) -> Resident:
    wechat.rules.everybody_follows = True
    return Resident(hebao, account)


@pytest.fixture
def browser(open_browser: Callable[..., Browser], resident: Resident) -> Browser:
    """The resident's own."""
    return open_browser(resident.openid)
