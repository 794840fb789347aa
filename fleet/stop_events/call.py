"""One call at a stop as it is remembered, and whether the bus stood there."""

from dataclasses import dataclass

# A bus that rolls slower than this stands.
STANDING_MPS = 0.8
# A bus stands at a stop from so far before it to so far after it.
STANDS_BEFORE_M = 45.0
STANDS_AFTER_M = 30.0
# Between reports farther apart than this nobody knows what a bus did.
TELLING_MS = 45_000
# Seconds that stopping costs at least, braking and setting off, and that passing costs at most, for who drives so fast.
STOPS_S = 9.0
PASSES_S = 3.0
PASSES_MPS = 4.5
# Who is seen more seldom may have stood in between.
PASSES_TOLD_MS = 16_000

# Number of the stop in its trip, arrival, departure, whether the bus stopped, by how much the arrival may be off.
Call = tuple[int, int, int | None, bool | None, float]


@dataclass(slots=True)
class Standing:
    """What is known of how a bus passes a stop.

    ``stood`` tells that it was seen to stand, ``lost_s`` how many seconds more it took than its speeds ask for,
    ``told`` whether its reports tell that, ``slowest_mps`` the lowest speed that they say.
    """

    stood: bool = False
    lost_s: float = 0.0
    told: bool = True
    slowest_mps: float = 1000.0

    def see(self, way_m: float, took_ms: int, speeds_mps: tuple[float | None, float | None], *, stands: bool) -> None:
        """Take the way between two reports that touches the stop.

        Parameters
        ----------
        way_m : float
            Metres between them.
        took_ms : int
            Time between them.
        speeds_mps : tuple
            What each of the two said of its speed.
        stands : bool
            Whether the bus was seen to stand at the stop at the newer one.
        """
        self.stood |= stands
        before, after = speeds_mps
        if took_ms > TELLING_MS or before is None or after is None:
            self.told = False
            return
        seldom = took_ms > PASSES_TOLD_MS
        self.slowest_mps = 0.0 if seldom else min(self.slowest_mps, before, after)
        pace_mps = max((before + after) / 2.0, STANDING_MPS)
        self.lost_s += max(0.0, took_ms / 1000.0 - way_m / pace_mps)

    def verdict(self) -> bool | None:
        """Return whether the bus stopped, ``None`` where nobody can tell."""
        if self.stood:
            return True
        if self.told and self.lost_s >= STOPS_S:
            return True
        passes = self.told and self.lost_s <= PASSES_S and self.slowest_mps >= PASSES_MPS
        return False if passes else None
