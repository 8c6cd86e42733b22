"""W16: the menu under the conversation: what is refused before WeChat would, and what arrives there."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.channels.wechat.api.client import WeChatClient
from bot.channels.wechat.keys import KEYS
from bot.channels.wechat.menu import OUR_MENU, Menu, MenuError, read_menu
from bot.languages import LOCALES, catalogue
from bot.opening import open_store
from bot.settings import Settings
from member_store.tokens import Tokens
from tests.servers import HEBAO, environment
from tests.standins.wechat import RunningWeChat

CLICK = {"name": "帮助", "type": "click", "key": "help"}
Read = Callable[..., Menu]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "menu.yaml"


@pytest.fixture
def read(file: Path, wechat_settings: Callable[..., Settings]) -> Read:
    """Reads a menu of these buttons, or of a file's whole text."""

    def make(*buttons: Any, text: str | None = None, **given: object) -> Menu:
        file.write_text(json.dumps({"button": buttons}, ensure_ascii=False, indent=1) if text is None else text)
        return read_menu(file, wechat_settings(**given))

    return make


def faults(read: Read, *buttons: Any, **more: Any) -> list[str]:
    with pytest.raises(MenuError) as raised:
        read(*buttons, **more)
    return [str(each) for each in raised.value.faults]


def view(url: str) -> dict[str, str]:
    return {"name": "网页", "type": "view", "url": url}


def scan(key: str) -> dict[str, str]:
    return {"name": "扫一扫", "type": "scancode_push", "key": key}


def group(*below: Any, name: str = "更多") -> dict[str, Any]:
    return {"name": name, "sub_button": list(below)}


WIDEST = [
    [CLICK] * 3,
    [group(*[CLICK] * 5)],
    [{**CLICK, "name": "五个汉字吗a"}],
    [group({**CLICK, "name": "二" * 20})],
    [scan("键" * 42 + "ab")],
    [view("https://hebao.example/" + "a" * 1002)],
    [group(view("https://hebao.example/" + "a" * 1002), scan("k" * 128))],
]
TOO_WIDE = [
    ([CLICK] * 4, "3 buttons"),
    ([group(*[CLICK] * 6)], "5 buttons"),
    ([{**CLICK, "name": "五个汉字吗ab"}], "17 bytes"),
    ([group({**CLICK, "name": "二" * 20 + "a"})], "61 bytes"),
    ([scan("键" * 42 + "abc")], "129 bytes"),
    ([view("https://hebao.example/" + "a" * 1003)], "1025 bytes"),
]


@pytest.mark.parametrize("buttons", WIDEST, ids=range(len(WIDEST)))
async def test_w16_what_just_fits_is_taken_here_and_by_wechat(
    read: Read, wechat: RunningWeChat, wechat_settings: Callable[..., Settings], buttons: list[Any]
) -> None:
    menu = read(*buttons)
    with open_store(wechat_settings()) as store:
        client = WeChatClient(wechat_settings(), Tokens(store))
        await client.create_menu(menu.buttons)
        assert await client.get_menu() == list(menu.buttons)
        await client.aclose()


@pytest.mark.parametrize(("buttons", "told"), TOO_WIDE, ids=range(len(TOO_WIDE)))
def test_w16_one_more_is_refused_with_its_number_and_what_to_do(read: Read, buttons: list[Any], told: str) -> None:
    (fault,) = faults(read, *buttons)
    assert told in fault
    assert "menu.yaml:" in fault
    assert any(remedy in fault for remedy in ("Shorten it", "Take some away"))


@pytest.mark.parametrize(
    ("button", "told"),
    [
        ({"type": "click", "key": "help"}, "'name' is missing"),
        ({"name": " ", "type": "click", "key": "help"}, "Here should be words"),
        ({"name": "帮助"}, "'type' is missing"),
        ({"name": "帮助", "type": "click"}, "'key' is missing"),
        ({"name": "网页", "type": "view"}, "'url' is missing"),
        ({"name": "网页", "type": "view", "url": "/", "key": "help"}, "has no 'key'"),
        ({"name": "帮助", "type": "clik", "key": "help"}, "Did you mean: click"),
        ({"name": "帮助", "type": "click", "key": "halp"}, "Did you mean: help"),
        ({"name": "帮助", "type": "click", "kye": "help"}, "Did you mean: key"),
        ({"name": "小程序", "type": "miniprogram", "url": "/", "appid": "wx1"}, "'pagepath' is missing"),
        ({"name": "图", "type": "media_id"}, "'media_id' is missing"),
        ({**CLICK, "needs": "moon"}, "Did you mean"),
        ({**CLICK, "sub_button": [CLICK]}, "Remove 'type'"),
        (group(group(CLICK)), "no key 'sub_button'"),
        (group(), "at least one"),
        (view("javascript:alert(1)"), "no address"),
        (view("//evil.example"), "no address"),
        (view("https://"), "no address"),
        (view("https://hebao.example/a b"), "no address"),
        ("help", "keys and values"),
    ],
)
def test_w16_a_button_that_is_off_is_refused_with_its_line_and_what_to_do(read: Read, button: Any, told: str) -> None:
    found = faults(read, CLICK, button)
    assert told in found[0]
    assert all(each.startswith("menu.yaml:") for each in found)


def test_w16_every_fault_is_told_at_once_in_every_language(read: Read) -> None:
    with pytest.raises(MenuError) as raised:
        read(
            {**CLICK, "name": "这个名字太长了"},
            {**CLICK, "key": "halp"},
            group({"name": "二"}, {**CLICK, "type": "x"}, view("ftp://x")),
            CLICK,
        )
    assert len(raised.value.faults) == 6
    for locale in LOCALES:
        assert len({each.said(catalogue(locale).source) for each in raised.value.faults}) == 6


@pytest.mark.parametrize("text", ["", "- x", "button: x", "button: []", "buton: []", "button: {", "a: &b 1", "\x07"])
def test_w16_what_is_no_menu_is_refused(read: Read, text: str) -> None:
    assert faults(read, text=text)


def test_w16_a_page_of_ours_needs_the_address_that_people_reach_it_under(read: Read) -> None:
    assert read(view("/help")).buttons[0]["url"] == "https://hebao.example/help"
    assert "HEBAO_PUBLIC_URL" in faults(read, view("/help"), public_url="")[0]


def test_w16_a_button_whose_setting_is_not_set_is_left_out_and_an_empty_group_with_it(read: Read) -> None:
    away = group({**view("/x"), "needs": "public_url"})
    found = read(CLICK, away, {**CLICK, "needs": "humans"}, public_url="")
    assert found.buttons == (CLICK,)
    assert found.left_out == (("网页", "public_url"), ("帮助", "humans"))
    assert read(CLICK, {**CLICK, "needs": "humans"}, wechat_humans=True).buttons == (CLICK, CLICK)
    assert "No button is left" in faults(read, away, public_url="")[0]


def test_w16_our_own_menu_is_in_order_and_short_enough_to_be_read_on_a_phone(
    wechat_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    whole = read_menu(OUR_MENU, wechat_settings(wechat_humans=True, wechat_notices=tmp_path / "notices.yaml"))
    assert not whole.left_out
    below = [each for button in whole.buttons for each in button["sub_button"]]
    assert {each["key"] for each in below if each["type"] == "click"} == set(KEYS)
    assert max(len(button["name"]) for button in whole.buttons) <= 4
    assert max(len(each["name"]) for each in below) <= 7
    assert read_menu(OUR_MENU, wechat_settings(public_url="")).buttons


# -- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def hebao_menu(wechat: RunningWeChat, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs `hebao wechat menu …` in a process of its own, with the account at the stand-in."""

    def run(*arguments: str, language: str = "en_GB.UTF-8", **given: str) -> subprocess.CompletedProcess[str]:
        account = {
            "HEBAO_DATABASE_URL": f"sqlite:///{tmp_path}/hebao.db",
            "HEBAO_WECHAT_APP_ID": wechat.app_id,
            "HEBAO_WECHAT_APP_SECRET": wechat.secret,
            "HEBAO_WECHAT_API_BASE": wechat.url,
            "HEBAO_PUBLIC_URL": "https://hebao.example",
        }
        return subprocess.run(
            [*HEBAO, "wechat", "menu", *arguments],
            env=environment(**{**account, "LANG": language, "LC_ALL": "", **given}),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.server
def test_w16_push_puts_the_menu_there_and_show_shows_it(hebao_menu: Run, wechat: RunningWeChat) -> None:
    assert "no menu yet" in hebao_menu("show").stdout
    pushed = hebao_menu("push")
    assert pushed.returncode == 0, pushed.stderr
    assert "能不能参保  (click eligibility)" in pushed.stdout
    assert "https://hebao.example/wechat/login" in pushed.stdout
    assert "HEBAO_WECHAT_HUMANS" in pushed.stdout
    assert wechat.menu is not None
    assert [each["name"] for each in wechat.menu["menu"]["button"]] == ["问医保", "办参保", "更多"]
    (call,) = (each for each in wechat.calls if each["endpoint"] == "menu/create")
    assert not call["escaped"]
    assert json.loads(hebao_menu("show", "--json").stdout)["button"] == wechat.menu["menu"]["button"]
    # The token is that of the server and of all other commands.
    assert wechat.count("stable_token") == 1


@pytest.mark.server
def test_w16_what_is_wrong_never_reaches_wechat(hebao_menu: Run, wechat: RunningWeChat, file: Path) -> None:
    file.write_text("button:\n  - name: 这个名字太长了\n    type: clik\n    key: help\n", "utf-8")
    for command in ("check", "push"):
        ran = hebao_menu(command, "--file", str(file), language="zh_CN.UTF-8")
        assert ran.returncode == 2
        assert ran.stdout == ""
        assert [line.split(":")[1:3] for line in ran.stderr.splitlines()] == [[" menu.yaml", "2"], [" menu.yaml", "3"]]
        assert "请改短" in ran.stderr
    assert not wechat.calls


@pytest.mark.server
@pytest.mark.parametrize(
    ("code", "told"),
    [
        (40164, "IP白名单"),
        (48001, "接口权限"),
        (45009, "used up"),
        (45011, "Too fast"),
        (-1, "busy"),
        (40018, "does not take this (40018)"),
    ],
)
def test_w16_what_wechat_refuses_is_one_plain_sentence(
    hebao_menu: Run, wechat: RunningWeChat, code: int, told: str
) -> None:
    wechat.fails("menu/create", code, times=None)
    ran = hebao_menu("push")
    assert ran.returncode == 2
    assert ran.stdout == ""
    sentence = ran.stderr.strip().splitlines()[-1]
    assert sentence.startswith("hebao: ")
    assert told in sentence
    assert "Traceback" not in ran.stderr
    assert wechat.secret not in ran.stderr
    assert wechat.stable is not None
    assert wechat.stable not in ran.stderr


@pytest.mark.server
def test_w16_without_an_account_or_a_way_to_wechat_one_sentence_says_what_to_do(hebao_menu: Run) -> None:
    assert "HEBAO_WECHAT_APP_ID" in hebao_menu("push", HEBAO_WECHAT_APP_ID="").stderr
    assert "HEBAO_WECHAT_APP_SECRET" in hebao_menu("show", HEBAO_WECHAT_APP_SECRET="").stderr
    ran = hebao_menu("push", HEBAO_WECHAT_API_BASE="http://127.0.0.1:9")
    assert ran.returncode == 2
    assert "HEBAO_WECHAT_API_BASE" in ran.stderr
