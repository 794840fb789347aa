"""What the API tells the control room about lines."""

from collections.abc import Iterable

from schemas.fleet_alert import AlertKind, FleetAlert
from services.api.control.responses import alert_out
from services.api.lines.ladder import Rung, Way, add_headways, group_buses, list_rungs, planned_headways
from services.api.live import LiveState
from services.api.responses import AlertOut, Model, RouteHit
from services.api.routes.responses import DirectionOut, list_directions, list_routes, route_hit
from services.api.timetable import CityTimetable

LATE_S = 300.0


class LadderStopOut(Model):
    """One stop of a direction, ``distance_m`` along its way."""

    stop_id: str
    name: str
    distance_m: float


class LadderBusOut(Model):
    """One bus of a direction.

    ``headway_s`` is how long after the bus ``ahead`` it is expected at that one's next stop; ``spacing`` is
    ``bunched``, ``even`` or ``wide`` against the planned headway. ``course`` holds time_ms (half of the arrivals come
    before it), distance_m, p10_ms and p90_ms of each stop ahead.
    """

    vehicle_id: str
    trip_id: str | None
    time_ms: int
    distance_m: float
    delay_s: float | None
    phase: str
    ahead: str | None
    headway_s: float | None
    spacing: str | None
    course: list[tuple[int, float, int, int]]


class LadderOut(Model):
    """One direction of a line: the bus furthest along first."""

    direction_id: int
    headsign: str
    length_m: float
    planned_headway_s: float | None
    stops: list[LadderStopOut]
    buses: list[LadderBusOut]


class LineOut(Model):
    """One line along its way and ahead in time, with the alerts of its buses and trips."""

    now_ms: int
    route: RouteHit
    directions: list[LadderOut]
    alerts: list[AlertOut]


class LinePainOut(Model):
    """How much one line hurts now: buses on it, those late, pairs that run as one, gaps, and its alerts by kind."""

    route: RouteHit
    buses: int
    late: int
    bunched: int
    wide: int
    alerts: dict[str, int]
    pain: float


class LinesOut(Model):
    """All lines with a bus or an alert, the worst first."""

    now_ms: int
    lines: list[LinePainOut]


def line_out(state: LiveState, timetable: CityTimetable, number: int, now_ms: int) -> LineOut:
    """Return one line of the timetable by its number."""
    assert timetable.table is not None
    route_id = timetable.table.route_ids[number]
    alerts = sort_alerts(state).get(route_id, [])
    buses, planned = group_buses(state, now_ms), planned_headways(timetable, now_ms)
    ladders = []
    for direction in list_directions(timetable, number):
        way = Way(route_id, direction.direction_id)
        rungs = list_rungs(state, direction, buses.get(way, ()))
        add_headways(rungs, planned.get(way))
        ladders.append(_ladder_out(direction, rungs, planned.get(way)))
    route = route_hit(timetable, number)
    return LineOut(now_ms=now_ms, route=route, directions=ladders, alerts=[alert_out(alert) for alert in alerts])


def lines_out(state: LiveState, timetable: CityTimetable, now_ms: int) -> LinesOut:
    """Return all lines that run or should, the worst first."""
    buses, planned, alerts = group_buses(state, now_ms), planned_headways(timetable, now_ms), sort_alerts(state)
    rows = []
    for hit in list_routes(timetable):
        assert timetable.table is not None
        rungs: list[Rung] = []
        for direction in list_directions(timetable, timetable.table.route_number[hit.route_id]):
            way = Way(hit.route_id, direction.direction_id)
            here = list_rungs(state, direction, buses.get(way, ()))
            add_headways(here, planned.get(way))
            rungs += here
        if rungs or hit.route_id in alerts:
            rows.append(_pain_out(hit, rungs, alerts.get(hit.route_id, [])))
    return LinesOut(now_ms=now_ms, lines=sorted(rows, key=lambda row: -row.pain))


def sort_alerts(state: LiveState) -> dict[str, list[FleetAlert]]:
    """Return the alerts that hold by their line, newest first."""
    held = [alert for alert in state.alerts.values() if alert.ended_ms is None and alert.route_id is not None]
    out: dict[str, list[FleetAlert]] = {}
    for alert in sorted(held, key=lambda alert: (-alert.started_ms, alert.alert_id)):
        out.setdefault(alert.route_id or "", []).append(alert)
    return out


def _ladder_out(direction: DirectionOut, rungs: Iterable[Rung], planned_s: float | None) -> LadderOut:
    return LadderOut(
        direction_id=direction.direction_id,
        headsign=direction.headsign,
        length_m=direction.length_m,
        planned_headway_s=planned_s,
        stops=[LadderStopOut(stop_id=s.stop_id, name=s.name, distance_m=s.distance_m) for s in direction.stops],
        buses=[_bus_out(rung) for rung in rungs],
    )


def _bus_out(rung: Rung) -> LadderBusOut:
    position = rung.position
    return LadderBusOut(
        vehicle_id=position.vehicle_id,
        trip_id=position.assignment.trip_id,
        time_ms=position.time_ms,
        distance_m=round(rung.distance_m, 1),
        delay_s=position.delay_s,
        phase=position.assignment.phase.value,
        ahead=rung.ahead,
        headway_s=rung.headway_s,
        spacing=rung.spacing,
        course=[(p.time_ms, p.distance_m, p.p10_ms, p.p90_ms) for p in rung.course],
    )


def _pain_out(hit: RouteHit, rungs: list[Rung], alerts: list[FleetAlert]) -> LinePainOut:
    """Count what hurts; a trip that does not come hurts most, a late bus least."""
    kinds: dict[str, int] = {}
    for alert in alerts:
        kinds[alert.kind.value] = kinds.get(alert.kind.value, 0) + 1
    late = sum(rung.position.delay_s is not None and rung.position.delay_s > LATE_S for rung in rungs)
    bunched, wide = (sum(rung.spacing == word for rung in rungs) for word in ("bunched", "wide"))
    missing = kinds.get(AlertKind.NOT_COMING.value, 0)
    pain = 3.0 * missing + 2.0 * (sum(kinds.values()) - missing) + 1.5 * (bunched + wide) + late
    return LinePainOut(route=hit, buses=len(rungs), late=late, bunched=bunched, wide=wide, alerts=kinds, pain=pain)
