"""What riders may know of what goes wrong."""

from fastapi import APIRouter

from services.api.disruptions.responses import DisruptionsOut, disruptions_out
from services.api.disruptions.told import list_told
from services.api.state import State

router = APIRouter(tags=["disruptions"])


@router.get("/api/disruptions")
def read_disruptions(state: State) -> DisruptionsOut:
    """Return the alerts that matter to riders and the incidents that a person has verified, newest first."""
    incidents = list_told(state.store)
    with state.live.reading() as live:
        alerts = list(live.alerts.values())
    return disruptions_out(alerts, incidents, timetable=state.timetable, roads=state.roads, now_ms=state.now_ms)
