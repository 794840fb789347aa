import csv
import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from fleet.roster import read_roster
from fleet.simulation.faults import PRESETS
from routing.network import load_network
from schemas.fix import Fix
from services.city.folder import CityError
from services.cli import main
from services.recordings import read_recording
from services.sample.build import build_sample
from services.sample.lines import LINES
from services.simulate.command import parse_incidents
from services.simulate.faults_file import read_faults

NOW_MS = 1_767_575_100_000


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sample") / "city"
    build_sample(out, seed=1, now_ms=NOW_MS, lines=LINES[:20])
    return out


def simulate(city: Path, out: Path, *more: str) -> str:
    words = ["simulate", "--city", str(city), "--out", str(out), "--start", "2026-01-05T07:30", "--hours", "0.1"]
    done = CliRunner().invoke(main, [*words, *more])
    assert done.exit_code == 0, done.stderr
    return done.stdout


def test_the_same_seed_writes_the_same_bytes_and_another_seed_others(city: Path, tmp_path: Path) -> None:
    for name, seed in (("a", "5"), ("b", "5"), ("c", "6")):
        simulate(city, tmp_path / name, "--buses", "30", "--seed", seed, "--incidents", "400")
    names = ["counts.jsonl", "edges.parquet", "fixes.jsonl", "roster.csv", "truth.jsonl"]
    for file in names:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
    assert (tmp_path / "a" / "fixes.jsonl").read_bytes() != (tmp_path / "c" / "fixes.jsonl").read_bytes()
    assert sorted(p.name for p in (tmp_path / "a").iterdir()) == names


def test_what_is_written_can_be_replayed(city: Path, tmp_path: Path) -> None:
    simulate(city, tmp_path, "--buses", "30", "--trips", "claimed")
    fixes = list(read_recording(tmp_path / "fixes.jsonl", "auto", "replay", timezone="UTC"))
    assert len(fixes) > 500
    assert all(isinstance(fix, Fix) for fix in fixes)
    assert sum(isinstance(fix, Fix) and fix.claimed_trip is not None for fix in fixes) > 0.5 * len(fixes)
    assert len({fix.vehicle_id for fix in fixes}) <= 30
    assert read_roster(tmp_path / "roster.csv") is not None


def test_truth_names_incidents_positions_calls_and_trips(city: Path, tmp_path: Path) -> None:
    said = simulate(city, tmp_path, "--incidents", "400")
    kinds = [json.loads(line)["type"] for line in (tmp_path / "truth.jsonl").read_text().splitlines()]
    assert {"incident", "call", "position", "trip"} <= set(kinds)
    assert "× real time" in said


def test_the_roster_names_the_simulated_vehicles_only_with_the_plates_of_the_city(city: Path, tmp_path: Path) -> None:
    simulate(city, tmp_path, "--buses", "12")
    with (tmp_path / "roster.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len({row["vehicle_id"] for row in rows}) == 12
    with (city / "roster.csv").open() as file:
        known = {(row["vehicle_id"], row["route_id"]) for row in csv.DictReader(file)}
    assert {(row["vehicle_id"], row["route_id"]) for row in rows} <= known


def test_each_format_holds_the_same_reports(city: Path, tmp_path: Path) -> None:
    formats = [word for name in ("fixes", "tracker", "csv", "gtfs-rt") for word in ("--format", name)]
    simulate(city, tmp_path, "--buses", "8", "--truth", str(tmp_path / "truth"), *formats)
    ours = list(read_recording(tmp_path / "fixes.jsonl"))
    for name in ("tracker.json", "fixes.csv"):
        theirs = list(read_recording(tmp_path / name))
        assert [(f.vehicle_id, f.time_ms, f.lon, f.lat) for f in theirs] == [
            (f.vehicle_id, f.time_ms, f.lon, f.lat) for f in ours if (f.lon, f.lat) != (0.0, 0.0)
        ]
    feeds = sorted((tmp_path / "gtfs-rt").iterdir())
    assert len(feeds) == 12
    assert {f.vehicle_id for f in read_recording(feeds[-1])} <= {f.vehicle_id for f in ours}
    assert (tmp_path / "truth" / "truth.jsonl").exists()


def test_edges_have_a_speed_and_a_flow_in_each_interval(city: Path, tmp_path: Path) -> None:
    simulate(city, tmp_path, "--buses", "3", "--edge-interval", "120")
    table = pl.read_parquet(tmp_path / "edges.parquet")
    edges = load_network(city / "network").edge_count
    assert table.height == 3 * edges
    assert table["interval_start_ms"].n_unique() == 3
    assert table["speed_mps"].is_between(0.3, 25.0).all()
    assert table["flow_veh_h"].is_between(0.0, 20_000.0).all()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--from", "tomorrow"], "is no time"),
        (["--to", "2026-01-05T09:00", "--hours", "1"], "leave out --hours"),
        (["--start", "2040-01-01T08:00"], "no trip runs"),
        (["--city", "/nowhere"], "hanoi sample build"),
    ],
)
def test_what_cannot_be_simulated_is_said_with_code_2(
    city: Path, tmp_path: Path, words: list[str], message: str
) -> None:
    done = CliRunner().invoke(main, ["simulate", "--city", str(city), "--out", str(tmp_path / "out"), *words])
    assert done.exit_code == 2
    assert message in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("jump_share: 2\n", "is a share"),
        ("jumps: 0.1\n", "is no fault; known are"),
        ("jump_share: often\n", "is no number"),
        ("base: awful\n", "is none of"),
        ("- 1\n", "lines"),
        ("a: [\n", "cannot be read as YAML"),
    ],
)
def test_a_file_of_faults_that_cannot_be_used_is_said_with_its_key(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "faults.yaml"
    path.write_text(text)
    with pytest.raises(CityError, match=message):
        read_faults(str(path))


def test_a_file_of_faults_changes_single_numbers_of_a_preset(tmp_path: Path) -> None:
    path = tmp_path / "faults.yaml"
    path.write_text("base: harsh\njump_share: 0.5\ncanyons: 3\n")
    assert read_faults(str(path)) == replace(PRESETS["harsh"], jump_share=0.5, canyons=3)
    with pytest.raises(CityError, match="neither none, mild, harsh nor a file"):
        read_faults("perfect")


def test_incidents_are_a_word_or_a_number() -> None:
    assert parse_incidents("none") == 0.0
    assert parse_incidents("7.5") == 7.5
    with pytest.raises(CityError, match="how many a day"):
        parse_incidents("-1")
