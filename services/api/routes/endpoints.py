"""Lines."""

from fastapi import APIRouter, Request, Response

from services.api.disruptions.responses import rider_alert_out
from services.api.problems import absent
from services.api.routes.responses import RouteOut, RoutesOut, ShapesOut, list_directions, list_routes, route_hit
from services.api.state import State
from services.api.vehicles.responses import list_vehicles

router = APIRouter(tags=["routes"])


@router.get("/api/routes")
def read_routes(state: State, response: Response) -> RoutesOut:
    """Return all lines."""
    response.headers["Cache-Control"] = "public, max-age=300"
    return RoutesOut(routes=list_routes(state.timetable))


@router.get("/api/shapes", response_model=ShapesOut)
def read_shapes(state: State, request: Request) -> Response:
    """Return the lines that buses are drawn along, by the numbers that the stream tells."""
    return state.shapes.kept.answer(request, "public, max-age=0, must-revalidate")


@router.get("/api/routes/{route_id}")
def read_route(state: State, route_id: str) -> RouteOut:
    """Return one line with its stops, its shape, its buses and its alerts."""
    table = state.timetable.table
    if table is None or route_id not in table.route_number:
        raise absent("There is no such line in this city's timetable.")
    number = table.route_number[route_id]
    directions = list_directions(state.timetable, number)
    with state.live.reading() as live:
        vehicles = list_vehicles(live, state.timetable, state.now_ms, route_id)
        about = [alert for alert in live.alerts.values() if alert.route_id == route_id]
    alerts = [said for alert in about if (said := rider_alert_out(alert, state.timetable)) is not None]
    return RouteOut(route=route_hit(state.timetable, number), directions=directions, vehicles=vehicles, alerts=alerts)
