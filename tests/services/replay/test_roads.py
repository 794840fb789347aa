"""A recording is replayed with what was known of the roads at the time."""

import json
from itertools import pairwise
from pathlib import Path

import msgspec
import polars as pl

from fleet.gtfs import Timetable, read_timetable
from fleet.tracker import Tracker
from routing.network import save_network
from schemas.fix import Fix
from schemas.message import encode
from services.replay.own_roads import OwnRoads
from tests.fleet.small_feed import ZERO_MS, write_feed
from tests.fleet.small_roads import small_network, told
from tests.fleet.test_tracker import drive
from tests.services.replay.test_history import run, write_day

START_MS = ZERO_MS + 7 * 3_600_000


def replayed(folder: Path, *more: object) -> pl.DataFrame:
    done = run("--gtfs", folder / "feed", "--positions", folder / "day.csv", "--out", folder / "out", *more)
    assert done.exit_code == 0, done.output
    return pl.read_csv(folder / "out" / "predictions.csv")


def make(folder: Path) -> Path:
    write_feed(folder / "feed")
    write_day(folder / "day.csv", 0, 120)
    save_network(small_network(), folder / "network")
    return folder


def test_messages_of_the_topic_move_the_forecast(tmp_path: Path) -> None:
    before = replayed(make(tmp_path))
    states = tmp_path / "road_states.jsonl"
    states.write_bytes(b"".join(encode(told(START_MS + 30_000 * n, 5, 0.6)) + b"\n" for n in range(20)))
    after = replayed(tmp_path, "--network", tmp_path / "network", "--road-states", states)
    late = (after["p50_ms"] - before["p50_ms"]).filter((after["stop_sequence"] > 6) & (after["made_at_ms"] > START_MS))
    assert late.median() > 120_000
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["options"]["road_states"] == str(states)


def test_true_speeds_of_a_simulation_are_told_when_their_interval_is_over(tmp_path: Path) -> None:
    make(tmp_path)
    ids = small_network().edge_ids
    rows = [
        (START_MS - 1_800_000 + 60_000 * n, e, 0.6 if ids[e] == "1/6/7" and n >= 30 else 10.0)
        for n in range(40)
        for e in range(len(ids))
    ]
    pl.DataFrame(rows, schema=["interval_start_ms", "edge_index", "speed_mps"], orient="row").write_parquet(
        tmp_path / "edges.parquet"
    )
    said = replayed(tmp_path, "--network", tmp_path / "network", "--road-states", tmp_path / "edges.parquet")
    jam = said.filter(pl.col("reason").str.contains("traffic jam before Bến 6"))
    assert jam["made_at_ms"].min() >= START_MS + 60_000


def test_what_is_no_file_of_states_is_refused_with_what_it_should_be(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "x.jsonl").write_text("{}\n")
    where = ("--gtfs", tmp_path / "feed", "--positions", tmp_path / "day.csv", "--out", tmp_path / "out")
    alone = run(*where, "--road-states", tmp_path / "x.jsonl")
    assert alone.exit_code == 2
    assert "need the --network" in alone.output
    broken = run(*where, "--network", tmp_path / "network", "--road-states", tmp_path / "x.jsonl")
    assert broken.exit_code == 1
    assert "messages of road.states by line" in broken.output


def test_states_are_made_of_the_buses_themselves_and_none_is_of_later_than_it_is_told(tmp_path: Path) -> None:
    table = read_timetable(write_feed(tmp_path / "feed"))
    tracker, roads = Tracker(table), OwnRoads(table, small_network(), START_MS)
    times, speeds = [], []
    fixes = sorted((fix for number in range(4) for fix in late_bus(table, number)), key=lambda fix: fix.time_ms)
    for fix in fixes:
        positions = tracker.step([fix], fix.received_ms).positions
        for said in roads.hear(positions, fix.received_ms):
            assert said.time_ms <= fix.received_ms
            times.append(said.time_ms)
            speeds += [s.speed_mps for s in said.states if s.observations and s.speed_mps is not None]
    assert len(times) > 10
    assert all(a <= b for a, b in pairwise(times))
    assert 0.0 < min(speeds) < 30.0


def late_bus(table: Timetable, number: int) -> list[Fix]:
    """Return the reports of one of several buses that drive one trip ten minutes apart."""
    late_ms = 600_000 * number
    return [
        msgspec.structs.replace(
            fix, vehicle_id=f"V{number}", time_ms=fix.time_ms + late_ms, received_ms=fix.time_ms + late_ms
        )
        for fix in drive(table, "T0-3")
    ]


def test_a_replay_says_that_it_made_its_own_states(tmp_path: Path) -> None:
    replayed(make(tmp_path), "--network", tmp_path / "network", "--own-roads")
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["options"]["own_roads"] is True


def test_own_states_need_the_network_whose_edges_they_tell_of(tmp_path: Path) -> None:
    make(tmp_path)
    alone = run(
        "--gtfs", tmp_path / "feed", "--positions", tmp_path / "day.csv", "--out", tmp_path / "out", "--own-roads"
    )
    assert alone.exit_code == 2
    assert "need the --network" in alone.output
