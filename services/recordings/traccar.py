"""What a Traccar server forwards (``forward.type = json``): a position and its device."""

from typing import Any

import msgspec

from services.recordings.bound import NO_BOUND, check_count
from services.recordings.json_body import JsonError, read_json
from services.recordings.osmand import MPS_PER_KNOT
from services.recordings.other import Item, OtherMessage
from services.recordings.refusal import Refusal, make_fix, number, words
from services.recordings.times import parse_time_ms

MEND = 'send {"position": {…}, "device": {"uniqueId": …}} as Traccar\'s forward.type json does'
BY_NAME = "name"


def parse_traccar(
    data: bytes, source: str, received_ms: int | None, vehicle_from: str = "uniqueId", most: int = NO_BOUND
) -> list[Item]:
    """Read what a Traccar server forwards: one object or an array of them.

    Parameters
    ----------
    data : bytes
        JSON.
    source : str
        Who sent it.
    received_ms : int or None
        When it came; ``None`` takes each position's own time.
    vehicle_from : str
        Which field of the device is the vehicle's id: ``uniqueId`` (mostly the IMEI) or ``name`` (mostly the plate).
    most : int
        Records a body may hold; `TooManyRecordsError` beyond.

    Returns
    -------
    list of Fix, Refusal or OtherMessage
        One entry a position; an event without one is another message.
    """
    try:
        body = read_json(data)
    except JsonError as error:
        return [Refusal(0, None, "body", str(error), MEND, data[:1000])]
    records = body if isinstance(body, list) else [body]
    check_count(len(records), most)
    return [_record(index, record, source, received_ms, vehicle_from) for index, record in enumerate(records)]


def _record(index: int, record: Any, source: str, received_ms: int | None, vehicle_from: str) -> Item:
    original = msgspec.json.encode(record)
    position = record.get("position") if isinstance(record, dict) else None
    device = record.get("device") if isinstance(record, dict) else None
    vehicle = words(device.get(vehicle_from)) if isinstance(device, dict) else None
    if not isinstance(position, dict):
        if isinstance(record, dict) and isinstance(record.get("event"), dict):
            return OtherMessage(index, f"event {str(record['event'].get('type'))[:40]}", vehicle)
        return Refusal(index, vehicle, "position", "there is no position in it", MEND, original)
    if position.get("valid") is False:
        reason, mend = "the receiver itself says the position is not valid", "send it once the receiver has a fix"
        return Refusal(index, vehicle, "valid", reason, mend, original)
    extra = position.get("attributes")
    extra = extra if isinstance(extra, dict) else {}
    speed_kn = number(position.get("speed"))
    time_ms = parse_time_ms(position.get("fixTime") or position.get("deviceTime"))
    values = {
        "vehicle_id": vehicle,
        "time_ms": time_ms,
        "lon": number(position.get("longitude")),
        "lat": number(position.get("latitude")),
        "source": source,
        "received_ms": time_ms if received_ms is None else received_ms,
        "speed_mps": None if speed_kn is None else speed_kn * MPS_PER_KNOT,
        "heading_deg": number(position.get("course")),
        "driver_id": words(extra.get("driverUniqueId")),
        "ignition": extra["ignition"] if isinstance(extra.get("ignition"), bool) else None,
        "door_open": extra["door"] if isinstance(extra.get("door"), bool) else None,
    }
    return make_fix(index, original, values)
