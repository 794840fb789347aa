"""States of the road's edges: every change, and the newest of each edge."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.edge import RoadStates
from services.store.bulk import write_rows
from services.store.models import EdgeLatestRow, EdgeStateRow


def record_road_states(session: Session, batches: Sequence[RoadStates]) -> None:
    """Keep the states of all edges of all batches; the same ones again change nothing."""
    states = [state for batch in batches for state in batch.states]
    columns = {column.key for column in EdgeStateRow.__table__.columns}
    # Of the field nothing is kept: it follows from what was observed and is told anew each minute.
    kept = [msgspec.structs.asdict(state) | {"level": state.level.value} for state in states if not state.imputed]
    rows = [{key: value for key, value in row.items() if key in columns} for row in kept]
    write_rows(session, EdgeStateRow, rows)
    write_rows(session, EdgeLatestRow, rows, newest="time_ms")


def list_latest_edges(session: Session, since_ms: int = 0) -> Sequence[EdgeLatestRow]:
    """Return the newest state of each edge that changed at or after a time."""
    return session.scalars(
        select(EdgeLatestRow).where(EdgeLatestRow.time_ms >= since_ms).order_by(EdgeLatestRow.edge_index)
    ).all()


def list_edges_at(session: Session, from_ms: int, to_ms: int) -> Sequence[EdgeStateRow]:
    """Return the newest state of each edge in a span of time, as it stood when the span ended."""
    rows = session.scalars(
        select(EdgeStateRow).where(EdgeStateRow.time_ms.between(from_ms, to_ms)).order_by(EdgeStateRow.time_ms)
    )
    return list({row.edge_id: row for row in rows}.values())


def list_edge_history(session: Session, edge_id: str, from_ms: int, to_ms: int) -> Sequence[EdgeStateRow]:
    """Return the states of one edge in a span of time, oldest first."""
    return session.scalars(
        select(EdgeStateRow)
        .where(EdgeStateRow.edge_id == edge_id, EdgeStateRow.time_ms.between(from_ms, to_ms))
        .order_by(EdgeStateRow.time_ms)
    ).all()
