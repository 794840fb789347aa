"""Which buses are heard, which rest and need not report, and which ought to be heard and are not."""

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.position import BusPosition
from schemas.trip import Phase

LIVE_MS = 90_000
# Trackers of buses that stand with the engine off report every quarter of an hour, some hardly ever.
REST_MS = 20 * 60_000
STANDS_MPS = 0.5
RUNS = frozenset({Phase.IN_SERVICE, Phase.DETOUR})
RESTS = frozenset({Phase.AT_DEPOT, Phase.LAYOVER})


@dataclass(frozen=True)
class Signal:
    """How many buses are heard now, are parked between two reports, and are silent though they should be heard."""

    live: int
    parked: int
    silent: int

    @property
    def expected(self) -> int:
        """How many should be heard now."""
        return self.live + self.silent


def is_live(position: BusPosition, now_ms: int) -> bool:
    """Return whether a bus is heard now."""
    return abs(now_ms - position.time_ms) <= LIVE_MS


def is_parked(position: BusPosition, now_ms: int) -> bool:
    """Return whether a bus last said that it stands out of service, so that nothing is heard of it for a while."""
    phase = position.assignment.phase
    if phase is Phase.AT_DEPOT:
        return True
    stands = phase in RESTS if position.speed_mps is None else position.speed_mps < STANDS_MPS
    return phase not in RUNS and stands and now_ms - position.time_ms <= REST_MS


def count_signals(positions: Iterable[BusPosition], now_ms: int) -> Signal:
    """Return how many buses are heard, parked and silent.

    Parameters
    ----------
    positions : iterable of BusPosition
        The newest of each bus.
    now_ms : int
        The city's time.

    Returns
    -------
    Signal
        Each bus counts once.
    """
    known = list(positions)
    quiet = [position for position in known if not is_live(position, now_ms)]
    parked = sum(is_parked(position, now_ms) for position in quiet)
    return Signal(len(known) - len(quiet), parked, len(quiet) - parked)
