"""The sink that forgives nothing: one plain row for each record, so that a record dealt with twice is seen twice."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.store.engine import Store
from services.store.models import BusLatestRow, BusPositionRow
from services.stream.runner import Incoming
from tests.chaos.numbers import number_of

EFFECTS = sa.Table(
    "chaos_effect",
    sa.MetaData(),
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("partition", sa.Integer, nullable=False),
    sa.Column("log_offset", sa.BigInteger, nullable=False),
    sa.Column("number", sa.BigInteger, nullable=False),
)

Effect = tuple[int, int, int]


def create_effects(store: Store) -> None:
    """Make the table if it is absent."""
    EFFECTS.create(store.engine, checkfirst=True)


def write_effects(session: Session, batch: Sequence[Incoming[Any]]) -> None:
    """Add a row for each record, without looking whether there is one."""
    rows = [
        {
            "partition": incoming.record.partition,
            "log_offset": incoming.record.offset,
            "number": number_of(incoming.message.time_ms),
        }
        for incoming in batch
    ]
    if rows:
        session.execute(sa.insert(EFFECTS), rows)


def read_effects(session: Session, after_id: int) -> tuple[int, list[Effect]]:
    """Return the newest id and ``(partition, offset, number)`` of the rows after an id, in the order they were made."""
    columns = EFFECTS.c
    rows = session.execute(
        sa.select(columns.id, columns.partition, columns.log_offset, columns.number)
        .where(columns.id > after_id)
        .order_by(columns.id)
    ).all()
    return (rows[-1][0] if rows else after_id), [(row[1], row[2], row[3]) for row in rows]


def count_rows(session: Session) -> tuple[int, int]:
    """Return how many effects and how many archived positions there are."""
    effects = session.scalar(sa.select(sa.func.count()).select_from(EFFECTS))
    return effects or 0, count_archived(session)


def count_archived(session: Session) -> int:
    """Return how many positions the archive has."""
    return session.scalar(sa.select(sa.func.count()).select_from(BusPositionRow)) or 0


def read_archive(session: Session, from_ms: int) -> list[tuple[str, int]]:
    """Return ``(vehicle_id, time_ms)`` of the archived positions from a time on."""
    rows = session.execute(
        sa.select(BusPositionRow.vehicle_id, BusPositionRow.time_ms).where(BusPositionRow.time_ms >= from_ms)
    )
    return [(vehicle_id, time_ms) for vehicle_id, time_ms in rows]


def read_latest(session: Session) -> dict[str, int]:
    """Return the time of the newest position of each vehicle."""
    rows = session.execute(sa.select(BusLatestRow.vehicle_id, BusLatestRow.time_ms))
    return {row.vehicle_id: row.time_ms for row in rows}
