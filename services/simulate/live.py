"""Buses that live on the clock: where they should be now, one step a second, set anew when a plan ends."""

from collections.abc import Sequence

from fleet.simulation.build import Scene
from fleet.simulation.counts import INTERVAL_S, CameraPlace, Counters
from fleet.simulation.faults import PRESETS, Faults
from fleet.simulation.simulation import Options, Simulation
from schemas.camera import CameraCount
from schemas.fix import Fix
from services.simulate.city import HOUR_MS, Streets, Wish, make_simulation

# A plan ends when fewest buses are out, so that hardly one is seen to start anew.
QUIET_S, LEAST_HOURS, DAY_S = 12_600, 2.0, 86_400
LAG_MS = 60_000
RETRY_MS = 10 * 60_000
COUNT_MS = INTERVAL_S * 1000


class LiveBuses:
    """A simulation that follows a clock.

    Parameters
    ----------
    streets : Streets
        The city.
    seed : int
        Traffic and noise.
    buses : int, optional
        At most so many vehicles.
    scene : Scene, optional
        What kind of day it is.
    faults : Faults, optional
        What trackers do wrong; a fleet in good care by default.
    cameras : sequence of CameraPlace
        Where traffic is counted.
    """

    def __init__(
        self,
        streets: Streets,
        *,
        seed: int,
        buses: int | None = None,
        scene: Scene | None = None,
        faults: Faults | None = None,
        cameras: Sequence[CameraPlace] = (),
    ) -> None:
        self._scene = scene or Scene()
        self._faults = faults or PRESETS["mild"]
        self._streets = streets
        self._seed = seed
        self._buses = buses
        self._cameras = cameras
        self._simulation: Simulation | None = None
        self._counters: Counters | None = None
        self._counts: list[CameraCount] = []
        self._end_ms = 0

    @property
    def running(self) -> int:
        """How many buses are on a trip."""
        return self._simulation.running if self._simulation else 0

    @property
    def vehicles(self) -> int:
        """How many vehicles work in the present plan."""
        return len(self._simulation.plan.duties) if self._simulation else 0

    def change(self, streets: Streets) -> None:
        """Drive by another timetable from the next step on: every bus is set where that has it then."""
        self._streets, self._simulation, self._end_ms = streets, None, 0

    def follow(self, now_ms: int) -> list[Fix]:
        """Drive on to a moment and return what was reported on the way.

        After a gap of more than a minute (a machine that slept) every bus is set where it should be now instead.

        Parameters
        ----------
        now_ms : int
            The clock, milliseconds since 1970.

        Returns
        -------
        list of Fix
            In order of time.
        """
        late = self._simulation is not None and not 0 <= now_ms - self._simulation.now_ms + LAG_MS <= 2 * LAG_MS
        if now_ms >= self._end_ms or late:
            self._begin(now_ms)
        fixes: list[Fix] = []
        while self._simulation is not None and self._simulation.now_ms + 1_000 <= now_ms:
            fixes += self._simulation.step()[0]
            self._count(self._simulation)
        return fixes

    def take_counts(self) -> list[CameraCount]:
        """Return what cameras counted since the last call, one an approach and whole minute."""
        counts, self._counts = self._counts, []
        return counts

    def _count(self, simulation: Simulation) -> None:
        if self._counters is not None and simulation.now_ms % COUNT_MS == 0:
            self._counts += self._counters.count(simulation.buses.flow, simulation.now_ms - COUNT_MS)[0]

    def _begin(self, now_ms: int) -> None:
        hours = self._hours(now_ms)
        wish = Wish(
            start_ms=now_ms,
            hours=hours,
            seed=self._seed,
            buses=self._buses,
            scene=self._scene,
            options=Options(with_truth=False, faults=self._faults),
        )
        self._simulation = make_simulation(self._streets, wish)
        self._counters = None
        if self._simulation is not None and self._cameras:
            world = self._simulation.world
            self._counters = Counters(world.traffic.roads, self._cameras, world.seed)
        # A city where nothing runs is looked at again later.
        self._end_ms = now_ms + (round(hours * HOUR_MS) if self._simulation else RETRY_MS)

    def _hours(self, now_ms: int) -> float:
        """Return the hours until half past three at night, two at least."""
        local_s = now_ms // 1000 + self._streets.utc_offset_s(now_ms)
        hours = (QUIET_S - local_s) % DAY_S / 3600.0
        return hours if hours >= LEAST_HOURS else hours + 24.0
