"""W24: pages that WeChat's script trusts: signatures, one ticket for all, and the page to agree to notices on."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from bot.channels.wechat.api.client import WeChatClient
from bot.channels.wechat.jssdk import sign, signature
from bot.opening import open_store
from bot.settings import Settings
from member_store.tokens import Tokens
from tests.bot.channels.wechat.hebao import Hebao
from tests.bot.channels.wechat.pages.browser import PAGE, PUBLIC_URL, TEMPLATE, Browser
from tests.standins.wechat import RunningWeChat

TICKET = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"


# -- signatures -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "signed"),
    [
        ("http://mp.weixin.qq.com", "f4d90daf4b3bca3078ab155816175ba34c443a7b"),
        ("http://mp.weixin.qq.com?params=value", "0f9de62fce790f9a083d5c99e95740ceb90c27ed"),
        ("http://mp.weixin.qq.com#latest", "f4d90daf4b3bca3078ab155816175ba34c443a7b"),
        ("http://mp.weixin.qq.com?params=value#a#b", "0f9de62fce790f9a083d5c99e95740ceb90c27ed"),
        ("http://mp.weixin.qq.com#?params=value", "f4d90daf4b3bca3078ab155816175ba34c443a7b"),
    ],
)
def test_w24_the_golden_signatures_and_what_stands_behind_the_hash_does_not_count(url: str, signed: str) -> None:
    assert signature(TICKET, "Wm3WZYTPz0wzccnW", 1414587457, url) == signed


async def test_w24_all_share_one_ticket(
    wechat_settings: Callable[..., Settings], wechat: RunningWeChat, tmp_path: Path
) -> None:
    with open_store(wechat_settings()) as store:
        clients = [WeChatClient(wechat_settings(), Tokens(store)) for _ in range(3)]
        found = [await sign(client, wechat.app_id, "https://hebao.example/") for client in clients]
        for client in clients:
            await client.aclose()
    assert wechat.count("ticket/getticket") == 1
    assert len({each.nonce for each in found}) == 3
    ticket = wechat.tickets["jsapi"][0]
    for each in found:
        assert each.signature == signature(ticket, each.nonce, each.timestamp, "https://hebao.example/")


# -- the page ---------------------------------------------------------------------------------------------------------


class _Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def tags(answer: httpx.Response, name: str, **wanted: str) -> list[dict[str, str | None]]:
    return [
        attributes
        for tag, attributes in _Tags(answer.text).found
        if tag == name and wanted.items() <= attributes.items()
    ]


def plain(answer: httpx.Response, status: int, told: str) -> bool:
    """Whether this is a page that says something and nothing else."""
    assert (answer.status_code, told in answer.text) == (status, True), answer.text
    return "wx-open-subscribe" not in answer.text and "res.wx.qq.com" not in str(answer.headers)


def test_w24_the_page_is_signed_for_its_address_and_offers_each_notice(
    browser: Browser, wechat: RunningWeChat, ticket: Callable[[], str]
) -> None:
    page = browser.logs_in(PAGE)
    assert page.status_code == 200, page.text
    (told,) = tags(page, "div", id="notices")
    assert told["data-app-id"] == wechat.app_id
    given = ticket(), str(told["data-nonce"]), int(str(told["data-timestamp"]))
    assert told["data-signature"] == signature(*given, PUBLIC_URL + PAGE)
    assert [each["template"] for each in tags(page, "wx-open-subscribe")] == [TEMPLATE]
    assert "收一条提醒" in page.text
    assert "no-store" in page.headers["cache-control"]


@pytest.mark.parametrize("query", ["from=singlemessage&isappinstalled=0", "a=%E4%BD%A0&b=1+2", "x"])
def test_w24_the_page_is_signed_with_what_wechat_has_added_to_its_address(
    browser: Browser, ticket: Callable[[], str], query: str
) -> None:
    browser.logs_in(PAGE)
    page = browser.get(f"{PAGE}?{query}")
    (told,) = tags(page, "div", id="notices")
    given = ticket(), str(told["data-nonce"]), int(str(told["data-timestamp"]))
    assert told["data-signature"] == signature(*given, f"{PUBLIC_URL}{PAGE}?{query}")


def test_w24_the_page_says_whether_one_tap_is_for_good(
    open_hebao: Callable[..., Hebao], wechat: RunningWeChat, mapping: Path, tmp_path: Path
) -> None:
    standing = tmp_path / "standing.yaml"
    standing.write_text(mapping.read_text("utf-8") + "  standing: true\n", "utf-8")
    hebao = open_hebao(public_url=PUBLIC_URL, wechat_notices=standing)
    with Browser(hebao, wechat, "oStanding-0000000000000001x") as browser:
        page = browser.logs_in(PAGE)
    assert "以后都会提醒" in page.text
    assert "收一条提醒" not in page.text


def test_w24_wechats_script_may_run_on_this_page_and_on_no_other(browser: Browser) -> None:
    policy = browser.logs_in(PAGE).headers.get_list("content-security-policy")
    assert len(policy) == 1
    assert "script-src 'self' https://res.wx.qq.com;" in policy[0]
    assert "frame-ancestors 'none'" in policy[0]
    assert "unsafe-inline" not in policy[0].partition("script-src")[2].partition(";")[0]
    for path in ("/", "/wechat/login?next=//x", "/healthz", "/nothing", "/static/notices.js"):
        (other,) = browser.get(path).headers.get_list("content-security-policy")
        assert "wx.qq.com" not in other, path
        assert "unsafe-inline" not in other, path


def test_w24_who_is_not_known_logs_in_first(browser: Browser) -> None:
    answer = browser.get(PAGE)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/wechat/login?next={quote(PAGE, safe='')}"


def test_w24_outside_wechat_the_page_says_what_to_do(hebao: Hebao, wechat: RunningWeChat) -> None:
    with Browser(hebao, wechat, "oOutside-00000000000000001x", user_agent="Mozilla/5.0 (X11; Linux)") as outside:
        assert plain(outside.get(PAGE), 403, "请在微信里打开")
        assert plain(outside.logs_in(PAGE), 403, "请在微信里打开")


@pytest.mark.parametrize(
    "how", [{"errcode": -1, "times": None}, {"errcode": 48001}, {"drop": True}, {"errcode": 45009}]
)
def test_w24_without_a_ticket_a_plain_page_says_so(
    open_hebao: Callable[..., Hebao], wechat: RunningWeChat, mapping: Path, how: dict[str, object]
) -> None:
    hebao = open_hebao(public_url=PUBLIC_URL, wechat_notices=mapping)
    wechat.rules.everybody_follows = True
    with Browser(hebao, wechat, "oTicket-000000000000000001x") as browser:
        wechat.fails("ticket/getticket", **how)
        assert plain(browser.logs_in(PAGE), 503, "连不上微信")


def test_w24_where_there_are_no_notices_a_plain_page_says_so(
    open_hebao: Callable[..., Hebao], wechat: RunningWeChat
) -> None:
    hebao = open_hebao(public_url=PUBLIC_URL)
    with Browser(hebao, wechat, "oNothing-00000000000000001x") as browser:
        assert plain(browser.logs_in(PAGE), 404, "没有可以订阅的提醒")
