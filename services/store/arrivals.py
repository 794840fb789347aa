"""Observed calls at stops, and the predictions that were made of them."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.prediction import TripPrediction
from schemas.stop_event import StopEvent
from services.store.bulk import write_rows
from services.store.models import PredictionRow, StopEventRow


def record_stop_events(session: Session, events: Sequence[StopEvent]) -> None:
    """Keep stop events; a call is told twice, at arrival and at departure: the later telling stays.

    One that was withdrawn goes, with what was told of it before.
    """
    kept: list[StopEvent] = []
    withdrawn: set[tuple[str, str, str, int]] = set()
    for event in events:
        if event.withdrawn:
            withdrawn.add(call_of(event))
            kept = [other for other in kept if call_of(other) != call_of(event)]
        else:
            kept.append(event)
    for call in sorted(withdrawn):
        found = session.get(StopEventRow, call)
        if found is not None:
            session.delete(found)
    if withdrawn:
        session.flush()
    write_rows(session, StopEventRow, [msgspec.structs.asdict(event) for event in kept], newest="departure_ms")


def call_of(event: StopEvent) -> tuple[str, str, str, int]:
    """Return which call an event tells of: the key of its row."""
    return event.vehicle_id, event.trip_id, event.start_date, event.stop_sequence


def record_predictions(session: Session, predictions: Sequence[TripPrediction]) -> None:
    """Keep predictions, one row each; the same one again changes nothing."""
    rows = [
        {**msgspec.structs.asdict(prediction), "stops": msgspec.json.encode(prediction.stops).decode()}
        for prediction in predictions
    ]
    write_rows(session, PredictionRow, rows)


def list_stop_events(session: Session, from_ms: int, to_ms: int) -> Sequence[StopEventRow]:
    """Return the calls whose arrival lies in a span of time, oldest first."""
    return session.scalars(
        select(StopEventRow).where(StopEventRow.arrival_ms.between(from_ms, to_ms)).order_by(StopEventRow.arrival_ms)
    ).all()
