"""The page for people who connect trackers: its examples run, its tables are whole."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.fix import Fix
from schemas.message import decode
from services.ingest import metrics
from services.ingest.doors import DOORS
from services.ingest.fetch.sources import parse_sources
from services.settings import known_names
from tests.data import ROOT
from tests.services.ingest.test_server import Doors, open_street

PAGE = (ROOT / "docs" / "doors.md").read_text(encoding="utf-8")
BLOCKS = [(kind, body) for kind, body in re.findall(r"```(sh|python)\n(.*?)```", PAGE, re.DOTALL)]


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[Doors]:
    from services.clock import CityClock, WallClock

    with open_street(tmp_path) as street:
        object.__setattr__(street.house.intake, "clock", CityClock(WallClock()))
        doors = Doors(street)
        yield doors
        doors.close()


@pytest.mark.parametrize(("kind", "body"), BLOCKS, ids=[f"{number}-{kind}" for number, (kind, _) in enumerate(BLOCKS)])
def test_every_example_is_taken(doors: Doors, kind: str, body: str) -> None:
    if kind == "sh" and shutil.which("curl") is None:
        pytest.skip("CURL ABSENT: the examples of docs/doors.md are not run")
    place = {"DOORS": f"http://127.0.0.1:{doors.port}", "TOKEN": doors.street.token, "NO_PROXY": "*"}
    words = ["sh", "-euc", body] if kind == "sh" else [sys.executable, "-c", body]
    done = subprocess.run(words, capture_output=True, text=True, env={**os.environ, **place}, cwd=ROOT, timeout=60)
    assert done.returncode == 0, done.stderr
    if "/v1/fixes/" in body:
        asked = body.count("/v1/fixes/")
        fixes = [decode(Fix, record.value) for record in doors.street.records("gps.fixes")]
        assert [fix.vehicle_id for fix in fixes] == ["29B-12345"] * asked, done.stdout
        assert doors.street.records("gps.fixes.dead") == []


def test_every_door_has_its_example() -> None:
    shown = {door for _, body in BLOCKS for door in re.findall(r"/v1/fixes/([\w-]+)", body)}
    assert shown | {"gtfs-rt"} == set(DOORS)
    assert "/v1/fixes/gtfs-rt" in PAGE


def test_the_sources_of_the_page_can_be_used() -> None:
    import yaml

    block = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert block is not None
    sources, problems = parse_sources(yaml.safe_load(block[1]), {"PARTNER_KEY": "k", "DEPOT_PASSWORD": "p"})
    assert problems == []
    assert [source.name for source in sources] == ["partner", "depot"]


def test_every_metric_of_the_doors_stands_on_the_page() -> None:
    told = set(re.findall(r"^\| `(hanoi_ingest_\w+)` \|", PAGE, re.MULTILINE))
    made = {
        name
        for name in re.findall(r"^# TYPE (hanoi_ingest_\w+) ", metrics.text().decode(), re.MULTILINE)
        if not name.endswith("_created")
    }
    assert told == made


def test_every_setting_of_the_page_exists() -> None:
    assert set(re.findall(r"`(HANOI_\w+)`", PAGE)) <= known_names().keys()
