"""Recordings and the parsers of the wire formats."""

import gzip
import json

import pytest
from google.transit import gtfs_realtime_pb2

from schemas.fix import Fix
from schemas.message import encode
from schemas.trip import TripRef
from services.recordings import (
    RecordingError,
    Refusal,
    parse_csv,
    parse_gtfs_rt,
    parse_ufms_json,
    read_recording,
)
from tests.data import shared_data

NOW_MS = 1_742_712_500_000


def tracker(**point):
    base = {"vehicle": "29B-1", "datetime": 1742712445, "x": 105.85, "y": 21.02}
    return json.dumps({"msgType": "MsgType_BusWayPoint", "msgBusWayPoint": base | point}).encode()


def test_a_washington_afternoon_has_every_row_as_a_fix_with_its_claim():
    fixes = list(read_recording(shared_data("wmata", "vehicle_positions_2026-02-16_C53_D96.csv.gz")))
    assert len(fixes) == 14_092
    assert len({fix.vehicle_id for fix in fixes}) == 21
    assert fixes[0].claimed_trip is not None
    assert fixes[0].claimed_trip.trip_id == "30095100"
    assert fixes[0].claimed_trip.start_date == "20260216"
    assert fixes[0].time_ms == 1_771_257_515_000


def test_an_austin_day_is_read_with_its_zone():
    fixes = list(read_recording(shared_data("capmetro", "2015-03-18.csv.gz")))
    assert len(fixes) > 10_000
    assert fixes[0].time_ms == 1_426_731_196_000


def test_ten_saigon_tracker_messages_are_ten_fixes_with_longitude_first():
    fixes = list(read_recording(shared_data("hcmc-buses", "sample_small.json")))
    assert len(fixes) == 10
    assert all(106 < fix.lon < 107 and 10 < fix.lat < 11.5 for fix in fixes)
    assert fixes[0].speed_mps == pytest.approx(13 / 3.6)
    assert fixes[1].door_open is True


def test_what_a_tracker_leaves_out_is_zero_closed_and_off():
    (fix,) = parse_ufms_json(tracker(), "t", NOW_MS)
    assert isinstance(fix, Fix)
    assert (fix.speed_mps, fix.door_open, fix.ignition, fix.heading_deg) == (0.0, False, False, None)
    assert fix.received_ms == NOW_MS


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (tracker(y=105.85, x=21.02), "lat"),
        (tracker(datetime=12), "time_ms"),
        (tracker(vehicle=""), "vehicle_id"),
        (tracker(x=None), "lon"),
        (b'{"msgType": "MsgType_WayPoint"}', "msgType"),
        (b"[1]", "msgType"),
        (b"{broken", "body"),
    ],
)
def test_a_bad_tracker_message_is_refused_with_its_field_and_how_to_mend_it(body, field):
    (refusal,) = parse_ufms_json(body, "t", NOW_MS)
    assert isinstance(refusal, Refusal)
    assert refusal.field == field
    assert refusal.mend
    assert refusal.original


def test_one_bad_message_does_not_take_its_neighbours_along():
    body = b"[" + tracker() + b"," + tracker(x=999) + b"," + tracker(vehicle="29B-2") + b"]"
    kinds = [type(item) for item in parse_ufms_json(body, "t", NOW_MS)]
    assert kinds == [Fix, Refusal, Fix]


def test_not_a_number_in_csv_is_refused_and_bad_extras_are_left_out():
    body = b"vehicle_id,timestamp,latitude,longitude,speed\na,1742712445,nan,105.8,1\nb,1742712445,21.0,105.8,9999\n"
    bad, good = parse_csv(body, "s", NOW_MS)
    assert isinstance(bad, Refusal)
    assert bad.field == "lat"
    assert isinstance(good, Fix)
    assert good.speed_mps is None


def test_an_assignment_of_a_block_is_a_claim_of_that_block():
    head = b'"vehicleId","time","assignmentId","assignmentType","heading","latitude","longitude"\n'
    row = b'8062,"2016-05-05T10:45:09-04:00","SE-08","BLOCK_ID",102,38.88489,-77.02115\n'
    (fix,) = parse_csv(head + row, "test", None)
    assert isinstance(fix, Fix)
    assert fix.claimed_trip == TripRef(block_id="SE-08")
    (other,) = parse_csv((head + row).replace(b"BLOCK_ID", b"SOMETHING"), "test", None)
    assert isinstance(other, Fix)
    assert other.claimed_trip is None


def test_a_csv_without_a_needed_column_says_which():
    (refusal,) = parse_csv(b"bus,when\n1,2\n", "s", NOW_MS)
    assert isinstance(refusal, Refusal)
    assert "vehicle_id" in refusal.reason


def test_a_local_time_without_a_zone_is_refused_unless_the_zone_is_named():
    body = b"vid,lat,lon,timestamp\nx,40.6,-73.9,2010-12-09 15:48:14\n"
    assert isinstance(parse_csv(body, "s", None)[0], Refusal)
    (fix,) = parse_csv(body, "s", None, "America/New_York")
    assert isinstance(fix, Fix)
    assert fix.time_ms == 1_291_927_694_000


def feed_message(count=2):
    feed = gtfs_realtime_pb2.FeedMessage()
    feed.header.gtfs_realtime_version = "2.0"
    feed.header.timestamp = NOW_MS // 1000
    for number in range(count):
        entity = feed.entity.add(id=str(number))
        entity.vehicle.vehicle.id = f"bus-{number}"
        entity.vehicle.position.latitude = 21.0
        entity.vehicle.position.longitude = 105.8
        entity.vehicle.trip.trip_id = "T1"
        entity.vehicle.timestamp = NOW_MS // 1000 - 5
    return feed


def test_gtfs_realtime_positions_become_fixes():
    fixes = parse_gtfs_rt(feed_message().SerializeToString(), "rt", None)
    assert [fix.vehicle_id for fix in fixes if isinstance(fix, Fix)] == ["bus-0", "bus-1"]
    assert isinstance(fixes[0], Fix)
    assert fixes[0].received_ms == NOW_MS
    assert fixes[0].heading_deg is None


def test_an_entity_without_its_latitude_does_not_take_the_feed_along():
    feed = feed_message(3)
    feed.entity[1].vehicle.position.ClearField("latitude")
    kinds = [type(item) for item in parse_gtfs_rt(feed.SerializePartialToString(), "rt", None)]
    assert kinds == [Fix, Refusal, Fix]


@pytest.mark.parametrize("number", ["9" * 400, "-" + "9" * 5000, "1e999"])
def test_a_number_no_machine_can_hold_stands_alone(number):
    body = b"[" + tracker() + b"," + tracker(x=1).replace(b'"x": 1', b'"x": ' + number.encode()) + b"]"
    items = parse_ufms_json(body, "t", NOW_MS)
    assert isinstance(items[0], Fix | Refusal)
    assert any(isinstance(item, Refusal) for item in items)


@pytest.mark.parametrize("name", ["\x00", "a\nb", "x" * 257, "  ", {"a": 1}, True, [1]])
def test_an_id_no_database_would_take_is_refused(name):
    (refusal,) = parse_ufms_json(tracker(vehicle=name), "t", NOW_MS)
    assert isinstance(refusal, Refusal)
    assert refusal.field == "vehicle_id"


def test_a_truncated_protobuf_is_one_refusal():
    (refusal,) = parse_gtfs_rt(feed_message().SerializeToString()[:-7], "rt", None)
    assert isinstance(refusal, Refusal)
    assert refusal.field == "body"


def test_a_folder_of_protobuf_files_is_read_in_the_order_of_names(tmp_path):
    for name in ("b.pb", "a.pb"):
        (tmp_path / name).write_bytes(feed_message(1 + (name == "b.pb")).SerializeToString())
    assert [fix.vehicle_id for fix in read_recording(tmp_path)] == ["bus-0", "bus-0", "bus-1"]


def test_our_own_lines_come_back_as_they_were(tmp_path):
    (fix,) = parse_ufms_json(tracker(), "t", NOW_MS)
    assert isinstance(fix, Fix)
    path = tmp_path / "fixes.jsonl.gz"
    path.write_bytes(gzip.compress(encode(fix) + b"\nbroken\n"))
    refused: list[Refusal] = []
    assert list(read_recording(path, on_refusal=refused.append)) == [fix]
    assert refused[0].index == 1


@pytest.mark.parametrize("name", ["absent.csv", "strange.xyz", "empty.csv", "broken.csv.gz"])
def test_a_recording_that_cannot_be_read_says_which_file(tmp_path, name):
    path = tmp_path / name
    if name != "absent.csv":
        path.write_bytes(b"")
    with pytest.raises(RecordingError, match=name.partition(".")[0]):
        list(read_recording(path))
