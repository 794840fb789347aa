"""The Vietnamese tracker message as JSON (``MsgType_BusWayPoint``): x is longitude, y is latitude, speed in km/h."""

from typing import Any

import msgspec

from schemas.fix import Fix
from services.recordings.refusal import Refusal, make_fix, number, words
from services.recordings.times import parse_time_ms

KMH_PER_MPS = 3.6
MESSAGE = "MsgType_BusWayPoint"
MEND = 'send {"msgType": "MsgType_BusWayPoint", "msgBusWayPoint": {vehicle, datetime, x, y, …}} or an array of them'


def parse_ufms_json(data: bytes, source: str, received_ms: int | None) -> list[Fix | Refusal]:
    """Read one tracker message, or an array of them, into fixes and refusals.

    A tracker leaves out what is zero or false: no ``speed`` means standing, no
    ``door_up`` and ``door_down`` means closed, no ``ignition`` means off; a missing ``heading`` is unknown.

    Parameters
    ----------
    data : bytes
        UTF-8 JSON, one object, an array of objects, or one object a line.
    source : str
        Who sent it.
    received_ms : int or None
        When it came; ``None`` takes each message's own time.

    Returns
    -------
    list of Fix or Refusal
        One entry a message; one refusal alone where the bytes are no JSON.
    """
    try:
        body = msgspec.json.decode(data)
    except msgspec.DecodeError as error:
        try:
            body = msgspec.json.Decoder().decode_lines(data)
        except msgspec.DecodeError:
            return [Refusal(0, None, "body", f"not JSON: {error}", MEND, data[:1000])]
    records = body if isinstance(body, list) else [body]
    return [_record(index, record, source, received_ms) for index, record in enumerate(records)]


def _record(index: int, record: Any, source: str, received_ms: int | None) -> Fix | Refusal:
    original = msgspec.json.encode(record)
    point = record.get("msgBusWayPoint") if isinstance(record, dict) else None
    if not isinstance(point, dict) or record.get("msgType", MESSAGE) != MESSAGE:
        kind = record.get("msgType") if isinstance(record, dict) else type(record).__name__
        return Refusal(index, None, "msgType", f"{kind!r} is not {MESSAGE}", MEND, original)
    time_ms = parse_time_ms(point.get("datetime"))
    speed_kmh = number(point.get("speed"))
    return make_fix(
        index,
        original,
        {
            "vehicle_id": words(point.get("vehicle")),
            "time_ms": time_ms,
            "lon": number(point.get("x")),
            "lat": number(point.get("y")),
            "source": source,
            "received_ms": time_ms if received_ms is None else received_ms,
            "speed_mps": (speed_kmh or 0.0) / KMH_PER_MPS,
            "heading_deg": number(point.get("heading")),
            "door_open": bool(point.get("door_up", False) or point.get("door_down", False)),
            "ignition": bool(point.get("ignition", False)),
            "driver_id": words(point.get("driver")),
        },
    )
