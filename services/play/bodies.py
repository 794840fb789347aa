"""Fixes as bodies for the doors, such that the door reads back exactly the same fixes."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec
from google.transit import gtfs_realtime_pb2

from schemas.fix import Fix
from schemas.trip import TripRef
from services.recordings import Item, parse_gtfs_rt, parse_ufms, parse_ufms_json
from services.recordings.ufms_schema import base_message

KMH_PER_MPS = 3.6
INT32_MAX = 2**31 - 1
# Source and receipt are the door's to write; comparisons leave them out.
SOMEONE, EARLIEST_MS = "anyone", 946_684_800_000
COLUMNS = (
    "vehicle_id", "time_ms", "latitude", "longitude", "speed_mps", "heading_deg", "trip_id", "start_date", "route_id",
    "direction_id", "stop_id", "stop_sequence", "door_open", "ignition", "driver_id", "block_id", "start_time",
)  # fmt: skip


@dataclass(frozen=True)
class Body:
    """One body and the door it is for."""

    door: str
    media_type: str
    data: bytes


def make_body(fixes: Sequence[Fix], door: str) -> Body:
    """Write fixes for a door; where its format cannot hold them exactly, for the CSV door.

    Parameters
    ----------
    fixes : sequence of Fix
        One batch, in order.
    door : str
        ``csv``, ``gtfs-rt``, ``ufms`` or ``ufms-json``: the recording's own format.

    Returns
    -------
    Body
        What the door reads as the same fixes.
    """
    wanted = WRITERS.get(door)
    if wanted is not None:
        write, media_type, parse = wanted
        data = write(fixes)
        if _plain(parse(data, SOMEONE, EARLIEST_MS)) == _plain(fixes):
            return Body(door, media_type, data)
    return Body("csv", "text/csv", write_csv(fixes))


def _plain(items: Sequence[Item]) -> list[Item]:
    return [
        msgspec.structs.replace(item, source=SOMEONE, received_ms=EARLIEST_MS) if isinstance(item, Fix) else item
        for item in items
    ]


def write_csv(fixes: Sequence[Fix]) -> bytes:
    """Write every field of fixes but source and receipt as CSV; numbers with all their digits."""
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(COLUMNS)
    for fix in fixes:
        trip = fix.claimed_trip or TripRef()
        rows.writerow(
            "" if value is None else str(value).lower() if isinstance(value, bool) else value
            for value in (
                fix.vehicle_id, fix.time_ms, fix.lat, fix.lon, fix.speed_mps, fix.heading_deg, trip.trip_id,
                trip.start_date, trip.route_id, trip.direction_id, fix.claimed_stop_id, fix.claimed_stop_sequence,
                fix.door_open, fix.ignition, fix.driver_id, trip.block_id, trip.start_time,
            )
        )  # fmt: skip
    return out.getvalue().encode()


def write_gtfs_rt(fixes: Sequence[Fix]) -> bytes:
    """Write fixes as a GTFS-realtime FeedMessage; what the format has no field for is left out."""
    feed = gtfs_realtime_pb2.FeedMessage()
    feed.header.gtfs_realtime_version = "2.0"
    feed.header.timestamp = max((fix.time_ms for fix in fixes), default=0) // 1000
    for index, fix in enumerate(fixes):
        entity = feed.entity.add(id=str(index))
        entity.vehicle.vehicle.id = fix.vehicle_id
        entity.vehicle.timestamp = fix.time_ms // 1000
        entity.vehicle.position.latitude = fix.lat
        entity.vehicle.position.longitude = fix.lon
        if fix.speed_mps is not None:
            entity.vehicle.position.speed = fix.speed_mps
        if fix.heading_deg is not None:
            entity.vehicle.position.bearing = fix.heading_deg
        _write_claims(entity.vehicle, fix)
    return bytes(feed.SerializeToString())


def _write_claims(vehicle: gtfs_realtime_pb2.VehiclePosition, fix: Fix) -> None:
    trip = fix.claimed_trip or TripRef()
    for name in ("trip_id", "start_date", "start_time", "route_id", "direction_id"):
        value = getattr(trip, name)
        if value is not None:
            setattr(vehicle.trip, name, value)
    if fix.claimed_stop_id is not None:
        vehicle.stop_id = fix.claimed_stop_id
    if fix.claimed_stop_sequence is not None and fix.claimed_stop_sequence >= 0:
        vehicle.current_stop_sequence = fix.claimed_stop_sequence


def write_ufms_json(fixes: Sequence[Fix]) -> bytes:
    """Write fixes as tracker messages, zero and false left out as trackers do."""
    return msgspec.json.encode([_tracker_message(fix) for fix in fixes])


def _tracker_message(fix: Fix) -> dict[str, object]:
    point: dict[str, object] = {"vehicle": fix.vehicle_id, "datetime": fix.time_ms // 1000, "x": fix.lon, "y": fix.lat}
    optional = {
        "driver": fix.driver_id,
        "speed": round((fix.speed_mps or 0.0) * KMH_PER_MPS, 6),
        "heading": fix.heading_deg,
        "ignition": fix.ignition,
        "door_up": fix.door_open,
    }
    point |= {name: value for name, value in optional.items() if value not in (None, False) and value != 0.0}
    if fix.heading_deg == 0.0:
        point["heading"] = 0.0
    return {"msgType": "MsgType_BusWayPoint", "msgBusWayPoint": point}


def write_ufms(fixes: Sequence[Fix]) -> bytes:
    """Write fixes as one ``MsgType_BusWayPoints`` message, protobuf, zero and false left out."""
    message = base_message()(msgType=104)
    events = message.msgBusWayPoints.Events
    for fix in fixes:
        point = events.add(vehicle=fix.vehicle_id, datetime=min(fix.time_ms // 1000, INT32_MAX), x=fix.lon, y=fix.lat)
        if fix.driver_id is not None:
            point.driver = fix.driver_id
        if fix.speed_mps:
            point.speed = fix.speed_mps * KMH_PER_MPS
        if fix.heading_deg is not None:
            point.heading = fix.heading_deg
        if fix.ignition:
            point.ignition = True
        if fix.door_open:
            point.door_up = True
    return bytes(message.SerializeToString())


Write = Callable[[Sequence[Fix]], bytes]
Parse = Callable[[bytes, str, int], list[Item]]
WRITERS: dict[str, tuple[Write, str, Parse]] = {
    "gtfs-rt": (write_gtfs_rt, "application/x-protobuf", parse_gtfs_rt),
    "ufms": (write_ufms, "application/x-protobuf", parse_ufms),
    "ufms-json": (write_ufms_json, "application/json", parse_ufms_json),
}
