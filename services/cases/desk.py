"""The officers' desk: a decision, its log line and its audit entry in one transaction."""

from services.cases.lifecycle import CaseEntry, CaseStatus, Verdict, check_undo, decide
from services.store.audit import append_audit, find_audit_ms
from services.store.cases import add_case_log, find_case, list_case_log, set_case_status
from services.store.engine import Store

ORIGINAL = "case.original"
# A reason that was given holds for so long.
ORIGINAL_MS = 15 * 60_000


def decide_case(
    store: Store,
    case_id: str,
    verdict: Verdict,
    *,
    actor: str,
    wall_ms: int,
    reason_code: str | None = None,
    text: str = "",
) -> bool:
    """Take an officer's decision.

    Parameters
    ----------
    store : Store
        The database.
    case_id : str
        Which case.
    verdict : Verdict
        Approve or reject.
    actor : str
        Who decides.
    wall_ms : int
        Wall time, milliseconds since 1970, UTC.
    reason_code : str or None
        Why it is rejected; not kept with an approval.
    text : str
        The officer's words.

    Returns
    -------
    bool
        ``False`` where there is no such case.

    Raises
    ------
    CaseError
        If it is decided already or the reason will not do.
    """
    with store.transaction() as session:
        case = find_case(session, case_id, lock=True)
        if case is None:
            return False
        status = decide(case.status, verdict, reason_code=reason_code, text=text)
        kept = reason_code if verdict is Verdict.REJECT else None
        set_case_status(session, case_id, status)
        entry = CaseEntry(time_ms=wall_ms, actor=actor, action=verdict.value, note=text)
        add_case_log(session, case_id, entry, kept)
        detail = " ".join(part for part in (kept, text) if part)
        append_audit(
            session, time_ms=wall_ms, actor=actor, action=f"case.{verdict.value}", subject=case_id, detail=detail
        )
    return True


def undo_case(store: Store, case_id: str, *, actor: str, wall_ms: int) -> bool:
    """Take a decision back; ``False`` where there is no such case, ``CaseError`` where it cannot be undone."""
    with store.transaction() as session:
        case = find_case(session, case_id, lock=True)
        if case is None:
            return False
        check_undo(list_case_log(session, case_id), actor, wall_ms)
        set_case_status(session, case_id, CaseStatus.OPEN)
        add_case_log(session, case_id, CaseEntry(time_ms=wall_ms, actor=actor, action="undo", note=case.status.value))
        append_audit(
            session, time_ms=wall_ms, actor=actor, action="case.undo", subject=case_id, detail=case.status.value
        )
    return True


def open_original(store: Store, case_id: str, *, actor: str, wall_ms: int, reason: str) -> None:
    """Write into the audit why a person looks at pictures in which bystanders are not covered."""
    with store.transaction() as session:
        append_audit(session, time_ms=wall_ms, actor=actor, action=ORIGINAL, subject=case_id, detail=reason)


def original_until_ms(store: Store, case_id: str, *, actor: str, wall_ms: int) -> int | None:
    """Return until when a person may see the original of a case, wall time; ``None`` where no reason was given."""
    with store.reading() as session:
        asked_ms = find_audit_ms(session, actor=actor, action=ORIGINAL, subject=case_id)
    if asked_ms is None or not 0 <= wall_ms - asked_ms < ORIGINAL_MS:
        return None
    return asked_ms + ORIGINAL_MS


def log_view(store: Store, case_id: str, *, actor: str, wall_ms: int, name: str) -> None:
    """Write into the audit that a person looked at a file of a case."""
    with store.transaction() as session:
        append_audit(session, time_ms=wall_ms, actor=actor, action="case.view", subject=case_id, detail=name)
