"""What a closure would do to the lines of the timetable and to other traffic."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from fleet.closures import Closures, Detour
from fleet.gtfs.timetable import Timetable
from routing.network.graph import Floats
from routing.network.vehicles import Vehicle
from routing.paths import PathFinder, RoadPath
from services.api.roads import Roads
from services.api.routes.responses import route_hit
from services.api.timetable import CityTimetable
from services.api.whatif.responses import AroundOut, LineDetourOut, MissedStopOut, WhatIfOut

HOUR_S = 3600.0
OTHERS = (Vehicle.MOTORBIKE, Vehicle.CAR)


def what_if(
    closures: Closures | None,
    timetable: CityTimetable,
    roads: Roads,
    closed: Sequence[int],
    now: tuple[int, int, Floats],
) -> WhatIfOut:
    """Return what closing some edges would do.

    Parameters
    ----------
    closures : Closures or None
        The lines on the network, ``None`` where the city has no timetable.
    timetable : CityTimetable
        Of the city.
    roads : Roads
        Of the city.
    closed : sequence of int
        Rows of edges, in the order they are driven.
    now : tuple of int, int, ndarray
        The city's time, the minute of its day, and the seconds of each edge.

    Returns
    -------
    WhatIfOut
        The lines that lose most in the next hour first.
    """
    now_ms, minute, seconds = now
    lines: list[LineDetourOut] = []
    table = timetable.table
    if closures is not None and table is not None:
        finder = PathFinder(roads.network, seconds, vehicle=Vehicle.BUS, minute=minute)
        trips = Counter(table.pattern_of(run.trip).index for run in table.trips_running(now_ms, before_s=HOUR_S))
        found = closures.detours(closed, finder)
        lines = [_line(detour, table, timetable, roads, trips[detour.passed.pattern]) for detour in found]
        lines.sort(key=lambda x: (x.trips_next_hour == 0, x.extra_s is not None, -x.trips_next_hour * (x.extra_s or 0)))
    around = [_around(vehicle, roads, closed, minute, seconds) for vehicle in OTHERS]
    return WhatIfOut(now_ms=now_ms, lines=lines, around=around, undrawn=0 if closures is None else closures.undrawn)


def _line(detour: Detour, table: Timetable, timetable: CityTimetable, roads: Roads, trips: int) -> LineDetourOut:
    pattern = table.patterns[detour.passed.pattern]
    stops = pattern.stop_index.tolist()
    first = 0 if detour.leave is None else detour.leave + 1
    last = len(stops) if detour.back is None else detour.back
    path = RoadPath(np.array(detour.edges, dtype=np.int64), 0.0)
    names = [None if at is None else table.stop_names[stops[at]] for at in (detour.leave, detour.back)]
    return LineDetourOut(
        route=route_hit(timetable, pattern.route_index),
        direction_id=pattern.direction_id,
        trips_next_hour=trips,
        extra_s=detour.extra_s,
        leaves_at=names[0],
        returns_at=names[1],
        missed_stops=[MissedStopOut(stop_id=table.stop_ids[s], name=table.stop_names[s]) for s in stops[first:last]],
        line=roads.line(path) if detour.edges else [],
    )


def _around(vehicle: Vehicle, roads: Roads, closed: Sequence[int], minute: int, seconds: Floats) -> AroundOut:
    net = roads.network
    finder = PathFinder(net, seconds, vehicle=vehicle, minute=minute)
    start, end = int(net.edge_from[closed[0]]), int(net.edge_to[closed[-1]])
    path = finder.shortest(start, end, closed)
    usual = finder.cost(start, end)
    if path is None or np.isinf(usual):
        return AroundOut(vehicle=(vehicle.name or "").lower(), extra_s=None, line=[])
    return AroundOut(vehicle=(vehicle.name or "").lower(), extra_s=round(path.cost - usual, 1), line=roads.line(path))
