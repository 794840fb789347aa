"""Faults of a camera that are known only after the cases of that time were sealed: the cases' logs say so."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.camera import CameraHealth, CameraState
from schemas.violation import Candidate
from services.cases.lifecycle import CaseEntry
from services.store.desk_models import CaseLogRow, CaseRow
from services.store.models import CameraHealthRow

MACHINE = "machine"
# What a case's log says of a fault, and what the sealed package says of one that was known in time.
LATER = "camera_fault_"
KNOWN = "camera_fault"
FAULTS = frozenset(CameraState) - {CameraState.OK, CameraState.LOST}


def flag_cases(session: Session, healths: Sequence[CameraHealth]) -> None:
    """Write into the log of each case whose act lies in a fault that is told now, once a fault's kind.

    Parameters
    ----------
    session : Session
        The open transaction.
    healths : sequence of CameraHealth
        As read from the topic ``camera.health``.
    """
    for health in healths:
        if health.state not in FAULTS:
            continue
        rows = session.scalars(
            select(CaseRow).where(
                CaseRow.camera_id == health.camera_id, CaseRow.time_ms.between(health.since_ms, health.time_ms)
            )
        )
        for row in rows.all():
            flag_case(session, msgspec.json.decode(row.body, type=Candidate), row.case_id, health)


def flag_new_case(session: Session, candidate: Candidate, case_id: str) -> None:
    """Write the faults into a new case's log that were told of the time of its act before it came."""
    rows = session.scalars(
        select(CameraHealthRow).where(
            CameraHealthRow.camera_id == candidate.camera_id,
            CameraHealthRow.state.in_([state.value for state in FAULTS]),
            CameraHealthRow.since_ms <= candidate.time_ms,
            CameraHealthRow.time_ms >= candidate.time_ms,
        )
    )
    for row in rows.all():
        flag_case(session, candidate, case_id, row)


def flag_case(session: Session, candidate: Candidate, case_id: str, fault: CameraHealth | CameraHealthRow) -> None:
    """Write one fault into a case's log, unless the log or the sealed package says it already."""
    action = LATER + fault.state
    has_it = select(CaseLogRow.id).where(CaseLogRow.case_id == case_id, CaseLogRow.action == action).limit(1)
    if KNOWN in candidate.exceptions or session.scalar(has_it) is not None:
        return
    since = datetime.fromtimestamp(fault.since_ms / 1000, UTC).isoformat(timespec="seconds")
    row = CaseLogRow(case_id=case_id, time_ms=fault.time_ms, actor=MACHINE, action=action, note=since, reason_code=None)
    session.add(row)
    session.flush()


def found_later(log: Iterable[CaseEntry]) -> dict[str, str]:
    """Return what a case's log says of faults that its package does not know, as an exception with its words.

    Parameters
    ----------
    log : iterable of CaseEntry
        The case's log.

    Returns
    -------
    dict of str to str
        One entry a kind of fault, empty where there was none.
    """
    return {
        entry.action: f"the camera was found {entry.action.removeprefix(LATER)} since {entry.note}, after sealing"
        for entry in log
        if entry.action.startswith(LATER)
    }
