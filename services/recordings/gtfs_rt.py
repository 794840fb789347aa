"""GTFS-realtime VehiclePositions, as protobuf."""

from typing import Any

from google.protobuf.message import DecodeError
from google.transit import gtfs_realtime_pb2

from schemas.fix import Fix
from services.recordings.bound import NO_BOUND, check_count
from services.recordings.frames import read_varint
from services.recordings.other import Item, OtherMessage
from services.recordings.refusal import Refusal, make_fix, make_trip, number, words

HEADER_TAG = b"\x0a"  # field 1, a message
OTHERS = {"trip_update": "TripUpdate", "alert": "Alert", "trip_modifications": "TripModifications", "shape": "Shape"}


def parse_gtfs_rt(data: bytes, source: str, received_ms: int | None, most: int = NO_BOUND) -> list[Item]:
    """Read one FeedMessage into fixes and refusals; other entities are told as such, deleted ones are passed over.

    Parameters
    ----------
    data : bytes
        A protobuf FeedMessage.
    source : str
        Who sent it.
    received_ms : int or None
        When it came; ``None`` takes the header's time, or the fix's own.
    most : int
        Records a body may hold; `TooManyRecordsError` beyond.

    Returns
    -------
    list of Fix, Refusal or OtherMessage
        One entry a vehicle position, then one each that is none: a feed of trip updates given for one of positions
        shows so. One refusal alone where the bytes are no FeedMessage.
    """
    feed = gtfs_realtime_pb2.FeedMessage()
    try:
        feed.ParseFromString(data)
    except DecodeError as error:
        mend = "send a whole GTFS-realtime FeedMessage as protobuf"
        return [Refusal(0, None, "body", f"not a FeedMessage ({error}), {len(data)} bytes", mend, data[:1000])]
    if not feed.HasField("header"):
        mend = "send a whole GTFS-realtime FeedMessage; one without vehicles still has its header"
        return [Refusal(0, None, "body", f"a FeedMessage without a header, {len(data)} bytes", mend, data[:1000])]
    check_count(len(feed.entity), most)
    header_ms = feed.header.timestamp * 1000 or None
    at_ms = received_ms if received_ms is not None else header_ms
    # One that is deleted is no longer there, whatever it still says.
    entities = [entity for entity in feed.entity if entity.HasField("vehicle") and not entity.is_deleted]
    items = [_entity(index, entity, source, at_ms, header_ms) for index, entity in enumerate(entities)]
    return [*_refuse_contradictions(items, entities), *_others(feed, len(items))]


def _others(feed: Any, first: int) -> list[OtherMessage]:
    strange = [entity for entity in feed.entity if not entity.HasField("vehicle") and not entity.is_deleted]
    kinds = (next((kind for name, kind in OTHERS.items() if entity.HasField(name)), "Entity") for entity in strange)
    return [OtherMessage(first + number, kind) for number, kind in enumerate(kinds)]


def find_header_ms(data: bytes) -> int | None:
    """Return when a FeedMessage says it was made, milliseconds since 1970 UTC; ``None`` where it does not say.

    Parameters
    ----------
    data : bytes
        A protobuf FeedMessage; its header stands first, as every library writes it.

    Returns
    -------
    int or None
        Without reading the entities.
    """
    head = read_varint(data, 1) if data[:1] == HEADER_TAG else None
    if head is None:
        return None
    header = gtfs_realtime_pb2.FeedHeader()
    try:
        header.ParseFromString(data[head[1] : head[1] + head[0]])
    except DecodeError:
        return None
    return header.timestamp * 1000 or None


def _entity(index: int, entity: Any, source: str, at_ms: int | None, header_ms: int | None) -> Fix | Refusal:
    vehicle, position, trip = entity.vehicle, entity.vehicle.position, entity.vehicle.trip
    time_ms = vehicle.timestamp * 1000 if vehicle.HasField("timestamp") else header_ms
    return make_fix(
        index,
        entity.SerializePartialToString,
        {
            # One that is there but cannot be read is not replaced by another, which may be some other bus's.
            "vehicle_id": words(vehicle.vehicle.id or vehicle.vehicle.label or entity.id),
            "time_ms": time_ms,
            "lon": number(position.longitude) if position.HasField("longitude") else None,
            "lat": number(position.latitude) if position.HasField("latitude") else None,
            "source": source,
            "received_ms": time_ms if at_ms is None else at_ms,
            "speed_mps": number(position.speed) if position.HasField("speed") else None,
            "heading_deg": number(position.bearing) if position.HasField("bearing") else None,
            "claimed_trip": make_trip(
                trip.trip_id,
                trip.start_date,
                trip.route_id,
                trip.direction_id if trip.HasField("direction_id") else None,
                start_time=trip.start_time,
            ),
            "claimed_stop_id": words(vehicle.stop_id),
            "claimed_stop_sequence": (
                vehicle.current_stop_sequence if vehicle.HasField("current_stop_sequence") else None
            ),
        },
    )


def _refuse_contradictions(items: list[Fix | Refusal], entities: list[Any]) -> list[Item]:
    """Refuse what is said of a bus a second time for the same moment, but otherwise: nobody knows which is true."""
    first: dict[tuple[str, int], Fix] = {}
    out: list[Item] = []
    for item, entity in zip(items, entities, strict=True):
        known = first.setdefault((item.vehicle_id, item.time_ms), item) if isinstance(item, Fix) else None
        if known is None or not isinstance(item, Fix) or item == known:
            out.append(item)
            continue
        wrong = "claimed_trip" if (item.lon, item.lat) == (known.lon, known.lat) else "position"
        reason = f"the vehicle stands twice in this message for one moment, with another {wrong.replace('_', ' ')}"
        original = entity.SerializePartialToString()
        out.append(Refusal(len(out), item.vehicle_id, wrong, reason, "send each vehicle once a message", original))
    return out
