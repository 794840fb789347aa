"""The page for people who read the open feeds: every feed stands on it, and its examples are answered."""

import re
from pathlib import Path

from services.api.feeds.published import NAMES
from services.api.feeds.responses import OPEN_FEEDS
from tests.data import ROOT
from tests.services.api.parts import gtfs_zip, make_city, position, prediction, running

PAGE = (ROOT / "docs" / "feeds.md").read_text(encoding="utf-8")


def test_every_feed_stands_on_the_page() -> None:
    assert [name for name in NAMES if f"`/gtfs-rt/{name}.pb`" not in PAGE] == []
    assert [path for feed in OPEN_FEEDS for path, _ in feed.forms if path.split("?")[0].split(".")[0] not in PAGE] == []


def test_every_example_is_answered(tmp_path: Path) -> None:
    asked = re.findall(r'"\$CITY(/[^"]*)"', PAGE)
    assert len(asked) >= 4
    with running(tmp_path, make_city(tmp_path / "city", gtfs=gtfs_zip())) as api:
        api.take(("bus.positions", position()), ("bus.predictions", prediction()))
        assert {path: api.client.get(path).status_code for path in asked} == dict.fromkeys(asked, 200)
