"""A recording is replayed with what was known of the roads at the time."""

import json
from pathlib import Path

import polars as pl

from routing.network import save_network
from schemas.message import encode
from tests.fleet.small_feed import ZERO_MS, write_feed
from tests.fleet.small_roads import small_network, told
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
    assert "needs the --network" in alone.output
    broken = run(*where, "--network", tmp_path / "network", "--road-states", tmp_path / "x.jsonl")
    assert broken.exit_code == 1
    assert "messages of road.states by line" in broken.output
