"""A real browser, once for each test process."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.ensure import OPTIONS, find


# While it runs there is an event loop in this thread, so that no asynchronous test of another file could run beside it.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = find()
    if path is None:
        message = "NO BROWSER: install Chromium, or set HEBAO_TEST_BROWSER to its path."
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(OPTIONS))
        yield browser
        browser.close()
