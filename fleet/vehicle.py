"""What is remembered of one bus between two fixes."""

from dataclasses import dataclass, field

from fleet.arrivals.memory import SituationMemory
from fleet.assignment.belief import TripBelief
from fleet.assignment.progress import Progress
from fleet.cleaning.quality import VehicleQuality
from fleet.history import History
from fleet.stop_events.recall import Point
from fleet.stop_events.serving import Serving
from fleet.stop_events.watch import StopWatch
from schemas.fix import Fix
from schemas.fleet_alert import FleetAlert
from schemas.trip import Phase


@dataclass(slots=True)
class Vehicle:
    """One bus.

    ``quality`` counts reports as they came; all else follows from the fixes in order of their times, of which
    ``history`` keeps the last. ``anchor`` is the last place (x, y, time) from which it moved at least 25 m,
    ``rest`` the last one from which it moved 60 m.
    ``held`` tells that it waits for its trip, wherever it stands. ``pace`` is the seconds it took for its last
    links, and those planned. ``since`` is since when a condition of the alerts has held, with a dash before it:
    been absent. ``away`` is its way since it left the pattern ``away_on``: x, y, how far along it left, time.
    ``told`` is the last stop of its last trips that taught anything, ``trail`` where it was in the last quarter of an
    hour. ``late_s`` is how late it left the stop it called at last, ``skipped`` when it came back to its line last and
    the stops (numbers in the timetable) that it left out. ``stands`` counts the stands of which its receiver told one
    place to the digit, and those of which the place wandered, and tells when the last of them began.
    ``serving`` is at how many of its stops it stands.
    """

    vehicle_id: str
    last: Fix | None = None
    x: float = 0.0
    y: float = 0.0
    jumps: int = 0
    quality: VehicleQuality = field(default_factory=VehicleQuality)
    history: History = field(default_factory=History)
    belief: TripBelief = field(default_factory=TripBelief)
    progress: Progress | None = None
    watch: StopWatch | None = None
    held: bool = False
    memory: SituationMemory = field(default_factory=SituationMemory)
    pace: tuple[float, float] = (0.0, 0.0)
    probability: float = 0.0
    phase: Phase = Phase.UNKNOWN
    anchor: tuple[float, float, int] | None = None
    rest: tuple[float, float, int] | None = None
    direction_rad: float = float("nan")
    link_from: tuple[int, int] | None = None
    since: dict[str, int] = field(default_factory=dict)
    away: list[tuple[float, float, float, int]] = field(default_factory=list)
    away_on: int = -1
    alerts: dict[str, FleetAlert] = field(default_factory=dict)
    trail: list[Point] = field(default_factory=list)
    told: dict[tuple[int, str], int] = field(default_factory=dict)
    late_s: float | None = None
    skipped: tuple[int, tuple[int, ...]] | None = None
    stands: tuple[int, int, int] = (0, 0, 0)
    serving: Serving = field(default_factory=Serving)

    @property
    def is_waiting(self) -> bool:
        """Whether it has not left the first stop of its trip."""
        return self.watch is not None and self.watch.at == 0 and self.watch.departure_ms is None
