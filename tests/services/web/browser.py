"""Chromium as the tests and the pictures of the pages use it: no network of its own, software drawing."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ARGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
]  # fmt: skip
HEIGHTS = {360: 780, 1440: 900}


def find_chromium() -> str | None:
    """Return the system's Chromium, or ``None``."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next((path for path in map(shutil.which, filter(None, names)) if path), None)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Give a running Chromium, closed at the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGS)
        try:
            yield browser
        finally:
            browser.close()


def open_context(browser: Browser, base: str, **wanted: Any) -> BrowserContext:
    """Give a fresh person: width, language, theme, what the fixture server answers, who is logged in."""
    width = wanted.get("width", 1440)
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHTS.get(width, 900)},
        color_scheme=wanted.get("theme", "light"),
        reduced_motion="reduce",
        service_workers="block",
        has_touch=width < 600,
    )
    cookies = {"fixture": wanted.get("state", "full"), "account": wanted.get("account", "staff")}
    context.add_cookies([{"name": name, "value": value, "url": base} for name, value in cookies.items()])
    context.add_init_script(f"localStorage.setItem('lang', '{wanted.get('lang', 'vi')}')")
    return context


def settled(page: Page) -> Page:
    """Wait until the page's content has come."""
    page.wait_for_selector("#main h1", state="attached")
    page.wait_for_function("!document.querySelector('#main .skeleton')")
    return page
