"""Sources gone mad are named: speeds that say nothing are not believed, places that never move are not used."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from routing.congestion.settings import EstimateSettings

ENOUGH = 50
MOST = 5_000.0
MAD_SHARE = 0.8
OFF_MPS = 6.0
MOVED_MPS = 3.0
SAME_MPS = 0.3
FROZEN_SHARE = 0.98
FROZEN_VEHICLES = 5
FROZEN_M = 1.0


@dataclass(frozen=True, slots=True)
class ProbeDoubt:
    """A source that is not believed, why, and of how many reports that is known."""

    source: str
    reason: str
    reports: int


@dataclass(slots=True)
class _Source:
    """Counts of one source's pairs of reports, the older the lighter."""

    pairs: float = 0.0
    moved: float = 0.0
    told: float = 0.0
    wrong: float = 0.0
    zero: float = 0.0
    still: float = 0.0
    absurd: float = 0.0
    reports: float = 0.0
    off_roads: float = 0.0
    vehicles: set[str] = field(default_factory=set)

    def fade(self) -> None:
        """Let what is old weigh half, so that a source that was mended is believed again."""
        for name in ("pairs", "moved", "told", "wrong", "zero", "still", "absurd", "reports", "off_roads"):
            setattr(self, name, 0.5 * getattr(self, name))


class ProbeWatch:
    """Compares what sources say of speeds with how far their vehicles went.

    Parameters
    ----------
    settings : EstimateSettings
        The fastest that a vehicle may be.
    """

    def __init__(self, settings: EstimateSettings) -> None:
        self._set = settings
        self._sources: dict[str, _Source] = {}

    def judge(
        self, source: str, vehicle: str, metres: float, straight_m: float, seconds: float, speed_mps: float
    ) -> bool:
        """Count a pair of reports of a source; tell whether its places can be used.

        Parameters
        ----------
        source, vehicle : str
            Who reported.
        metres, straight_m, seconds : float
            By road, straight, and between the reports.
        speed_mps : float
            What the newer report says, NaN where nothing.

        Returns
        -------
        bool
            False of a source whose vehicles never move, or whose pairs are mostly too fast.
        """
        of = self._sources.setdefault(source, _Source())
        if of.pairs >= MOST:
            of.fade()
        went = max(metres, straight_m) / seconds
        of.pairs += 1
        of.absurd += went > self._set.max_bus_mps
        of.still += straight_m < FROZEN_M
        if len(of.vehicles) < FROZEN_VEHICLES:
            of.vehicles.add(vehicle)
        if went > MOVED_MPS and speed_mps == speed_mps:
            of.told += 1
            of.wrong += abs(speed_mps - went) > max(OFF_MPS, 0.6 * went)
            of.zero += speed_mps < SAME_MPS
        return self._refusal(of) is None

    def place(self, source: str, *, on_road: bool) -> None:
        """Count a report of a source, and whether a road lies near it."""
        of = self._sources.setdefault(source, _Source())
        of.reports += 1
        of.off_roads += not on_road
        if of.reports >= MOST:
            of.fade()

    def believes_speeds(self, source: str) -> bool:
        """Tell whether a source's speeds go with the ways of its vehicles."""
        of = self._sources.get(source)
        return of is None or of.told < ENOUGH or of.wrong < MAD_SHARE * of.told

    def doubts(self) -> Iterable[ProbeDoubt]:
        """Return the sources that are not believed, in order of their names."""
        for source, of in sorted(self._sources.items()):
            reason = self._refusal(of)
            if reason is None and not self.believes_speeds(source):
                zeros = of.zero > MAD_SHARE * of.told
                reason = "speeds are zero while vehicles move" if zeros else "speeds do not fit the ways driven"
            if reason is not None:
                yield ProbeDoubt(source, reason, round(max(of.pairs, of.reports)))

    def _refusal(self, of: _Source) -> str | None:
        if of.reports >= ENOUGH and of.off_roads > MAD_SHARE * of.reports:
            return "reports lie off the roads of this network, as of another city"
        if of.pairs < ENOUGH:
            return None
        if of.still > FROZEN_SHARE * of.pairs and len(of.vehicles) >= FROZEN_VEHICLES:
            return "no vehicle moves"
        return "vehicles go faster than any can" if of.absurd > MAD_SHARE * of.pairs else None
