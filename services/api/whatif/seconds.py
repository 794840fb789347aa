"""How long each edge takes now."""

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from routing.network.graph import Floats
from routing.paths import SLICE_S
from services.api.edges.ahead import MINUTES, fresh, list_ahead
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


def seconds_ahead(state: ApiState, roads: Roads, depart_min: float) -> tuple[Floats, bool]:
    """Return the seconds of each edge as they change on the way, and whether anything is foretold at all.

    Parameters
    ----------
    state : ApiState
        Whose live state and forecasts are read.
    roads : Roads
        The network.
    depart_min : float
        Minutes from now to setting out.

    Returns
    -------
    ndarray, shape (slices, edges)
        A row each `SLICE_S` from setting out on, as `Search` wants it; an edge without a forecast keeps its seconds.
    bool
        False where every row is the present.
    """
    now_s = live_seconds(state, roads)
    known = {0: now_s} | {minutes: now_s.copy() for minutes in MINUTES}
    any_said = False
    with state.live.reading() as live:
        messages = list(fresh(live, state.now_ms))
    for minutes in MINUTES:
        rows = [row for said in messages for row in list_ahead(said, minutes) if row.edge_index < len(now_s)]
        if rows:
            any_said = True
            edges, mps = np.array([row.edge_index for row in rows]), np.array([row.speed_mps for row in rows])
            known[minutes][edges] = roads.network.edge_length_m[edges] / np.maximum(mps, SLOWEST_MPS)
    asked = [depart_min + n * SLICE_S / 60 for n in range(1 + round(MINUTES[-1] * 60 / SLICE_S))]
    return _no_waiting(np.stack([_between(known, minutes) for minutes in asked])), any_said


def _between(known: dict[int, Floats], minutes: float) -> Floats:
    times = sorted(known)
    if minutes >= times[-1]:
        return known[times[-1]]
    after = next(n for n, time in enumerate(times) if time > minutes)
    early, late = times[after - 1], times[after]
    return known[early] + (minutes - early) / (late - early) * (known[late] - known[early])


def _no_waiting(rows: Floats) -> Floats:
    """Return the rows so that who sets out later arrives no earlier: an edge's seconds never fall faster than time."""
    for number in range(1, len(rows)):
        np.maximum(rows[number], rows[number - 1] - SLICE_S, out=rows[number])
    return rows


def minute_of(state: ApiState) -> int:
    """Return the minute of the city's day, for turns that are forbidden at some hours."""
    now = datetime.fromtimestamp(state.now_ms / 1000, ZoneInfo(state.city.city.timezone))
    return now.hour * 60 + now.minute
