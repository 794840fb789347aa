"""The tracker's benchmark on a small feed: every stage is measured, no fix is lost."""

import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from services.cli import main
from tests.fleet.small_feed import write_feed


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_feed(tmp_path_factory.mktemp("feed"))
    path = folder / "gtfs.zip"
    with zipfile.ZipFile(path, "w") as file:
        for table in folder.glob("*.txt"):
            file.write(table, table.name)
    return path


def figures(*words: str) -> dict[str, dict[str, object]]:
    done = CliRunner().invoke(main, ["bench", "track", *words])
    assert done.exit_code == 0, done.output
    report = json.loads(done.output)
    assert report["bench"] == "track"
    return {figure["name"]: figure for figure in report["figures"]}


def test_every_stage_is_timed_beside_the_naive_tracker(feed: Path) -> None:
    named = figures("--gtfs", str(feed), "--only", "claimed", "--buses", "8", "--minutes", "2")
    stages = ("clean", "assign", "follow", "predict", "alerts", "position", "rest")
    assert all(named[f"claimed_{stage}"]["ours"] for stage in stages)
    assert isinstance(named["claimed_one_process"]["ratio"], float)


def test_the_live_service_answers_every_fix(feed: Path) -> None:
    named = figures("--gtfs", str(feed), "--buses", "6", "--live", "2", "--rate", "6", "--only", "live")
    assert named["live_without_position"]["ours"] == 0
    assert named["live_fixes_measured"]["ours"] >= 10
    assert named["live_p99_ms"]["goal"] == "ours <= 1000"


def test_without_a_feed_or_at_an_hour_without_trips_it_says_what_to_do(feed: Path) -> None:
    for words, said in (
        ((), "--city or --gtfs"),
        (("--gtfs", str(feed), "--from", "yesterday"), "write for instance"),
    ):
        done = CliRunner().invoke(main, ["bench", "track", *words])
        assert done.exit_code == 1
        assert said in done.output
