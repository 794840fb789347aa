"""The truth of a simulation in the form of a replay's own."""

from pathlib import Path

import pytest
from click import ClickException

from fleet.gtfs import read_timetable
from fleet.simulation.truth import TrueCall, TruePosition
from schemas.message import encode
from services.score.simulated import truth_tables
from tests.fleet.small_feed import DATE, ZERO_MS, write_feed

START_MS = ZERO_MS + 7 * 3_600_000


def position(second: int, reported_s: float | None, trip: str | None = "T0-3") -> bytes:
    at = START_MS + second * 1000
    said = None if reported_s is None else START_MS + round(reported_s * 1000)
    where = {"lon": 105.8, "lat": 21.0, "phase": "in_service", "speed_mps": 5.0, "heading_deg": 90.0}
    known = {"reported": said is not None, "reported_ms": said, "trip_id": trip, "start_date": DATE, "distance_m": 7.0}
    return encode(TruePosition(vehicle_id="V", time_ms=at, **where, **known))


def call(number: int, arrival_s: int, departure_s: int) -> bytes:
    times = {"arrival_ms": START_MS + arrival_s * 1000, "departure_ms": START_MS + departure_s * 1000}
    stop = {"stop_id": f"S{number}", "stop_sequence": number + 1, "scheduled_arrival_ms": START_MS}
    return encode(TrueCall(vehicle_id="V", trip_id="T0-3", start_date=DATE, route_id="R1", **stop, **times))


def test_reports_ask_and_calls_answer_whatever_the_trackers_clock_said(tmp_path: Path) -> None:
    lines = [position(10, 10), position(20, 3600), position(30, None), position(40, 40.9), position(50, 50, trip=None)]
    lines += [position(60, 60, trip="UNKNOWN"), call(0, 0, 15), call(2, 250, 270)]
    (tmp_path / "truth.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    asked, observed, plan = truth_tables(tmp_path / "truth.jsonl", read_timetable(write_feed(tmp_path / "feed")))
    assert [(ms - START_MS) / 1000 for ms in asked["time_ms"]] == [10.0, 20.0, 40.9]
    assert [(n, (ms - START_MS) / 1000) for n, ms in observed.select("stop_no", "arrival_ms").rows()] == [
        (0, 15.0),
        (2, 250.0),
    ]
    assert plan["stop_no"].to_list() == list(range(8))
    assert plan["scheduled_ms"][1] - plan["scheduled_ms"][0] == 120_000


def test_a_line_that_is_no_truth_is_named(tmp_path: Path) -> None:
    (tmp_path / "truth.jsonl").write_bytes(position(10, 10) + b"\n{}\n")
    with pytest.raises(ClickException, match="line 2"):
        truth_tables(tmp_path / "truth.jsonl", read_timetable(write_feed(tmp_path / "feed")))
