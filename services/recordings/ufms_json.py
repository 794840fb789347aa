"""The Vietnamese tracker message as JSON (``MsgType_BusWayPoint``): x is longitude, y is latitude, speed in km/h."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec

from services.recordings.bound import NO_BOUND, check_count
from services.recordings.json_body import JsonError, read_json
from services.recordings.other import Item, OtherMessage
from services.recordings.refusal import Refusal, make_fix, number, words
from services.recordings.times import parse_time_ms
from services.recordings.ufms import KMH_PER_MPS, POSITIONS
from services.recordings.ufms_schema import message_types

PREFIX = "MsgType_"
MESSAGE = PREFIX + "BusWayPoint"
MEND = 'send {"msgType": "MsgType_BusWayPoint", "msgBusWayPoint": {vehicle, datetime, x, y, …}} or an array of them'


def parse_ufms_json(data: bytes, source: str, received_ms: int | None, most: int = NO_BOUND) -> list[Item]:
    """Read one tracker message, or an array of them.

    A bus's tracker leaves out what is zero or false: no ``speed`` means standing, no
    ``door_up`` and ``door_down`` means closed, no ``ignition`` means off; a missing ``heading`` is unknown.

    Parameters
    ----------
    data : bytes
        UTF-8 JSON, one object, an array of objects, or one object a line.
    source : str
        Who sent it.
    received_ms : int or None
        When it came; ``None`` takes each message's own time.
    most : int
        Records a body may hold; `TooManyRecordsError` beyond.

    Returns
    -------
    list of Fix, Refusal or OtherMessage
        One entry a point or other message; one refusal alone where the bytes are no JSON.
    """
    try:
        body = read_json(data, lines=True)
    except JsonError as error:
        return [Refusal(0, None, "body", str(error), MEND, data[:1000])]
    items: list[Item] = []
    for record in body if isinstance(body, list) else [body]:
        _read(record, items, source, received_ms)
        check_count(len(items), most)
    return items


def _read(record: Any, items: list[Item], source: str, received_ms: int | None) -> None:
    kind = record.get("msgType", MESSAGE) if isinstance(record, dict) else type(record).__name__
    kind = message_types().get(kind, kind) if isinstance(kind, int) else kind
    name = f"msg{str(kind).removeprefix(PREFIX)}"
    payload = record.get(name) if isinstance(record, dict) else None
    if kind in message_types().values() and name not in POSITIONS:
        vehicle = payload.get("vehicle") if isinstance(payload, dict) else None
        items.append(OtherMessage(len(items), str(kind), words(vehicle)))
        return
    if name not in POSITIONS or not isinstance(payload, dict):
        reason = f"{kind!r} without its {name}" if name in POSITIONS else f"{kind!r} is not {MESSAGE}"
        items.append(Refusal(len(items), None, "msgType", reason, MEND, msgspec.json.encode(record)))
        return
    repeated, is_bus = POSITIONS[name]
    points = payload.get(repeated) if repeated else [payload]
    if not isinstance(points, list) or not points:
        original = msgspec.json.encode(record)
        items.append(Refusal(len(items), None, name, f"no list {repeated} in it", "send at least one point", original))
        return
    for point in points:
        who = point if name == "msgBusWayPoints" else payload
        items.append(_point(len(items), point, who, source, received_ms, is_bus=is_bus))


def _point(index: int, point: Any, who: Any, source: str, received_ms: int | None, *, is_bus: bool) -> Item:
    if not isinstance(point, dict):
        return Refusal(index, None, "point", f"a {type(point).__name__} is no point", MEND, msgspec.json.encode(point))
    time_ms = parse_time_ms(point.get("datetime"))
    speed_kmh = number(point.get("speed"))
    if is_bus:
        speed_kmh = speed_kmh or 0.0
    values = {
        "vehicle_id": words(who.get("vehicle")),
        "time_ms": time_ms,
        "lon": number(point.get("x")),
        "lat": number(point.get("y")),
        "source": source,
        "received_ms": time_ms if received_ms is None else received_ms,
        "speed_mps": None if speed_kmh is None else speed_kmh / KMH_PER_MPS,
        "heading_deg": number(point.get("heading")),
        "driver_id": words(who.get("driver")),
        **_states(point, is_bus=is_bus),
    }
    return make_fix(index, partial(msgspec.json.encode, point), values)


def _states(point: Mapping[str, Any], *, is_bus: bool) -> dict[str, bool | None]:
    if is_bus:
        door = bool(point.get("door_up", False) or point.get("door_down", False))
        return {"door_open": door, "ignition": bool(point.get("ignition", False))}
    return {"door_open": _yes(point.get("door")), "ignition": _yes(point.get("ignition"))}


def _yes(value: object) -> bool | None:
    return value if isinstance(value, bool) else None
