"""Evidence put together: each piece a log likelihood ratio that fades, weighed by how often its kind was right."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from routing.incidents.settings import IncidentSettings

BUS_KINDS = frozenset({"held", "slow"})


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence: ``value`` is the log likelihood ratio at ``time_ms``; ``amount`` is what was measured."""

    kind: str
    source: str
    edge: int
    value: float
    time_ms: int
    amount: float
    route_id: str | None = None


def stand_odds(seconds: float, longer: float, settings: IncidentSettings) -> float:
    """Return what a stand says, >= 0: how much likelier it is on a blocked road than here on a usual day.

    ``longer`` is the share of usual stands that last longer; on a blocked road that share falls as an exponential.
    """
    return min(max(-seconds / settings.blocked_stand_s - math.log(longer), 0.0), settings.most)


def lane_or_road(worths: Iterable[tuple[str, float]], settings: IncidentSettings) -> float:
    """Put the worths of pieces together: as likely one lane is blocked as the whole road, and they look unlike.

    Where one lane is blocked, buses that pass freely say next to nothing against it, and one that is held says less.

    Parameters
    ----------
    worths : iterable of (str, float)
        Kind and log likelihood ratio.
    settings : IncidentSettings
        What pieces say of one lane.

    Returns
    -------
    float
        Log likelihood ratio of either against neither.
    """
    road = lane = riders = 0.0
    for kind, worth in worths:
        if kind == "report_rider":
            riders += worth
            continue
        road += worth
        lane += worth * (settings.lane_free if worth < 0.0 else settings.lane_held if kind in BUS_KINDS else 1.0)
    # Anybody may be a rider, and be several: all of them together are worth no more than so much.
    return float(np.logaddexp(road, lane)) - math.log(2.0) + min(riders, settings.riders_most)


class Ledger:
    """The newest piece of each source of each kind on each edge; who says more says it instead, not besides."""

    def __init__(self, settings: IncidentSettings) -> None:
        self._set = settings
        self._pieces: dict[int, dict[tuple[str, str], Piece]] = {}

    def put(self, piece: Piece) -> None:
        """Take a piece in the place of the one of the same source."""
        self._pieces.setdefault(piece.edge, {})[piece.kind, piece.source] = piece

    def on(self, edge: int) -> list[Piece]:
        """List what is known of an edge."""
        return list(self._pieces.get(edge, {}).values())

    def edges(self) -> list[int]:
        """List the edges of which something is known."""
        return sorted(self._pieces)

    def worth(self, piece: Piece, now_ms: int) -> float:
        """Return what a piece is still worth."""
        age_s = max(now_ms - piece.time_ms, 0) / 1000.0
        return piece.value * math.exp2(-age_s / self._set.half_life_s[piece.kind])

    def fade(self, now_ms: int) -> None:
        """Drop pieces worth next to nothing."""
        for edge, pieces in list(self._pieces.items()):
            kept = {key: p for key, p in pieces.items() if abs(self.worth(p, now_ms)) >= 0.05}
            if kept:
                self._pieces[edge] = kept
            else:
                del self._pieces[edge]
