"""The page in a real browser: what axe finds, where it breaks, and how its script behaves when things go wrong."""

import http.server
import json
import secrets
import shutil
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from bot.channels.web.page import STATIC, PageView, TurnView, render_page, render_turn
from dialogs.replies import Choice, Question

pytestmark = pytest.mark.browser

TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SPACED = "* {line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important}"


class Server(http.server.ThreadingHTTPServer):
    """Gives `shown` as the page; answers a message as `failure` says, and keeps what was posted."""

    shown: tuple[TurnView, ...] = ()
    words: Callable[..., str]
    posts: list[dict[str, str]]
    failure: str | int = ""
    delay = 0.0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def texts(self) -> list[str]:
        return [each["text"] for each in self.posts]


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *args: Any) -> None:
        pass

    def answer(self, status: int, body: str, kind: str = "text/html; charset=utf-8", **headers: str) -> None:
        self.send_response(status)
        policy = {"Content-Security-Policy": "default-src 'self'", "Content-Type": kind, **headers}
        for name, value in {**policy, "Content-Length": str(len(body.encode()))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def do_GET(self) -> None:
        address = urllib.parse.urlsplit(self.path)
        if address.path.startswith("/static/"):
            file = STATIC / address.path.removeprefix("/static/")
            return self.answer(200, file.read_text(), TYPES[file.suffix])
        large = "large" in address.query
        view = PageView("zh_Hans", large, self.server.shown, secrets.token_hex(16), not large, True)
        return self.answer(200, render_page(view, self.server.words))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        fields = dict(urllib.parse.parse_qsl(body))
        self.server.posts.append(fields)
        time.sleep(self.server.delay)
        if self.server.failure == "drop":
            return self.connection.close()
        if self.server.failure == "portal":
            return self.answer(200, "<p>Log in to this network.</p>")
        if self.server.failure:
            return self.answer(int(self.server.failure), json.dumps({"detail": "请说短一点。"}))
        ask = Question("care", "住院还是门诊？", (Choice("a", "住院"), Choice("b", "门诊")))
        turn = TurnView(fields.get("text", ""), (ask,))
        if self.headers.get("X-Requested-With") == "fetch":
            return self.answer(200, render_turn(turn, "zh_Hans", self.server.words))
        self.server.shown = (*self.server.shown, turn)
        return self.answer(303, "", Location="/#latest")


@pytest.fixture
def server(conversation: tuple[TurnView, ...], words: Callable[..., str]) -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as running:
        running.shown, running.words, running.posts = conversation, words, []
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield running
        running.close()


@pytest.fixture
def phone(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 640})
    page = context.new_page()
    page.goto(server.address)
    yield page
    context.close()


def comes(page: Page, condition: str) -> None:
    """Wait until a condition holds. Playwright's own way asks again by `eval`, which the page's policy forbids."""
    end = time.monotonic() + 5
    while not page.evaluate(condition):
        assert time.monotonic() < end, condition
        page.wait_for_timeout(50)


def shows(page: Page, turns: int) -> None:
    page.wait_for_selector(f".turn:nth-of-type({turns})", timeout=5000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("query", ["", "?large"])
def test_axe_finds_nothing_and_nothing_runs_over(browser: Browser, server: Server, query: str, scheme: Any) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 640}, color_scheme=scheme)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{server.address}/{query}")
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    levels = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = Axe().run(page, options={"runOnly": levels}).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
    over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(over) == 0
    page.evaluate(
        "css => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets = [s] }", SPACED
    )
    assert page.evaluate(over) == 0
    assert complaints == []
    page.close()


@pytest.mark.parametrize(("query", "main_text", "target"), [("", 18, 44), ("?large", 24, 60)])
def test_sizes_for_old_eyes_and_hands(
    browser: Browser, server: Server, query: str, main_text: int, target: int
) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 640})
    page.goto(f"{server.address}/{query}")
    sizes = "all => all.map(each => parseFloat(getComputedStyle(each).fontSize))"
    assert min(page.eval_on_selector_all(".reply p, .reply td, .reply button, .said, #text", sizes)) >= main_text
    box = "all => all.filter(e => e.offsetParent).flatMap(e => [e.offsetHeight, e.offsetWidth])"
    assert min(page.eval_on_selector_all("button, summary, #text", box)) >= target
    page.close()


def test_enter_sends_once_and_the_focus_stays(phone: Page, server: Server) -> None:
    server.delay = 0.4
    phone.fill("#text", "你好")
    phone.press("#text", "Enter")
    phone.press("#text", "Enter")
    phone.keyboard.type("再说")
    assert phone.inner_text("#waiting") == "page.waiting"
    shows(phone, 6)
    assert server.texts() == ["你好"]
    assert phone.input_value("#text") == "再说"
    assert phone.evaluate("document.activeElement.id") == "text"
    assert phone.locator("form.question").count() == phone.locator("#latest").count() == 1
    comes(phone, "Math.abs(document.getElementById('latest').getBoundingClientRect().top) < 300")


def test_enter_of_an_input_method_does_not_send(phone: Page, server: Server) -> None:
    phone.focus("#text")
    composing = {"text": "ni", "selectionStart": 2, "selectionEnd": 2}
    phone.context.new_cdp_session(phone).send("Input.imeSetComposition", composing)
    phone.keyboard.press("Enter")
    phone.evaluate("""document.getElementById('text').dispatchEvent(
        new KeyboardEvent('keydown', {key: 'Enter', keyCode: 229, bubbles: true, cancelable: true}))""")
    phone.wait_for_timeout(200)
    assert server.texts() == []


def test_a_choice_pressed_twice_is_sent_once(phone: Page, server: Server) -> None:
    server.delay = 0.3
    phone.fill("#text", "草稿")
    phone.dblclick(".choices button >> nth=1")
    shows(phone, 6)
    assert server.texts() == ["门诊"]
    assert phone.input_value("#text") == "草稿"
    assert phone.evaluate("document.activeElement === document.querySelector('#latest .speaker')")
    phone.keyboard.press("Tab")
    assert phone.evaluate("document.activeElement.value") == "住院"


def test_failures_keep_the_text_and_the_id(phone: Page, server: Server) -> None:
    phone.fill("#text", "断网了")
    for failure, press in (("drop", "#send"), ("portal", "#retry"), (503, "#send"), ("", "#retry")):
        server.failure = failure
        before = len(server.posts)
        phone.click(press)
        if failure:
            phone.wait_for_selector("#send:not([aria-disabled])")
            phone.wait_for_selector("#retry:visible")
            assert phone.input_value("#text") == "断网了"
        assert len(server.posts) > before or failure == ""
    shows(phone, 6)
    assert len({each["message_id"] for each in server.posts}) == 1
    assert phone.input_value("#text") == ""
    assert not phone.is_visible("#problem")


def test_a_refusal_is_told_without_offering_to_repeat_it(phone: Page, server: Server) -> None:
    server.failure = 422
    phone.fill("#text", "长")
    phone.click("#send")
    phone.wait_for_selector("#problem:visible")
    assert phone.inner_text("#problem-text") == "请说短一点。"
    assert not phone.is_visible("#retry")


def test_it_all_works_without_script(browser: Browser, server: Server) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.address)
    page.click(".choices button >> nth=0")
    page.fill("#text", "写的字")
    page.click("#send")
    assert page.url.endswith("/#latest")
    assert server.texts() == ["住院", "写的字"]
    assert len({each["message_id"] for each in server.posts}) == 2
    context.close()
