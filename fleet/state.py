"""What is remembered of one bus as bytes, and back: so that another process goes on with it as if it were the same.

The bytes are good for one form of the code; others are refused, and the caller begins with the bus anew. Of another
timetable only the fixes of the last quarter of an hour are taken.
"""

import hashlib
import zlib
from dataclasses import astuple
from typing import Any

import msgspec
import numpy as np

from fleet.arrivals.memory import SituationMemory
from fleet.assignment.belief import Dumped, TripBelief
from fleet.assignment.progress import Progress
from fleet.cleaning.quality import VehicleQuality
from fleet.gtfs.timetable import Timetable
from fleet.history import History, Mark
from fleet.packing import unpack
from fleet.said import Said
from fleet.stop_events.call import Call, Standing
from fleet.stop_events.recall import Point
from fleet.stop_events.serving import Serving
from fleet.stop_events.watch import StopWatch
from fleet.vehicle import Vehicle
from schemas.fix import Fix
from schemas.fleet_alert import FleetAlert
from schemas.trip import Phase

FORM = 14


class BusState(msgspec.Struct, array_like=True):
    """One bus: what is known of it by a timetable, and its reports of the last quarter of an hour.

    ``now`` is what `VehicleState` says, packed; ``mark`` the same before the first of the reports. ``from_ms`` is the
    time of the oldest report that was put in but not taken in its place.
    """

    form: int
    timetable: str
    now: bytes
    mark_ms: int
    mark: bytes
    reports: list[bytes]
    from_ms: int | None


class VehicleState(msgspec.Struct, array_like=True):
    """One bus at one moment; trips are numbers of its timetable."""

    last: Fix | None
    place: tuple[float, float]
    jumps: int
    quality: tuple[float, float, float]
    belief: Dumped
    progress: tuple[int, str, float, float, float, int, int, int, int] | None
    watch: tuple[int, str, int, int | None, int | None, int | None, float] | None
    standing: tuple[bool, float, bool, float]
    calls: list[Call]
    trail: list[Point]
    held: bool
    memory: bytes
    pace: tuple[float, float]
    probability: float
    phase: Phase
    anchor: tuple[float, float, int] | None
    rest: tuple[float, float, int] | None
    direction_rad: float
    link_from: tuple[int, int] | None
    since: dict[str, int]
    away: list[tuple[float, float, float, int]]
    away_on: int
    alerts: dict[str, FleetAlert]
    told: list[tuple[int, str, int]]
    late_s: float | None
    skipped: tuple[int, tuple[int, ...]] | None
    stands: tuple[int, int, int]
    serving: tuple[float, float, int, int, list[Call]]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(VehicleState).decode
_decode_bus = msgspec.msgpack.Decoder(BusState).decode
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
    history = vehicle.history
    first = history.marks[0]
    if first.packed is None:
        first.packed = dump_now(first.vehicle)
    return _encode(
        BusState(
            FORM, timetable, dump_now(vehicle), first.time_ms, first.packed, history.packed, history.from_ms
        )
    )  # fmt: skip


def dump_now(vehicle: Vehicle) -> bytes:
    """Return what is known of a bus at its newest fix, without its history."""
    p, w, belief = vehicle.progress, vehicle.watch, vehicle.belief
    state = VehicleState(
        last=vehicle.last,
        place=(vehicle.x, vehicle.y),
        jumps=vehicle.jumps,
        quality=(vehicle.quality.correct, vehicle.quality.complete, vehicle.quality.clean),
        belief=belief.dump(),
        progress=None if p is None else (
            p.run.trip, p.run.start_date, p.distance_m, p.off_m, p.angle_rad, p.time_ms, p.seated_ms, p.strange,
            p.backward,
        ),
        watch=None if w is None else (
            w.run.trip, w.run.start_date, w.ahead, w.at, w.arrival_ms, w.departure_ms, w.error_s,
        ),
        standing=astuple(Standing() if w is None else w.standing),
        calls=[] if w is None else list(w.told.values()),
        trail=list(vehicle.trail),
        held=vehicle.held,
        memory=vehicle.memory.dump(),
        pace=vehicle.pace,
        probability=vehicle.probability,
        phase=vehicle.phase,
        anchor=vehicle.anchor,
        rest=vehicle.rest,
        direction_rad=vehicle.direction_rad,
        link_from=vehicle.link_from,
        since=dict(vehicle.since),
        away=list(vehicle.away),
        away_on=vehicle.away_on,
        alerts=dict(vehicle.alerts),
        told=[(*run, stop) for run, stop in vehicle.told.items()],
        late_s=vehicle.late_s,
        skipped=vehicle.skipped,
        stands=vehicle.stands,
        serving=astuple(vehicle.serving),
    )  # fmt: skip
    return zlib.compress(_encode(state), 1)


def load_vehicle(vehicle_id: str, data: bytes, table: Timetable | None, timetable: str) -> tuple[Vehicle, bool] | None:
    """Return a bus from its bytes.

    Parameters
    ----------
    vehicle_id : str
        The bus.
    data : bytes
        What `dump_vehicle` returned.
    table : Timetable or None
        The timetable of now.
    timetable : str
        Its fingerprint.

    Returns
    -------
    tuple of Vehicle and bool, or None
        The bus, and whether it has only its reports because its bytes are of another timetable; ``None`` if they are
        of another form or damaged.
    """
    try:
        if _head(data)[:1] != [FORM]:
            return None
        bus = _decode_bus(data)
        of_old = bus.timetable != timetable
        vehicle = _load_now(vehicle_id, bus.now, None if of_old else table)
        mark = Mark(bus.mark_ms, _load_now(vehicle_id, bus.mark, None if of_old else table), bus.mark)
    except (zlib.error, msgspec.MsgspecError, IndexError, ValueError):
        return None
    times = [unpack(vehicle_id, report).time_ms for report in bus.reports]
    nothing: list[Said | None] = [None] * len(times)
    vehicle.history = History(times, bus.reports, nothing, [mark], bus.from_ms, is_told=False)
    return vehicle, of_old


def _load_now(vehicle_id: str, data: bytes, table: Timetable | None) -> Vehicle:
    state = _decode(zlib.decompress(data))
    vehicle = Vehicle(vehicle_id, state.last, *state.place, jumps=state.jumps, quality=VehicleQuality(*state.quality))
    vehicle.belief = TripBelief.restore(*state.belief)
    vehicle.held, vehicle.probability, vehicle.phase = state.held, state.probability, state.phase
    vehicle.anchor, vehicle.direction_rad, vehicle.link_from = state.anchor, state.direction_rad, state.link_from
    vehicle.since, vehicle.away, vehicle.alerts = dict(state.since), list(state.away), dict(state.alerts)
    vehicle.away_on = state.away_on
    vehicle.told = {(trip, date): stop for trip, date, stop in state.told}
    vehicle.late_s, vehicle.skipped, vehicle.stands = state.late_s, state.skipped, state.stands
    vehicle.rest = state.rest
    vehicle.serving = Serving(*state.serving)
    if table is not None and state.progress is not None:
        trip, date = state.progress[:2]
        vehicle.progress = Progress(table.run_of(trip, date), table.pattern_of(trip), *state.progress[2:])
    if table is not None and state.watch is not None:
        trip, date = state.watch[:2]
        told = {call[0]: call for call in state.calls}
        standing = Standing(*state.standing)
        vehicle.watch = StopWatch(table, table.run_of(trip, date), vehicle_id, *state.watch[2:], standing, told)
    vehicle.trail = list(state.trail)
    vehicle.memory, vehicle.pace = SituationMemory.restore(state.memory), state.pace
    return vehicle
