"""What the API says about incidents."""

import math
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from routing.flood import passable_by
from routing.incidents.verdicts import verdict_of
from schemas.incident import FloodDepth, Incident
from services.api.responses import Asked, Listed, Model, TextOut
from services.api.roads import Roads
from services.incidents.lessons import Lesson
from services.incidents.lifecycle import LogEntry, list_actions


class FindingOut(Model):
    """One kind of evidence in a sentence, and by how much it raises the natural logarithm of the odds."""

    kind: str
    text: TextOut
    log_odds: float


class EvidenceOut(Model):
    """Why the machine believes it; ``edge_indexes`` are feature ids on the map."""

    edge_ids: list[str]
    edge_indexes: list[int]
    vehicle_ids: list[str]
    route_ids: list[str]
    camera_ids: list[str]
    speed_mps: float | None
    usual_mps: float | None
    findings: list[FindingOut]


class LogOut(Model):
    """One thing that happened; ``time_ms`` is wall time."""

    time_ms: int
    actor: str
    action: str
    note: str
    from_state: str
    to_state: str


class IncidentOut(Model):
    """One incident, and what the person who asks may do with it now."""

    incident_id: str
    state: str
    kind: str
    lon: float
    lat: float
    started_ms: int
    updated_ms: int
    probability: float
    title: TextOut
    why: TextOut
    evidence: EvidenceOut
    source: str
    flood: str | None
    passable: list[str] | None
    actions: list[str]
    log: list[LogOut]


class IncidentsOut(Model):
    """Incidents, newest first."""

    incidents: list[IncidentOut]


class LessonOut(Model):
    """One incident that staff judged, and what detection makes of that now.

    ``times``: by how much stronger evidence at this place must be. ``judged_ms`` is wall time.
    """

    incident_id: str
    title: TextOut
    real: bool
    reason: str | None
    actor: str
    judged_ms: int
    learnt: bool
    times: float
    kinds: list[str]
    edge_indexes: list[int]
    lon: float
    lat: float


class KindLearntOut(Model):
    """How often a kind of evidence was right by staff's word, and the share of its weight that it keeps."""

    kind: str
    right: int
    wrong: int
    trust: float


class LearntOut(Model):
    """What detection learnt from staff, newest lesson first."""

    now_ms: int
    lessons: list[LessonOut]
    kinds: list[KindLearntOut]


class ReasonOut(Model):
    """One reason that may be given."""

    code: str
    text: TextOut


class ReasonsOut(Model):
    """The fixed list of reasons."""

    reasons: list[ReasonOut]


class ActionIn(Asked):
    """What a person adds to an action."""

    note: str = Field(default="", max_length=2000)
    reason: str | None = Field(default=None, max_length=64)


class FloodIn(Asked):
    """Water on a road."""

    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)
    depth: Annotated[FloodDepth, Listed]
    note: str = Field(default="", max_length=2000)


def lesson_out(lesson: Lesson, roads: Roads | None) -> LessonOut:
    """Turn a lesson into what the API says of it."""
    incident = lesson.incident
    index_of = {} if roads is None else roads.network.edge_index_of
    return LessonOut(
        incident_id=incident.incident_id,
        title=TextOut.model_validate(incident.title),
        real=lesson.real,
        reason=incident.reason,
        actor=lesson.actor,
        judged_ms=lesson.judged_ms,
        learnt=verdict_of(incident) is not None,
        times=round(math.exp(lesson.off), 1),
        kinds=[finding.kind for finding in incident.evidence.findings],
        edge_indexes=[index_of[edge] for edge in incident.evidence.edge_ids if edge in index_of],
        lon=incident.lon,
        lat=incident.lat,
    )


def incident_out(
    incident: Incident, log: Sequence[LogEntry], *, roads: Roads | None, actor: str, wall_ms: int
) -> IncidentOut:
    """Turn an incident into what the API says of it to one person."""
    said = incident.evidence
    index_of = {} if roads is None else roads.network.edge_index_of
    return IncidentOut(
        incident_id=incident.incident_id,
        state=incident.state.value,
        kind=incident.kind,
        lon=incident.lon,
        lat=incident.lat,
        started_ms=incident.started_ms,
        updated_ms=incident.updated_ms,
        probability=incident.probability,
        title=TextOut.model_validate(incident.title),
        why=TextOut.model_validate(incident.why),
        evidence=EvidenceOut(
            edge_ids=list(said.edge_ids),
            edge_indexes=[index_of[edge] for edge in said.edge_ids if edge in index_of],
            vehicle_ids=list(said.vehicle_ids),
            route_ids=list(said.route_ids),
            camera_ids=list(said.camera_ids),
            speed_mps=said.speed_mps,
            usual_mps=said.usual_mps,
            findings=[FindingOut.model_validate(finding) for finding in said.findings],
        ),
        source=incident.source,
        flood=incident.flood,
        passable=None if incident.flood is None else list(passable_by(incident.flood)),
        actions=list(list_actions(incident.state, log, actor, wall_ms)),
        log=[LogOut.model_validate(entry) for entry in log],
    )
