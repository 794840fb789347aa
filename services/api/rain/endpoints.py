"""Rain."""

from fastapi import APIRouter

from services.api.rain.responses import RainOut, rain_out
from services.api.state import State

router = APIRouter(tags=["roads"])


@router.get("/api/rain")
def read_rain(state: State) -> RainOut:
    """Return how hard it rains at each gauge, which are stale, and what is wrong with their tables."""
    with state.live.reading() as live:
        sources = [live.rain[name] for name in sorted(live.rain)]
    return rain_out(sources, state.now_ms)
