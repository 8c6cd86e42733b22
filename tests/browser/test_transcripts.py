"""Every conversation through the page, in a real browser, against a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.servers import Server
from tests.transcripts.transcript import Heard, Transcript, play, transcripts

pytestmark = [pytest.mark.browser, pytest.mark.server]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str | None, Server]]:
    """One server for each county that the conversations are for, started when first asked for."""
    running: dict[str | None, Server] = {}
    yield running
    for server in running.values():
        server.stop()


def played() -> list[object]:
    """All of them; of those that go well every second one soon, the others are long."""
    soon = [each for each in transcripts() if each.file.startswith(("happy_paths", "enrolments", "languages"))][::2]
    return [pytest.param(each, id=each.file, marks=() if each in soon else pytest.mark.long) for each in transcripts()]


def serve(servers: dict[str | None, Server], county: str | None, folder: Path) -> Server:
    if county not in servers:
        settings = {
            "HEBAO_DATABASE_URL": f"sqlite:///{folder}/hebao.db",
            **({"HEBAO_COUNTY": county} if county else {}),
        }
        servers[county] = Server(settings)
        servers[county].start()
    return servers[county]


def last_turn(page: Page) -> str:
    return page.locator("[role=log] .turn").last.inner_text()


def say(page: Page, text: str) -> str:
    """Type, press Enter, wait for the answer; gives the words of the new turn."""
    before = page.locator("[role=log] .turn").count()
    page.fill("#text", text)
    page.keyboard.press("Enter")
    # Playwright's own way of asking again uses `eval`, which the page's policy forbids.
    expect(page.locator("[role=log] .turn").nth(before)).to_be_attached()
    page.wait_for_load_state()
    expect(page.locator("#text")).to_be_enabled()
    return last_turn(page)


@pytest.mark.parametrize("transcript", played())
def test_the_page_holds_the_conversation(
    transcript: Transcript,
    browser: Browser,
    servers: dict[str | None, Server],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    server = serve(servers, transcript.county, tmp_path_factory.mktemp("store"))
    context = browser.new_context(locale=transcript.locale, viewport={"width": 390, "height": 844})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(server.url)
    play(transcript, lambda text: Heard(say(page, text)))
    assert not faults
    context.close()
