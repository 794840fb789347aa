"""What a cleaning rule sees and says."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

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


class Known(NamedTuple):
    """What is known when a fix is judged: the city's area and the vehicle's last accepted fix before it.

    ``repeats`` is how many fixes in a row were left out as impossible jumps. Fixes before ``late_before_ms`` come too
    late to be taken in their place; ``twin`` is the vehicle's fix of the same time, where there is one already.
    """

    area: Area | None
    last: Fix | None
    repeats: int = 0
    late_before_ms: int | None = None
    twin: Fix | None = None


# A rule returns the fix as it is, a mended fix, or ``None`` to leave it out.
Rule = Callable[[Fix, Known], Fix | None]


class Verdict(NamedTuple):
    """The outcome for one fix: the fix to go on with, if any, and the names of the rules that spoke."""

    fix: Fix | None
    rules: tuple[str, ...] = ()
