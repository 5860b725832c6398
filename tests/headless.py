"""Headless Chromium for the tests that look at pages."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

_CHROMIUM = os.environ.get("KIKUBARI_TEST_CHROMIUM", "/usr/bin/chromium")


@contextmanager
def open_chromium() -> Iterator[Browser]:
    """Give a browser; while it is open, nothing else in the process may start an event loop."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=_CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )
        yield browser
        browser.close()
