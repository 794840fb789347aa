"""What riders may know of what goes wrong."""

from fastapi import APIRouter

from schemas.incident import IncidentState
from services.api.disruptions.responses import DisruptionsOut, disruptions_out
from services.api.state import State
from services.store.incidents import list_incidents

router = APIRouter(tags=["disruptions"])
# What a person has looked at; what only the machine suspects is not told to everybody.
TOLD = (IncidentState.VERIFIED, IncidentState.RESPONDING)


@router.get("/api/disruptions")
def read_disruptions(state: State) -> DisruptionsOut:
    """Return the alerts that matter to riders and the incidents that a person has verified, newest first."""
    with state.store.reading() as session:
        incidents = [incident for told in TOLD for incident in list_incidents(session, told.value)]
    with state.live.reading() as live:
        alerts = list(live.alerts.values())
    return disruptions_out(alerts, incidents, timetable=state.timetable, roads=state.roads, now_ms=state.now_ms)
