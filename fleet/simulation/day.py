"""Make the simulator's plan from any timetable: its runs in a period, chained into duties, some buses of them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import numpy as np

from fleet.gtfs import Timetable
from fleet.gtfs.clock import format_date, local_date
from fleet.simulation.cancel import cancel_trips
from fleet.simulation.duties import chain_runs
from fleet.simulation.plan import Course, Duty, Plan, Run

HOUR_MS = 3_600_000


def plan_period(
    timetable: Timetable,
    start_ms: int,
    end_ms: int,
    *,
    buses: int | None = None,
    seed: int = 0,
    plates: Mapping[str, str] | None = None,
    cancelled: float = 0.0,
) -> Plan:
    """List what the buses of a city do in a period.

    Duties are chained over whole service days, so a vehicle keeps its number
    whatever period is asked for.

    Parameters
    ----------
    timetable : Timetable
        The city's timetable.
    start_ms, end_ms : int
        The period, milliseconds since 1970, UTC.
    buses : int, optional
        At most so many vehicles, those at work when it begins first; all by default.
    seed : int, default: 0
        Which ones are taken.
    plates : mapping of str to str, optional
        Block → the city's own vehicle that drives it.
    cancelled : float, default: 0.0
        Share of the trips that nobody runs.

    Returns
    -------
    Plan
        Without duties where nothing runs in the period.
    """
    paths = list_paths(timetable)
    runs = list_runs(timetable, start_ms, end_ms)
    duties = [duty for duty in chain_runs(paths, runs, plates=plates) if _works(duty, runs, start_ms, end_ms)]
    if buses is not None and buses < len(duties):
        duties = pick_duties(duties, runs, buses, start_ms, end_ms, seed)
    left, lost = cancel_trips(duties, cancelled, seed)
    return Plan(paths, tuple(runs), left, lost)


def list_paths(timetable: Timetable) -> tuple[Course, ...]:
    """Return the way of every pattern of a timetable, in its order."""
    made = []
    for pattern in timetable.patterns:
        lon, lat = timetable.frame.to_degrees(pattern.x, pattern.y)
        made.append(Course(lon, lat, pattern.along_m))
    return tuple(made)


def list_runs(timetable: Timetable, start_ms: int, end_ms: int) -> list[Run]:
    """List the runs of the service days that touch a period.

    Parameters
    ----------
    timetable : Timetable
        The city's timetable.
    start_ms, end_ms : int
        The period, milliseconds since 1970, UTC.

    Returns
    -------
    list of Run
        Those that start before its end, by service date, pattern and start.
    """
    day = local_date(start_ms, timetable.timezone) - timedelta(days=1)
    last = local_date(end_ms, timetable.timezone)
    runs: list[Run] = []
    shared: Shared = {}
    while day <= last:
        plan = timetable.day_plan(format_date(day))
        begin = plan.day_start_ms
        if len(plan.trips) and begin + int(plan.last_s.max()) * 1000 >= start_ms:
            # Later runs cannot change who drives earlier ones: chains are made in order of departure.
            trips = plan.trips[begin + plan.first_s.astype(np.int64) * 1000 < end_ms]
            runs += [_run(timetable, int(trip), plan.start_date, begin, shared) for trip in trips]
        day += timedelta(days=1)
    return runs


# Stop ids and sequences of a pattern, once for all its runs.
Shared = dict[tuple[int, bytes], tuple[tuple[str, ...], tuple[int, ...]]]


def _run(timetable: Timetable, trip: int, start_date: str, day_start_ms: int, shared: Shared) -> Run:
    rows = timetable.stops_of(trip)
    key = int(timetable.trip_pattern[trip]), timetable.time_sequence[rows].tobytes()
    if key not in shared:
        ids = tuple(timetable.stop_ids[stop] for stop in timetable.time_stop[rows])
        shared[key] = ids, tuple(timetable.time_sequence[rows].tolist())
    pattern = timetable.pattern_of(trip)
    route = timetable.trip_route[trip]
    return Run(
        trip_id=timetable.trip_ids[trip],
        start_date=start_date,
        route_id=timetable.route_ids[route],
        direction_id=timetable.trip_direction[trip],
        path=int(timetable.trip_pattern[trip]),
        stop_ids=shared[key][0],
        stop_sequences=shared[key][1],
        stop_m=pattern.stop_distance_m,
        arrival_ms=day_start_ms + (timetable.arrival_s[rows] * 1000).astype(np.int64),
        departure_ms=day_start_ms + (timetable.departure_s[rows] * 1000).astype(np.int64),
        line=timetable.route_short_names[route] or timetable.route_ids[route],
        block_id=timetable.trip_block[trip],
    )


def _works(duty: Duty, runs: Sequence[Run], start_ms: int, end_ms: int) -> bool:
    return any(runs[r].start_ms < end_ms and runs[r].end_ms > start_ms for r in duty.runs)


def pick_duties(
    duties: Sequence[Duty], runs: Sequence[Run], buses: int, start_ms: int, end_ms: int, seed: int
) -> list[Duty]:
    """Pick vehicles: first those on a trip for the largest part of the period, ties drawn by seed.

    Parameters
    ----------
    duties : sequence of Duty
        All vehicles.
    runs : sequence of Run
        All runs.
    buses : int
        How many to take.
    start_ms, end_ms : int
        The period.
    seed : int
        Same seed, same choice.

    Returns
    -------
    list of Duty
        In the order they had.
    """
    rng = np.random.default_rng([seed, 7])
    busy = np.array(
        [
            sum(max(0, min(runs[r].end_ms, end_ms) - max(runs[r].start_ms, start_ms)) for r in duty.runs)
            for duty in duties
        ]
    )
    share = np.round(busy / max(end_ms - start_ms, 1), 1) + rng.random(len(duties)) * 1e-3
    chosen = np.sort(np.argsort(-share, kind="stable")[:buses])
    return [duties[int(k)] for k in chosen]
