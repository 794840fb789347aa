"""`hanoi replay` on real and broken input."""

import csv
import json

import pytest
from click.testing import CliRunner

from services.replay.command import replay
from services.replay.write import ASSIGNMENTS, PREDICTIONS, STOP_EVENTS
from tests.data import shared_data
from tests.services.conftest import ROWS


def run(*arguments: object):
    return CliRunner().invoke(replay, [str(a) for a in arguments])


@pytest.mark.parametrize(
    ("name", "columns"), [("assignments", ASSIGNMENTS), ("stop_events", STOP_EVENTS), ("predictions", PREDICTIONS)]
)
def test_the_files_have_the_columns_that_others_rely_on(replayed, name, columns):
    with (replayed / f"{name}.csv").open(newline="") as file:
        reader = csv.reader(file)
        assert tuple(next(reader)) == columns
        first = next(reader)
    assert len(first) == len(columns)
    assert all(first[:4])


def test_a_shuffled_replay_ends_with_the_same_bytes(afternoon, replayed, tmp_path):
    gtfs = shared_data("wmata", "gtfs.zip")
    done = run("--gtfs", gtfs, "--positions", afternoon, "--out", tmp_path, "--shuffle", 3)
    assert done.exit_code == 0, done.output
    for name in ("assignments", "stop_events"):
        assert (tmp_path / f"{name}.csv").read_bytes() == (replayed / f"{name}.csv").read_bytes()
    one, two = (json.loads((folder / "summary.json").read_text()) for folder in (replayed, tmp_path))
    assert one["sha256"] == two["sha256"]
    assert two["verdicts"]["duplicate"] > 50
    assert "late" not in two["verdicts"]
    assert one["fixes"] == ROWS


def test_hidden_trips_are_found_again(replayed, replayed_hidden):
    routes = []
    for folder in (replayed, replayed_hidden):
        with (folder / "assignments.csv").open(newline="") as file:
            routes.append({(r["vehicle_id"], r["time_ms"]): r["route_id"] for r in csv.DictReader(file)})
    right = [routes[1].get(key) == route for key, route in routes[0].items()]
    assert sum(right) > 0.95 * len(right)


def test_an_old_washington_trace_with_local_times_is_replayed(tmp_path):
    gtfs, trace = shared_data("avl-samples", "5A"), shared_data("avl-samples", "5A_8062.csv")
    done = run("--gtfs", gtfs, "--positions", trace, "--out", tmp_path)
    assert done.exit_code == 0, done.output
    assert json.loads((tmp_path / "summary.json").read_text())["phases"].get("in_service", 0) > 40


@pytest.mark.parametrize("broken", ["gtfs", "positions", "roster"])
def test_what_cannot_be_read_is_named_without_a_traceback(tmp_path, afternoon, broken):
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"\x00\xff nothing")
    gtfs = bad if broken == "gtfs" else shared_data("wmata", "gtfs.zip")
    more = ["--roster", bad] if broken == "roster" else []
    done = run(
        "--gtfs", gtfs, "--positions", bad if broken == "positions" else afternoon, "--out", tmp_path / "o", *more
    )
    assert done.exit_code == 1
    assert "bad.csv" in done.output
    assert "Traceback" not in done.output
