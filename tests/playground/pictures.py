"""`python -m tests.playground.pictures`: the pictures of phones in docs/pictures, anew, from a playground that runs."""

from __future__ import annotations

import argparse
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.ensure import OPTIONS, find

FOLDER = Path(__file__).parents[2] / "docs/pictures"
WECHAT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36 MicroMessenger/8.0.50"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.playground.pictures", description=__doc__)
    parser.add_argument("--port", type=int, default=9001)
    port = parser.parse_args().port
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=list(OPTIONS))
        context = browser.new_context(viewport={"width": 390, "height": 760}, locale="zh-CN", user_agent=WECHAT)
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
        browser.close()


def _says(page: Page, text: str, answer: str) -> None:
    page.fill("#text", text)
    page.click(".send")
    page.wait_for_selector(f"li.account >> text={answer}")


def _taken(page: Page, name: str) -> None:
    page.wait_for_timeout(1500)  # whatever moves has come to rest
    page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    main()
