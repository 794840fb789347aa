"""What is remembered of one bus as bytes, and back: so that another process goes on with it as if it were the same.

The bytes are good for one form of the code and one timetable; others are refused, and the caller begins
with the bus anew.
"""

import hashlib
import zlib
from typing import Any

import msgspec
import numpy as np

from fleet.arrivals.memory import SituationMemory
from fleet.assignment.progress import Progress
from fleet.cleaning.quality import VehicleQuality
from fleet.gtfs.timetable import Timetable
from fleet.stop_events.watch import StopWatch
from fleet.vehicle import Vehicle
from schemas.fix import Fix
from schemas.fleet_alert import FleetAlert
from schemas.trip import Phase

FORM = 3
Key = tuple[int, str]


class VehicleState(msgspec.Struct, array_like=True):
    """One bus; trips are numbers of the timetable that ``timetable`` is the fingerprint of."""

    form: int
    timetable: str
    last: Fix | None
    place: tuple[float, float]
    jumps: int
    quality: tuple[float, float, float]
    belief: tuple[list[tuple[Key, float]], Key | None, float]
    progress: tuple[int, str, float, float, float, int, int, int, int] | None
    watch: tuple[int, str, int, int | None, int | None, int | None] | None
    held: bool
    memory: bytes
    pace: tuple[float, float]
    probability: float
    phase: Phase
    anchor: tuple[float, float, int] | None
    direction_rad: float
    link_from: tuple[int, int] | None
    off_since_ms: int | None
    alerts: dict[str, FleetAlert]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(VehicleState).decode
_head = msgspec.msgpack.Decoder(list[Any]).decode


def fingerprint(timetable: Timetable | None) -> str:
    """Return what tells one timetable from another: trips, their stops and times."""
    if timetable is None:
        return ""
    digest = hashlib.blake2b(digest_size=8)
    digest.update("\n".join(timetable.trip_ids).encode())
    for array in (timetable.trip_start, timetable.time_stop, timetable.arrival_s, timetable.departure_s):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def dump_vehicle(vehicle: Vehicle, timetable: str) -> bytes:
    """Return a bus as bytes.

    Parameters
    ----------
    vehicle : Vehicle
        The bus.
    timetable : str
        Fingerprint of its timetable.

    Returns
    -------
    bytes
        A few kilobytes.
    """
    p, w, belief = vehicle.progress, vehicle.watch, vehicle.belief
    state = VehicleState(
        form=FORM,
        timetable=timetable,
        last=vehicle.last,
        place=(vehicle.x, vehicle.y),
        jumps=vehicle.jumps,
        quality=(vehicle.quality.correct, vehicle.quality.complete, vehicle.quality.clean),
        belief=(list(belief.place.items()), belief.chosen, belief.probability),
        progress=None if p is None else (
            p.run.trip, p.run.start_date, p.distance_m, p.off_m, p.angle_rad, p.time_ms, p.seated_ms, p.strange,
            p.backward,
        ),
        watch=None if w is None else (w.run.trip, w.run.start_date, w.ahead, w.at, w.arrival_ms, w.departure_ms),
        held=vehicle.held,
        memory=vehicle.memory.dump(),
        pace=vehicle.pace,
        probability=vehicle.probability,
        phase=vehicle.phase,
        anchor=vehicle.anchor,
        direction_rad=vehicle.direction_rad,
        link_from=vehicle.link_from,
        off_since_ms=vehicle.off_since_ms,
        alerts=dict(vehicle.alerts),
    )  # fmt: skip
    return zlib.compress(_encode(state), 1)


def load_vehicle(vehicle_id: str, data: bytes, table: Timetable | None, timetable: str) -> Vehicle | None:
    """Return a bus from its bytes, ``None`` if they are of another form or timetable, or damaged."""
    try:
        plain = zlib.decompress(data)
        if _head(plain)[:2] != [FORM, timetable]:
            return None
        state = _decode(plain)
    except (zlib.error, msgspec.MsgspecError):
        return None
    vehicle = Vehicle(vehicle_id, state.last, *state.place, jumps=state.jumps, quality=VehicleQuality(*state.quality))
    vehicle.belief.restore(*state.belief)
    vehicle.held, vehicle.probability, vehicle.phase = state.held, state.probability, state.phase
    vehicle.anchor, vehicle.direction_rad, vehicle.link_from = state.anchor, state.direction_rad, state.link_from
    vehicle.off_since_ms, vehicle.alerts = state.off_since_ms, dict(state.alerts)
    if table is not None and state.progress is not None:
        trip, date = state.progress[:2]
        vehicle.progress = Progress(table.run_of(trip, date), table.pattern_of(trip), *state.progress[2:])
    if table is not None and state.watch is not None:
        trip, date = state.watch[:2]
        vehicle.watch = StopWatch(table, table.run_of(trip, date), vehicle_id, *state.watch[2:])
    vehicle.memory, vehicle.pace = SituationMemory.restore(state.memory), state.pace
    return vehicle
