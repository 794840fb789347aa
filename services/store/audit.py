"""The audit: appended only, each row's hash covers the row before it."""

import hashlib
from collections.abc import Sequence

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.store.desk_models import AuditHeadRow, AuditRow

FIRST_HASH = "0" * 64
HEAD_ID = 1


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One act of one person."""

    seq: int
    time_ms: int
    actor: str
    action: str
    subject: str
    detail: str
    hash: str


def append_audit(session: Session, *, time_ms: int, actor: str, action: str, subject: str, detail: str = "") -> str:
    """Append one act to the audit, in the transaction of the act itself.

    Parameters
    ----------
    session : Session
        The open transaction.
    time_ms : int
        Wall time, milliseconds since 1970, UTC.
    actor : str
        Who did it.
    action : str
        What was done, for instance ``case.approve``.
    subject : str
        To what.
    detail : str
        Anything worth keeping; no secrets.

    Returns
    -------
    str
        The row's hash.
    """
    session.execute(update(AuditHeadRow).where(AuditHeadRow.id == HEAD_ID).values(seq=AuditHeadRow.seq + 1))
    head = session.execute(select(AuditHeadRow.seq, AuditHeadRow.hash).where(AuditHeadRow.id == HEAD_ID)).one()
    row = AuditRow(
        seq=head.seq,
        time_ms=time_ms,
        actor=actor,
        action=action,
        subject=subject,
        detail=detail,
        previous_hash=head.hash,
        hash="",
    )
    row.hash = _hash(row)
    session.add(row)
    session.execute(update(AuditHeadRow).where(AuditHeadRow.id == HEAD_ID).values(hash=row.hash))
    session.flush()
    return row.hash


def list_audit(session: Session, limit: int) -> Sequence[AuditEntry]:
    """Return the newest acts first."""
    rows = session.scalars(select(AuditRow).order_by(AuditRow.seq.desc()).limit(limit))
    return [
        AuditEntry(
            seq=row.seq,
            time_ms=row.time_ms,
            actor=row.actor,
            action=row.action,
            subject=row.subject,
            detail=row.detail,
            hash=row.hash,
        )
        for row in rows
    ]


def find_audit_ms(session: Session, *, actor: str, action: str, subject: str) -> int | None:
    """Return when a person last did one thing to one subject, wall time; ``None`` if never."""
    query = select(AuditRow.time_ms).where(
        AuditRow.actor == actor, AuditRow.action == action, AuditRow.subject == subject
    )
    return session.scalar(query.order_by(AuditRow.seq.desc()).limit(1))


def is_intact(session: Session) -> bool:
    """Walk the whole chain; ``False`` if a row was changed, is absent, or the end does not fit."""
    last_seq, last_hash = 0, FIRST_HASH
    for row in session.scalars(select(AuditRow).order_by(AuditRow.seq).execution_options(yield_per=1000)):
        if row.seq != last_seq + 1 or row.previous_hash != last_hash or row.hash != _hash(row):
            return False
        last_seq, last_hash = row.seq, row.hash
        session.expunge(row)
    head = session.execute(select(AuditHeadRow.seq, AuditHeadRow.hash).where(AuditHeadRow.id == HEAD_ID)).one()
    return (head.seq, head.hash) == (last_seq, last_hash)


def _hash(row: AuditRow) -> str:
    parts = (row.seq, row.time_ms, row.actor, row.action, row.subject, row.detail, row.previous_hash)
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()
