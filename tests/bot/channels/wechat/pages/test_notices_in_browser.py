"""W24: the page to agree to notices on in a real browser, with what WeChat's script may do there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Route, sync_playwright

from bot.channels.wechat.jssdk import SCRIPT, signature
from tests.bot.channels.wechat.hebao import Hebao
from tests.bot.channels.wechat.pages.browser import INSIDE, PAGE, PUBLIC_URL, TEMPLATE, Browser
from tests.browser.ensure import OPTIONS, find
from tests.standins.wechat import RunningWeChat

PLAYS_ALONG = """
window.wx = {
  error: function () {},
  ready: function (then) { this.then = then; },
  config: function (given) { window.given = given; this.then(); }
};
"""
REFUSES = """
window.wx = {
  error: function (then) { this.then = then; },
  ready: function () {},
  config: function () { this.then({errMsg: 'config:invalid signature'}); }
};
"""
OLD = PLAYS_ALONG.replace(
    "this.then();", "this.then(); document.dispatchEvent(new CustomEvent('WeixinOpenTagsError'));"
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    path = find()
    if path is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(OPTIONS))
        yield running
        running.close()


@pytest.fixture
def opened(chromium: Chromium, hebao: Hebao, browser: Browser) -> Iterator[Callable[[str | None], Page]]:
    """Opens the page as somebody who has logged in, with what WeChat's server gives for its script."""
    browser.logs_in()
    cookie = {"name": "hebao", "value": browser.client.cookies["hebao"], "url": hebao.url}
    context = chromium.new_context(viewport={"width": 360, "height": 640}, user_agent=INSIDE, locale="zh-CN")
    context.add_cookies([cookie])

    def make(script: str | None) -> Page:
        def give(route: Route) -> None:
            if script is None:
                route.abort()
            else:
                route.fulfill(body=script, content_type="text/javascript")

        page = context.new_page()
        page.route(SCRIPT, give)
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(f"{hebao.url}{PAGE}")
        assert not [each for each in complaints if "Content Security Policy" in each]
        return page

    yield make
    context.close()


Opened = Callable[[str | None], Page]


@pytest.mark.browser
@pytest.mark.parametrize("script", [None, "", REFUSES, OLD], ids=["unreachable", "empty", "refuses", "old"])
def test_w24_where_wechat_does_not_play_along_the_page_says_what_to_do(opened: Opened, script: str | None) -> None:
    page = opened(script)
    assert page.locator("#unable").is_visible()
    assert "升级" in page.locator("#unable").inner_text()


@pytest.mark.browser
def test_w24_where_it_does_it_is_told_all_that_it_wants(
    opened: Opened, wechat: RunningWeChat, ticket: Callable[[], str]
) -> None:
    page = opened(PLAYS_ALONG)
    assert not page.locator("#unable").is_visible()
    given = page.evaluate("window.given")
    assert given["openTagList"] == ["wx-open-subscribe"]
    assert given["appId"] == wechat.app_id
    assert isinstance(given["timestamp"], int)
    # Opened under another address here; what matters is that all of it belongs together.
    held = ticket()
    assert given["signature"] == signature(held, given["nonceStr"], given["timestamp"], PUBLIC_URL + PAGE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


TOLD = """([status, text]) => {
  const details = status ? JSON.stringify({[TEMPLATE]: JSON.stringify({status: status})}) : text;
  const tag = document.querySelector('wx-open-subscribe');
  tag.dispatchEvent(new CustomEvent('success', {detail: details === null ? null : {subscribeDetails: details}}));
}""".replace("TEMPLATE", repr(TEMPLATE))


@pytest.mark.browser
@pytest.mark.parametrize(
    ("came", "told"),
    [
        (["accept", None], "会提醒您"),
        (["reject", None], "没有同意"),
        ([None, "not JSON"], "没有同意"),
        ([None, "{}"], "没有同意"),
        ([None, None], "没有同意"),
    ],
)
def test_w24_what_came_of_a_tap_is_said(opened: Opened, came: list[str | None], told: str) -> None:
    page = opened(PLAYS_ALONG)
    page.evaluate(TOLD, came)
    assert told in page.locator(".outcome").inner_text()
    page.evaluate("document.querySelector('wx-open-subscribe').dispatchEvent(new CustomEvent('error'))")
    assert "没有成功" in page.locator(".outcome").inner_text()


@pytest.mark.browser
def test_w24_axe_finds_nothing(opened: Opened) -> None:
    found = Axe().run(opened(PLAYS_ALONG))
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.browser
def test_w24_what_stands_in_wechats_tag_is_what_it_is_to_draw(opened: Opened) -> None:
    inside = opened(PLAYS_ALONG).evaluate("document.querySelector('wx-open-subscribe script').textContent")
    assert re.search(r"<button[^>]*>我要提醒</button>", inside)
