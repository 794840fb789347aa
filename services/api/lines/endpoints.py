"""Lines as the control room sees them."""

from fastapi import APIRouter

from services.api.lines.responses import LineOut, LinesOut, line_out, lines_out
from services.api.live import LiveState
from services.api.problems import absent
from services.api.state import ApiState, State

router = APIRouter(tags=["control"])


@router.get("/api/control/lines")
def read_lines(state: State) -> LinesOut:
    """Return all lines with a bus or an alert, those that hurt most first."""
    return lines_out(_newest(state), state.timetable, state.now_ms)


@router.get("/api/control/lines/{route_id}")
def read_line(state: State, route_id: str) -> LineOut:
    """Return the buses of a line along its way and ahead in time, with their headways."""
    table = state.timetable.table
    if table is None or route_id not in table.route_number:
        raise absent("There is no such line in this city's timetable.")
    return line_out(_newest(state), state.timetable, table.route_number[route_id], state.now_ms)


def _newest(state: ApiState) -> LiveState:
    """Return what is needed of the live state, so that its reader does not wait while ladders are drawn."""
    with state.live.reading() as live:
        return LiveState(dict(live.vehicles), dict(live.predictions), alerts=dict(live.alerts))
