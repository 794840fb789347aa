"""The incident desk: a person's action, its audit entry and its message in one transaction."""

import msgspec

from schemas.incident import Incident
from services.incidents.lifecycle import DISMISS_REASONS, JUDGING, LifecycleError, LogEntry, next_state
from services.store.audit import append_audit
from services.store.engine import Store
from services.store.incidents import add_incident_log, find_incident, list_incident_logs, save_incident
from services.store.outbox import put_outbox


def act_on_incident(
    store: Store,
    incident_id: str,
    action: str,
    *,
    actor: str,
    wall_ms: int,
    city_ms: int,
    note: str = "",
    reason: str | None = None,
) -> tuple[Incident, list[LogEntry]] | None:
    """Do what a person wants with an incident.

    Parameters
    ----------
    store : Store
        The database.
    incident_id : str
        Which one.
    action : str
        For instance ``verify``.
    actor : str
        Who.
    wall_ms : int
        Wall time, for the log and the 10 s of undo.
    city_ms : int
        The city's time, for the incident's ``updated_ms``.
    note : str
        The person's words.
    reason : str or None
        A key of `DISMISS_REASONS` when dismissing.

    Returns
    -------
    tuple of Incident and list of LogEntry, or None
        The new state and the whole log; ``None`` where there is no such incident.

    Raises
    ------
    LifecycleError
        If the action is not possible now or the reason is unknown.
    """
    if reason is not None and (action != "dismiss" or reason not in DISMISS_REASONS):
        raise LifecycleError(f"a reason goes with 'dismiss' only and is one of: {', '.join(DISMISS_REASONS)}")
    with store.transaction() as session:
        incident = find_incident(session, incident_id, lock=True)
        if incident is None:
            return None
        log = list_incident_logs(session, [incident_id])[incident_id]
        state = next_state(incident.state, action, log=log, actor=actor, now_ms=wall_ms)
        entry = LogEntry(
            time_ms=wall_ms,
            actor=actor,
            action=action,
            note=": ".join(part for part in (reason, note) if part),
            from_state=incident.state,
            to_state=state,
        )
        changed = msgspec.structs.replace(
            incident, state=state, updated_ms=max(city_ms, incident.updated_ms + 1), reason=reason,
            learnt=action in JUDGING or incident.learnt,
        )  # fmt: skip
        save_incident(session, changed)
        add_incident_log(session, incident_id, entry)
        append_audit(
            session,
            time_ms=wall_ms,
            actor=actor,
            action=f"incident.{action}",
            subject=incident_id,
            detail=f"{incident.state.value} → {state.value} {entry.note}".strip(),
        )
        put_outbox(session, "incidents", incident_id, changed, wall_ms)
    return changed, [*log, entry]
