"""Buses that will run as one, told while there is time to hold the one behind; and waits far longer than planned.

The time between two buses is taken along the timetable's own running times, each at the pace its bus has kept: what it
will be at each stop ahead says where and when they meet.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec
import numba
import numpy as np
from numpy.typing import NDArray

from fleet.alerts.advice import Gaps, advise, hold_at, late_of
from fleet.alerts.say import clock_text, fill_words
from fleet.alerts.standing import repeats_since
from fleet.alerts.surely import SURE, way_probability
from fleet.arrivals.kernel import due_s
from fleet.gtfs.timetable import Timetable, TripRun
from fleet.vehicle import Vehicle
from schemas.fleet_alert import AlertKind, FleetAlert
from schemas.text import Text
from schemas.trip import Phase

Floats = NDArray[np.float64]
FRESH_MS = 120_000
OFF_M = 120.0
FROM_START_M = 200.0
AHEAD_S = 900.0
# As one: nearer than a quarter of what is planned between them, at least a minute.
AS_ONE = 0.25
AS_ONE_S = 60.0
GAP_TIMES = 2.0
GAP_S = 600.0
LASTS_MS = 60_000
CLEARS_MS = 120_000
PACE_PRIOR_S = 900.0
# Of how much slower one bus was than the other so much goes on: most of it was the road's doing, or luck.
GOES_ON = 0.25
AROUND = 2
# A bus that fell silent goes on for so long, at about the pace of a bus.
UNSEEN_MS, UNSEEN_MPS = 1_800_000, 6.0
MOST_RUNS = 20_000
MOST_KNOWN = 2_000
# The one ahead, the one behind, the one behind that, and those that may be between.
Pair = tuple[Vehicle, Vehicle, Vehicle | None, Sequence[Vehicle]]


WORDS = {
    AlertKind.BUNCHING: Text(
        vi="Tuyến {line}: xe {bus} đuổi kịp xe {other} lúc {at} gần {place}; ",
        en="Line {line}: bus {bus} meets {other} at {at} near {place}; ",
    ),
    AlertKind.BIG_GAP: Text(
        vi="Tuyến {line}: xe {bus} cách xe trước {gap} phút, biểu đồ {planned} phút",
        en="Line {line}: bus {bus} is {gap} min behind the one ahead, planned {planned} min",
    ),
}


@dataclass(frozen=True, slots=True)
class Meeting:
    """What is foreseen of a bus and the one ahead of it; seconds between them as planned, now, and where they meet.

    ``third`` is the next one behind.
    """

    leader: Vehicle
    follower: Vehicle
    third: Vehicle | None
    planned_s: float
    now_s: float
    then_s: float
    expected_ms: int
    stop: int


@numba.njit(cache=True)
def meet(
    stop_m: Floats, arrival_s: Floats, ahead_m: float, behind_m: float, apart_s: float, ahead_pace: float,
    behind_pace: float, least_s: float,
) -> tuple[float, float, float, int]:  # fmt: skip
    """Return how far apart two buses are, and the first stop ahead at which they will be nearer than ``least_s``.

    The leader comes to a stop ``t`` of the timetable's seconds ahead after ``t × ahead_pace``; by then the two are
    ``now + t × GOES_ON × (behind_pace − ahead_pace)`` seconds apart.

    Parameters
    ----------
    stop_m, arrival_s : array, shape (stops,)
        Stops along the shape, and when the timetable has the follower there.
    ahead_m, behind_m : float
        Where the two were at their last fixes, metres along.
    apart_s : float
        How much later the follower's fix is.
    ahead_pace, behind_pace : float
        Seconds they take for one of the timetable.
    least_s : float
        Nearer than that they run as one.

    Returns
    -------
    tuple of float, float, float and int
        Seconds between them now and there, seconds until the leader is there, and the number of that stop; where they
        do not meet, those of now and the leader's next stop.
    """
    lead_s = due_s(ahead_m, stop_m, arrival_s)
    now_s = apart_s + (lead_s - due_s(behind_m, stop_m, arrival_s)) * behind_pace
    following = min(len(stop_m) - 1, int(np.searchsorted(stop_m, ahead_m)))
    if now_s < least_s:
        return now_s, now_s, 0.0, following
    for stop in range(following, len(stop_m)):
        later_s = arrival_s[stop] - lead_s
        if stop_m[stop] <= ahead_m or later_s > AHEAD_S:
            continue
        then_s = now_s + later_s * GOES_ON * (behind_pace - ahead_pace)
        if then_s < least_s:
            return now_s, then_s, later_s * ahead_pace, stop
    return now_s, now_s, 0.0, following


class BunchDesk:
    """Judges the buses of each direction against the one ahead.

    Parameters
    ----------
    timetable : Timetable
        Whose trips are run.
    """

    def __init__(self, timetable: Timetable) -> None:
        self._timetable = timetable
        self._since: dict[tuple[AlertKind, str, str], int] = {}
        self._absent: dict[tuple[AlertKind, str, str], int] = {}
        self._open: dict[tuple[AlertKind, str, str], FleetAlert] = {}
        self._planned: dict[tuple[int, str], float | None] = {}
        self._starts: dict[tuple[str, int], Floats] = {}

    def look(self, vehicles: Iterable[Vehicle], now_ms: int) -> list[FleetAlert]:
        """Return what began or ended among all pairs."""
        found: dict[tuple[AlertKind, str, str], Meeting] = {}
        for leader, follower, third, unsure in self._pairs(vehicles, now_ms):
            told = self._foresee(leader, follower, third)
            if told is None:
                continue
            kind, meeting = told
            if kind is AlertKind.BUNCHING or not any(_may_be_between(v, leader, follower, now_ms) for v in unsure):
                # A gap is that behind its leader, whichever of several that run as one comes first at the moment.
                behind = follower.vehicle_id if kind is AlertKind.BUNCHING else ""
                found[kind, leader.vehicle_id, behind] = meeting
        return self._begin(found, now_ms) + self._end(found.keys(), now_ms)

    def _begin(self, found: dict[tuple[AlertKind, str, str], Meeting], now_ms: int) -> list[FleetAlert]:
        out = []
        self._since = {key: self._since.get(key, now_ms) for key in found}
        for key, meeting in found.items():
            self._absent.pop(key, None)
            if key not in self._open and now_ms - self._since[key] >= LASTS_MS:
                self._open[key] = self._alert(key[0], meeting, self._since[key], now_ms)
                out.append(self._open[key])
        return out

    def _end(self, found: Iterable[tuple[AlertKind, str, str]], now_ms: int) -> list[FleetAlert]:
        out = []
        for key in self._open.keys() - set(found):
            if now_ms - self._absent.setdefault(key, now_ms) >= CLEARS_MS:
                del self._absent[key]
                out.append(msgspec.structs.replace(self._open.pop(key), updated_ms=now_ms, ended_ms=now_ms))
        return sorted(out, key=lambda alert: alert.alert_id)

    def _pairs(self, vehicles: Iterable[Vehicle], now_ms: int) -> Iterator[Pair]:
        """Yield the buses that follow each other on the same way, the one ahead first, and the unsure ones on it."""
        groups: dict[int, list[Vehicle]] = {}
        others: dict[int, list[Vehicle]] = {}
        for vehicle in vehicles:
            if vehicle.progress is not None:
                kept = groups if _is_sure(vehicle, self._timetable, now_ms) else others
                kept.setdefault(vehicle.progress.pattern.index, []).append(vehicle)
        for pattern, group in groups.items():
            if len(group) > 1:
                group.sort(key=lambda v: (-v.progress.distance_m if v.progress else 0.0, v.vehicle_id))
                for leader, follower, third in zip(group, group[1:], [*group[2:], None], strict=False):
                    yield leader, follower, third, others.get(pattern, ())

    def _foresee(self, leader: Vehicle, follower: Vehicle, third: Vehicle | None) -> tuple[AlertKind, Meeting] | None:
        """Return what is to be said of two buses, ``None`` where they keep the distance that is planned."""
        ahead, behind = leader.progress, follower.progress
        assert ahead is not None
        assert behind is not None
        planned_s = self._planned_s(behind.run)
        if planned_s is None or planned_s <= AS_ONE_S:
            return None
        least_s = max(AS_ONE_S, AS_ONE * planned_s)
        now_s, then_s, after_s, stop = self._meet(leader, follower, least_s)
        meets = then_s < least_s
        if not meets and now_s <= max(GAP_TIMES * planned_s, planned_s + GAP_S):
            return None
        meeting = Meeting(
            leader, follower, third, planned_s, now_s, then_s, ahead.time_ms + round(after_s * 1000), stop
        )
        return AlertKind.BUNCHING if meets else AlertKind.BIG_GAP, meeting

    def _meet(self, leader: Vehicle, follower: Vehicle, least_s: float) -> tuple[float, float, float, int]:
        ahead, behind, table = leader.progress, follower.progress, self._timetable
        assert ahead is not None
        assert behind is not None
        return meet(
            behind.pattern.stop_distance_m, table.arrival_s[table.stops_of(behind.run.trip)], ahead.distance_m,
            behind.distance_m, (behind.time_ms - ahead.time_ms) / 1000.0, _pace(leader), _pace(follower), least_s,
        )  # fmt: skip

    def _planned_s(self, run: TripRun) -> float | None:
        """Return the planned headway of a way about a trip, worked out once: it is asked for at every look."""
        key = (run.trip, run.start_date)
        if key not in self._planned:
            if len(self._planned) > MOST_RUNS:
                self._planned.clear()
            self._planned[key] = self._headway_s(run)
        return self._planned[key]

    def _headway_s(self, run: TripRun) -> float | None:
        """Return the median headway about a trip: which trip a bus of a bunch runs is least sure."""
        table, key = self._timetable, (run.start_date, int(self._timetable.trip_pattern[run.trip]))
        if key not in self._starts:
            if len(self._starts) > MOST_KNOWN:
                self._starts.clear()
            plan = table.day_plan(run.start_date)
            self._starts[key] = np.unique(plan.first_s[table.trip_pattern[plan.trips] == key[1]]).astype(np.float64)
        starts = self._starts[key]
        at = int(np.searchsorted(starts, (run.start_ms - run.day_start_ms) / 1000.0))
        gaps = np.diff(starts[max(0, at - AROUND) : at + AROUND + 1])
        return float(np.median(gaps)) if len(gaps) else None

    def _alert(self, kind: AlertKind, m: Meeting, since_ms: int, now_ms: int) -> FleetAlert:
        table, run = self._timetable, m.follower.progress.run if m.follower.progress else None
        assert run is not None
        rows, held = table.stops_of(run.trip), hold_at(m.follower, table, m.stop)
        line = table.route_short_names[table.trip_route[run.trip]]
        bus, other, late_s = m.follower.vehicle_id, m.leader.vehicle_id, late_of(m.follower, table)
        behind_s = None if m.third is None else self._meet(m.follower, m.third, -math.inf)[0]
        hold_s, advice = advise(Gaps(m.planned_s, m.then_s, behind_s), late_s)
        said = WORDS[kind]
        words = fill_words(
            Text(vi=said.vi + advice.vi, en=said.en + advice.en) if kind is AlertKind.BUNCHING else said,
            line=line,
            bus=bus,
            other=other,
            at=clock_text(m.expected_ms, table.timezone),
            place=table.stop_names[int(table.time_stop[rows.start + m.stop])],
            held=table.stop_names[held],
            minutes=f"{(hold_s or 0.0) / 60:g}",
            late=round(late_s / 60),
            gap=round(m.now_s / 60),
            planned=round(m.planned_s / 60),
        )
        return FleetAlert(
            alert_id=f"{kind}/{other}/{bus}/{since_ms}",
            kind=kind,
            started_ms=since_ms,
            updated_ms=now_ms,
            text=words,
            vehicle_id=bus,
            trip_id=run.trip_id,
            start_date=run.start_date,
            route_id=table.route_ids[table.trip_route[run.trip]],
            lon=m.follower.last.lon if m.follower.last else None,
            lat=m.follower.last.lat if m.follower.last else None,
            stop_id=table.stop_ids[held],
            expected_ms=m.expected_ms,
            hold_s=hold_s if kind is AlertKind.BUNCHING else None,
        )


def _is_sure(vehicle: Vehicle, timetable: Timetable, now_ms: int) -> bool:
    progress = vehicle.progress
    if progress is None or vehicle.last is None or vehicle.phase is not Phase.IN_SERVICE:
        return False
    if now_ms - vehicle.last.time_ms > FRESH_MS or progress.off_m > OFF_M or progress.is_at_end:
        return False
    far = progress.distance_m > progress.pattern.stops_m[0] + FROM_START_M
    return far and repeats_since(vehicle) is None and way_probability(vehicle, timetable) >= SURE


def _may_be_between(other: Vehicle, leader: Vehicle, follower: Vehicle, now_ms: int) -> bool:
    """Return whether a bus that is silent, or of which it is not sure where it drives, may be between two others."""
    if other.progress is None or leader.progress is None or follower.progress is None or other.last is None:
        return False
    silent_ms = now_ms - other.last.time_ms
    if silent_ms > UNSEEN_MS or other.phase is Phase.AT_DEPOT:
        return False
    reach_m = other.progress.distance_m + UNSEEN_MPS * silent_ms / 1000.0
    return reach_m >= follower.progress.distance_m and other.progress.distance_m <= leader.progress.distance_m


def _pace(vehicle: Vehicle) -> float:
    took_s, planned_s = vehicle.pace
    return min(max((took_s + PACE_PRIOR_S) / (planned_s + PACE_PRIOR_S), 0.6), 2.0)
