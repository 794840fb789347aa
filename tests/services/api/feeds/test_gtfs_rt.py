"""GTFS-realtime out, from Washington's recorded afternoon, judged by the validator that the world uses."""

import datetime as dt
import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from google.protobuf.json_format import Parse
from google.transit import gtfs_realtime_pb2 as pb

from schemas.detour import Detour
from schemas.fleet_alert import AlertKind, FleetAlert
from schemas.text import Text
from services.api.feeds.published import NAMES, Edition
from services.api.feeds.rt.polyline import encode_polyline
from services.store.incidents import record_detected
from tests.data import judge, shared_data
from tests.services.api.feeds.afternoon import play
from tests.services.api.parts import (
    DATE,
    GTFS,
    MINUTE_MS,
    NOON_MS,
    Running,
    gtfs_zip,
    make_city,
    position,
    prediction,
    running,
)
from tests.services.desk_builders import incident

MOMENTS = 10
MAX_WARNINGS = 0.02


@pytest.fixture(scope="module")
def washington() -> list[Edition]:
    return list(play(MOMENTS))


@pytest.fixture
def headway_api(tmp_path: Path) -> Iterator[Running]:
    """Line 32 runs by headway (t1) and at exact times (t2); a bus on each."""
    frequencies = (
        "trip_id,start_time,end_time,headway_secs,exact_times\nt1,11:50:00,13:00:00,600,0\nt2,12:00:00,13:00:00,600,1\n"
    )
    feed = gtfs_zip({**GTFS, "frequencies.txt": frequencies})
    with running(tmp_path, make_city(tmp_path / "city", gtfs=feed)) as api:
        for name, trip_id in (("A", "t1#42600"), ("B", "t2#43200")):
            said = prediction(trip_id=trip_id, stops=("s2", "s3", "s4"))
            api.take(
                ("bus.positions", position(name, trip_id=trip_id)),
                ("bus.predictions", msgspec.structs.replace(said, vehicle_id=name)),
            )
        yield api


def whole(edition: Edition) -> pb.FeedMessage:
    """Return all feeds of a moment as one, which is how the judge sees whether they agree."""
    feed = pb.FeedMessage()
    feed.CopyFrom(edition.message("vehicle-positions"))
    for name in ("trip-updates", "alerts"):
        feed.entity.MergeFrom(edition.message(name).entity)
    return feed


def next_trips(edition: Edition) -> set[str]:
    running = {entity.vehicle.trip.trip_id for entity in edition.message("vehicle-positions").entity}
    return {entity.trip_update.trip.trip_id for entity in edition.message("trip-updates").entity} - running


def read(api: Running, name: str) -> pb.FeedMessage:
    feed = pb.FeedMessage()
    feed.ParseFromString(api.client.get(f"/gtfs-rt/{name}.pb").content)
    return feed


def missing(*, trip_id: str = "t2") -> tuple[str, FleetAlert]:
    return "fleet.alerts", FleetAlert(
        alert_id=f"not_coming/{trip_id}/{DATE}",
        kind=AlertKind.NOT_COMING,
        started_ms=NOON_MS - MINUTE_MS,
        updated_ms=NOON_MS,
        text=Text(vi="Tuyến 32: chưa thấy xe", en="Line 32: no bus is seen"),
        trip_id=trip_id,
        start_date=DATE,
        route_id="r32",
    )


def test_the_afternoons_buses_and_their_predictions_are_in_the_feeds(washington: list[Edition]) -> None:
    for edition in washington:
        assert edition.message("vehicle-positions").header.timestamp == edition.moment.now_ms // 1000
        assert len(edition.message("vehicle-positions").entity) >= 5
        assert len(edition.message("trip-updates").entity) >= 3


def test_times_rise_strictly_along_every_trip_and_none_has_gone(washington: list[Edition]) -> None:
    for edition in washington:
        for entity in edition.message("trip-updates").entity:
            calls = entity.trip_update.stop_time_update
            times = [call.arrival.time for call in calls if call.HasField("arrival")]
            assert times == sorted(set(times))
            assert all(time >= edition.moment.now_ms // 1000 for time in times[:1])
            sequences = [call.stop_sequence for call in calls]
            assert sequences == sorted(set(sequences))


def test_the_quantiles_lie_within_the_uncertainty_of_the_shown_time(washington: list[Edition]) -> None:
    seen = 0
    for edition in washington:
        said = {(p.trip_id, s.stop_sequence): s for p in edition.moment.predictions.values() for s in p.stops}
        for entity in edition.message("trip-updates").entity:
            for call in entity.trip_update.stop_time_update:
                stop = said[entity.trip_update.trip.trip_id, call.stop_sequence]
                low, high = (call.arrival.time + sign * call.arrival.uncertainty for sign in (-1, 1))
                assert low * 1000 <= stop.p10_ms <= stop.p90_ms <= high * 1000
                seen += 1
    assert seen > 1000


def test_an_entity_keeps_its_id_from_feed_to_feed(washington: list[Edition]) -> None:
    first, second = ({e.id: e for e in whole(edition).entity} for edition in washington[:2])
    assert len(first.keys() & second.keys()) > 0.8 * len(first)
    for name in first.keys() & second.keys():
        assert first[name].trip_update.trip.trip_id == second[name].trip_update.trip.trip_id
        assert first[name].vehicle.vehicle.id == second[name].vehicle.vehicle.id


def test_the_json_says_the_same_as_the_protobuf(washington: list[Edition]) -> None:
    for name in NAMES:
        said = Parse(washington[0].kept(name, "json").body, pb.FeedMessage())
        assert said == washington[0].message(name)


@pytest.mark.judge
def test_the_outside_judge_finds_no_error_and_hardly_a_warning_in_all_feeds_together(
    washington: list[Edition], tmp_path: Path
) -> None:
    script = judge("gtfs_rt.sh")
    folder = tmp_path / "feeds"
    folder.mkdir()
    for edition in washington:
        moment = dt.datetime.fromtimestamp(edition.moment.now_ms / 1000, dt.UTC)
        file = folder / f"{moment:%Y-%m-%dT%H-%M-%S}Z.pb"
        file.write_bytes(whole(edition).SerializeToString())
        os.utime(file, (moment.timestamp(), moment.timestamp()))
    done = subprocess.run(
        [str(script), str(shared_data("wmata", "gtfs.zip")), str(folder), "", str(tmp_path / "out")],
        capture_output=True,
        text=True,
        timeout=280,
        env=os.environ,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    warned = {code: int(n) for code, n in re.findall(r"^WARNING (\w+) x(\d+) ", done.stdout, re.MULTILINE)}
    # The next trip of a bus has no position yet: that is no mismatch of the two feeds.
    warned["W003"] = warned.get("W003", 0) - sum(len(next_trips(edition)) for edition in washington)
    entities = sum(len(whole(edition).entity) for edition in washington)
    assert sum(warned.values()) <= MAX_WARNINGS * entities, done.stdout


def test_a_silent_bus_has_neither_a_prediction_nor_a_position_in_the_feeds(api: Running) -> None:
    api.take(("bus.positions", position()), ("bus.predictions", prediction()))
    assert [len(read(api, name).entity) for name in ("trip-updates", "vehicle-positions")] == [1, 1]
    api.clock.time_ms = NOON_MS + 91_000
    assert [len(read(api, name).entity) for name in ("trip-updates", "vehicle-positions")] == [0, 0]


def test_a_trip_that_the_timetable_does_not_know_is_not_named(api: Running) -> None:
    api.take(("bus.positions", position(trip_id="strange")), ("bus.predictions", prediction(trip_id="strange")))
    assert not read(api, "vehicle-positions").entity[0].vehicle.HasField("trip")
    assert len(read(api, "trip-updates").entity) == 0


def test_a_bus_far_from_its_route_is_shown_without_its_trip(api: Running) -> None:
    near = position()
    far = msgspec.structs.replace(near, assignment=msgspec.structs.replace(near.assignment, off_route_m=151.0))
    api.take(("bus.positions", far))
    assert not read(api, "vehicle-positions").entity[0].vehicle.HasField("trip")


def test_a_bus_kilometres_outside_the_area_of_all_lines_is_left_out(api: Running) -> None:
    api.take(("bus.positions", msgspec.structs.replace(position(), lat=position().lat + 0.5)))
    assert len(read(api, "vehicle-positions").entity) == 0
    api.take(("bus.positions", msgspec.structs.replace(position(), time_ms=NOON_MS + 6_000)))
    api.clock.time_ms = NOON_MS + 6_000
    assert len(read(api, "vehicle-positions").entity) == 1


def test_a_trip_that_is_likelier_wrong_than_right_is_not_named(api: Running) -> None:
    doubted = msgspec.structs.replace(position().assignment, probability=0.49)
    api.take(("bus.positions", msgspec.structs.replace(position(), assignment=doubted)))
    assert not read(api, "vehicle-positions").entity[0].vehicle.HasField("trip")


def test_a_speed_that_no_bus_has_is_left_out(api: Running) -> None:
    api.take(("bus.positions", msgspec.structs.replace(position(), speed_mps=60.0)))
    assert not read(api, "vehicle-positions").entity[0].vehicle.position.HasField("speed")


def test_a_trip_whose_predicted_times_have_all_gone_has_no_update(api: Running) -> None:
    api.take(("bus.predictions", prediction()), ("bus.positions", position(time_ms=NOON_MS + 18 * MINUTE_MS)))
    api.clock.time_ms = NOON_MS + 18 * MINUTE_MS
    assert len(read(api, "trip-updates").entity) == 0


def test_the_delay_of_a_stop_is_its_time_against_the_timetable(api: Running) -> None:
    api.take(("bus.positions", position()), ("bus.predictions", prediction()))
    update = read(api, "trip-updates").entity[0].trip_update
    assert [call.arrival.delay for call in update.stop_time_update] == [120, 120]
    assert update.delay == 120


def test_a_trip_that_is_not_coming_is_canceled_and_an_alert_says_so_in_two_languages(api: Running) -> None:
    api.take(missing())
    update = read(api, "trip-updates").entity[0].trip_update
    assert update.trip.schedule_relationship == pb.TripDescriptor.CANCELED
    assert (update.trip.trip_id, update.trip.start_date, len(update.stop_time_update)) == ("t2", DATE, 0)
    alert = read(api, "alerts").entity[0].alert
    assert alert.informed_entity[0].trip.trip_id == "t2"
    assert {t.language for t in alert.header_text.translation} == {"vi", "en"}


def test_of_two_buses_on_one_trip_the_predicted_one_is_named_in_both_feeds(api: Running) -> None:
    sure = msgspec.structs.replace(position("A").assignment, probability=1.0)
    api.take(("bus.positions", msgspec.structs.replace(position("A"), assignment=sure)))
    api.take(("bus.positions", position()), ("bus.predictions", prediction()))
    named = [e.vehicle.vehicle.id for e in read(api, "vehicle-positions").entity if e.vehicle.HasField("trip")]
    assert named == [read(api, "trip-updates").entity[0].trip_update.vehicle.id] == ["29B-123.45"]


def test_a_trip_that_a_bus_runs_after_all_is_predicted_and_not_canceled(api: Running) -> None:
    api.take(missing(trip_id="t1"), ("bus.positions", position()), ("bus.predictions", prediction()))
    updates = [entity.trip_update for entity in read(api, "trip-updates").entity]
    assert [u.trip.schedule_relationship for u in updates] == [pb.TripDescriptor.SCHEDULED]
    assert len(read(api, "alerts").entity) == 0


def test_a_trip_that_may_not_run_is_told_and_not_canceled(api: Running) -> None:
    topic, alert = missing()
    api.take((topic, msgspec.structs.replace(alert, kind=AlertKind.MAY_NOT_RUN)))
    assert len(read(api, "trip-updates").entity) == 0
    told = read(api, "alerts").entity[0].alert
    assert (told.effect, told.informed_entity[0].trip.trip_id) == (pb.Alert.SIGNIFICANT_DELAYS, "t2")
    api.take(("bus.positions", position()), ("bus.predictions", prediction(trip_id="t2")))
    api.clock.time_ms += 5_000
    assert len(read(api, "alerts").entity) == 0


def test_alerts_name_lines_and_never_a_bus(api: Running) -> None:
    stuck = msgspec.structs.replace(missing()[1], alert_id="stuck/29B-123.45/1", kind=AlertKind.STUCK)
    api.take(("fleet.alerts", msgspec.structs.replace(stuck, vehicle_id="29B-123.45")))
    answer = api.client.get("/gtfs-rt/alerts.json")
    assert "29B" not in answer.text
    assert answer.json()["entity"][0]["alert"]["informedEntity"] == [{"routeId": "r32"}]


def test_an_incident_is_told_once_a_person_has_verified_it(api: Running) -> None:
    here = incident()
    on_line = msgspec.structs.replace(here, evidence=msgspec.structs.replace(here.evidence, route_ids=("r32", "gone")))
    with api.state.store.transaction() as session:
        record_detected(session, on_line)
    assert len(read(api, "alerts").entity) == 0
    api.log_in("lan", "operator")
    assert api.client.post("/api/incidents/i-1/verify", json={}).status_code == 200
    api.clock.time_ms += 5_000
    alert = read(api, "alerts").entity[0].alert
    assert [selector.route_id for selector in alert.informed_entity] == ["r32"]


def detour() -> tuple[str, FleetAlert]:
    way = Detour(
        detour_id="detour/r32/0/1",
        route_id="r32",
        direction_id=0,
        left_stop_id="s2",
        left_stop_sequence=2,
        back_stop_id="s4",
        back_stop_sequence=4,
        missed_stop_ids=("s3",),
        line=((105.845, 21.005), (105.85, 21.02), (105.79, 21.045), (105.733, 21.05)),
        vehicle_ids=("29B-123.45", "29B-1"),
        started_ms=NOON_MS - MINUTE_MS,
        updated_ms=NOON_MS,
        text=Text(vi="Tuyến 32 đi đường vòng", en="Line 32 is on a detour"),
    )
    said = msgspec.structs.replace(missing()[1], alert_id=way.detour_id, kind=AlertKind.DETOUR, trip_id=None)
    return "fleet.alerts", msgspec.structs.replace(said, start_date=None, text=way.text, detour=way)


def test_a_detour_is_a_modification_of_its_trips_with_its_way_and_an_alert(api: Running) -> None:
    api.take(detour())
    entities = read(api, "trip-modifications").entity
    (shape,) = [e.shape for e in entities if e.HasField("shape")]
    (told,) = [e.trip_modifications for e in entities if e.HasField("trip_modifications")]
    assert sorted(told.selected_trips[0].trip_ids) == ["t1", "t2"]
    assert told.selected_trips[0].shape_id == shape.shape_id
    assert list(told.service_dates) == [DATE]
    change = told.modifications[0]
    assert (change.start_stop_selector.stop_id, change.end_stop_selector.stop_id) == ("s3", "s3")
    alerts = {e.id: e.alert for e in read(api, "alerts").entity}
    alert = alerts[change.service_alert_id]
    assert alert.effect == pb.Alert.DETOUR
    assert [(s.route_id, s.direction_id, s.stop_id) for s in alert.informed_entity] == [
        ("r32", 0, ""),
        ("r32", 0, "s3"),
    ]
    assert "29B" not in api.client.get("/gtfs-rt/trip-modifications.json").text


def test_stops_that_a_detour_leaves_out_are_skipped_and_said_at_the_stop(api: Running) -> None:
    api.take(detour(), ("bus.positions", position()), ("bus.predictions", prediction(stops=("s2", "s3", "s4"))))
    calls = read(api, "trip-updates").entity[0].trip_update.stop_time_update
    told = {
        call.stop_id: pb.TripUpdate.StopTimeUpdate.ScheduleRelationship.Name(call.schedule_relationship)
        for call in calls
    }
    assert told == {"s2": "SCHEDULED", "s3": "SKIPPED", "s4": "SCHEDULED"}
    assert [a["kind"] for a in api.client.get("/api/stops/s3/arrivals").json()["alerts"]] == ["detour"]
    assert api.client.get("/api/stops/s4/arrivals").json()["alerts"] == []


@pytest.mark.judge
def test_the_outside_judge_takes_a_detour(api: Running, tmp_path: Path) -> None:
    script = judge("gtfs_rt.sh")
    api.take(detour(), ("bus.positions", position()), ("bus.predictions", prediction(stops=("s2", "s3", "s4"))))
    feed = read(api, "vehicle-positions")
    for name in ("trip-updates", "alerts", "trip-modifications"):
        feed.entity.MergeFrom(read(api, name).entity)
    file, at = tmp_path / "all.pb", dt.datetime.fromtimestamp(NOON_MS / 1000, dt.UTC).isoformat()
    file.write_bytes(feed.SerializeToString())
    words = [str(script), str(api.state.city.gtfs), str(file), at, str(tmp_path / "out")]
    done = subprocess.run(words, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert "WARNING" not in done.stdout, done.stdout


def test_a_polyline_is_that_of_the_published_example() -> None:
    assert encode_polyline([(-120.2, 38.5), (-120.95, 40.7), (-126.453, 43.252)]) == "_p~iF~ps|U_ulLnnqC_mqNvxq`@"


def test_a_departure_of_a_frequency_is_named_by_its_trip_and_its_start(headway_api: Running) -> None:
    updates = {e.trip_update.trip.trip_id: e.trip_update for e in read(headway_api, "trip-updates").entity}
    assert {name: update.trip.start_time for name, update in updates.items()} == {"t1": "11:50:00", "t2": "12:00:00"}
    by_headway, exact = updates["t1"], updates["t2"]
    assert by_headway.trip.schedule_relationship == pb.TripDescriptor.UNSCHEDULED
    assert exact.trip.schedule_relationship == pb.TripDescriptor.SCHEDULED
    assert not any(call.arrival.HasField("delay") for call in by_headway.stop_time_update)
    assert all(call.arrival.HasField("delay") for call in exact.stop_time_update)


def test_a_line_without_times_is_told_by_how_often_it_runs_and_never_to_the_minute(headway_api: Running) -> None:
    rows = headway_api.client.get("/api/stops/s3/arrivals").json()["arrivals"]
    slots = [row for row in rows if row["status"] == "planned" and row["trip_id"].startswith("t1#")]
    assert {(row["scheduled_ms"], row["reason"]["vi"], row["reason"]["en"]) for row in slots} == {
        (None, "Khoảng 10 phút một chuyến", "About every 10 min")
    }
    exact = [row for row in rows if row["status"] == "planned" and row["trip_id"].startswith("t2#")]
    assert exact
    assert all(row["scheduled_ms"] is not None and row["reason"] is None for row in exact)
    siri = headway_api.client.get("/siri/sm.xml?MonitoringRef=s3").text
    assert "<HeadwayService>true</HeadwayService>" in siri


@pytest.mark.judge
def test_the_outside_judge_takes_departures_of_frequencies(headway_api: Running, tmp_path: Path) -> None:
    script = judge("gtfs_rt.sh")
    file, at = tmp_path / "all.pb", dt.datetime.fromtimestamp(NOON_MS / 1000, dt.UTC).isoformat()
    feed = read(headway_api, "vehicle-positions")
    feed.entity.MergeFrom(read(headway_api, "trip-updates").entity)
    file.write_bytes(feed.SerializeToString())
    words = [str(script), str(headway_api.state.city.gtfs), str(file), at, str(tmp_path / "out")]
    done = subprocess.run(words, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert "WARNING" not in done.stdout


def test_a_city_without_a_timetable_has_feeds_of_positions_and_no_static_feed(bare_api: Running) -> None:
    bare_api.take(("bus.positions", position()), ("bus.predictions", prediction()), missing())
    assert [e.vehicle.vehicle.id for e in read(bare_api, "vehicle-positions").entity] == ["29B-123.45"]
    assert bare_api.client.get("/gtfs/static.zip").status_code == 404
    assert json.loads(bare_api.client.get("/api/open-feeds").text)["static"] is None
