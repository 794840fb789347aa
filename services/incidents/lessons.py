"""What the detector learnt from staff's words, told as it weighs now; a lesson can be taken back and given again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from routing.incidents.settings import IncidentSettings
from routing.incidents.verdicts import Verdicts, verdict_of
from schemas.incident import Incident, IncidentState
from services.incidents.lifecycle import JUDGING, LifecycleError, LogEntry
from services.store.audit import append_audit
from services.store.engine import Store
from services.store.incidents import add_incident_log, find_incident, list_incident_logs, save_incident
from services.store.outbox import put_outbox

FORGET, RECALL = "forget", "recall"
LessonAction = Literal["forget", "recall"]


@dataclass(frozen=True)
class Lesson:
    """One incident that staff judged: by whom and when (wall time), and what it takes off the log odds there now."""

    incident: Incident
    real: bool
    actor: str
    judged_ms: int
    off: float


@dataclass(frozen=True)
class KindLearnt:
    """How often one kind of evidence was right by staff's word, and the share of its weight that it keeps."""

    kind: str
    right: int
    wrong: int
    trust: float


def list_lessons(
    judged: Sequence[tuple[Incident, Sequence[LogEntry]]], now_ms: int, settings: IncidentSettings | None = None
) -> tuple[list[Lesson], list[KindLearnt]]:
    """Work out what detection has learnt, by its own rules.

    Parameters
    ----------
    judged : sequence of (Incident, list of LogEntry)
        Incidents that have ended or are being responded to, with their logs.
    now_ms : int
        The city's time.
    settings : IncidentSettings, optional
        Of the detector.

    Returns
    -------
    lessons : list of Lesson
        Those that a person judged, newest first, also those that are not learnt from.
    kinds : list of KindLearnt
        Kinds of evidence.
    """
    verdicts = Verdicts(settings or IncidentSettings())
    by_person = [(i, entry) for i, log in judged if (entry := _judgement(log)) is not None]
    for incident, _ in by_person:
        verdicts.take(incident.incident_id, verdict_of(incident))
    lessons = [
        Lesson(
            incident, incident.state is not IncidentState.DISMISSED, entry.actor, entry.time_ms,
            max((verdicts.place(edge, now_ms) for edge in incident.evidence.edge_ids), default=0.0),
        )
        for incident, entry in by_person
    ]  # fmt: skip
    kinds = [
        KindLearnt(kind, sum(said), len(said) - sum(said), verdicts.trust(kind))
        for kind in verdicts.kinds()
        for said in [verdicts.answers(kind)]
    ]
    return sorted(lessons, key=lambda lesson: -lesson.judged_ms), kinds


def _judgement(log: Sequence[LogEntry]) -> LogEntry | None:
    """Return the last word of a person on whether it is real; ``None`` where nobody judged or took it back."""
    last = None
    for entry in log:
        if entry.action in JUDGING:
            last = entry
        elif entry.to_state is IncidentState.DETECTED:
            last = None
    return last


def set_learnt(
    store: Store, incident_id: str, action: LessonAction, *, actor: str, wall_ms: int, city_ms: int
) -> tuple[Incident, list[LogEntry]] | None:
    """Take a lesson back or give it again; what staff said of the incident stays.

    Parameters
    ----------
    store : Store
        The database.
    incident_id : str
        Which one.
    action : str
        ``forget`` or ``recall``.
    actor : str
        Who.
    wall_ms : int
        Wall time, for the log.
    city_ms : int
        The city's time.

    Returns
    -------
    tuple of Incident and list of LogEntry, or None
        The incident and its log; ``None`` where there is none.

    Raises
    ------
    LifecycleError
        If nobody judged it, or it is so already.
    """
    with store.transaction() as session:
        incident = find_incident(session, incident_id, lock=True)
        if incident is None:
            return None
        log = list_incident_logs(session, [incident_id])[incident_id]
        if _judgement(log) is None:
            raise LifecycleError("nobody has said yet whether this one is real: there is nothing to learn from")
        if incident.learnt == (action == RECALL):
            raise LifecycleError(f"nothing to do: it is {'' if incident.learnt else 'not '}learnt from")
        changed = msgspec.structs.replace(
            incident, learnt=action == RECALL, updated_ms=max(city_ms, incident.updated_ms + 1)
        )
        entry = LogEntry(wall_ms, actor, action, "", incident.state, incident.state)
        save_incident(session, changed)
        add_incident_log(session, incident_id, entry)
        append_audit(
            session, time_ms=wall_ms, actor=actor, action=f"incident.{action}", subject=incident_id,
            detail=incident.title.en,
        )  # fmt: skip
        put_outbox(session, "incidents", incident_id, changed, wall_ms)
    return changed, [*log, entry]
