import json
from dataclasses import replace
from pathlib import Path

import pytest
from click import ClickException
from click.testing import CliRunner

from fleet.gtfs import read_timetable
from schemas.trip import Phase
from services.cli import main
from services.score.assignment import Said, score
from services.score.confusion import write_table
from services.score.labels import Label, read_labels
from tests.fleet.small_feed import write_feed

NOW_MS = 1_767_575_100_000


def label(second: int, trip: str | None, *faults: str, settled: bool = False) -> Label:
    phases = frozenset({Phase.IN_SERVICE if trip else Phase.LAYOVER})
    date = "20260105" if trip else None
    way = ("R", 1) if trip else None
    at_ms = NOW_MS + second * 1000
    return Label("V", at_ms, phases, trip is not None, settled, trip, date, "B" if trip else None, way, faults)


def test_shares_count_what_is_right_wrong_and_unsaid_and_which_fault_it_had() -> None:
    labels = [label(0, None), label(10, "a"), label(20, "a", "jump"), label(210, "a", settled=True)]
    labels += [label(200, "a", settled=True), label(220, "a", settled=True)]
    said = {
        ("V", NOW_MS): Said("layover", None, None),
        ("V", NOW_MS + 10_000): Said("in_service", "a", "20260105", "R", 1, 0.95, "B"),
        ("V", NOW_MS + 20_000): Said("in_service", "b", "20260105", "R", 0, 0.95, "B"),
        ("V", NOW_MS + 200_000): Said("in_service", "a", "20260104", "R", 1, 0.5, "C"),
        ("V", NOW_MS + 210_000): Said("unknown", None, None),
    }
    figures = score(said, labels)
    assert figures["reports"] == 5
    assert figures["on_trip"] == {"count": 5, "none": 0.2, "right": 0.2, "unsaid": 0.2, "wrong": 0.4}
    assert figures["on_trip_shown"] == {"count": 5, "none": 0.4, "right": 0.2, "wrong": 0.4}
    assert figures["on_trip_settled"] == {"count": 2, "none": 0.5, "wrong": 0.5}
    assert figures["off_trip"] == {"count": 1, "right": 1.0}
    assert figures["by_fault"]["jump"] == {"count": 1, "wrong": 1.0}
    assert figures["route_direction"] == {"count": 4, "none": 0.25, "right": 0.5, "wrong": 0.25}
    assert figures["block"] == {"count": 4, "none": 0.25, "right": 0.5, "wrong": 0.25}
    assert figures["phase"] == {"count": 5, "right": 0.8, "wrong": 0.2}
    assert figures["wrong_and_confident"] == {"any": 0.2, "on_trip": 0.2, "route_direction": 0.2}
    assert figures["phase_said"]["in_service"] == {"count": 4, "in_service": 0.75, "unknown": 0.25}
    assert figures["trip_wrong"] == {"no_trip": 0.2, "another_day": 0.2, "left_out": 0.2, "same_block": 0.2}
    assert figures["worst_buses"] == {"V": {"reports": 5, "wrong": 4}}


@pytest.mark.parametrize(
    ("trip", "route", "direction", "block", "why"),
    [
        ("b", "R", 1, "C", "another_departure"),
        ("b", "R", 0, "B", "same_block"),
        ("b", "R", 0, "C", "other_direction"),
        ("b", "Q", 1, None, "another_line"),
    ],
)
def test_why_a_trip_was_wrong_is_counted(trip: str, route: str, direction: int, block: str | None, why: str) -> None:
    said = {("V", NOW_MS): Said("in_service", trip, "20260105", route, direction, 0.5, block)}
    assert score(said, [label(0, "a")])["trip_wrong"] == {why: 1.0}


def test_what_was_taken_for_what_is_told_to_people_as_a_table() -> None:
    said = {
        ("V", NOW_MS): Said("in_service", "a", "20260105", "R", 1, 0.95, "B"),
        ("V", NOW_MS + 10_000): Said("layover", "b", "20260105", "R", 1, 0.5, "C"),
    }
    lines = write_table(score(said, [label(0, "a"), label(10, "a")])).splitlines()
    assert [line.split() for line in lines if line.startswith(("on_trip ", "in_service", "another", "V"))] == [
        ["on_trip", "2", "50.0", "50.0", ".", "."],
        ["in_service", "2", "50.0", "50.0"],
        ["another_departure", "50.0"],
        ["V", "1", "of", "2"],
    ]


@pytest.mark.parametrize(("later_s", "verdict"), [(-1, "unsaid"), (60, "right"), (300, "right"), (301, "unsaid")])
def test_a_report_that_was_left_out_is_judged_by_what_was_shown_of_its_bus_at_that_time(
    later_s: int, verdict: str
) -> None:
    said = {("V", NOW_MS): Said("in_service", "a", "20260105", "R", 1, 0.95, "B")}
    wrong_clock = replace(label(7 * 3600, "a"), made_ms=NOW_MS + later_s * 1000)
    figures = score(said, [wrong_clock])
    assert figures["on_trip"] == {"count": 1, "unsaid": 1.0}
    assert figures["on_trip_shown"] == {"count": 1, verdict: 1.0}


HEAD = "vid,lat,lon,timestamp,actual_block_id,actual_trip_id,actual_dsc,actual_phase,actual_is_run_formal\n"


def trace(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "trace.csv"
    path.write_text(HEAD + "".join(f"V,{row}\n" for row in rows))
    return path


def test_labelled_phases_may_be_alternatives_and_a_sign_code_is_where_its_bus_went(tmp_path: Path) -> None:
    table = read_timetable(write_feed(tmp_path / "feed"))
    there = [f"21.0,{105.801 + 0.002 * n},2025-11-23 07:{n:02d}:00,,X_T0-3,4631,IN_PROGRESS,FALSE" for n in range(9)]
    home = [f"21.0,{105.83 - 0.002 * n},2025-11-23 08:{n:02d}:00,,,4630,IN_PROGRESS,FALSE" for n in range(9)]
    more = ["21,105.8,2025-11-23 09:00:00,,,,LAYOVER_DURING,FALSE", "21,105.8,2025-11-23 09:01:00,,,,LAYOVER_,TRUE",
            "21,105.8,2025-11-23 09:02:00,,,4631,IN_PROGRESS+DEADHEAD_,TRUE"]  # fmt: skip
    labels = read_labels(trace(tmp_path, *there, *home, *more), table)
    assert {known.way for known in labels[:9]} == {("R1", 0)}
    assert {known.way for known in labels[9:18]} == {("R1", 1)}
    assert labels[0].trip_id == "T0-3"
    assert labels[0].on_trip
    assert labels[18].phases == {Phase.LAYOVER, Phase.DEADHEAD}
    assert labels[19].phases == {Phase.LAYOVER}
    assert labels[20].phases == {Phase.IN_SERVICE, Phase.DETOUR, Phase.DEADHEAD}
    assert labels[0].time_ms == 1_763_830_800_000 + 7 * 3_600_000


def test_a_csv_that_is_no_labelled_trace_says_which_column_it_lacks(tmp_path: Path) -> None:
    table = read_timetable(write_feed(tmp_path / "feed"))
    (tmp_path / "x.csv").write_text("vid,lat\n")
    with pytest.raises(ClickException, match="actual_phase"):
        read_labels(tmp_path / "x.csv", table)


def test_without_faults_nearly_every_hidden_trip_is_found_again(simulated: Path) -> None:
    words = ["score", "assignment", str(simulated / "replay"), "--labels", str(simulated / "truth.jsonl")]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    assert figures["on_trip"]["count"] > 2_000
    assert figures["on_trip"]["right"] > 0.93


def test_files_of_two_recordings_are_told_apart(tmp_path: Path) -> None:
    feed = write_feed(tmp_path / "feed")
    head = "vehicle_id,time_ms,phase,trip_id,start_date,route_id,direction_id,probability\n"
    (tmp_path / "assignments.csv").write_text(head + "X,1,in_service,a,20260105,R,0,0.5\n")
    (tmp_path / "summary.json").write_text(json.dumps({"gtfs": str(feed)}))
    (tmp_path / "truth.jsonl").write_text("")
    words = ["score", "assignment", str(tmp_path), "--labels", str(tmp_path / "truth.jsonl")]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 1
    assert "are they of the same recording?" in done.output


def test_a_feed_that_was_moved_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "summary.json").write_text(json.dumps({"gtfs": str(tmp_path / "gone.zip")}))
    (tmp_path / "truth.jsonl").write_text("")
    done = CliRunner().invoke(main, ["score", "assignment", str(tmp_path), "--labels", str(tmp_path / "truth.jsonl")])
    assert done.exit_code == 1
    assert "--gtfs" in done.output
