"""Violation cases and their log."""

import hashlib
from collections.abc import Sequence

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schemas.violation import Candidate
from services.cases.lifecycle import CaseEntry, CaseStatus
from services.cases.same_act import SAME_PLATE_MS, is_same_act
from services.clock import WallClock
from services.store.case_faults import MACHINE, flag_new_case
from services.store.desk_models import CaseLogRow, CaseRow

# What a case's log says of another camera that saw its act.
ALSO_SEEN = "also_seen"


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One candidate under review."""

    case_id: str
    status: CaseStatus
    opened_ms: int
    candidate: Candidate


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What an officer decided."""

    verdict: str
    reason_code: str | None
    text: str
    actor: str
    time_ms: int


def case_id_of(candidate_id: str) -> str:
    """Return the id of the case of a candidate: the same one every time, and fit for an address."""
    return hashlib.sha256(candidate_id.encode()).hexdigest()[:16]


def open_case(session: Session, candidate: Candidate, now_ms: int | None = None) -> bool:
    """Open the case of a candidate; the same candidate twice changes nothing.

    What was told of the camera at the time of the act goes into its log. Where another camera's case is of the same
    act, that case's log names the candidate and no second one is opened.

    Parameters
    ----------
    session : Session
        The open transaction.
    candidate : Candidate
        As read from the topic ``violations.candidates``.
    now_ms : int or None
        When it is opened, wall time; read from the clock where it is not given.

    Returns
    -------
    bool
        Whether a case was opened.
    """
    case_id = case_id_of(candidate.candidate_id)
    if session.get(CaseRow, case_id) is not None:
        return False
    opened_ms = WallClock().now_ms() if now_ms is None else now_ms
    same_id = _find_same_act(session, candidate)
    if same_id is not None:
        known = {entry.note for entry in list_case_log(session, same_id) if entry.action == ALSO_SEEN}
        if candidate.candidate_id not in known:
            entry = CaseEntry(time_ms=opened_ms, actor=MACHINE, action=ALSO_SEEN, note=candidate.candidate_id)
            add_case_log(session, same_id, entry)
        return False
    session.add(
        CaseRow(
            case_id=case_id,
            candidate_id=candidate.candidate_id,
            camera_id=candidate.camera_id,
            rule=candidate.rule,
            time_ms=candidate.time_ms,
            status=CaseStatus.OPEN.value,
            opened_ms=opened_ms,
            body=msgspec.json.encode(candidate).decode(),
        )
    )
    session.flush()
    add_case_log(session, case_id, CaseEntry(time_ms=opened_ms, actor=MACHINE, action="open", note=candidate.rule))
    flag_new_case(session, candidate, case_id)
    return True


def _find_same_act(session: Session, candidate: Candidate) -> str | None:
    around = (candidate.time_ms - SAME_PLATE_MS, candidate.time_ms + SAME_PLATE_MS)
    rows = session.scalars(
        select(CaseRow)
        .where(CaseRow.time_ms.between(*around), CaseRow.camera_id != candidate.camera_id)
        .order_by(CaseRow.time_ms)
    )
    others = ((row.case_id, msgspec.json.decode(row.body, type=Candidate)) for row in rows)
    return next((case_id for case_id, other in others if is_same_act(candidate, other)), None)


def find_case(session: Session, case_id: str, *, lock: bool = False) -> Case | None:
    """Return a case, ``None`` where it is unknown; ``lock`` holds its row until the transaction ends."""
    row = session.get(CaseRow, case_id, with_for_update=lock)
    return None if row is None else _case(row)


def list_cases(session: Session, status: str, rule: str | None = None, limit: int = 500) -> Sequence[Case]:
    """Return cases of one status, oldest act first."""
    query = select(CaseRow).where(CaseRow.status == status).order_by(CaseRow.time_ms, CaseRow.case_id).limit(limit)
    if rule is not None:
        query = query.where(CaseRow.rule == rule)
    return [_case(row) for row in session.scalars(query)]


def count_cases(session: Session, status: str) -> dict[str, int]:
    """Return how many cases of one status there are of each rule."""
    rows = session.execute(
        select(CaseRow.rule, func.count()).where(CaseRow.status == status).group_by(CaseRow.rule).order_by(CaseRow.rule)
    )
    return {str(rule): int(count) for rule, count in rows}


def oldest_case_ms(session: Session, status: str) -> int | None:
    """Return when the oldest case of one status was opened."""
    return session.scalar(select(func.min(CaseRow.opened_ms)).where(CaseRow.status == status))


def set_case_status(session: Session, case_id: str, status: CaseStatus) -> None:
    """Write the new status of a known case."""
    row = session.get(CaseRow, case_id)
    assert row is not None, f"case {case_id} is not in the store"
    row.status = status.value
    session.flush()


def add_case_log(session: Session, case_id: str, entry: CaseEntry, reason_code: str | None = None) -> None:
    """Append to a case's log."""
    session.add(
        CaseLogRow(
            case_id=case_id,
            time_ms=entry.time_ms,
            actor=entry.actor,
            action=entry.action,
            note=entry.note,
            reason_code=reason_code,
        )
    )
    session.flush()


def list_case_log(session: Session, case_id: str) -> Sequence[CaseEntry]:
    """Return the log of a case, oldest first."""
    rows = session.scalars(select(CaseLogRow).where(CaseLogRow.case_id == case_id).order_by(CaseLogRow.id))
    return [CaseEntry(time_ms=row.time_ms, actor=row.actor, action=row.action, note=row.note) for row in rows]


def find_decision(session: Session, case_id: str) -> Decision | None:
    """Return the decision that holds, ``None`` while the case is open."""
    row = session.scalar(
        select(CaseLogRow)
        .join(CaseRow, CaseRow.case_id == CaseLogRow.case_id)
        .where(
            CaseLogRow.case_id == case_id,
            CaseLogRow.action.in_(("approve", "reject")),
            CaseRow.status != CaseStatus.OPEN.value,
        )
        .order_by(CaseLogRow.id.desc())
        .limit(1)
    )
    if row is None:
        return None
    return Decision(
        verdict=row.action, reason_code=row.reason_code, text=row.note, actor=row.actor, time_ms=row.time_ms
    )


def _case(row: CaseRow) -> Case:
    return Case(
        case_id=row.case_id,
        status=CaseStatus(row.status),
        opened_ms=row.opened_ms,
        candidate=msgspec.json.decode(row.body, type=Candidate),
    )
