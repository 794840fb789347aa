"""The outbox: messages written in the transaction of their cause, published afterwards, at least once."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from schemas.message import Message
from services.store.desk_models import OutboxRow


class OutboxItem(msgspec.Struct, frozen=True, kw_only=True):
    """One message that waits."""

    id: int
    topic: str
    key: str
    value: bytes


def put_outbox(session: Session, topic: str, key: str, message: Message, now_ms: int) -> None:
    """Write a message to publish, in the caller's transaction."""
    session.add(OutboxRow(topic=topic, key=key, value=msgspec.json.encode(message).decode(), created_ms=now_ms))


def list_outbox(session: Session, limit: int = 100) -> Sequence[OutboxItem]:
    """Return what waits, oldest first."""
    rows = session.scalars(select(OutboxRow).order_by(OutboxRow.id).limit(limit))
    return [OutboxItem(id=row.id, topic=row.topic, key=row.key, value=row.value.encode()) for row in rows]


def delete_outbox(session: Session, ids: Sequence[int]) -> None:
    """Take out what was acknowledged by the log."""
    session.execute(delete(OutboxRow).where(OutboxRow.id.in_(ids)))
