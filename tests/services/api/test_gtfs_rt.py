"""GTFS-realtime out, from Washington's recorded afternoon, judged by the validator that the world uses."""

import datetime as dt
import os
import subprocess
from pathlib import Path

import msgspec
import pytest
from google.transit import gtfs_realtime_pb2 as pb

from fleet.gtfs import read_timetable
from fleet.tracker import Tracker
from schemas.message import Message
from services.api.feeds.gtfs_rt import trip_updates, vehicle_positions
from services.api.live import Live, LiveState, take_position
from services.api.timetable import CityTimetable
from services.recordings.reader import read_recording
from services.track.pipeline import outputs_of
from tests.data import judge, shared_data
from tests.services.api.parts import MINUTE_MS, NOON_MS, Running, position, prediction

STOPS_AT = ["2026-02-16T16:40:00+00:00", "2026-02-16T17:30:00+00:00", "2026-02-16T17:30:30+00:00"]


@pytest.fixture(scope="module")
def washington() -> tuple[CityTimetable, list[tuple[int, bytes, bytes]]]:
    """The feeds at three moments of the afternoon."""
    table = read_timetable(shared_data("wmata", "gtfs.zip"))
    recording = shared_data("wmata", "vehicle_positions_2026-02-16_C53_D96.csv.gz")
    fixes = sorted(read_recording(recording), key=lambda fix: (fix.time_ms, fix.vehicle_id))
    tracker, live, timetable = Tracker(table), Live(), CityTimetable(table)
    moments = [round(dt.datetime.fromisoformat(text).timestamp() * 1000) for text in STOPS_AT]
    feeds = []
    for moment in moments:
        batch = [fix for fix in fixes if fix.time_ms <= moment]
        fixes = [fix for fix in fixes if fix.time_ms > moment]
        outputs: list[tuple[str, str, Message]] = outputs_of(tracker.step(batch, moment))
        live.take([(topic, message) for topic, _, message in outputs])
        with live.reading() as state:
            feeds.append((moment, vehicle_positions(state, timetable, moment), trip_updates(state, timetable, moment)))
    return timetable, feeds


def parse(data: bytes) -> pb.FeedMessage:
    feed = pb.FeedMessage()
    feed.ParseFromString(data)
    return feed


def test_the_afternoons_buses_and_their_predictions_are_in_the_feeds(washington) -> None:  # type: ignore[no-untyped-def]
    for moment, vehicles, updates in washington[1]:
        assert parse(vehicles).header.timestamp == moment // 1000
        assert len(parse(vehicles).entity) >= 5
        assert len(parse(updates).entity) >= 3


def test_times_rise_strictly_along_every_trip(washington) -> None:  # type: ignore[no-untyped-def]
    for moment, _, updates in washington[1]:
        for entity in parse(updates).entity:
            calls = entity.trip_update.stop_time_update
            times = [call.arrival.time for call in calls]
            assert times == sorted(set(times))
            assert times[0] >= moment // 1000
            sequences = [call.stop_sequence for call in calls]
            assert sequences == sorted(set(sequences))


@pytest.mark.judge
@pytest.mark.parametrize("which", ["vehicles", "updates"])
def test_the_outside_judge_finds_no_error(washington, which: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    script = judge("gtfs_rt.sh")
    folder = tmp_path / "feeds"
    folder.mkdir()
    moment, vehicles, updates = washington[1][1]
    file = folder / f"{which}.pb"
    file.write_bytes(vehicles if which == "vehicles" else updates)
    at = dt.datetime.fromtimestamp(moment / 1000, dt.UTC).isoformat()
    done = subprocess.run(
        [str(script), str(shared_data("wmata", "gtfs.zip")), str(file), at, str(tmp_path / "out")],
        capture_output=True,
        text=True,
        timeout=280,
        env=os.environ,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]


def test_a_silent_bus_has_no_prediction_in_the_feed(api: Running) -> None:
    api.take(("bus.positions", position()), ("bus.predictions", prediction()))
    assert len(parse(api.client.get("/gtfs-rt/trip-updates.pb").content).entity) == 1
    api.clock.time_ms = NOON_MS + 91_000
    assert len(parse(api.client.get("/gtfs-rt/trip-updates.pb").content).entity) == 0
    assert len(parse(api.client.get("/gtfs-rt/vehicle-positions.pb").content).entity) == 1


def test_a_trip_that_the_timetable_does_not_know_is_not_named(api: Running) -> None:
    api.take(("bus.positions", position(trip_id="strange")))
    vehicle = parse(api.client.get("/gtfs-rt/vehicle-positions.pb").content).entity[0].vehicle
    assert not vehicle.HasField("trip")


def test_a_bus_far_from_its_route_is_shown_without_its_trip(api: Running) -> None:
    near = position()
    far = msgspec.structs.replace(near, assignment=msgspec.structs.replace(near.assignment, off_route_m=151.0))
    api.take(("bus.positions", far))
    vehicle = parse(api.client.get("/gtfs-rt/vehicle-positions.pb").content).entity[0].vehicle
    assert not vehicle.HasField("trip")


def test_a_trip_whose_predicted_times_have_all_gone_has_no_update(api: Running) -> None:
    api.take(("bus.predictions", prediction()), ("bus.positions", position(time_ms=NOON_MS + 18 * MINUTE_MS)))
    api.clock.time_ms = NOON_MS + 18 * MINUTE_MS
    assert len(parse(api.client.get("/gtfs-rt/trip-updates.pb").content).entity) == 0


def test_a_frequency_trip_is_named_by_its_trip_and_its_start(api: Running) -> None:
    state = LiveState()
    table = api.state.timetable.table
    assert table is not None
    table.trip_number["t1#43200"] = table.trip_number.pop("t1")
    take_position(state, position(trip_id="t1#43200"))
    feed = parse(vehicle_positions(state, api.state.timetable, NOON_MS))
    trip = feed.entity[0].vehicle.trip
    assert (trip.trip_id, trip.start_time) == ("t1", "12:00:00")
