"""Detours: two buses left their line and came back at the same places, by the same way, while none went through."""

from dataclasses import dataclass, field

import msgspec
import numpy as np

from fleet.alerts.away import Excursion, distance_between, find_missed, goes_around, mean_off
from fleet.alerts.say import clock_text
from fleet.gtfs.timetable import Timetable
from fleet.vehicle import Vehicle
from schemas.detour import Detour
from schemas.fleet_alert import AlertKind, FleetAlert
from schemas.text import Text
from schemas.trip import Phase

SAME_PLACE_M = 350.0
SAME_WAY_M = 80.0
# Where receivers err by as much as they are beside the line, two ways lie as far from each other as from it.
SAME_WAY_SHARE = 0.25
WITHIN_MS = 60 * 60_000
THROUGH_M = 50.0
# Of the part that is left out: a bus on its line there has gone through.
MIDDLE = (0.3, 0.7)
THROUGH_TO_END = 2
# So much of the same way makes a bus one that follows another.
FOLLOWS_POINTS = 4
FOLLOWS_M = 300.0
# A bus that turns short first goes round a block or two, and then takes a long empty way at once.
TURNED_MS, TURNED_M = 5 * 60_000, 500.0
# A bus that has come back may be seen on the part that it left out when a late report has its way gone over again.
SETTLES_MS = 10 * 60_000
# A way is compared with the last ones of a detour: a noisy one of them is like none.
COMPARED = 5
# Where no stop is missed one bus must have come back so long ago, and serve its line since.
SURE_MS, LEFT_MS = 4 * 60_000, 60_000
Way = tuple[int, int]


@dataclass(eq=False)
class _Case:
    """Excursions that are alike, buses still on the same way, those that went through since, and what was told."""

    excursions: list[Excursion]
    followers: set[str] = field(default_factory=set)
    through: set[str] = field(default_factory=set)
    told: FleetAlert | None = None
    is_new: bool = True

    @property
    def newest(self) -> Excursion:
        return max(self.excursions, key=lambda one: (one.to_ms, one.vehicle_id))

    @property
    def oldest(self) -> Excursion:
        return min(self.excursions, key=lambda one: (one.from_ms, one.vehicle_id))

    def is_on(self, vehicle_id: str, time_ms: int) -> bool:
        """Return whether a bus has gone around of late: where it is seen just after that proves nothing."""
        return any(one.vehicle_id == vehicle_id and time_ms - one.to_ms < SETTLES_MS for one in self.excursions)

    @property
    def buses(self) -> tuple[str, ...]:
        return tuple(sorted({one.vehicle_id for one in self.excursions} | self.followers))


class DetourDesk:
    """Collects the excursions of all buses and tells of detours.

    Parameters
    ----------
    timetable : Timetable
        Whose lines are run.
    """

    def __init__(self, timetable: Timetable) -> None:
        self._timetable = timetable
        self._cases: dict[Way, list[_Case]] = {}
        self._away_ms: dict[str, int] = {}

    def add(self, excursion: Excursion) -> None:
        """Take one excursion; the same one again changes nothing."""
        if not goes_around(excursion, self._timetable):
            if excursion.to_m - excursion.from_m >= TURNED_M:
                self._forget(excursion.vehicle_id, excursion.from_ms - TURNED_MS)
            return
        cases = self._cases.setdefault(self._way_of(excursion.trip), [])
        for case in cases:
            if any((e.vehicle_id, e.from_ms) == (excursion.vehicle_id, excursion.from_ms) for e in case.excursions):
                return
            if any(self._is_alike(one, excursion) for one in case.excursions[-COMPARED:]):
                case.excursions.append(excursion)
                case.through.clear()
                case.is_new = case.is_new or excursion.vehicle_id not in case.followers
                return
        cases.append(_Case([excursion]))

    def _forget(self, vehicle_id: str, since_ms: int) -> None:
        """Forget the ways of a bus that has turned short since: it was in service on none of them."""
        for way, cases in list(self._cases.items()):
            for case in cases:
                case.followers.discard(vehicle_id)
                case.excursions = [
                    one for one in case.excursions if one.vehicle_id != vehicle_id or one.to_ms < since_ms
                ]
            self._cases[way] = [case for case in cases if case.excursions]

    def follow(self, vehicle: Vehicle) -> None:
        """Take a bus that is still beside its line, on the way by which another one has come back already."""
        self._away_ms[vehicle.vehicle_id] = vehicle.away[-1][3]
        if len(vehicle.away) < FOLLOWS_POINTS:
            return
        pattern = self._timetable.patterns[vehicle.away_on]
        for case in self._cases.get((pattern.route_index, pattern.direction_id or 0), ()):
            one = case.newest
            if vehicle.vehicle_id in case.buses or self._timetable.pattern_of(one.trip) is not pattern:
                continue
            if abs(vehicle.away[0][2] - one.from_m) > SAME_PLACE_M:
                continue
            way = np.array([(x, y) for x, y, _, _ in vehicle.away])
            driven_m = float(np.sum(np.hypot(*np.diff(way, axis=0).T)))
            most_m = min(SAME_WAY_M, SAME_WAY_SHARE * mean_off(way, pattern))
            if driven_m >= FOLLOWS_M and distance_between(way, one.way) <= most_m:
                case.followers.add(vehicle.vehicle_id)
                case.is_new = True
                return

    def see(self, vehicle: Vehicle, time_ms: int) -> None:
        """Note a bus that goes through where others went around."""
        progress = vehicle.progress
        if progress is None or progress.off_m > THROUGH_M or vehicle.phase is not Phase.IN_SERVICE:
            return
        cases = self._cases.get(self._way_of(progress.run.trip))
        if not cases or vehicle.away or any(case.is_on(vehicle.vehicle_id, time_ms) for case in cases):
            return
        for case in cases:
            one = case.newest
            low, high = (one.from_m + part * (one.to_m - one.from_m) for part in MIDDLE)
            if low <= progress.distance_m <= high and time_ms > one.from_ms:
                case.through.add(vehicle.vehicle_id)

    def look(self, now_ms: int) -> list[FleetAlert]:
        """Return the detours that began, changed or ended."""
        out: list[FleetAlert] = []
        for way, cases in list(self._cases.items()):
            for case in list(cases):
                alert = self._judge(way, case, now_ms)
                out += [] if alert is None else [alert]
                if self._is_over(case, now_ms):
                    cases.remove(case)
            if not cases:
                del self._cases[way]
        return out

    def _judge(self, way: Way, case: _Case, now_ms: int) -> FleetAlert | None:
        if self._is_over(case, now_ms):
            if case.told is None:
                return None
            detour = case.told.detour
            assert detour is not None
            ended = msgspec.structs.replace(detour, updated_ms=now_ms, ended_ms=now_ms)
            return msgspec.structs.replace(case.told, updated_ms=now_ms, ended_ms=now_ms, detour=ended)
        if len(case.buses) < 2 or not case.is_new or not self._is_sure(case, now_ms):
            return None
        case.is_new = False
        case.told = self._alert(way, case, now_ms)
        return case.told

    def _is_sure(self, case: _Case, now_ms: int) -> bool:
        """Return whether buses went around stops, or around none and one served its line afterwards.

        A bus that turns short goes round a block, too, before it leaves its line for good.
        """
        if len(find_missed(self._timetable, case.excursions)):
            return True
        went = {one.vehicle_id for one in case.excursions if now_ms - one.to_ms >= SURE_MS}
        return any(now_ms - self._away_ms.get(name, 0) >= LEFT_MS for name in went)

    @staticmethod
    def _is_over(case: _Case, now_ms: int) -> bool:
        return len(case.through) >= (THROUGH_TO_END if case.told else 1) or now_ms - case.newest.to_ms > WITHIN_MS

    def _way_of(self, trip: int) -> Way:
        return self._timetable.trip_route[trip], self._timetable.trip_direction[trip] or 0

    def _is_alike(self, one: Excursion, other: Excursion) -> bool:
        table = self._timetable
        if one.vehicle_id == other.vehicle_id or table.trip_pattern[one.trip] != table.trip_pattern[other.trip]:
            return False
        if max(abs(one.from_m - other.from_m), abs(one.to_m - other.to_m)) > SAME_PLACE_M:
            return False
        pattern = table.pattern_of(one.trip)
        off_m = min(mean_off(one.way, pattern), mean_off(other.way, pattern))
        apart_m = max(distance_between(one.way, other.way), distance_between(other.way, one.way))
        return apart_m <= min(SAME_WAY_M, SAME_WAY_SHARE * off_m)

    def _alert(self, way: Way, case: _Case, now_ms: int) -> FleetAlert:
        table, newest, first = self._timetable, case.newest, case.oldest
        detour = self._detour(way, case, now_ms)
        lon, lat = detour.line[len(detour.line) // 2]
        return FleetAlert(
            alert_id=detour.detour_id,
            kind=AlertKind.DETOUR,
            started_ms=first.from_ms,
            updated_ms=now_ms,
            text=detour.text,
            route_id=table.route_ids[way[0]],
            lon=lon,
            lat=lat,
            stop_id=detour.left_stop_id,
            expected_ms=newest.to_ms,
            detour=detour,
        )

    def _detour(self, way: Way, case: _Case, now_ms: int) -> Detour:
        table, one, first = self._timetable, case.newest, case.oldest
        pattern, rows = table.pattern_of(one.trip), table.stops_of(one.trip)
        along, names = pattern.stop_distance_m, [table.stop_names[int(s)] for s in pattern.stop_index]
        missed = find_missed(table, case.excursions)
        left = max(0, int(np.searchsorted(along, one.from_m, side="right")) - 1)
        back = min(len(along) - 1, int(np.searchsorted(along, one.to_m)))
        if len(missed):
            left, back = min(left, int(missed[0]) - 1), max(back, int(missed[-1]) + 1)
        left, back = max(0, left), min(len(along) - 1, back)
        lon, lat = table.frame.to_degrees(one.way[:, 0], one.way[:, 1])
        line, since = table.route_short_names[way[0]], clock_text(first.from_ms, table.timezone)
        gone = ", ".join(names[int(n)] for n in missed)
        vi = f"không đón trả ở {gone}" if gone else "các trạm vẫn được phục vụ"
        en = f"stops not served: {gone}" if gone else "all stops are served"
        route_id = table.route_ids[way[0]]
        return Detour(
            detour_id=f"detour/{route_id}/{way[1]}/{first.from_ms}",
            route_id=route_id,
            direction_id=way[1],
            left_stop_id=table.stop_ids[int(pattern.stop_index[left])],
            left_stop_sequence=int(table.time_sequence[rows.start + left]),
            back_stop_id=table.stop_ids[int(pattern.stop_index[back])],
            back_stop_sequence=int(table.time_sequence[rows.start + back]),
            missed_stop_ids=tuple(table.stop_ids[int(pattern.stop_index[n])] for n in missed),
            line=tuple((round(float(a), 6), round(float(b), 6)) for a, b in zip(lon, lat, strict=True)),
            vehicle_ids=case.buses,
            started_ms=first.from_ms,
            updated_ms=now_ms,
            text=Text(
                vi=f"Tuyến {line} đi đường vòng từ {since}, giữa {names[left]} và {names[back]}: {vi}",
                en=f"Line {line} is on a detour since {since}, between {names[left]} and {names[back]}: {en}",
            ),
        )
