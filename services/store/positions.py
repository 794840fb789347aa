"""Positions: every one, and the newest of each vehicle."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from schemas.position import BusPosition
from services.store.bulk import Values, newest, write_rows
from services.store.days import ensure_days
from services.store.models import BusLatestRow, BusPositionRow

_NEWEST = newest("time_ms")


def record_positions(session: Session, positions: Sequence[BusPosition]) -> None:
    """Keep positions; the same ones again, in any order, change nothing."""
    rows = [values_of(position) for position in positions]
    ensure_days(session, BusPositionRow.__tablename__, (position.time_ms for position in positions))
    write_rows(session, BusPositionRow, rows)
    write_rows(session, BusLatestRow, rows, _NEWEST)


def list_latest_positions(session: Session, since_ms: int = 0) -> Sequence[BusLatestRow]:
    """Return the newest position of each vehicle that reported at or after a time."""
    return session.scalars(
        select(BusLatestRow).where(BusLatestRow.time_ms >= since_ms).order_by(BusLatestRow.vehicle_id)
    ).all()


def list_trail(session: Session, vehicle_id: str, from_ms: int, to_ms: int) -> list[tuple[int, float, float]]:
    """Return ``(time_ms, lon, lat)`` of one vehicle in a span of time, oldest first."""
    rows = session.execute(
        select(BusPositionRow.time_ms, BusPositionRow.lon, BusPositionRow.lat)
        .where(BusPositionRow.vehicle_id == vehicle_id, BusPositionRow.time_ms.between(from_ms, to_ms))
        .order_by(BusPositionRow.time_ms)
    )
    return [(time_ms, lon, lat) for time_ms, lon, lat in rows]


def forget_source(session: Session, source: str) -> None:
    """Remove every position of one source, for instance of a benchmark."""
    for model in (BusPositionRow, BusLatestRow):
        session.execute(delete(model).where(model.source == source))


def values_of(position: BusPosition) -> Values:
    """Return one position as the values of its columns."""
    assignment = position.assignment
    return {
        "vehicle_id": position.vehicle_id,
        "time_ms": position.time_ms,
        "lon": position.lon,
        "lat": position.lat,
        "source": position.source,
        "received_ms": position.received_ms,
        "speed_mps": position.speed_mps,
        "heading_deg": position.heading_deg,
        "phase": assignment.phase.value,
        "probability": assignment.probability,
        "trip_id": assignment.trip_id,
        "start_date": assignment.start_date,
        "route_id": assignment.route_id,
        "direction_id": assignment.direction_id,
        "distance_m": assignment.distance_m,
        "delay_s": position.delay_s,
        "next_stop_id": position.next_stop_id,
    }
