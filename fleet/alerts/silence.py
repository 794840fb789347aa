"""Why nothing is heard: one alert of a feed or of an operator instead of hundreds of its buses."""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from fleet.gtfs.timetable import Timetable
from fleet.vehicle import Vehicle
from schemas.fleet_alert import AlertKind, FleetAlert
from schemas.text import Text

FEED_SILENT_MS = 150_000
# A bus that was heard within this before its feed's last word was part of the feed when it fell silent.
LIVE_BEFORE_MS = 300_000
LEAST_BUSES = 5
WORDS = {
    AlertKind.SILENT_FEED: Text(
        vi="Nguồn {name} im lặng: mọi xe của nguồn này không còn vị trí mới",
        en="Feed {name} is silent: none of its buses has a new place",
    ),
    AlertKind.SILENT_OPERATOR: Text(
        vi="Đơn vị {name} im lặng: mọi xe của đơn vị này không còn vị trí mới, nguồn dữ liệu vẫn chạy",
        en="Operator {name} is silent: none of its buses has a new place, the feed goes on",
    ),
}


class Silence:
    """Finds the highest level that explains a silence: the feed, else the operator, else the bus by itself.

    Parameters
    ----------
    timetable : Timetable
        Says whose lines are whose.
    """

    def __init__(self, timetable: Timetable) -> None:
        self._timetable = timetable
        self._open: dict[tuple[AlertKind, str], FleetAlert] = {}

    def look(self, vehicles: Iterable[Vehicle], now_ms: int) -> tuple[list[FleetAlert], frozenset[str]]:
        """Return the alerts that began or ended, and the buses whose silence one of them explains.

        Parameters
        ----------
        vehicles : iterable of Vehicle
            All of the city.
        now_ms : int
            The city's time.

        Returns
        -------
        tuple of list of FleetAlert and frozenset of str
            A feed or operator with fewer than five buses is never silent as a whole: its buses are.
        """
        left = [vehicle for vehicle in vehicles if vehicle.last is not None]
        silent: dict[tuple[AlertKind, str], int] = {}
        explained: set[str] = set()
        for kind, name_of in ((AlertKind.SILENT_FEED, _source_of), (AlertKind.SILENT_OPERATOR, self._operator_of)):
            groups = _group(left, name_of)
            for name, lot in groups.items():
                last_ms = _silent_since(lot, now_ms)
                if last_ms is not None:
                    silent[kind, name] = last_ms
                    explained |= {vehicle.vehicle_id for vehicle in lot}
            left = [vehicle for vehicle in left if vehicle.vehicle_id not in explained]
        out = [self._begin(*key, silent[key], now_ms) for key in sorted(silent.keys() - self._open.keys())]
        for key in sorted(self._open.keys() - silent.keys()):
            ended = self._open.pop(key)
            # Later than its begin even where the clock was set back between them: the later word counts everywhere.
            end_ms = max(now_ms, ended.updated_ms + 1)
            out.append(msgspec.structs.replace(ended, updated_ms=end_ms, ended_ms=end_ms))
        return out, frozenset(explained)

    def _operator_of(self, vehicle: Vehicle) -> str | None:
        watch, table = vehicle.watch, self._timetable
        return None if watch is None else table.route_operators[table.trip_route[watch.run.trip]]

    def _begin(self, kind: AlertKind, name: str, last_ms: int, now_ms: int) -> FleetAlert:
        words = WORDS[kind]
        self._open[kind, name] = FleetAlert(
            alert_id=f"{kind}/{name}/{last_ms}",
            kind=kind,
            started_ms=last_ms,
            updated_ms=now_ms,
            text=Text(vi=words.vi.format(name=name), en=words.en.format(name=name)),
        )
        return self._open[kind, name]


def _source_of(vehicle: Vehicle) -> str | None:
    return None if vehicle.last is None else vehicle.last.source


def _group(vehicles: Iterable[Vehicle], name_of: Callable[[Vehicle], str | None]) -> dict[str, list[Vehicle]]:
    groups: dict[str, list[Vehicle]] = {}
    for vehicle in vehicles:
        name = name_of(vehicle)
        if name is not None:
            groups.setdefault(name, []).append(vehicle)
    return groups


def _silent_since(lot: Sequence[Vehicle], now_ms: int) -> int | None:
    """Return the time of the last word of buses that fell silent together, ``None`` if they did not."""
    times = [vehicle.last.time_ms for vehicle in lot if vehicle.last is not None]
    last_ms = max(times)
    if now_ms - last_ms <= FEED_SILENT_MS or sum(last_ms - at_ms <= LIVE_BEFORE_MS for at_ms in times) < LEAST_BUSES:
        return None
    return last_ms
