"""A01: a recorded afternoon is played through the doors, and the rider gets what replay says."""

import csv
import gzip
import itertools
from pathlib import Path
from urllib.parse import quote

import msgspec

from schemas.prediction import TripPrediction
from services.stream import open_stream
from tests.data import shared_data
from tests.scenarios.living import Living, living_city, wait_for

ROWS = 600  # about 13 minutes of 21 buses


def test_the_rider_sees_the_played_day_and_its_predictions_are_those_of_replay(
    washington: Path, tmp_path: Path, places: dict[str, str]
) -> None:
    recording = _beginning(shared_data("wmata", "vehicle_positions_2026-02-16_C53_D96.csv.gz"), tmp_path / "first.csv")
    with living_city(washington, tmp_path / "var", places=places) as city:
        city.hanoi("play", "--positions", str(recording), "--speed", "30", "--url", city.doors)
        stop_id = wait_for(lambda: _a_stop_with_a_live_bus(city), seconds=30, what="a stop with a live bus")
        body = city.get(f"/api/stops/{quote(stop_id)}/arrivals")
        live = [a for a in body["arrivals"] if a["status"] == "live"]
        assert live, body
        assert all(a["p10_ms"] <= a["p50_ms"] <= a["p90_ms"] for a in live)
        assert all(a["reason"]["vi"] and a["reason"]["en"] for a in live)
        seen = wait_for(lambda: _settled(city), seconds=60, what="no prediction was added for a while")
    gtfs, out = shared_data("wmata", "gtfs.zip"), tmp_path / "replay"
    city.hanoi("replay", "--gtfs", str(gtfs), "--positions", str(recording), "--out", str(out))
    expected = _replayed(out / "predictions.csv")
    assert expected, "replay predicted nothing"
    assert seen == expected


def _beginning(recording: Path, out: Path) -> Path:
    """Write the first rows of a recording into a file of their own."""
    with gzip.open(recording, "rt", encoding="utf-8") as whole:
        out.write_text("".join(itertools.islice(whole, ROWS + 1)), encoding="utf-8")
    return out


def _a_stop_with_a_live_bus(city: Living) -> str | None:
    for vehicle in city.get("/api/vehicles")["vehicles"]:
        stop_id = vehicle["next_stop_id"]
        if stop_id:
            arrivals = city.get(f"/api/stops/{quote(stop_id)}/arrivals")["arrivals"]
            if any(a["status"] == "live" for a in arrivals):
                return str(stop_id)
    return None


def _settled(city: Living) -> dict[tuple[object, ...], tuple[int, ...]]:
    """Read every prediction on the topic; empty until two looks in a row agree."""
    first, second = _predicted(city), _predicted(city)
    return second if first == second else {}


def _predicted(city: Living) -> dict[tuple[object, ...], tuple[int, ...]]:
    found: dict[tuple[object, ...], tuple[int, ...]] = {}
    with open_stream(city.env["STREAM_URL"]) as stream:
        reader = stream.tail(["bus.predictions"], since_ms=0)
        while records := reader.poll(5000, timeout_s=2.0):
            for record in records:
                trip = msgspec.json.decode(record.value, type=TripPrediction)
                for stop in trip.stops:
                    key = (trip.made_at_ms, trip.vehicle_id, trip.trip_id, trip.start_date, stop.stop_sequence)
                    found[key] = (stop.eta_ms, stop.p10_ms, stop.p50_ms, stop.p90_ms)
        reader.close()
    return found


def _replayed(path: Path) -> dict[tuple[object, ...], tuple[int, ...]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {
            (int(r["made_at_ms"]), r["vehicle_id"], r["trip_id"], r["start_date"], int(r["stop_sequence"])): (
                int(r["eta_ms"]), int(r["p10_ms"]), int(r["p50_ms"]), int(r["p90_ms"]))
            for r in csv.DictReader(file)
        }  # fmt: skip
