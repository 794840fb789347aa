import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from fleet.roster import read_roster
from schemas.fix import Fix
from services.city.folder import CityFolder
from services.cli import main
from services.recordings import read_recording
from services.sample.build import build_sample
from services.sample.lines import LINES
from services.simulate.city import Wish, make_simulation, read_streets
from services.simulate.command import parse_start

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
        simulate(city, tmp_path / name, "--buses", "30", "--seed", seed, "--blockages", "2")
    for file in ("fixes.jsonl", "truth.jsonl", "roster.csv"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
    assert (tmp_path / "a" / "fixes.jsonl").read_bytes() != (tmp_path / "c" / "fixes.jsonl").read_bytes()
    assert sorted(p.name for p in (tmp_path / "a").iterdir()) == ["fixes.jsonl", "roster.csv", "truth.jsonl"]


def test_what_is_written_can_be_replayed(city: Path, tmp_path: Path) -> None:
    simulate(city, tmp_path, "--buses", "30", "--trips", "claimed")
    fixes = list(read_recording(tmp_path / "fixes.jsonl", "auto", "replay", timezone="UTC"))
    assert len(fixes) > 500
    assert all(isinstance(fix, Fix) and fix.claimed_trip for fix in fixes if fix.speed_mps and fix.speed_mps > 3)
    assert len({fix.vehicle_id for fix in fixes}) <= 30
    assert read_roster(tmp_path / "roster.csv") is not None


def test_truth_names_positions_calls_and_blockages(city: Path, tmp_path: Path) -> None:
    said = simulate(city, tmp_path, "--blockages", "2")
    kinds = [json.loads(line)["type"] for line in (tmp_path / "truth.jsonl").read_text().splitlines()]
    assert kinds[:2] == ["blockage", "blockage"]
    assert set(kinds) == {"blockage", "call", "position"}
    assert "× real time" in said


def test_the_roster_names_the_simulated_vehicles_only(city: Path, tmp_path: Path) -> None:
    simulate(city, tmp_path, "--buses", "12")
    with (tmp_path / "roster.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len({row["vehicle_id"] for row in rows}) == 12
    assert all(row["vehicle_id"].startswith(f"SIM-{row['route_id']}-") for row in rows)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--start", "tomorrow"], "is no time"),
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


def test_a_start_without_an_offset_is_local_time_of_the_city() -> None:
    zone = "Asia/Ho_Chi_Minh"
    assert parse_start("2026-01-05T07:30", zone, 0) == parse_start("2026-01-05T00:30+00:00", zone, 0)
    assert parse_start("now", zone, 1_999) == 1_000


def test_an_hour_with_a_blockage_is_slower_there(city: Path) -> None:
    streets = read_streets(CityFolder(city))
    blocked = make_simulation(streets, Wish(NOW_MS, 1.0, 1, blockages=3))
    assert blocked is not None
    assert len(blocked.blockages()) == 3
