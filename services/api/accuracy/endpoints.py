"""How right arrivals were, for the people who answer for them."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.api.accuracy.responses import AccuracyOut, accuracy_out
from services.api.state import State

router = APIRouter(tags=["control"])


@router.get("/api/control/accuracy")
def read_accuracy(state: State, hours: Annotated[float, Query(gt=0, le=6)] = 2.0) -> AccuracyOut:
    """Return how right the arrivals of the last hours were, by time ahead and by line."""
    now_ms = state.now_ms
    counts = state.live.judged_since(now_ms - round(hours * 3_600_000))
    return accuracy_out(counts, state.timetable, now_ms=now_ms, hours=hours)
