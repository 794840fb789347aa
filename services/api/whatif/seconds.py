"""How long each edge takes now."""

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from routing.network.graph import Floats
from services.api.roads import Roads
from services.api.state import ApiState

SLOWEST_MPS = 0.5


def live_seconds(state: ApiState, roads: Roads) -> Floats:
    """Return the seconds of each edge at its present speed, at free flow where that is unknown."""
    speed = roads.network.edge_free_mps.copy()
    with state.live.reading() as live:
        known = [(i, now.state.speed_mps) for i, now in live.edges.items() if now.state.speed_mps is not None]
    if known:
        edge, mps = (np.array(column) for column in zip(*known, strict=True))
        good = (edge >= 0) & (edge < len(speed))
        speed[edge[good]] = np.maximum(mps[good], SLOWEST_MPS)
    return roads.network.edge_length_m / speed


def minute_of(state: ApiState) -> int:
    """Return the minute of the city's day, for turns that are forbidden at some hours."""
    now = datetime.fromtimestamp(state.now_ms / 1000, ZoneInfo(state.city.city.timezone))
    return now.hour * 60 + now.minute
