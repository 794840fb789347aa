"""A fix of a known bus as few bytes, and back."""

import msgspec

from schemas.fix import Fix
from schemas.trip import TripRef

Row = tuple[
    int, float, float, str, int, float | None, float | None, bool | None, bool | None, str | None, TripRef | None,
    str | None, int | None,
]  # fmt: skip
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Row).decode


def pack(fix: Fix) -> bytes:
    """Return a fix as bytes, about 60; its vehicle is not in them."""
    return _encode(
        (
            fix.time_ms, fix.lon, fix.lat, fix.source, fix.received_ms, fix.speed_mps, fix.heading_deg, fix.door_open,
            fix.ignition, fix.driver_id, fix.claimed_trip, fix.claimed_stop_id, fix.claimed_stop_sequence,
        )
    )  # fmt: skip


def unpack(vehicle_id: str, data: bytes) -> Fix:
    """Return the fix of a vehicle from what `pack` returned."""
    (
        time_ms, lon, lat, source, received_ms, speed_mps, heading_deg, door_open, ignition, driver_id, claimed_trip,
        stop_id, stop_sequence,
    ) = _decode(data)  # fmt: skip
    return Fix(
        vehicle_id=vehicle_id, time_ms=time_ms, lon=lon, lat=lat, source=source, received_ms=received_ms,
        speed_mps=speed_mps, heading_deg=heading_deg, door_open=door_open, ignition=ignition, driver_id=driver_id,
        claimed_trip=claimed_trip, claimed_stop_id=stop_id, claimed_stop_sequence=stop_sequence,
    )  # fmt: skip
