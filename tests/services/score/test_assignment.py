import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from fleet.simulation.truth import TruePosition
from services.cli import main
from services.sample.build import build_sample
from services.sample.lines import LINES
from services.score.assignment import Said, score

NOW_MS = 1_767_575_100_000


def true(second: int, trip: str | None, *faults: str) -> TruePosition:
    return TruePosition(
        vehicle_id="V",
        time_ms=NOW_MS + second * 1000,
        lon=105.8,
        lat=21.0,
        phase="in_service" if trip else "layover",
        speed_mps=5.0,
        heading_deg=90.0,
        reported=True,
        reported_ms=NOW_MS + second * 1000,
        faults=faults,
        trip_id=trip,
        start_date="20260105" if trip else None,
    )


def test_shares_count_what_is_right_wrong_and_unsaid_and_which_fault_it_had() -> None:
    truth = [true(0, None), true(10, "a"), true(20, "a", "jump"), true(200, "a"), true(210, "a"), true(220, "a")]
    said = {
        ("V", NOW_MS): Said("layover", None, None),
        ("V", NOW_MS + 10_000): Said("in_service", "a", "20260105"),
        ("V", NOW_MS + 20_000): Said("in_service", "b", "20260105"),
        ("V", NOW_MS + 200_000): Said("in_service", "a", "20260104"),
        ("V", NOW_MS + 210_000): Said("unknown", None, None),
    }
    figures = score(said, truth)
    assert figures["reports"] == 5
    assert figures["on_trip"] == {"count": 5, "none": 0.2, "right": 0.2, "unsaid": 0.2, "wrong": 0.4}
    assert figures["on_trip_settled"] == {"count": 2, "none": 0.5, "wrong": 0.5}
    assert figures["off_trip"] == {"count": 1, "right": 1.0}
    assert figures["by_fault"]["jump"] == {"count": 1, "wrong": 1.0}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sample") / "city"
    build_sample(out, seed=1, now_ms=NOW_MS, lines=LINES[:8])
    return out


def test_without_faults_nearly_every_hidden_trip_is_found_again(city: Path, tmp_path: Path) -> None:
    out, feed = str(tmp_path), str(city / "gtfs.zip")
    simulated = ["simulate", "--city", str(city), "--out", out, "--from", "2026-01-05T10:00", "--hours", "0.4",
                 "--buses", "30", "--faults", "none", "--incidents", "none", "--weather", "dry"]  # fmt: skip
    replayed = ["replay", "--gtfs", feed, "--positions", str(tmp_path / "fixes.jsonl"), "--hide-trips",
                "--out", str(tmp_path / "replay"), "--roster", str(tmp_path / "roster.csv")]  # fmt: skip
    scored = ["score", "assignment", str(tmp_path / "replay"), "--labels", str(tmp_path / "truth.jsonl")]
    for words in (simulated, replayed, scored):
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    assert figures["on_trip"]["count"] > 2_000
    assert figures["on_trip"]["right"] > 0.96


def test_files_of_two_simulations_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "assignments.csv").write_text(
        "vehicle_id,time_ms,phase,trip_id,start_date\nX,1,in_service,a,20260105\n"
    )
    (tmp_path / "truth.jsonl").write_text("")
    words = ["score", "assignment", str(tmp_path), "--labels", str(tmp_path / "truth.jsonl")]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 1
    assert "are they of the same simulation?" in done.output
