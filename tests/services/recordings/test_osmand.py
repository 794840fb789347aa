"""Phones: the OsmAnd protocol's parameters, Traccar Client's JSON, and what a Traccar server forwards."""

import json

import pytest

from schemas.fix import Fix
from services.recordings import Item, OtherMessage, Refusal, parse_osmand, parse_traccar

NOW_MS = 1_742_712_500_000
PLACE = "id=29B-1&lat=21.02&lon=105.85"


def one(text: str) -> Item:
    (item,) = parse_osmand(text.encode(), "p", NOW_MS)
    return item


def fix(text: str) -> Fix:
    item = one(text)
    assert isinstance(item, Fix), item
    return item


def test_every_parameter_a_fix_has_a_place_for_is_read() -> None:
    assert fix(
        f"{PLACE}&timestamp=1742712445&speed=10&bearing=90&altitude=12&accuracy=5&hdop=1&batt=80&driverUniqueId=D1"
    ) == Fix(
        vehicle_id="29B-1", time_ms=1_742_712_445_000, lon=105.85, lat=21.02, source="p", received_ms=NOW_MS,
        speed_mps=10 * 1852 / 3600, heading_deg=90.0, driver_id="D1",
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["1742712445", "1742712445000", "2025-03-23T06:47:25Z", "2025-03-23T13:47:25%2B07:00", "2025-03-23+06:47:25"],
)
def test_a_time_is_read_in_seconds_milliseconds_or_iso(text: str) -> None:
    assert fix(f"{PLACE}&timestamp={text}").time_ms == 1_742_712_445_000


def test_a_report_without_a_time_was_made_when_it_came() -> None:
    assert fix(PLACE).time_ms == NOW_MS
    item = one(f"{PLACE}&timestamp=yesterday")
    assert isinstance(item, Refusal)
    assert item.field == "time_ms"


def test_speed_is_in_knots_unless_the_address_says_otherwise() -> None:
    assert fix(f"{PLACE}&speed=36&speed_unit=kmh").speed_mps == pytest.approx(10.0)
    assert fix(f"{PLACE}&speed=10&speed_unit=mps").speed_mps == 10.0
    assert fix(f"{PLACE}&speed=-1").speed_mps is None


def test_other_spellings_of_the_same() -> None:
    assert fix("deviceid=29B-1&location=21.02,105.85&heading=7") == fix(f"{PLACE}&bearing=7")


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("", "body"),
        ("token=x", "body"),
        ("lat=21&lon=105.8", "vehicle_id"),
        ("id=a&lat=21", "lon"),
        ("id=a&lat=x&lon=105.8", "lat"),
        ("id=a&location=21", "lon"),
        ("id=a&lat=105.8&lon=21", "lat"),
        (f"{PLACE}&valid=false", "valid"),
        (f"{PLACE}&accuracy=3000", "accuracy"),
        ("{broken", "body"),
        ("[]", "body"),
        ("[7]", "location"),
    ],
)
def test_what_is_wrong_is_told_by_its_field(text: str, field: str) -> None:
    item = one(text)
    assert isinstance(item, Refusal)
    assert item.field == field
    assert item.mend


def test_a_report_without_a_position_is_no_fault() -> None:
    assert one("id=29B-1&batt=50") == OtherMessage(0, "report without a position", "29B-1")


def client_json(**coords: object) -> dict[str, object]:
    base = {"latitude": 21.02, "longitude": 105.85, "accuracy": 5, "speed": 10.0, "heading": 90, "altitude": 12}
    return {
        "device_id": "29B-1",
        "location": {"timestamp": "2025-03-23T06:47:25.000Z", "coords": base | coords, "battery": {"level": 0.5}},
    }


def test_traccar_client_sends_metres_per_second_in_json() -> None:
    (item,) = parse_osmand(json.dumps(client_json()).encode(), "p", NOW_MS)
    assert isinstance(item, Fix)
    assert (item.vehicle_id, item.time_ms, item.lon, item.speed_mps, item.heading_deg) == (
        "29B-1",
        1_742_712_445_000,
        105.85,
        10.0,
        90.0,
    )
    (item,) = parse_osmand(json.dumps(client_json(speed=-1, heading=-1)).encode(), "p", NOW_MS)
    assert isinstance(item, Fix)
    assert (item.speed_mps, item.heading_deg) == (None, None)


def test_several_locations_stand_each_alone() -> None:
    body = client_json()
    body["location"] = [body["location"], {"coords": {"latitude": 1}}, {"battery": {}}]
    kinds = [type(item) for item in parse_osmand(json.dumps(body).encode(), "p", NOW_MS)]
    assert kinds == [Fix, Refusal, OtherMessage]


FORWARDED = {
    "position": {
        "protocol": "gt06", "fixTime": "2025-03-23T06:47:25.000+00:00", "valid": True, "latitude": 21.02,
        "longitude": 105.85, "speed": 10.0, "course": 90.0, "attributes": {"ignition": True, "driverUniqueId": "D1"},
    },
    "device": {"id": 7, "name": "29B-1", "uniqueId": "123456789012345"},
}  # fmt: skip


def test_what_a_traccar_server_forwards_is_read_with_either_name() -> None:
    (item,) = parse_traccar(json.dumps(FORWARDED).encode(), "t", NOW_MS)
    assert item == Fix(
        vehicle_id="123456789012345", time_ms=1_742_712_445_000, lon=105.85, lat=21.02, source="t", received_ms=NOW_MS,
        speed_mps=10 * 1852 / 3600, heading_deg=90.0, ignition=True, driver_id="D1",
    )  # fmt: skip
    (item,) = parse_traccar(json.dumps([FORWARDED]).encode(), "t", NOW_MS, vehicle_from="name")
    assert isinstance(item, Fix)
    assert item.vehicle_id == "29B-1"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "position"),
        (7, "position"),
        (FORWARDED | {"device": None}, "vehicle_id"),
        (FORWARDED | {"position": {**FORWARDED["position"], "valid": False}}, "valid"),
        (FORWARDED | {"position": {**FORWARDED["position"], "fixTime": None}}, "time_ms"),
    ],
)
def test_a_forwarded_position_that_cannot_be_used_is_told(body: object, field: str) -> None:
    (item,) = parse_traccar(json.dumps(body).encode(), "t", NOW_MS)
    assert isinstance(item, Refusal)
    assert item.field == field


def test_a_forwarded_event_is_no_position() -> None:
    body = {"event": {"type": "deviceOnline"}, "device": FORWARDED["device"]}
    (item,) = parse_traccar(json.dumps(body).encode(), "t", NOW_MS)
    assert item == OtherMessage(0, "event deviceOnline", "123456789012345")
