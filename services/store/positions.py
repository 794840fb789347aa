"""Positions: every one, and the newest of each vehicle."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from schemas.position import BusPosition
from services.store.bulk import write_rows
from services.store.models import BusLatestRow, BusPositionRow

# Columns that do not have the name of a field.
_WHERE = {
    "phase": "assignment.phase.value",
    "probability": "assignment.probability",
    "trip_id": "assignment.trip_id",
    "start_date": "assignment.start_date",
    "route_id": "assignment.route_id",
    "direction_id": "assignment.direction_id",
    "distance_m": "assignment.distance_m",
}


# The columns of both tables in their order, and what `position_row` returns.
COLUMNS = [
    "time_ms",
    "vehicle_id",
    "lon",
    "lat",
    "source",
    "received_ms",
    "speed_mps",
    "heading_deg",
    "phase",
    "probability",
    "trip_id",
    "start_date",
    "route_id",
    "direction_id",
    "distance_m",
    "delay_s",
    "next_stop_id",
]


def record_positions(session: Session, positions: Sequence[BusPosition]) -> None:
    """Keep positions; the same ones again, in any order, change nothing."""
    record_history(session, positions)
    write_rows(session, BusLatestRow, positions, newest="time_ms", getter=position_getter)


def record_history(session: Session, positions: Sequence[BusPosition]) -> None:
    """Keep positions in the history alone; the newest of each vehicle stays as it is."""
    write_rows(session, BusPositionRow, positions, getter=position_getter)


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


def count_source(session: Session, source: str) -> int:
    """Return how many positions of one source the history holds."""
    query = select(func.count()).select_from(BusPositionRow).where(BusPositionRow.source == source)
    return session.scalars(query).one()


def forget_source(session: Session, source: str) -> None:
    """Remove every position of one source, for instance of a benchmark."""
    for model in (BusPositionRow, BusLatestRow):
        session.execute(delete(model).where(model.source == source))


def position_getter(*columns: str) -> Callable[[Any], Any]:
    """Return what takes the values of columns from a position."""
    if list(columns) == COLUMNS:
        return position_row
    return attrgetter(*[_WHERE.get(column, column) for column in columns])


def position_row(position: BusPosition) -> tuple[Any, ...]:
    """Return the values of `COLUMNS`; attributes in code cost a quarter of `attrgetter`."""
    trip = position.assignment
    return (
        position.time_ms,
        position.vehicle_id,
        position.lon,
        position.lat,
        position.source,
        position.received_ms,
        position.speed_mps,
        position.heading_deg,
        trip.phase._value_,
        trip.probability,
        trip.trip_id,
        trip.start_date,
        trip.route_id,
        trip.direction_id,
        trip.distance_m,
        position.delay_s,
        position.next_stop_id,
    )
