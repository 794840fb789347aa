"""The OsmAnd protocol: one report as query or form parameters, or as the JSON of Traccar Client 9 and later."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from services.recordings.bound import NO_BOUND, check_count
from services.recordings.json_body import JsonError, read_json
from services.recordings.other import Item, OtherMessage
from services.recordings.refusal import Refusal, make_fix, number, words
from services.recordings.times import parse_time_ms

MPS_PER_KNOT = 1852.0 / 3600.0
MPS_PER = {"kn": MPS_PER_KNOT, "kmh": 1.0 / 3.6, "mps": 1.0}
MAX_ACCURACY_M = 500.0  # beyond, the place comes from a mobile phone's cell, not from satellites
MEND = "send id, lat and lon (and timestamp, speed, bearing) as parameters, or Traccar Client's JSON"
SENT_BY = {"token", "speed_unit"}


def parse_osmand(data: bytes, source: str, received_ms: int | None, most: int = NO_BOUND) -> list[Item]:
    """Read one report of a phone or tracker that speaks the OsmAnd protocol.

    A report without ``timestamp`` was made when it came. ``speed`` is in knots, as Traccar takes it, unless
    ``speed_unit`` says ``kmh`` or ``mps``; in JSON it is metres per second and negative where unknown.

    Parameters
    ----------
    data : bytes
        Parameters as in a query or a form, or JSON.
    source : str
        Who sent it.
    received_ms : int or None
        When it came; ``None`` takes the report's own time.
    most : int
        Records a body may hold; `TooManyRecordsError` beyond.

    Returns
    -------
    list of Fix, Refusal or OtherMessage
        One entry a report; one refusal alone where the bytes hold none.
    """
    text = data.strip()
    if text[:1] in (b"{", b"["):
        return _read_json(text, source, received_ms, most)
    found = dict(parse_qsl(text.decode(errors="replace"), keep_blank_values=True, max_num_fields=200))
    if not found.keys() - SENT_BY:
        return [Refusal(0, None, "body", "there are no parameters in it", MEND, data[:1000])]
    return [_parameters(found, data[:1000], source, received_ms)]


def _parameters(found: Mapping[str, str], original: bytes, source: str, received_ms: int | None) -> Item:
    lat, lon = found.get("lat"), found.get("lon")
    if "location" in found:
        lat, _, lon = found["location"].partition(",")
    vehicle = words(found.get("id") or found.get("deviceid"))
    if lat is None and lon is None and vehicle is not None:
        return OtherMessage(0, "report without a position", vehicle)
    unit = MPS_PER.get(found.get("speed_unit", "kn"), MPS_PER_KNOT)
    speed = number(found.get("speed"))
    values = {
        "vehicle_id": vehicle,
        "time_ms": parse_time_ms(found["timestamp"], "UTC") if "timestamp" in found else received_ms,
        "lon": number(lon),
        "lat": number(lat),
        "speed_mps": None if speed is None else speed * unit,
        "heading_deg": number(found.get("bearing") or found.get("heading")),
        "driver_id": words(found.get("driverUniqueId")),
        "ignition": _truth(found.get("ignition")),
        "door_open": _truth(found.get("door")),
    }
    doubt = _doubt(number(found.get("accuracy")), _truth(found.get("valid")))
    return _finish(0, original, values, doubt, source, received_ms)


def _read_json(data: bytes, source: str, received_ms: int | None, most: int) -> list[Item]:
    try:
        body = read_json(data)
    except JsonError as error:
        return [Refusal(0, None, "body", str(error), MEND, data[:1000])]
    items: list[Item] = []
    for report in body if isinstance(body, list) else [body]:
        location = report.get("location") if isinstance(report, dict) else None
        vehicle = words(report.get("device_id")) if isinstance(report, dict) else None
        for place in location if isinstance(location, list) else [location]:
            check_count(len(items) + 1, most)
            items.append(_place(len(items), place, vehicle, source, received_ms))
    return items or [Refusal(0, None, "body", "there is no report in it", MEND, data[:1000])]


def _place(index: int, place: Any, vehicle: str | None, source: str, received_ms: int | None) -> Item:
    original = msgspec.json.encode({"device_id": vehicle, "location": place})
    coords = place.get("coords") if isinstance(place, dict) else None
    if not isinstance(coords, dict):
        if vehicle is not None and isinstance(place, dict):
            return OtherMessage(index, "report without a position", vehicle)
        return Refusal(index, vehicle, "location", "there is no location.coords in it", MEND, original)
    values = {
        "vehicle_id": vehicle,
        "time_ms": parse_time_ms(place["timestamp"], "UTC") if "timestamp" in place else received_ms,
        "lon": number(coords.get("longitude")),
        "lat": number(coords.get("latitude")),
        "speed_mps": number(coords.get("speed")),
        "heading_deg": number(coords.get("heading")),
    }
    return _finish(index, original, values, _doubt(number(coords.get("accuracy")), None), source, received_ms)


def _finish(
    index: int,
    original: bytes,
    values: Mapping[str, Any],
    doubt: tuple[str, str, str] | None,
    source: str,
    received_ms: int | None,
) -> Item:
    if doubt is not None:
        return Refusal(index, values["vehicle_id"], *doubt, original=original)
    received = values["time_ms"] if received_ms is None else received_ms
    return make_fix(index, original, {**values, "source": source, "received_ms": received})


def _doubt(accuracy_m: float | None, valid: bool | None) -> tuple[str, str, str] | None:
    if valid is False:
        return "valid", "the receiver itself says the position is not valid", "send a report once it has a fix"
    if accuracy_m is not None and accuracy_m > MAX_ACCURACY_M:
        reason = f"accuracy {accuracy_m:,.0f} m: that is a mobile cell, not a satellite fix"
        return "accuracy", reason, f"send reports that are right within {MAX_ACCURACY_M:.0f} m"
    return None


def _truth(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"1": True, "true": True, "0": False, "false": False}.get(str(value).strip().lower())
