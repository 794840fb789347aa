"""One record that no fix could be made of, said so that its sender can mend it."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import msgspec

from schemas.fix import Fix
from schemas.trip import TripRef

MAX_SPEED_MPS = 140.0
RANGES = {"lon": "-180 to 180 degrees", "lat": "-90 to 90 degrees"}
FIRST_MS, LAST_MS = 946_684_800_000, 4_102_444_800_000  # 2000 to 2100
START_TIME = re.compile(r"[0-9]{1,2}:[0-5][0-9]:[0-5][0-9]")
MAX_ID_BITS = 256  # of an id that is a number
MENDS = {
    "vehicle_id": "send the vehicle's own id in every record, at most 256 printable characters",
    "time_ms": "send seconds since 1970 (UTC) or an ISO 8601 time with its zone, between 2000 and 2100",
    "lon": "send longitude in degrees east, WGS 84, between -180 and 180",
    "lat": "send latitude in degrees north, WGS 84, between -90 and 90",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one record was refused: its place in the body, its vehicle, the field, and how to mend it."""

    index: int
    vehicle_id: str | None
    field: str
    reason: str
    mend: str
    original: bytes


def number(value: object) -> float | None:
    """Return a finite number, ``None`` where the value is absent, empty, not a number or not finite."""
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        parsed = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    return parsed if math.isfinite(parsed) else None


def whole(value: object) -> int | None:
    """Return a whole number (``"1.0"`` too), ``None`` where there is none or one that a double cannot hold exactly."""
    parsed = number(value)
    return int(parsed) if parsed is not None and abs(parsed) < 2.0**53 and parsed == int(parsed) else None


def words(value: object) -> str | None:
    """Return a text without outer blanks, ``None`` where it is empty, longer than an id may be, or no printable text.

    Bytes are no text: protobuf hands them over for text of another encoding, and nobody can say which.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, int) and value.bit_length() > MAX_ID_BITS:
        return None
    text = str(value).strip()
    return text if 0 < len(text) <= 256 and text.isprintable() else None


def make_trip(
    trip_id: object,
    start_date: object,
    route_id: object,
    direction_id: object,
    block_id: object = None,
    start_time: object = None,
) -> TripRef | None:
    """Return a claim of a trip from whatever parts are readable, ``None`` where none is."""
    date = words(start_date)
    direction, clock = whole(direction_id), words(start_time)
    claim = TripRef(
        trip_id=words(trip_id),
        start_date=date if date is not None and len(date) == 8 and date.isascii() and date.isdigit() else None,
        route_id=words(route_id),
        direction_id=direction if direction in (0, 1) else None,
        block_id=words(block_id),
        start_time=clock if clock is not None and START_TIME.fullmatch(clock) else None,
    )
    return claim if claim.trip_id or claim.route_id or claim.block_id else None


def make_fix(index: int, original: bytes | Callable[[], bytes], values: Mapping[str, Any]) -> Fix | Refusal:
    """Make a checked fix of read values; a bad optional number is left out, a bad place or time is refused.

    Parameters
    ----------
    index : int
        Place of the record in its body, counted from 0.
    original : bytes or callable
        The record as it came, or what gives it: few are refused, so few have to be written out.
    values : Mapping
        Fields of ``Fix``; ``lon``, ``lat`` and ``time_ms`` may still be absent or absurd.

    Returns
    -------
    Fix or Refusal
        A fix whose every field is inside its range, or why there is none.
    """
    values = {name: value for name, value in values.items() if value is not None}
    speed, heading = values.get("speed_mps"), values.get("heading_deg")
    if speed is not None and not 0.0 <= speed <= MAX_SPEED_MPS:
        del values["speed_mps"]
    if heading is not None and not 0.0 <= heading <= 360.0:
        del values["heading_deg"]
    vehicle_id = values.get("vehicle_id")
    for name in ("vehicle_id", "time_ms", "lon", "lat"):
        if name not in values:
            reason = "is absent, empty or not a number"
            return Refusal(index, vehicle_id, name, reason, MENDS[name], _bytes(original))
    try:
        return msgspec.convert(values, Fix)
    except msgspec.ValidationError as error:
        said, _, path = str(error).partition(" - at `$.")
        name = path.strip("`") or "record"
        reason = _why_outside(name, values.get(name)) or f"{values.get(name)!r}: {said}"
        refusal = Refusal(index, vehicle_id, name, reason, MENDS.get(name, "mend it"), _bytes(original))
        return replace(refusal, mend=SWAPPED) if name == "lat" and _looks_swapped(values) else refusal


def _why_outside(name: str, value: object) -> str | None:
    if name in RANGES and isinstance(value, int | float):
        return f"{value:.10g} lies outside {RANGES[name]}"
    if name in ("time_ms", "received_ms") and isinstance(value, int):
        try:
            moment = datetime.fromtimestamp(value / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        except (ValueError, OverflowError, OSError):
            moment = f"{value} ms since 1970"
        # Milliseconds where seconds belong come out a thousand times too late.
        hint = ": milliseconds sent as seconds?" if FIRST_MS <= value / 1000 <= LAST_MS else ""
        return f"{moment} lies outside 2000 to 2100{hint}"
    return None


def _bytes(original: bytes | Callable[[], bytes]) -> bytes:
    return original() if callable(original) else original


SWAPPED = "longitude and latitude look swapped: x is longitude, y is latitude"


def _looks_swapped(values: Mapping[str, Any]) -> bool:
    return bool(abs(values["lat"]) <= 180.0 and abs(values["lon"]) <= 90.0)
