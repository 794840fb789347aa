"""Offset rows: how far one group wrote the effects of each partition, in the transaction of the effects."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import and_, delete, or_, select, text
from sqlalchemy.orm import Session

from services.store.errors import StaleBatchError
from services.store.models import StreamOffset

Place = tuple[str, int]

_ADVANCE = text(
    "INSERT INTO stream_offset (group_name, topic, partition, next_offset) VALUES (:group, :topic, :partition, :after)"
    " ON CONFLICT (group_name, topic, partition) DO UPDATE SET next_offset = excluded.next_offset"
    " WHERE stream_offset.next_offset <= :first RETURNING next_offset"
)


def read_offsets(session: Session, group: str, places: Iterable[Place]) -> dict[Place, int]:
    """Return the next offset of each ``(topic, partition)`` that the group wrote before."""
    wanted = [and_(StreamOffset.topic == topic, StreamOffset.partition == number) for topic, number in places]
    if not wanted:
        return {}
    rows = session.execute(
        select(StreamOffset.topic, StreamOffset.partition, StreamOffset.next_offset).where(
            StreamOffset.group_name == group, or_(*wanted)
        )
    )
    return {(topic, number): offset for topic, number, offset in rows}


def advance_offsets(session: Session, group: str, spans: Mapping[Any, tuple[int, int]]) -> None:
    """Move the offset rows over a batch; they only ever grow.

    Parameters
    ----------
    session : Session
        The transaction that also writes the batch's effects.
    group : str
        The group.
    spans : Mapping
        ``(topic, partition)`` → the batch's first offset and the offset after its last.

    Raises
    ------
    StaleBatchError
        If a row already stands beyond the batch's first offset: somebody else wrote it.
    """
    for (topic, number), (first, after) in sorted(spans.items()):
        row = {"group": group, "topic": topic, "partition": number, "first": first, "after": after}
        if session.connection().execute(_ADVANCE, row).first() is None:
            raise StaleBatchError(
                f"group {group}: {topic}/{number} from offset {first} on was written already; this batch is dropped"
            )


def forget_offset(session: Session, group: str, place: Place) -> None:
    """Remove the row of one partition, because its log was begun anew."""
    topic, number = place
    session.execute(
        delete(StreamOffset).where(
            StreamOffset.group_name == group, StreamOffset.topic == topic, StreamOffset.partition == number
        )
    )


def forget_every_offset(session: Session) -> None:
    """Remove the rows of all groups, because the whole log is begun anew."""
    session.execute(delete(StreamOffset))
