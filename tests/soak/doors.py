"""The doors as table entries: how one makes a good record, spoils it, and packs many into a body."""

import json
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from google.transit import gtfs_realtime_pb2

from services.recordings.frames import varint
from services.recordings.ufms_schema import base_message
from tests.soak.nasty import spoil_bytes, spoil_tree, spoil_value

Make = Callable[[random.Random, str, int], Any]
Spoil = Callable[[random.Random, Any], Any]


@dataclass(frozen=True)
class Door:
    """One door: ``most`` records fit into a body; ``spoil`` changes a record, ``pack`` makes the body."""

    name: str
    most: int
    make: Make
    spoil: Spoil
    pack: Callable[[Sequence[Any]], bytes]


def place(rng: random.Random) -> tuple[float, float]:
    """Return a place in Hà Nội, lon and lat."""
    return round(rng.uniform(105.75, 105.9), 6), round(rng.uniform(20.95, 21.1), 6)


def _csv(rng: random.Random, vehicle: str, time_s: int) -> dict[str, Any]:
    lon, lat = place(rng)
    return {"vehicle_id": vehicle, "timestamp": time_s, "latitude": lat, "longitude": lon, "speed": rng.randrange(20)}


CSV_COLUMNS = ("vehicle_id", "timestamp", "latitude", "longitude", "speed")


def _spoil_row(rng: random.Random, row: dict[str, Any]) -> dict[str, Any]:
    # A newline or a quote would reach into the next row, which is good; the whole body is spoilt elsewhere.
    value = str(spoil_value(rng)).replace("\n", " ").replace('"', "'").replace(",", rng.choice([";", ","]))
    return {**row, rng.choice(CSV_COLUMNS): value}


def _pack_csv(rows: Sequence[dict[str, Any]]) -> bytes:
    lines = [",".join(str(row[name]) for name in CSV_COLUMNS) for row in rows]
    return "\n".join([",".join(CSV_COLUMNS), *lines, ""]).encode("utf-8", "replace")


def _ufms_json(rng: random.Random, vehicle: str, time_s: int) -> dict[str, Any]:
    lon, lat = place(rng)
    point = {"vehicle": vehicle, "datetime": time_s, "x": lon, "y": lat, "speed": rng.randrange(60), "door_up": True}
    return {"msgType": "MsgType_BusWayPoint", "msgBusWayPoint": point}


def _json(value: Any) -> bytes:
    """Return real JSON: it has no infinity, so a spoilt record says it in words and leaves its neighbours readable."""
    return re.sub(r"(?<![\w\"])(NaN|-?Infinity)\b", '"\\1"', json.dumps(value)).encode("utf-8", "replace")


def _pack_json(records: Sequence[Any]) -> bytes:
    return _json(list(records))


def _traccar(rng: random.Random, vehicle: str, time_s: int) -> dict[str, Any]:
    lon, lat = place(rng)
    time = datetime.fromtimestamp(time_s, UTC).isoformat()
    return {
        "position": {"fixTime": time, "latitude": lat, "longitude": lon, "valid": True},
        "device": {"uniqueId": vehicle},
    }


def _osmand(rng: random.Random, vehicle: str, time_s: int) -> dict[str, Any]:
    lon, lat = place(rng)
    return {"id": vehicle, "lat": lat, "lon": lon, "timestamp": time_s, "speed": rng.randrange(30)}


def _pack_form(records: Sequence[Any]) -> bytes:
    record = records[0]
    if not isinstance(record, dict):
        return _json(record)
    return urlencode({str(k): v for k, v in record.items()}, errors="replace").encode()


def _ufms(rng: random.Random, vehicle: str, time_s: int) -> bytes:
    lon, lat = place(rng)
    message = base_message()(msgType=102)
    point = message.msgBusWayPoint
    point.vehicle, point.datetime, point.x, point.y, point.speed = vehicle, time_s, lon, lat, rng.randrange(60)
    return bytes(message.SerializeToString())


def _spoil_ufms(rng: random.Random, record: bytes) -> bytes:
    if rng.random() < 0.5:
        return spoil_bytes(rng, record)
    message = base_message()()
    message.ParseFromString(record)
    _spoil_fields(rng, message.msgBusWayPoint, ("vehicle", "datetime", "x", "y", "speed", "heading"))
    return bytes(message.SerializeToString())


def _spoil_fields(rng: random.Random, message: Any, names: Sequence[str]) -> None:
    name, value = rng.choice(names), spoil_value(rng)
    try:
        setattr(message, name, value)
    except (TypeError, ValueError, OverflowError):
        message.ClearField(name)


def _pack_frames(records: Sequence[bytes]) -> bytes:
    return b"".join(varint(len(record)) + record for record in records)


def _gtfs_rt(rng: random.Random, vehicle: str, time_s: int) -> Any:
    lon, lat = place(rng)
    entity = gtfs_realtime_pb2.FeedEntity(id=vehicle)
    entity.vehicle.vehicle.id = vehicle
    entity.vehicle.timestamp = time_s
    entity.vehicle.position.latitude, entity.vehicle.position.longitude = lat, lon
    return entity


def _spoil_entity(rng: random.Random, entity: Any) -> Any:
    spoilt = gtfs_realtime_pb2.FeedEntity()
    spoilt.CopyFrom(entity)
    part = rng.choice([spoilt.vehicle, spoilt.vehicle.position, spoilt.vehicle.vehicle, spoilt.vehicle.trip])
    _spoil_fields(rng, part, [f.name for f in part.DESCRIPTOR.fields if f.message_type is None])
    if rng.random() < 0.1:
        spoilt.ClearField("vehicle")
    spoilt.is_deleted = rng.random() < 0.1
    return spoilt


def _pack_feed(entities: Sequence[Any]) -> bytes:
    feed = gtfs_realtime_pb2.FeedMessage()
    feed.header.gtfs_realtime_version = "2.0"
    # Whatever the header says, buses with times of their own are taken.
    feed.header.incrementality = len(entities) % 2
    feed.header.timestamp = (0, 1, 2**40, 2**63)[len(entities) % 4]
    feed.entity.extend(entities)
    return bytes(feed.SerializePartialToString())


DOORS = {
    door.name: door
    for door in (
        Door("csv", 200, _csv, _spoil_row, _pack_csv),
        Door("ufms-json", 200, _ufms_json, spoil_tree, _pack_json),
        Door("ufms", 200, _ufms, _spoil_ufms, _pack_frames),
        Door("gtfs-rt", 200, _gtfs_rt, _spoil_entity, _pack_feed),
        Door("osmand", 1, _osmand, spoil_tree, _pack_form),
        Door("traccar", 50, _traccar, spoil_tree, _pack_json),
    )
}
