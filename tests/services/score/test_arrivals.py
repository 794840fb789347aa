"""`hanoi score arrivals` on files small enough to count by hand, and on real ones."""

import csv
import json
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from services.replay.truth import OBSERVED
from services.replay.write import PREDICTIONS, SCHEDULE
from services.score.arrivals import arrivals, score
from services.score.goals import goals
from services.score.questions import answer, ask, read

ZERO_MS = 1_763_870_400_000
DATE = "20251123"


def write(folder: Path, name: str, columns: tuple[str, ...], rows: list[tuple]) -> None:
    with (folder / f"{name}.csv").open("w", newline="") as file:
        csv.writer(file).writerows([columns, *rows])


def write_replay(folder: Path, predictions: list[tuple]) -> Path:
    """Write a replay of one bus: five stops 500 m apart, a report a minute, one stop every two minutes."""
    calls = [("T", DATE, n, n + 1, f"S{n}", "R", ZERO_MS + n * 120_000, n * 500.0) for n in range(5)]
    asked = [("V", ZERO_MS + n * 60_000, "T", DATE, n * 250.0, "trip") for n in range(8)]
    seen = [
        ("V", "T", DATE, n, ZERO_MS + n * 120_000 + 5_000, ZERO_MS + n * 120_000 + 60_000, 60_000 * n) for n in range(5)
    ]
    write(folder, "asked", ("vehicle_id", "time_ms", "trip_id", "start_date", "distance_m", "source"), asked)
    write(folder, "observed", OBSERVED, seen)
    write(folder, "schedule", SCHEDULE, calls)
    write(folder, "predictions", PREDICTIONS, predictions)
    (folder / "summary.json").write_text(json.dumps({"options": {}}))
    return folder


def say(made_s: int, stop: int, eta_s: int, trip: str = "T", sequence: int | None = None) -> tuple:
    eta = ZERO_MS + eta_s * 1000
    times = (eta, eta - 30_000, eta, eta + 30_000)
    return (ZERO_MS + made_s * 1000, "V", trip, DATE, f"S{stop}", sequence or stop + 1, *times, "why")


def questions(folder: Path) -> pl.DataFrame:
    return answer(
        ask(read(folder, "asked"), read(folder, "observed"), read(folder, "schedule")), read(folder, "predictions")
    )


def test_what_is_asked_does_not_depend_on_what_was_said(tmp_path):
    # Reports at 0…7 min, stops reached at 125, 245, 365 and 485 s: 3 + 5 + 7 + 8 pairs lie ahead.
    silent, talking = tmp_path / "a", tmp_path / "b"
    for folder, said in ((silent, [say(0, 1, 100)]), (talking, [say(m * 60, 4, 480) for m in range(8)])):
        folder.mkdir()
        table = questions(write_replay(folder, said))
        assert table.height == 3 + 5 + 7 + 8
    assert questions(silent)["eta_ms"].count() == 2  # at 0 s, and what stands at 60 s
    assert questions(talking)["eta_ms"].count() == 8


def test_an_answer_is_found_whatever_trip_it_names_and_the_right_trip_goes_first(tmp_path):
    said = [say(0, 1, 111, trip="OTHER"), say(0, 2, 222, trip="OTHER"), say(0, 2, 240)]
    table = questions(write_replay(tmp_path, said)).filter(pl.col("made_ms") == ZERO_MS).sort("stop_no")
    assert [(eta - ZERO_MS) / 1000 for eta in table["eta_ms"].drop_nulls()] == [111.0, 240.0]


def test_of_two_visits_of_a_stop_the_one_of_the_same_place_in_the_trip_answers(tmp_path):
    said = [say(0, 1, 50, trip="OTHER", sequence=9), say(0, 1, 130, trip="OTHER", sequence=2)]
    table = questions(write_replay(tmp_path, said))
    assert table.filter((pl.col("made_ms") == ZERO_MS) & (pl.col("stop_no") == 1))["eta_ms"].item() == ZERO_MS + 130_000


def test_what_was_said_longer_than_a_minute_ago_is_no_answer(tmp_path):
    table = questions(write_replay(tmp_path, [say(0, 4, 480)]))
    assert table.filter(pl.col("eta_ms").is_not_null())["made_ms"].to_list() == [ZERO_MS, ZERO_MS + 60_000]


def test_figures_are_those_counted_by_hand(tmp_path):
    said = [say(m * 60, stop, stop * 120 - 20) for m in range(8) for stop in range(1, 5)]
    figures = score(write_replay(tmp_path, said))
    assert (figures["questions"], figures["answered"], figures["arrivals"], figures["trips"]) == (23, 100.0, 4, 1)
    bins = figures["ours"]["eab"]["bins"]
    assert [bins[b]["bias_s"] for b in ("0-3", "3-6", "6-10")] == [25.0, 25.0, 25.0]
    assert figures["ours"]["intervals"]["0-3"]["width_s"] == 60.0
    assert figures["ours"]["intervals"]["0-3"]["before_p50"] == 0.0
    late = figures["baselines"]["schedule_delay"]["eab"]["bins"]["0-3"]
    assert late["bias_s"] == pytest.approx(5.0)
    assert figures["baselines"]["last_bus"]["eab"]["bins"]["10-15"]["count"] == 0
    assert figures["minutes_with_prediction"] == 100.0
    assert figures["next_trip"] is None


def test_a_folder_without_a_replay_says_what_to_do(tmp_path):
    done = CliRunner().invoke(arrivals, [str(tmp_path)])
    assert done.exit_code == 1
    assert "hanoi replay" in done.output


def test_the_table_for_people_has_every_predictor(tmp_path):
    said = [say(m * 60, stop, stop * 120) for m in range(8) for stop in range(1, 5)]
    done = CliRunner().invoke(arrivals, [str(write_replay(tmp_path, said)), "--table"])
    assert done.exit_code == 0, done.output
    for name in ("shown time", "median (p50)", "schedule_delay_shifted", "kalman_shifted", "next trip"):
        assert name in done.output


def test_a_route_nobody_ran_is_said(tmp_path):
    folder = write_replay(tmp_path, [say(0, 1, 100)])
    assert CliRunner().invoke(arrivals, [str(folder), "--route", "R"]).exit_code == 0
    assert "no bus was seen" in CliRunner().invoke(arrivals, [str(folder), "--route", "X"]).output


@pytest.mark.parametrize("name", ["asked.csv", "observed.csv", "schedule.csv", "predictions.csv", "summary.json"])
@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"vehicle_id,time_ms\nV,yesterday\n"])
def test_a_broken_file_of_a_replay_is_named_without_a_traceback(tmp_path, name, content):
    folder = write_replay(tmp_path, [say(0, 1, 100)])
    (folder / name).write_bytes(content)
    done = CliRunner().invoke(arrivals, [str(folder)])
    assert done.exit_code == 1
    assert not done.exception or isinstance(done.exception, SystemExit)
    assert "Error: " in done.output


def test_a_replay_in_which_nothing_was_named_or_said_is_told_so(tmp_path):
    folder = write_replay(tmp_path, [])
    assert score(folder)["ours"] is None
    assert score(folder)["answered"] == 0.0
    lines = (folder / "asked.csv").read_text().splitlines()
    (folder / "asked.csv").write_text(lines[0] + "\n")
    assert "no bus was seen" in CliRunner().invoke(arrivals, [str(folder)]).output


def test_only_arrivals_whose_moment_is_known_are_asked_for_where_that_is_wanted(tmp_path):
    folder = write_replay(tmp_path, [say(m * 60, stop, stop * 120) for m in range(8) for stop in range(1, 5)])
    assert [score(folder, gap_s=gap)["arrivals"] for gap in (0, 240, 120, 60)] == [4, 4, 2, 1]


def test_the_goals_of_several_replays_stand_in_one_table(tmp_path):
    folders = [tmp_path / name for name in ("late", "right")]
    for folder, off_s in zip(folders, (-100, 5), strict=True):
        folder.mkdir()
        write_replay(folder, [say(m * 60, stop, stop * 120 + off_s) for m in range(8) for stop in range(1, 5)])
    done = CliRunner().invoke(goals, [str(folder) for folder in folders])
    assert done.exit_code == 0, done.output
    late, right = done.output.splitlines()[2:4]
    assert late.startswith("| late")
    assert "105*" in late
    assert "0 0 0" in right
