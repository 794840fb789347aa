"""Pictures of every page: 360 and 1440 px, both languages, both themes, full, empty, stale and error.

``python -m tests.services.web.shots`` writes them into ``var/shots/`` with one contact sheet, from fixtures:
full pages in all eight looks, the other states in the two looks of ``FEW``; ``--all`` takes every state in every look.
``--base URL --name NAME`` takes the full pages of a running city instead (password from ``SHOTS_PASSWORD``).
"""

import argparse
import contextlib
import itertools
import os
import sys
import time
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.services.web.browser import open_browser, open_context
from tests.services.web.fixture_server import CUT_AFTER_S, serve

WIDTHS = (360, 1440)
LANGUAGES = ("vi", "en")
THEMES = ("light", "dark")
STATES = ("full", "empty", "stale", "error")
PAGES = {
    "home": "/",
    "stop": "/stop/S0",
    "stop-open": "/stop/S0?bus=T0-4%7C2026-02-16%7CS0",
    "route": "/route/R32",
    "developers": "/developers",
    "report": "/report",
    "accuracy": "/accuracy",
    "control": "/control",
    "control-line": "/control?tab=lines&sel=line:R32&view=selected",
    "control-alerts": "/control?tab=alerts",
    "control-buses": "/control?tab=buses&bus=late,stale&sel=vehicle:29B-103.23&at=105.8300,21.0220,14.3",
    "control-incident": "/control?sel=incident:I0&view=selected&at=105.8300,21.0220,14.3",
    "control-jams": "/control?tab=jams&sel=edge:9&view=selected&at=105.8300,21.0220,14.3",
    "control-ahead": "/control?t=30&view=map&at=105.8300,21.0220,14.3",
    "control-learnt": "/control?tab=learnt",
    "control-water": "/control?tab=water&sel=incident:flood-0&at=105.8300,21.0220,14.3",
    "enforcement": "/enforcement",
    "login": "/login",
}
RIDER = ("home", "stop", "stop-open", "route", "developers", "report", "login")
# States other than full differ in words and layout, not in colour by colour: two opposite looks show them.
FEW = ((360, "vi", "dark"), (1440, "en", "light"))
MAP_WAIT_MS = 15_000
VIDEO_WAIT_MS = 8_000
LATER_MS = 190_000
THUMB_PX = 300


def take(page: Page, base: str, address: str, state: str, path: Path) -> None:
    """Open one address and take its picture once it stands still."""
    if state == "stale":
        page.clock.install()
    page.goto(base + address)
    page.wait_for_timeout(700)
    if state == "stale":
        page.wait_for_timeout(int(CUT_AFTER_S * 1000))
        page.clock.fast_forward(LATER_MS)
        page.wait_for_timeout(1200)
    elif page.locator(".map-canvas").count() and state != "error":
        try:
            page.wait_for_selector(".map-canvas[data-idle=yes]", timeout=MAP_WAIT_MS, state="attached")
        except PlaywrightTimeout:
            print(f"  map not still yet: {address}")
        page.wait_for_timeout(500)
    if page.locator("video").count():
        with contextlib.suppress(PlaywrightTimeout):
            page.wait_for_function("document.querySelector('video').readyState >= 2", timeout=VIDEO_WAIT_MS)
            page.wait_for_timeout(300)
    page.screenshot(path=path)


def list_looks(states: list[str], *, every: bool) -> list[tuple[str, int, str, str]]:
    """Return state, width, language and theme of each series of pictures."""
    looks = itertools.product(states, WIDTHS, LANGUAGES, THEMES)
    return [look for look in looks if every or look[0] == "full" or look[1:] in FEW]


def take_fixtures(
    browser: Browser, base: str, out: Path, pages: list[str], looks: list[tuple[str, int, str, str]]
) -> list[Path]:
    """Take every page in some looks from fixtures."""
    taken = []
    for state, width, lang, theme in looks:
        for name in pages:
            cookie = f"stale-{time.time_ns()}" if state == "stale" else state
            account = "none" if name in RIDER else "staff"
            context = open_context(browser, base, width=width, lang=lang, theme=theme, state=cookie, account=account)
            path = out / f"{name}_{state}_{width}_{lang}_{theme}.png"
            take(context.new_page(), base, PAGES[name], state, path)
            context.close()
            taken.append(path)
        print(f"{state} {width} {lang} {theme}: {len(pages)} pages")
    return taken


def take_running(browser: Browser, base: str, out: Path, addresses: list[str], name: str) -> list[Path]:
    """Take addresses of a running city."""
    taken = []
    for width, lang, theme in itertools.product(WIDTHS, LANGUAGES, THEMES):
        context = open_context(browser, base, width=width, lang=lang, theme=theme)
        page = context.new_page()
        page.goto(base + "/login")
        if name:
            csrf = page.request.get(base + "/api/auth/me").json()["csrf"]
            data = {"name": name, "password": os.environ.get("SHOTS_PASSWORD", "")}
            answer = page.request.post(base + "/api/auth/login", data=data, headers={"X-CSRF-Token": csrf})
            if not answer.ok:
                sys.exit(f"could not log in as {name}: {answer.status}")
        for address in addresses:
            label = address.strip("/").replace("/", "-").split("?")[0] or "home"
            path = out / f"real-{label}_{width}_{lang}_{theme}.png"
            take(page, base, address, "full", path)
            taken.append(path)
        context.close()
    return taken


def write_sheet(paths: list[Path], sheet: Path, columns: int) -> None:
    """Put all pictures on one sheet, each with its name; ``columns`` pictures are one row."""
    rows = []
    for start in range(0, len(paths), columns):
        row = [(path, Image.open(path).convert("RGB")) for path in paths[start : start + columns]]
        for _, picture in row:
            picture.thumbnail((THUMB_PX - 8, 2 * THUMB_PX))
        rows.append(row)
    heights = [max(picture.height for _, picture in row) + 24 for row in rows]
    canvas = Image.new("RGB", (columns * THUMB_PX, sum(heights)), (128, 128, 128))
    pen = ImageDraw.Draw(canvas)
    top = 0
    for row, height in zip(rows, heights, strict=True):
        for column, (path, picture) in enumerate(row):
            canvas.paste(picture, (column * THUMB_PX + 4, top + 18))
            pen.text((column * THUMB_PX + 6, top + 3), path.stem, fill=(255, 255, 255))
        top += height
    canvas.save(sheet)


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("var/shots"))
    parser.add_argument("--pages", nargs="*", default=list(PAGES), choices=list(PAGES))
    parser.add_argument("--states", nargs="*", default=list(STATES), choices=STATES)
    parser.add_argument("--all", action="store_true", help="every state in every look: more than twice the pictures")
    parser.add_argument("--base", help="address of a running city; its pages are taken instead of the fixtures")
    parser.add_argument("--addresses", nargs="*", default=["/", "/control", "/enforcement"])
    parser.add_argument("--name", default="", help="account of the running city")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    with open_browser() as browser:
        if asked.base:
            taken = take_running(browser, asked.base.rstrip("/"), asked.out, asked.addresses, asked.name)
        else:
            with serve() as base:
                taken = take_fixtures(browser, base, asked.out, asked.pages, list_looks(asked.states, every=asked.all))
    write_sheet(taken, asked.out / "sheet.png", len(asked.addresses if asked.base else asked.pages))
    print(f"{len(taken)} pictures and sheet.png in {asked.out}")


if __name__ == "__main__":
    main()
