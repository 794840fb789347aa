"""Incidents and their log."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.incident import Incident, IncidentState
from services.incidents.lifecycle import MACHINE, LogEntry
from services.store.desk_models import IncidentLogRow, IncidentRow

DETECT, CLOSE = "detect", "close"
OPEN_STATES = (IncidentState.DETECTED, IncidentState.VERIFIED, IncidentState.RESPONDING, IncidentState.CLEARED)


def record_detected(session: Session, incident: Incident) -> bool:
    """Take what the machine says of an incident; the same message twice changes nothing.

    A person's state is never overwritten: of an incident that somebody has judged only the place, the
    evidence and the probability are renewed, and only by a newer message. One that nobody has is over
    when the machine says so.

    Parameters
    ----------
    session : Session
        The open transaction.
    incident : Incident
        As read from the topic ``incidents``, also what the desk itself published.

    Returns
    -------
    bool
        Whether anything changed.
    """
    row = session.get(IncidentRow, incident.incident_id, with_for_update=True)
    if row is None:
        session.add(_fill(IncidentRow(incident_id=incident.incident_id), incident))
        session.flush()
        _log_machine(session, incident, DETECT, incident.state)
        return True
    if incident.updated_ms <= row.updated_ms or row.state in (IncidentState.CLOSED, IncidentState.DISMISSED):
        return False
    before = IncidentState(row.state)
    is_over = (before, incident.state) == (IncidentState.DETECTED, IncidentState.CLOSED)
    _fill(row, incident if is_over else msgspec.structs.replace(incident, state=before))
    session.flush()
    if is_over:
        _log_machine(session, incident, CLOSE, before)
    return True


def _log_machine(session: Session, incident: Incident, action: str, before: IncidentState) -> None:
    said = LogEntry(incident.updated_ms, MACHINE, action, incident.source, before, incident.state)
    add_incident_log(session, incident.incident_id, said)


def find_incident(session: Session, incident_id: str, *, lock: bool = False) -> Incident | None:
    """Return an incident, ``None`` where it is unknown; ``lock`` holds its row until the transaction ends."""
    row = session.get(IncidentRow, incident_id, with_for_update=lock)
    return None if row is None else _incident(row)


def list_incidents(session: Session, state: str | None = None, limit: int = 500) -> Sequence[Incident]:
    """Return incidents, newest first.

    Parameters
    ----------
    session : Session
        The open transaction.
    state : str or None
        One state, ``all``, or ``None`` for those that are not at their end.
    limit : int
        At most so many.

    Returns
    -------
    sequence of Incident
        Newest start first.
    """
    query = select(IncidentRow).order_by(IncidentRow.started_ms.desc(), IncidentRow.incident_id).limit(limit)
    if state is None:
        query = query.where(IncidentRow.state.in_([s.value for s in OPEN_STATES]))
    elif state != "all":
        query = query.where(IncidentRow.state == state)
    return [_incident(row) for row in session.scalars(query)]


def list_judged(session: Session, limit: int = 5000) -> Sequence[Incident]:
    """Return the incidents that are past being candidates, those changed last first."""
    query = select(IncidentRow).where(IncidentRow.state != IncidentState.DETECTED.value)
    return [_incident(row) for row in session.scalars(query.order_by(IncidentRow.updated_ms.desc()).limit(limit))]


def save_incident(session: Session, incident: Incident) -> None:
    """Write the new state of a known incident."""
    row = session.get(IncidentRow, incident.incident_id)
    assert row is not None, f"incident {incident.incident_id} is not in the store"
    _fill(row, incident)
    session.flush()


def put_incident(session: Session, incident: Incident) -> None:
    """Write an incident that a person made, new or known."""
    row = session.get(IncidentRow, incident.incident_id)
    if row is None:
        row = IncidentRow(incident_id=incident.incident_id)
        session.add(_fill(row, incident))
    else:
        _fill(row, incident)
    session.flush()


def add_incident_log(session: Session, incident_id: str, entry: LogEntry) -> None:
    """Append to an incident's log."""
    session.add(
        IncidentLogRow(
            incident_id=incident_id,
            time_ms=entry.time_ms,
            actor=entry.actor,
            action=entry.action,
            note=entry.note,
            from_state=entry.from_state.value,
            to_state=entry.to_state.value,
        )
    )
    session.flush()


def list_incident_logs(session: Session, incident_ids: Sequence[str]) -> dict[str, list[LogEntry]]:
    """Return the log of each incident, oldest first."""
    logs: dict[str, list[LogEntry]] = {incident_id: [] for incident_id in incident_ids}
    query = select(IncidentLogRow).where(IncidentLogRow.incident_id.in_(incident_ids)).order_by(IncidentLogRow.id)
    for row in session.scalars(query):
        logs[row.incident_id].append(
            LogEntry(
                time_ms=row.time_ms,
                actor=row.actor,
                action=row.action,
                note=row.note,
                from_state=IncidentState(row.from_state),
                to_state=IncidentState(row.to_state),
            )
        )
    return logs


def _fill(row: IncidentRow, incident: Incident) -> IncidentRow:
    row.state = incident.state.value
    row.kind = incident.kind
    row.lon = incident.lon
    row.lat = incident.lat
    row.started_ms = incident.started_ms
    row.updated_ms = incident.updated_ms
    row.body = msgspec.json.encode(incident).decode()
    return row


def _incident(row: IncidentRow) -> Incident:
    return msgspec.json.decode(row.body, type=Incident)
