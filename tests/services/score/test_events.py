"""`hanoi score events` on a truth small enough to count by hand."""

import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from fleet.simulation.truth import TrueCall, TruePosition, TrueTrip
from schemas.message import encode
from services.cli import main
from services.replay.write import ALERTS, STOP_EVENTS

NOW_MS = 1_763_870_400_000
DATE = "20251123"


def at(seconds: float) -> int:
    return NOW_MS + round(seconds * 1000)


def position(vehicle: str, second: int, trip: str | None, phase: str = "in_service") -> bytes:
    place = {"lon": 105.8, "lat": 21.0, "speed_mps": 5.0, "heading_deg": 90.0, "reported": True}
    run = {"trip_id": trip, "start_date": DATE if trip else None, "phase": phase}
    return encode(TruePosition(vehicle_id=vehicle, time_ms=at(second), **place, **run))


def call(vehicle: str, trip: str, sequence: int, arrival: float, departure: float, route: str = "R") -> bytes:
    run = {"vehicle_id": vehicle, "trip_id": trip, "start_date": DATE, "route_id": route, "stop_id": f"S{sequence}"}
    times = {"arrival_ms": at(arrival), "departure_ms": at(departure), "scheduled_arrival_ms": NOW_MS}
    return encode(TrueCall(stop_sequence=sequence, **run, **times))


def dropped(trip: str) -> bytes:
    return encode(TrueTrip(vehicle_id="V", trip_id=trip, start_date=DATE, time_ms=NOW_MS, event="dropped"))


def decode_and_hide(line: bytes) -> bytes:
    return encode(msgspec.structs.replace(msgspec.json.decode(line, type=TruePosition), faults=("frozen",)))


def score(folder: Path, truth: list[bytes], events: list[str], alerts: list[str]) -> dict:
    (folder / "truth.jsonl").write_bytes(b"\n".join(truth))
    (folder / "stop_events.csv").write_text("\n".join([",".join(STOP_EVENTS), *events]) + "\n")
    (folder / "alerts.csv").write_text("\n".join([",".join(ALERTS), *alerts]) + "\n")
    done = CliRunner().invoke(main, ["score", "events", str(folder), "--truth", str(folder / "truth.jsonl")])
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def alert(kind: str, said_s: float, trip: str = "", route: str = "", lon: float | None = None) -> str:
    place = "," if lon is None else f"{lon},21.0"
    return f"{kind}/{trip}{route}{said_s},{kind},{at(said_s)},{at(0)},,,{trip},{DATE},{route},{place},text,"


def test_calls_are_found_missed_or_made_up_and_their_times_are_off(tmp_path: Path) -> None:
    truth = [position("V", 0, "T"), call("V", "T", 1, 0, 10), call("V", "T", 2, 100, 110), call("V", "T", 3, 200, 220)]
    truth += [call("SILENT", "U", 1, 0, 10)]
    seen = [
        f"V,T,{DATE},S1,1,{at(-300)},{at(14)},1,5.0",
        f"V,T,{DATE},S2,2,{at(96)},{at(110)},,5.0",
        f"V,X,{DATE},S3,3,{at(200)},,,5.0",
    ]
    figures = score(tmp_path, truth, seen, [])["stop_events"]
    assert (figures["true_calls"], figures["completeness"], figures["made_up"]) == (3, 66.67, 33.33)
    assert figures["completeness_any_trip"] == 100.0
    assert figures["missed"] == {"told_under_another_trip": {"last": 33.33}}
    assert figures["made_up_while"] == {"another_trip": 33.33}
    assert figures["arrival_error"] == {"median_abs_s": 4.0, "p90_abs_s": 4.0, "bias_s": -4.0}
    assert figures["departure_error"]["median_abs_s"] == 2.0


def test_a_call_that_no_report_could_show_is_missed_but_not_seeable(tmp_path: Path) -> None:
    hidden = decode_and_hide(position("V", 150, "T"))
    truth = [position("V", 0, "T"), call("V", "T", 1, 0, 10), call("V", "T", 2, 280, 290), hidden]
    truth += [position("V", 580, "T"), call("V", "T", 3, 581, 590), call("V", "T", 4, 950, 960)]
    truth += [position("V", 1400, "T")]
    figures = score(tmp_path, truth, [f"V,T,{DATE},S2,2,{at(281)},{at(290)},1,5.0"], [])["stop_events"]
    assert (figures["true_calls"], figures["completeness"]) == (4, 25.0)
    assert (figures["seeable"], figures["completeness_of_seeable"]) == (25.0, 100.0)
    assert figures["completeness_of_seeable_any_trip"] == 100.0
    assert figures["missed"] == {"no_report_near": {"between": 25.0, "first": 25.0, "last": 25.0}}


def test_what_a_bus_did_while_a_call_was_made_up_is_told(tmp_path: Path) -> None:
    truth = [position("V", 0, "T"), call("V", "T", 1, 0, 10), position("V", 300, None, "deadhead")]
    truth += [position("V", 400, "U"), position("V", 500, "U")]
    seen = [f"V,{trip},{DATE},S,{n},{at(second)},,,5.0" for n, (trip, second) in enumerate(
        [("U", -100), ("T", 100), ("T", 350), ("T", 450)], 7)]  # fmt: skip
    figures = score(tmp_path, truth, seen, [])["stop_events"]
    assert figures["made_up_while"] == {"another_trip": 25.0, "deadhead": 25.0, "this_trip": 25.0, "unknown": 25.0}
    assert figures["missed"] == {"not_told": {"first": 100.0}}


def test_a_trip_that_nobody_ran_is_a_ghost_and_one_that_ran_a_false_alarm(tmp_path: Path) -> None:
    truth = [position("V", 0, "T"), call("V", "T", 1, 0, 10), dropped("G1"), dropped("G2")]
    truth += [position("V", 1000, None, "layover")]
    said = [alert("not_coming", 120, trip="G1"), alert("not_coming", 60, trip="T")]
    figures = score(tmp_path, truth, [], said)["not_coming"]
    assert (figures["said"], figures["precision"], figures["dropped"]) == (2, 50.0, 2)
    assert (figures["recall_of_dropped"], figures["median_said_after_s"]) == (50.0, 120.0)
    assert figures["said_within_3_min"] == 100.0


def test_why_a_trip_was_wrongly_said_to_be_missing_and_why_lost_ones_were_found_or_not(tmp_path: Path) -> None:
    truth = [
        position("V", 0, None, "layover"),
        position("V", 300, "LATE"),
        position("V", 900, "VERY"),
        position("V", 0, "ON"),
    ]
    truth += [call("V", "LATE", 1, 300, 310), dropped("D"), position("V", 2000, None, "layover")]
    lost = {"vehicle_id": "W", "start_date": DATE, "time_ms": at(100)}
    truth += [encode(TrueTrip(trip_id=name, event=why, **lost)) for name, why in (("C", "cancelled"), ("A", "absent"))]
    said = [alert("not_coming", 150, trip=name) for name in ("LATE", "VERY", "ON", "C")]
    figures = score(tmp_path, truth, [], said)["not_coming"]
    assert figures["wrong_because"] == {"began late": 1, "began over 10 min late": 1, "taken for another trip": 1}
    assert figures["recall_by_cause"] == {"absent": 0.0, "cancelled": 100.0, "dropped": 0.0}


def test_bunching_is_right_where_buses_ran_as_one_and_early_where_it_was_said_before(tmp_path: Path) -> None:
    def pass_by(vehicle: str, second: float, planned_s: int, stop: int) -> bytes:
        made = {"vehicle_id": vehicle, "trip_id": vehicle, "start_date": DATE, "route_id": "R", "stop_id": f"S{stop}"}
        times = {"arrival_ms": at(second), "departure_ms": at(second), "scheduled_arrival_ms": at(planned_s)}
        return encode(TrueCall(stop_sequence=stop, **made, **times))

    truth = [position(name, 0, name) for name in ("A", "B", "C")]
    # Planned ten minutes apart: B is 100 s behind A at two stops, C far behind B.
    for stop, second in ((1, 1000), (2, 1200)):
        truth += [pass_by("A", second, 0, stop), pass_by("B", second + 100, 600, stop), pass_by("C", 3000, 1200, stop)]
    said = [
        f"bunching/A/B/1,bunching,{at(700)},{at(640)},,B,,,,,,text,",
        f"bunching/B/C/2,bunching,{at(0)},{at(0)},,C,,,,,,text,",
    ]
    figures = score(tmp_path, truth, [], said)["bunching"]
    assert (figures["said"], figures["precision"], figures["true_pairs"], figures["found"]) == (2, 50.0, 1, 100.0)
    assert (figures["ahead_5_min"], figures["median_lead_min"]) == (100.0, 6.7)


@pytest.mark.parametrize(("minutes", "within"), [(8, 100.0), (25, 0.0)])
def test_a_detour_is_late_from_the_second_bus_on(tmp_path: Path, minutes: int, within: float) -> None:
    truth = [position("A", 0, "T", "detour"), position("B", 600, "U", "detour"), position("A", 900, "T", "detour")]
    truth += [call("A", "T", 1, 0, 10), call("B", "U", 1, 0, 10), call("C", "W", 1, 0, 10, route="Q")]
    said = [alert("detour", 600 + 60 * minutes, route="R", lon=105.801), alert("detour", 0, route="Q", lon=105.801)]
    said.append(alert("detour", 900, route="R", lon=105.81))  # of that line, a kilometre away
    figures = score(tmp_path, truth, [], said)["detours"]
    assert (figures["true"], figures["found"], figures["false"]) == (1, 1, 2)
    assert (figures["median_min_after_second_bus"], figures["within_10_min"]) == (minutes, within)


@pytest.mark.parametrize(
    ("truth", "said"),
    [(position("V", 0, "T"), "no call"), (call("V", "T", 1, 0, 5), "no position of a bus that reported")],
)
def test_a_truth_that_lacks_what_is_scored_is_said(tmp_path: Path, truth: bytes, said: str) -> None:
    for name, columns in (("stop_events", STOP_EVENTS), ("alerts", ALERTS)):
        (tmp_path / f"{name}.csv").write_text(",".join(columns) + "\n")
    (tmp_path / "truth.jsonl").write_bytes(truth)
    done = CliRunner().invoke(main, ["score", "events", str(tmp_path), "--truth", str(tmp_path / "truth.jsonl")])
    assert done.exit_code == 1
    assert said in done.output
