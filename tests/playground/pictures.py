"""`python -m tests.playground.pictures`: the pictures of phones in docs/pictures, anew, from a playground that runs."""

from __future__ import annotations

import argparse
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.ensure import OPTIONS, find

FOLDER = Path(__file__).parents[2] / "docs/pictures"
SIZE = {"width": 390, "height": 760}
RESIDENT = "农村户口，本地的，没有职工医保，没在别处参保，示例县"
ENROLMENT = (
    *(f"我想参保，32岁，{RESIDENT}", "都没有", "同意", "王建军 330421197601015534", "跳过", "对"),
    *("母亲", f"78岁，{RESIDENT}", "都没有", "同意", "王秀兰 330421194803153325", "跳过", "对"),
    *("没有了", "提醒我缴费"),
)
WECHAT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36 MicroMessenger/8.0.50"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.playground.pictures", description=__doc__)
    parser.add_argument("--port", type=int, default=9001)
    port = parser.parse_args().port
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=list(OPTIONS))
        context = browser.new_context(viewport=SIZE, locale="zh-CN", user_agent=WECHAT)
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{port}/phone")
        page.click(".follow")
        page.wait_for_selector(".account")
        page.click(".tab >> nth=2")
        _taken(page, "wechat-menu")
        page.click(".tab >> nth=2")
        page.click("#turn")
        _says(page, "我40岁，在镇卫生院住院花了一万二，能报多少", "您在哪里参保")
        page.click(".link >> text=示例县")
        page.wait_for_selector(".bubble img")
        _taken(page, "wechat-answer")
        _says(page, "转人工", "已经为您转人工")
        page.click("#plus")
        page.once("dialog", lambda dialog: dialog.accept("您好，请问有什么可以帮您？"))
        page.click("#panel >> text=客服说话")
        page.wait_for_selector("text=请问有什么可以帮您")
        page.click("#plus")
        _taken(page, "wechat-people")
        other = context.new_page()
        other.goto(f"http://127.0.0.1:{port + 2}/wechat/notices")
        _taken(other, "wechat-notices")
        _reminded(browser, port)
        browser.close()


def _reminded(browser: Browser, port: int) -> None:
    """Somebody enrols himself and his mother, and is reminded: by whoever follows the account anew."""
    page = browser.new_context(viewport=SIZE, locale="zh-CN", user_agent=WECHAT).new_page()
    page.goto(f"http://127.0.0.1:{port}/phone")
    page.click(".follow")
    page.wait_for_selector(".account")
    page.click("#turn")
    for text in ENROLMENT:
        before = page.locator("li.account").count()
        page.fill("#text", text)
        page.click(".send")
        page.wait_for_function(f"document.querySelectorAll('li.account').length > {before}")
        page.wait_for_timeout(500)  # for what follows in a message of its own
    page.wait_for_selector("text=开始缴费了", timeout=150_000)
    page.click(".link >> text=查母亲的参保状态")
    page.wait_for_selector("li.account >> text=王秀兰（母亲）：")
    _taken(page, "wechat-reminder")


def _says(page: Page, text: str, answer: str) -> None:
    page.fill("#text", text)
    page.click(".send")
    page.wait_for_selector(f"li.account >> text={answer}")


def _taken(page: Page, name: str) -> None:
    page.wait_for_timeout(1500)  # whatever moves has come to rest
    page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    main()
