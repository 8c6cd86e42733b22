"""What a person meets on the page: reload, keyboard, both sizes, both languages, no script, a server that dies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.test_transcripts import last_turn, say
from tests.servers import Server

pytestmark = [pytest.mark.browser, pytest.mark.server]

STAY = "在镇卫生院住院花了一万二能报多少"
AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="zh-CN", viewport={"width": 360, "height": 740})
    yield context
    context.close()


@pytest.fixture
def page(phone: BrowserContext, server: Server) -> Page:
    page = phone.new_page()
    page.goto(server.url)
    return page


def write_large(page: Page) -> None:
    """Tap *larger type*, and wait for the page that has it: the tap itself waits for nothing."""
    page.click("form[action='/settings'] button[value=on] >> nth=0")
    expect(page.locator("html.large")).to_be_attached()
    page.wait_for_load_state()


def faults(page: Page) -> list[str]:
    found = Axe().run(page, options=AXE).response["violations"]
    return [f"{each['id']}: {node['html'][:120]}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("large", [False, True], ids=["normal type", "large type"])
def test_axe_finds_nothing_at_levels_a_and_aa(page: Page, large: bool) -> None:
    if large:
        write_large(page)
    assert faults(page) == []
    say(page, STAY)
    assert faults(page) == []
    say(page, "示例县")
    say(page, "40")
    for summary in page.locator("summary").all():
        summary.click()
    assert faults(page) == []
    say(page, "同样一万块，镇上、县里、市里、上海差多少")
    say(page, "我单位交职工医保的，能参加吗")
    assert faults(page) == []


@pytest.mark.parametrize("large", [False, True], ids=["normal type", "large type"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_sticks_out_sideways(browser: Browser, server: Server, width: int, large: bool) -> None:
    context = browser.new_context(locale="zh-CN", viewport={"width": width, "height": 640})
    page = context.new_page()
    page.goto(server.url)
    if large:
        write_large(page)
    for text in (STAY, "示例县", "40", "同样一万块，镇上、县里、市里、上海差多少"):
        say(page, text)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_targets_and_type_are_as_large_as_the_rules_for_the_elderly_ask(page: Page) -> None:
    sizes = (
        "() => [...document.querySelectorAll('button')].filter(b => b.checkVisibility())"
        ".map(b => b.getBoundingClientRect().height)"
    )
    type_size = "() => parseFloat(getComputedStyle(document.querySelector('[role=log] p')).fontSize)"
    assert min(page.evaluate(sizes)) >= 44
    assert page.evaluate(type_size) >= 18
    write_large(page)
    choices = "() => [...document.querySelectorAll('button[name=text]')].map(b => b.getBoundingClientRect().height)"
    assert min(page.evaluate(choices)) >= 60
    assert page.evaluate(type_size) >= 24


def test_a_reload_keeps_the_conversation_and_the_open_question(page: Page) -> None:
    say(page, STAY)
    page.reload()
    assert STAY in page.locator("[role=log]").inner_text()
    page.get_by_role("button", name="示例县").click()
    expect(page.locator("[role=log] .turn").last).to_contain_text("多大年纪")
    page.reload()
    say(page, "40")
    page.reload()
    assert "7,020元" in last_turn(page)
    assert page.locator("table").count() == 1


def test_a_citation_opens_with_the_keyboard_alone(page: Page) -> None:
    say(page, "我单位交职工医保的，能参加吗")
    summary = page.locator("[role=log] .turn").last.locator("summary").first
    summary.focus()
    page.keyboard.press("Enter")
    detail = page.locator("[role=log] .turn").last.locator("details").first
    expect(detail).to_contain_text("嘉兴市人民政府")
    expect(detail).to_have_attribute("open", "")


def test_the_whole_conversation_can_be_held_with_the_keyboard(page: Page) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#text"
    page.keyboard.press("Enter")
    page.keyboard.type("能不能参保")
    page.keyboard.press("Enter")
    choice = page.get_by_role("button", name="没有参加")
    expect(choice).to_be_visible()
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if choice.evaluate("button => button === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("[role=log] .turn").last).to_contain_text("别的县")


def test_the_language_follows_the_browser_and_the_switch(browser: Browser, server: Server) -> None:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(server.url)
    assert page.locator("html").get_attribute("lang") == "en"
    page.click("form[action='/settings'] button[value=zh_Hans]")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    say(page, "能不能参保")
    page.click("form[action='/settings'] button[value=en]")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("button", name="No", exact=False).first).to_be_visible()
    assert "employee medical insurance" in last_turn(page)
    context.close()


def test_it_all_works_without_javascript(browser: Browser, server: Server) -> None:
    context = browser.new_context(locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.goto(server.url)
    page.fill("#text", STAY)
    page.get_by_role("button", name="发送").click()
    page.get_by_role("button", name="示例县").click()
    page.fill("#text", "40")
    page.get_by_role("button", name="发送").click()
    expect(page.locator("[role=log] .turn").last).to_contain_text("7,020元")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    context.close()


def test_a_server_that_is_killed_and_comes_back_goes_on_at_the_same_question(
    phone: BrowserContext, tmp_path: Path
) -> None:
    with Server({"HEBAO_DATABASE_URL": f"sqlite:///{tmp_path}/hebao.db"}) as server:
        page = phone.new_page()
        page.goto(server.url)
        say(page, STAY)
        server.kill()
        page.fill("#text", "示例县")
        page.keyboard.press("Enter")
        again = page.get_by_role("button", name="再试一次")
        expect(again).to_be_visible()
        server.start()
        again.click()
        expect(page.locator("[role=log] .turn").last).to_contain_text("多大年纪")
        say(page, "40")
        assert "7,020元" in last_turn(page)


def test_two_people_on_one_server_never_see_one_another(browser: Browser, server: Server) -> None:
    contexts = [browser.new_context(locale="zh-CN") for _ in range(2)]
    first, second = (context.new_page() for context in contexts)
    first.goto(server.url)
    second.goto(server.url)
    say(first, "我妈65岁，农村户口，能参保吗")
    say(second, "能不能参保")
    second.reload()
    assert "65" not in second.locator("[role=log]").inner_text().replace("比如：“我妈65岁", "")
    for context in contexts:
        context.close()


def test_hostile_text_stays_text(page: Page) -> None:
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    say(page, "<img src=x onerror=alert(1)><script>alert(2)</script>")
    assert "<script>" in page.locator("[role=log]").inner_text()
    page.reload()
    assert page.locator("[role=log] img").count() == 0


def test_an_identity_number_is_never_shown_nor_kept(page: Page) -> None:
    say(page, "我的身份证是11010519491231002X，能参保吗")
    assert "11010519491231002X" not in page.content()
    page.reload()
    assert "11010519491231002X" not in page.content()
