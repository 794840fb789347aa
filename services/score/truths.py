"""What a truth log says of calls at stops, and of what alerts tell of."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from fleet.simulation.cancel import ABSENT, CANCELLED
from fleet.simulation.truth import TrueCall, TrueMissed, TruePosition, TrueTrip
from services.score.alert_kinds import City
from services.score.alerts import Happened

Call = tuple[str, str, str, int]
# When, which trip and service date, and the phase.
Doing = tuple[int, tuple[str, str] | None, str]
NEVER_RUN = frozenset({"dropped", ABSENT, CANCELLED})
DETOUR = "detour"
# These faults hide where the bus is.
HIDING = frozenset({"lost", "frozen", "jump", "null_island", "swapped_axes"})


@dataclass
class Truths:
    """What a truth log says of calls, and of what alerts tell of.

    ``doing`` is what each bus did by the time of its positions, ``shown`` when reports truly showed it.
    """

    calls: dict[Call, tuple[int, int]] = field(default_factory=dict)
    stops: dict[Call, str] = field(default_factory=dict)
    doing: dict[str, list[Doing]] = field(default_factory=lambda: defaultdict(list))
    shown: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    happened: Happened = field(default_factory=Happened)
    city: City = field(default_factory=City)

    @property
    def reported(self) -> set[str]:
        """The buses whose reports came through."""
        return self.happened.reporting


def gather(entries: Iterable[object]) -> Truths:
    """Sort the entries of a truth log by what they tell."""
    known = Truths()
    for entry in entries:
        known.city.take(entry)
        if isinstance(entry, TrueCall):
            key = (entry.vehicle_id, entry.trip_id, entry.start_date, entry.stop_sequence)
            known.calls[key] = (entry.arrival_ms, entry.departure_ms)
            known.stops[key] = entry.stop_id
            known.happened.routes[entry.trip_id, entry.start_date] = entry.route_id
            known.happened.calls.append(entry)
        elif isinstance(entry, TruePosition):
            _see(entry, known.happened)
            run = None if entry.trip_id is None or entry.start_date is None else (entry.trip_id, entry.start_date)
            known.doing[entry.vehicle_id].append((entry.time_ms, run, entry.phase))
            if entry.reported and not HIDING & set(entry.faults):
                known.shown[entry.vehicle_id].append(entry.time_ms)
        elif isinstance(entry, TrueTrip) and entry.event in NEVER_RUN:
            known.happened.lost[entry.trip_id, entry.start_date] = (entry.event, entry.time_ms)
        elif isinstance(entry, TrueMissed) and entry.reason == DETOUR:
            known.happened.missed.setdefault((entry.trip_id, entry.start_date), set()).add(entry.stop_id)
    for times in known.shown.values():
        times.sort()
    for doing in known.doing.values():
        doing.sort(key=lambda entry: entry[0])
    known.city.settle()
    return known


def _see(entry: TruePosition, known: Happened) -> None:
    known.span = (min(known.span[0] or entry.time_ms, entry.time_ms), max(known.span[1], entry.time_ms))
    if entry.reported:
        known.reporting.add(entry.vehicle_id)
    if entry.trip_id is None or entry.start_date is None:
        return
    run = (entry.trip_id, entry.start_date)
    known.began.setdefault(run, entry.time_ms)
    known.runner.setdefault(run, entry.vehicle_id)
    if entry.phase == DETOUR:
        known.detours.setdefault(entry.vehicle_id, []).append((entry.time_ms, run, (entry.lon, entry.lat)))
