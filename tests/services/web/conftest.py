"""One fixture server and one Chromium for all tests of the pages."""

import pytest

from tests.services.web.browser import find_chromium, open_browser, open_context
from tests.services.web.fixture_answers import BOOK
from tests.services.web.fixture_server import DIST, serve


@pytest.fixture(scope="session")
def base():
    if not (DIST / "index.html").exists():
        pytest.skip("THE PAGES ARE NOT BUILT: make web")
    with serve() as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    """Run Chromium for one file: while it is driven, its event loop is this thread's, and no other test's can run."""
    if find_chromium() is None:
        pytest.skip("NO CHROMIUM: install chromium, or set CHROMIUM to its path")
    with open_browser() as opened:
        yield opened


@pytest.fixture
def person(browser, base):
    """Give a function that opens a page as somebody; console errors and thrown errors fail the test."""
    BOOK.clear()
    contexts, problems = [], []

    def start(address, **wanted):
        context = open_context(browser, base, **wanted)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        if wanted.get("state", "full") in {"full", "empty"}:
            page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
        page.goto(base + address)
        return page

    yield start
    for context in contexts:
        context.close()
    assert problems == []
