"""W25: the page in a real browser, with what WeChat's own brings along: from the tap to the page that says paid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.bot.channels.wechat.pay.shop import IN_WECHAT, Shop
from tests.browser.conftest import browser  # noqa: F401
from tests.standins.wechat_pay import Fault

pytestmark = pytest.mark.browser

BRIDGE = """
window.WeixinJSBridge = {
  invoke(what, told, done) { window.inWeChat(what, told).then(result => done({ err_msg: what + ":" + result })); },
};
"""


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:  # noqa: F811
    context = browser.new_context(
        user_agent=IN_WECHAT["User-Agent"], locale="zh-CN", viewport={"width": 320, "height": 640}
    )
    context.add_init_script(BRIDGE)
    yield context.new_page()
    context.close()


def test_w25_a_tap_pays_and_the_page_says_so(shop: Shop, phone: Page) -> None:
    owing = shop.somebody()
    cancelled = [True, False]
    complaints: list[str] = []

    def in_wechat(what: str, told: dict[str, str]) -> str:
        assert what == "getBrandWCPayRequest"
        number = shop.pay.bridge(told)
        if cancelled.pop(0):
            return "cancel"
        shop.pay.pay(number)
        return "ok"

    phone.expose_function("inWeChat", in_wechat)
    phone.on("console", lambda message: complaints.append(message.text))
    phone.goto(shop.hebao.url + shop.path(owing))
    with phone.expect_navigation():
        phone.click("#pay")
    assert shop.payments(owing) == 0, "cancelled"
    with phone.expect_navigation():
        phone.click("#pay")
    assert "已经交清" in phone.inner_text("main")
    assert shop.payments(owing) == 1
    assert complaints == []


def test_w25_what_goes_wrong_stands_on_the_page_and_the_button_works_again(shop: Shop, phone: Page) -> None:
    owing = shop.somebody()
    shop.pay.script.append(Fault(500))
    phone.goto(shop.hebao.url + shop.path(owing))
    phone.click("#pay")
    phone.wait_for_selector("#problem:not(:empty)")
    assert "这一次没有付" in phone.inner_text("#problem")
    assert phone.is_enabled("#pay")
    phone.route("**/pay/*", lambda route: route.abort())
    phone.click("#pay")
    phone.wait_for_selector("#problem:not(:empty)")
    assert phone.is_enabled("#pay")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_w25_axe_finds_nothing_and_nothing_runs_over(shop: Shop, phone: Page, scheme: Any) -> None:
    phone.emulate_media(color_scheme=scheme)
    phone.goto(shop.hebao.url + shop.path(shop.somebody()))
    levels = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    assert Axe().run(phone, options={"runOnly": levels}).response["violations"] == []
    assert phone.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
