"""The tracker message as protobuf: both variants, single and batch, and what is no position."""

import gzip
from pathlib import Path

import pytest

from schemas.fix import Fix
from services.play.bodies import write_ufms
from services.recordings import OtherMessage, Refusal, parse_ufms, parse_ufms_json, read_recording
from services.recordings.frames import varint
from services.recordings.ufms_schema import PROTO, base_message, message_types
from tests.data import shared_data

TRIP_START = "MsgType_BusTicketStartEndPoint"
NOW_MS = 1_742_712_500_000
BASE = {"vehicle": "29B-1", "datetime": 1_742_712_445, "x": 105.85, "y": 21.02}


def message(kind: int, payload: str, **fields: object):
    made = base_message()(msgType=kind)
    part = getattr(made, payload)
    part.SetInParent()
    for name, value in fields.items():
        setattr(part, name, value)
    return made


def framed(*messages) -> bytes:
    return b"".join(varint(len(data)) + data for data in (m.SerializeToString() for m in messages))


def test_the_bytes_of_the_published_field_numbers_are_read() -> None:
    """Written by hand from the field numbers: no class of ours made these bytes."""
    point = (
        b"\x0a\x0929B-12345" + b"\x12\x02D1" + b"\x1d" + bytes.fromhex("00001042")  # vehicle, driver, speed 36 km/h
        + b"\x20" + varint(1_742_712_445)
        + b"\x29" + bytes.fromhex("6666666666765a40") + b"\x31" + bytes.fromhex("85eb51b81e053540")  # x, y
        + b"\x45" + bytes.fromhex("0000b442") + b"\x48\x01" + b"\x60\x01"  # heading 90, ignition, door_down
    )  # fmt: skip
    body = b"\x08\x66" + b"\xb2\x06" + varint(len(point)) + point
    (fix,) = parse_ufms(body, "t", NOW_MS)
    assert fix == Fix(
        vehicle_id="29B-12345", time_ms=1_742_712_445_000, lon=105.85, lat=21.02, source="t", received_ms=NOW_MS,
        speed_mps=10.0, heading_deg=90.0, door_open=True, ignition=True, driver_id="D1",
    )  # fmt: skip


def test_real_saigon_messages_are_the_same_fixes_as_protobuf_and_as_json() -> None:
    fixes = parse_ufms_json(shared_data("hcmc-buses", "sample_small.json").read_bytes(), "t", NOW_MS)
    assert len(fixes) == 10
    assert parse_ufms(write_ufms(fixes), "t", NOW_MS) == fixes  # type: ignore[arg-type]


def test_what_a_bus_leaves_out_is_zero_closed_and_off_but_a_heading_is_unknown() -> None:
    (fix,) = parse_ufms(message(102, "msgBusWayPoint", **BASE).SerializeToString(), "t", NOW_MS)
    assert isinstance(fix, Fix)
    assert (fix.speed_mps, fix.door_open, fix.ignition, fix.heading_deg, fix.driver_id) == (
        0.0,
        False,
        False,
        None,
        None,
    )
    (north,) = parse_ufms(message(102, "msgBusWayPoint", **BASE, heading=0.0).SerializeToString(), "t", NOW_MS)
    assert isinstance(north, Fix)
    assert north.heading_deg == 0.0


def test_what_another_vehicle_leaves_out_is_unknown() -> None:
    (fix,) = parse_ufms(message(100, "msgWayPoint", **BASE).SerializeToString(), "t", NOW_MS)
    assert isinstance(fix, Fix)
    assert (fix.speed_mps, fix.door_open, fix.ignition) == (None, None, None)
    (open_,) = parse_ufms(message(100, "msgWayPoint", **BASE, door=True, ignition=False).SerializeToString(), "t", 1)
    assert isinstance(open_, Refusal)  # received in 1970: our own clock is wrong, and that is told too


@pytest.mark.parametrize(
    ("kind", "payload", "repeated"), [(101, "msgWayPointBatch", "point"), (103, "msgBusWayPointBatch", "points")]
)
def test_a_batch_is_one_fix_a_point_of_its_one_vehicle(kind: int, payload: str, repeated: str) -> None:
    made = message(kind, payload, vehicle="29B-7", driver="D")
    for second in range(3):
        getattr(getattr(made, payload), repeated).add(datetime=1_742_712_445 + second, x=105.85, y=21.02, speed=36.0)
    fixes = parse_ufms(made.SerializeToString(), "t", NOW_MS)
    assert [(fix.vehicle_id, fix.driver_id, fix.time_ms % 10_000, fix.speed_mps) for fix in fixes] == [
        ("29B-7", "D", 5000, 10.0),
        ("29B-7", "D", 6000, 10.0),
        ("29B-7", "D", 7000, 10.0),
    ]


def test_the_points_of_many_buses_are_read_and_one_bad_point_stands_alone() -> None:
    made = base_message()(msgType=104)
    for number, x in enumerate((105.85, 999.0, 105.86)):
        made.msgBusWayPoints.Events.add(**{**BASE, "vehicle": f"29B-{number}", "x": x})
    good, bad, also = parse_ufms(made.SerializeToString(), "t", NOW_MS)
    assert isinstance(good, Fix)
    assert isinstance(also, Fix)
    assert isinstance(bad, Refusal)
    assert (bad.index, bad.vehicle_id, bad.field) == (1, "29B-1", "lon")


def test_points_under_another_number_are_told_and_found_by_the_setting() -> None:
    other = base_message(points_field=9)(msgType=103)
    other.msgBusWayPointBatch.vehicle = "29B-1"
    other.msgBusWayPointBatch.points.add(datetime=1_742_712_445, x=105.85, y=21.02)
    (refusal,) = parse_ufms(other.SerializeToString(), "t", NOW_MS)
    assert isinstance(refusal, Refusal)
    assert "HANOI_INGEST_UFMS_BUS_POINTS_FIELD=9" in refusal.mend
    (fix,) = parse_ufms(other.SerializeToString(), "t", NOW_MS, points_field=9)
    assert isinstance(fix, Fix)


def test_a_stream_is_read_message_by_message_and_a_cut_end_costs_only_the_last() -> None:
    stream = framed(*(message(102, "msgBusWayPoint", **{**BASE, "vehicle": f"29B-{n}"}) for n in range(3)))
    assert [fix.vehicle_id for fix in parse_ufms(stream, "t", NOW_MS)] == ["29B-0", "29B-1", "29B-2"]
    *good, cut = parse_ufms(stream[:-5], "t", NOW_MS)
    assert [fix.vehicle_id for fix in good] == ["29B-0", "29B-1"]
    assert isinstance(cut, Refusal)
    assert (cut.index, cut.field) == (2, "body")
    assert "byte" in cut.reason


def test_a_broken_message_in_a_stream_stands_alone() -> None:
    good = message(102, "msgBusWayPoint", **BASE).SerializeToString()
    stream = b"".join(varint(len(data)) + data for data in (good, b"\x08\xff\xff", good))
    kinds = [type(item) for item in parse_ufms(stream, "t", NOW_MS)]
    assert kinds == [Fix, Refusal, Fix]


@pytest.mark.parametrize(
    ("made", "kind", "vehicle"),
    [
        (message(400, "msgRegVehicle", vehicle="29B-1", vehicleType=200), "MsgType_RegVehicle", "29B-1"),
        (message(230, "msgDoorOpen", vehicle="29B-1"), "MsgType_DoorOpen", "29B-1"),
        (message(501, "msgBusTicketStartEndPoint", vehicle="29B-1", pointtype=1), TRIP_START, "29B-1"),
        (base_message()(msgType=220, msgStop=b"\x0a\x01x"), "MsgType_Stop", None),
        (base_message()(msgType=999), "type 999", None),
    ],
    ids=["registration", "door", "trip start", "undocumented", "unknown"],
)  # fmt: skip
def test_what_is_no_position_is_recognised_and_not_refused(made, kind: str, vehicle: str | None) -> None:
    assert parse_ufms(made.SerializeToString(), "t", NOW_MS) == [OtherMessage(0, kind, vehicle)]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"),
        (b"\xff\xfe\xfd", "body"),
        (b"\x08\x66", "msgType"),
        (message(104, "msgBusWayPoints").SerializeToString(), "msgBusWayPoints"),
        (message(102, "msgBusWayPoint", **{**BASE, "datetime": 0}).SerializeToString(), "time_ms"),
        (message(102, "msgBusWayPoint", **{**BASE, "x": float("nan")}).SerializeToString(), "lon"),
        (message(102, "msgBusWayPoint", **BASE).SerializeToString().replace(b"29B-1", b"\xff" * 5), "vehicle_id"),
    ],
    ids=["empty", "rubbish", "no payload", "no point", "1970", "NaN", "other encoding"],
)  # fmt: skip
def test_what_cannot_be_read_says_what_it_lacks(body: bytes, field: str) -> None:
    (refusal,) = parse_ufms(body, "t", NOW_MS)
    assert isinstance(refusal, Refusal)
    assert refusal.field == field
    assert refusal.mend


def test_json_knows_the_other_kinds_and_batches_too() -> None:
    body = (
        b'[{"msgType":"MsgType_RegVehicle","msgRegVehicle":{"vehicle":"29B-1"}},'
        b'{"msgType":"MsgType_BusWayPoints","msgBusWayPoints":{"Events":[{"vehicle":"a","datetime":1742712445,"x":105.8,"y":21}]}},'
        b'{"msgType":"MsgType_WayPointBatch","msgWayPointBatch":{"vehicle":"b","point":[{"datetime":1742712445,"x":105.8,"y":21},7]}}]'
    )
    other, one, two, bad = parse_ufms_json(body, "t", NOW_MS)
    assert other == OtherMessage(0, "MsgType_RegVehicle", "29B-1")
    assert isinstance(one, Fix)
    assert isinstance(two, Fix)
    assert (one.vehicle_id, one.speed_mps, two.vehicle_id, two.speed_mps) == ("a", 0.0, "b", None)
    assert isinstance(bad, Refusal)


def test_a_recording_of_frames_is_read_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "day.ufms.gz"
    path.write_bytes(gzip.compress(framed(message(102, "msgBusWayPoint", **BASE), message(400, "msgRegVehicle"))))
    assert [fix.vehicle_id for fix in read_recording(path)] == ["29B-1"]


def test_every_type_has_its_field_in_the_published_file() -> None:
    fields = {field.number for field in base_message().DESCRIPTOR.fields}
    assert fields - {1} == message_types().keys()
    assert PROTO.read_text(encoding="utf-8").startswith("//")


@pytest.mark.parametrize("spoilt", [b"\xff" + bytes(40), bytes.fromhex("66ff00ff00ff00ff"), b"", b"\x01" * 8])
def test_a_broken_first_message_of_a_stream_stands_alone_too(spoilt: bytes) -> None:
    message = base_message()(msgType=102)
    point = message.msgBusWayPoint
    point.vehicle, point.datetime, point.x, point.y = "29B-1", 1_771_218_000, 105.85, 21.03
    good = message.SerializeToString()
    body = b"".join(varint(len(part)) + part for part in (spoilt, good, good))
    items = parse_ufms(body, "depot", None)
    assert [type(item) for item in items] == [Refusal, Fix, Fix]
