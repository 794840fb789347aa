"""The incident desk."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from routing.incidents.telling import SOURCE as MACHINE_SOURCE
from services.api.edges.endpoints import need_roads
from services.api.incidents.responses import (
    ActionIn,
    FloodIn,
    IncidentOut,
    IncidentsOut,
    KindLearntOut,
    LearntOut,
    ReasonOut,
    ReasonsOut,
    incident_out,
    lesson_out,
)
from services.api.live import Change
from services.api.problems import absent
from services.api.responses import TextOut
from services.api.state import Person, State
from services.incidents.desk import act_on_incident
from services.incidents.flood import set_flood
from services.incidents.lessons import LessonAction, list_lessons, set_learnt
from services.incidents.lifecycle import DISMISS_REASONS
from services.store.incidents import list_incident_logs, list_incidents, list_judged

router = APIRouter(tags=["incidents"])
MOST_LESSONS = 200
StateName = Literal["detected", "verified", "responding", "cleared", "closed", "dismissed", "all"]
ActionName = Literal["verify", "dismiss", "respond", "clear", "close", "undo"]


@router.get("/api/incidents")
def read_incidents(
    state: State, person: Person, state_: Annotated[StateName | None, Query(alias="state")] = None
) -> IncidentsOut:
    """Return incidents, newest first: those of one state, or all that are not at their end."""
    with state.store.reading() as session:
        found = list_incidents(session, state_)
        logs = list_incident_logs(session, [incident.incident_id for incident in found])
    wall_ms = state.wall.now_ms()
    return IncidentsOut(
        incidents=[
            incident_out(i, logs[i.incident_id], roads=state.roads, actor=person.name, wall_ms=wall_ms) for i in found
        ]
    )


@router.get("/api/incidents/learnt")
def read_learnt(state: State) -> LearntOut:
    """Return what detection learnt from what staff said of earlier candidates."""
    now_ms = state.now_ms
    with state.store.reading() as session:
        found = list_judged(session)
        logs = list_incident_logs(session, [incident.incident_id for incident in found])
    lessons, kinds = list_lessons([(i, logs[i.incident_id]) for i in found if i.source == MACHINE_SOURCE], now_ms)
    return LearntOut(
        now_ms=now_ms,
        lessons=[lesson_out(lesson, state.roads) for lesson in lessons[:MOST_LESSONS]],
        kinds=[KindLearntOut.model_validate(kind) for kind in kinds],
    )


@router.get("/api/incidents/reasons")
def read_reasons() -> ReasonsOut:
    """Return the reasons for calling a candidate not real."""
    return ReasonsOut(
        reasons=[ReasonOut(code=code, text=TextOut.model_validate(text)) for code, text in DISMISS_REASONS.items()]
    )


@router.post("/api/floods")
def set_water(state: State, person: Person, body: FloodIn) -> IncidentOut:
    """Set a spot of water on a road, or say anew how deep it is; it is lifted as other incidents are cleared."""
    wall_ms, roads = state.wall.now_ms(), need_roads(state)
    incident = set_flood(
        state.store, roads.network, lon=body.lon, lat=body.lat, depth=body.depth, actor=person.name, wall_ms=wall_ms,
        city_ms=state.now_ms, note=body.note.strip(),
    )  # fmt: skip
    if incident is None:
        raise absent("No road is within 15 m of this place.")
    state.hub.changed([Change("incidents", incident.incident_id)])
    with state.store.reading() as session:
        log = list_incident_logs(session, [incident.incident_id])[incident.incident_id]
    return incident_out(incident, log, roads=roads, actor=person.name, wall_ms=wall_ms)


@router.post("/api/incidents/{incident_id}/lesson/{action}")
def change_lesson(state: State, person: Person, incident_id: str, action: LessonAction) -> IncidentOut:
    """Take back what detection learnt from an incident, or let it learn from it again."""
    wall_ms = state.wall.now_ms()
    done = set_learnt(
        state.store, incident_id, action, actor=person.name, wall_ms=wall_ms, city_ms=state.now_ms
    )  # fmt: skip
    if done is None:
        raise absent("There is no such incident.")
    return incident_out(*done, roads=state.roads, actor=person.name, wall_ms=wall_ms)


@router.post("/api/incidents/{incident_id}/{action}")
def act(
    state: State, person: Person, incident_id: str, action: ActionName, body: ActionIn | None = None
) -> IncidentOut:
    """Do something with an incident; ``undo`` takes back the person's own last action for 10 s."""
    said = body or ActionIn()
    wall_ms = state.wall.now_ms()
    done = act_on_incident(
        state.store,
        incident_id,
        action,
        actor=person.name,
        wall_ms=wall_ms,
        city_ms=state.now_ms,
        note=said.note.strip(),
        reason=said.reason,
    )
    if done is None:
        raise absent("There is no such incident.")
    state.hub.changed([Change("incidents", incident_id)])
    return incident_out(done[0], done[1], roads=state.roads, actor=person.name, wall_ms=wall_ms)
