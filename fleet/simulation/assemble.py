"""Put the tables together: plan, ways, lights, riders and the pace at which a line's timetable was made."""

from collections.abc import Sequence

import numpy as np

from fleet.simulation import tables as kinds
from fleet.simulation.detours import Detour
from fleet.simulation.legs import LegMaker, Way
from fleet.simulation.lights import Lights
from fleet.simulation.operations import Operations
from fleet.simulation.plan import Floats, Ints, Plan
from fleet.simulation.running import LIGHT_COST_S, STOP_COST_S, usual_mps
from fleet.simulation.tables import NONE, Tables, records
from fleet.simulation.traffic import Traffic

HOURS = range(5, 23)
PACE_LIMITS = (0.55, 2.2)
FITS = (0.85, 1.15)
MADE_FOR = 0.65  # planners leave room for the busier hours, not for the busiest
BUS_LANE_WORD = "BRT"


def make_tables(
    plan: Plan,
    ways: list[Way],
    traffic: Traffic,
    lights: Lights,
    maker: LegMaker,
    operations: Operations,
    detours: Sequence[Detour],
    seed: int,
) -> tuple[Tables, tuple[str, ...]]:
    """Flatten a plan for the kernel.

    Parameters
    ----------
    plan : Plan
        Courses, runs and duties.
    ways : list of Way
        One a course of the plan, detours behind them; empty ways are appended.
    traffic : Traffic
        Tells how fast the ways usually are.
    lights : Lights
        Signals along the first ways.
    maker : LegMaker
        Draws empty ways.
    operations : Operations
        Riders and reserves.
    detours : sequence of Detour
        Which of the ways go around a closed road.
    seed : int
        Same seed, same tables.

    Returns
    -------
    tuple of (Tables, tuple of str)
        The tables, and the vehicle of each row: those of the plan, then reserves.
    """
    runs = plan.runs
    run_turn = kinds.turning_stops(plan)
    legs = kinds.make_legs(plan, ways, maker, run_turn, seed)
    flat = kinds.flatten_ways(ways)
    stops = kinds.lay_stops_on_ways(plan, len(ways), detours)
    light_first, light_m, cycle_s, offset_s = kinds.light_tables(lights, len(ways), detours)
    counts = np.array([len(run.stop_m) for run in runs])
    duty_count = np.array([len(duty.runs) for duty in plan.duties])
    duty_last = np.cumsum(duty_count) - 1
    reserves = round(operations.reserve_share * len(plan.duties) + 0.49)
    vehicles = (*(duty.vehicle_id for duty in plan.duties), *(f"SIM-R-{k + 1:02d}" for k in range(reserves)))
    none, nowhere = np.full(reserves, NONE), np.full(reserves, np.nan)
    bus_key = np.array([kinds.name_key(name) for name in vehicles], dtype=np.int64)
    tables = Tables(
        way=records(
            kinds.WAY, vertex_first=flat.vertex_first, piece_first=flat.piece_first, light_first=light_first,
            stop_first=stops.stop_first, bus_lane=_bus_lanes(plan, len(ways) + 1),
        ),
        vertex=records(kinds.VERTEX, m=flat.vertex_m, lon=flat.vertex_lon, lat=flat.vertex_lat),
        piece=records(kinds.PIECE, end_m=flat.piece_end_m, edge=flat.piece_edge),
        light=records(kinds.LIGHT, m=light_m, cycle_s=cycle_s, offset_s=offset_s),
        stop=records(kinds.STOP, m=stops.stop_m, group=stops.stop_group, skipped=stops.stop_skipped),
        run=records(
            kinds.RUN, way=np.array([run.path for run in runs]), time=np.concatenate([[0], np.cumsum(counts)])[:-1],
            stops=counts, headway_ms=kinds.headways(runs), turn=run_turn,
            key=np.array([kinds.name_key(f"{run.trip_id}/{run.start_date}") for run in runs]),
        ),
        time=records(
            kinds.TIME, arrival_ms=np.concatenate([run.arrival_ms for run in runs]),
            departure_ms=np.concatenate([run.departure_ms for run in runs]),
        ),
        group=records(kinds.GROUP, riders_h=operations.stop_riders_h(seed, stops.groups)),
        duty=records(
            kinds.DUTY, run=np.concatenate([np.array(duty.runs, dtype=np.int64) for duty in plan.duties]),
            leg_in=legs.leg_in, leg_turn=legs.leg_turn, drop_to=kinds.next_starts_here(plan),
        ),
        bus=records(
            kinds.VEHICLE, duty_first=np.concatenate([duty_last - duty_count + 1, none]),
            duty_last=np.concatenate([duty_last, none]), leg_home=np.concatenate([legs.leg_home, none]),
            key=bus_key, pace=operations.bus_pace(seed, bus_key),
            depot_lon=np.concatenate([legs.depot_lon, nowhere]), depot_lat=np.concatenate([legs.depot_lat, nowhere]),
        ),
    )  # fmt: skip
    tables.way["pace"][:-1] = pace_of_ways(plan, tables, traffic, operations)
    for detour in detours:
        for name in ("pace", "bus_lane"):
            tables.way[name][detour.by_way] = tables.way[name][detour.way]
    return tables, vehicles


def _bus_lanes(plan: Plan, ways: int) -> Ints:
    out = np.zeros(ways, dtype=np.int64)
    for run in plan.runs:
        out[run.path] = BUS_LANE_WORD in run.line.upper()
    return out


def pace_of_ways(plan: Plan, t: Tables, traffic: Traffic, operations: Operations) -> Floats:
    """Return by how much buses of each way drive faster than traffic, so that the timetable fits a usual day.

    Timetables are made from the running times of usual days. Where one is within 15 % of those, buses drive as the
    traffic does. Where it fits no known speed of the roads (the class of a road says little about the street), the
    whole way is paced by one factor; rush hours still come late.

    Parameters
    ----------
    plan : Plan
        Whose timetable.
    t : Tables
        Ways and runs.
    traffic : Traffic
        Usual speeds by the hour.
    operations : Operations
        How buses compare with cars.

    Returns
    -------
    ndarray, shape (ways,)
        1 for empty ways.
    """
    first = t.way["piece_first"][:-1]
    begin = np.concatenate([[0.0], t.piece["end_m"][:-1]])
    begin[first] = 0.0
    metres = t.piece["end_m"] - begin
    edge, on_lane = t.piece["edge"], np.repeat(t.way["bus_lane"][:-1], np.diff(t.way["piece_first"])) == 1
    usual = [[usual_mps(traffic, operations, h, bus_lane=lane)[edge] for lane in (False, True)] for h in HOURS]
    drive_s = np.array([np.add.reduceat(metres / np.where(on_lane, lane, street), first) for street, lane in usual])
    waits_s = np.diff(t.way["stop_first"]) * STOP_COST_S + (np.diff(t.way["light_first"]) - 1) * LIGHT_COST_S
    offset_ms = traffic.demand.utc_offset_s * 1000
    ratios: dict[int, list[float]] = {}
    for run in plan.runs:
        # The middle of the run: in the hour before a rush a trip meets other speeds than at its start.
        hour = ((run.start_ms + run.end_ms) / 2 + offset_ms) % 86_400_000 / 3_600_000
        planned_s = max((run.end_ms - run.start_ms) / 1000.0 - waits_s[run.path], 60.0)
        ratios.setdefault(run.path, []).append(float(np.interp(hour, HOURS, drive_s[:, run.path])) / planned_s)
    pace = np.ones(drive_s.shape[1])
    for way, ratio in ratios.items():
        needed = float(np.clip(np.quantile(ratio, MADE_FOR), *PACE_LIMITS))
        pace[way] = 1.0 if FITS[0] < needed < FITS[1] else needed
    return pace
