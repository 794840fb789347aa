"""The way of a bus line over the sample's roads: the shortest one through its places, without turning on the spot."""

import heapq
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count, pairwise

from services.sample.points import POINTS
from services.sample.streets import Place, Stretch, stretches

# A metre of a small street counts as more than a metre: buses keep to the larger roads, and off the motorways.
COST = {"trunk": 1.0, "primary": 1.0, "secondary": 1.1, "tertiary": 1.35}
U_TURN_COST_M = 5_000.0


@dataclass(frozen=True)
class Leg:
    """One stretch as it is driven; ``back`` is against the order in which its road is drawn."""

    stretch: Stretch
    back: bool

    @property
    def line(self) -> tuple[Place, ...]:
        """Lat, lon in the direction of travel."""
        return self.stretch.line[::-1] if self.back else self.stretch.line


State = tuple[Place, Leg | None]


@cache
def legs_from() -> dict[Place, list[tuple[Leg, float]]]:
    """Return the legs that leave each joint, with their cost in metres."""
    graph: dict[Place, list[tuple[Leg, float]]] = defaultdict(list)
    for stretch in stretches():
        if stretch.road.kind not in COST:
            continue
        cost = stretch.length_m * COST[stretch.road.kind]
        graph[stretch.start].append((Leg(stretch, back=False), cost))
        if not stretch.road.oneway:
            graph[stretch.end].append((Leg(stretch, back=True), cost))
    return dict(graph)


def find_course(via: Sequence[str]) -> list[Leg]:
    """Find the shortest way through places.

    Parameters
    ----------
    via : sequence of str
        Names of `POINTS`, in order.

    Returns
    -------
    list of Leg
        Every stretch driven.

    Raises
    ------
    ValueError
        If no road leads from one place to the next.
    """
    course: list[Leg] = []
    for start, end in pairwise(via):
        part = _shortest(POINTS[start], POINTS[end], course[-1] if course else None)
        if part is None:
            raise ValueError(f"no road of the sample leads from {start} to {end}")
        course += part
    return course


def _shortest(start: Place, end: Place, before: Leg | None) -> list[Leg] | None:
    """Search over legs rather than places, so that turning back on the spot can be dear."""
    first: State = (start, before)
    best: dict[State, float] = {first: 0.0}
    came: dict[State, State] = {}
    turn = count()
    queue: list[tuple[float, int, State]] = [(0.0, next(turn), first)]
    while queue:
        cost, _, state = heapq.heappop(queue)
        here, last = state
        if here == end and state != first:
            return _trace(came, state, first)
        if cost > best[state]:
            continue
        for leg, step in legs_from().get(here, ()):
            turned = last is not None and last.stretch is leg.stretch
            far, there = cost + step + (U_TURN_COST_M if turned else 0.0), (leg.line[-1], leg)
            if far < best.get(there, float("inf")):
                best[there], came[there] = far, state
                heapq.heappush(queue, (far, next(turn), there))
    return None


def _trace(came: dict[State, State], state: State, first: State) -> list[Leg]:
    legs: list[Leg] = []
    while state != first:
        assert state[1] is not None, "only the first state has no leg"
        legs.append(state[1])
        state = came[state]
    return legs[::-1]
