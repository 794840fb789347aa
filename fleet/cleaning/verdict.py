"""What a cleaning rule sees and says."""

from collections.abc import Callable
from dataclasses import dataclass

from schemas.fix import Fix


@dataclass(frozen=True, slots=True)
class Area:
    """Where the city's vehicles can be: west, south, east, north in degrees, WGS 84."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lon: float, lat: float) -> bool:
        """Return whether a place lies inside."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north


@dataclass(frozen=True, slots=True)
class Known:
    """What is known when a fix is judged: the city's area and the vehicle's last accepted fix."""

    area: Area | None
    last: Fix | None
    repeats: int = 0


# A rule returns the fix as it is, a mended fix, or ``None`` to leave it out.
Rule = Callable[[Fix, Known], Fix | None]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome for one fix: the fix to go on with, if any, and the names of the rules that spoke."""

    fix: Fix | None
    rules: tuple[str, ...] = ()
