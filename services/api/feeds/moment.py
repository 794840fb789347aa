"""What the feeds are made of: everything that moves, as it stood at one moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from schemas.fleet_alert import AlertKind, FleetAlert
from schemas.incident import Incident
from schemas.position import BusPosition
from schemas.prediction import StopPrediction, TripPrediction
from services.api.arrivals import STALE_AFTER_MS, newest_fix_of
from services.api.live import LiveState, RunKey
from services.api.timetable import CityTimetable

# Further from its shape than this a bus is on no trip that others could make sense of.
MAX_OFF_ROUTE_M = 150.0
# An alert that a tracker did not renew or end for so long is of a tracker that is gone.
ALERT_HOLDS_MS = 6 * 3_600_000
# They speak of one run.
OF_RUNS = frozenset({AlertKind.NOT_COMING, AlertKind.MAY_NOT_RUN})


@dataclass(frozen=True)
class Moment:
    """A snapshot of immutable messages, so that feeds are made while others go on.

    ``predictions`` rest on fixes that are at most 90 s old, of trips that the timetable knows; ``alerts`` hold now.
    """

    now_ms: int
    positions: Sequence[BusPosition] = ()
    predictions: Mapping[RunKey, TripPrediction] = field(default_factory=dict)
    alerts: Sequence[FleetAlert] = ()
    incidents: Sequence[Incident] = ()

    def missed_stops(self) -> dict[tuple[str, int], frozenset[str]]:
        """Return the stops that detours leave out, by line and direction."""
        missed: dict[tuple[str, int], frozenset[str]] = {}
        for detour in (alert.detour for alert in self.alerts if alert.detour is not None):
            way = (detour.route_id, detour.direction_id)
            missed[way] = missed.get(way, frozenset()) | frozenset(detour.missed_stop_ids)
        return missed

    def holders(self) -> dict[RunKey, str]:
        """Return which bus each run is told of: the one predicted for it, else that furthest along; never two."""
        surest = sorted(self.positions, key=lambda p: (p.assignment.distance_m or 0.0, p.vehicle_id))
        held = {RunKey(p.assignment.trip_id or "", p.assignment.start_date or ""): p.vehicle_id for p in surest}
        return held | {run: prediction.vehicle_id for run, prediction in self.predictions.items()}

    def not_coming(self) -> dict[RunKey, FleetAlert]:
        """Return the runs that nobody runs; one that a bus is seen to run is not among them."""
        return self._without_bus(AlertKind.NOT_COMING)

    def unsure(self) -> dict[RunKey, FleetAlert]:
        """Return the runs that may not come."""
        return self._without_bus(AlertKind.MAY_NOT_RUN)

    def list_told(self) -> list[FleetAlert]:
        """Return the alerts that hold, without those of runs that a bus is predicted for after all."""
        of_runs = {alert.alert_id for lot in (self.not_coming(), self.unsure()) for alert in lot.values()}
        return [alert for alert in self.alerts if alert.kind not in OF_RUNS or alert.alert_id in of_runs]

    def _without_bus(self, kind: AlertKind) -> dict[RunKey, FleetAlert]:
        return {
            run: alert
            for alert in self.alerts
            if alert.kind is kind and (run := run_of(alert)) is not None and run not in self.predictions
        }


def run_of(alert: FleetAlert) -> RunKey | None:
    """Return which run an alert speaks of, ``None`` if of none."""
    return RunKey(alert.trip_id, alert.start_date) if alert.trip_id and alert.start_date else None


def take_moment(state: LiveState, timetable: CityTimetable, now_ms: int, incidents: Sequence[Incident] = ()) -> Moment:
    """Take the snapshot of a live state.

    Parameters
    ----------
    state : LiveState
        What the log said; nobody may change it meanwhile.
    timetable : CityTimetable
        Trips that it does not know are left out of the predictions.
    now_ms : int
        The city's time.
    incidents : sequence of Incident
        What a person has verified.

    Returns
    -------
    Moment
        Positions, predictions and alerts in the order of their ids; nothing older than 90 s.
    """
    fresh = {}
    for run in sorted(state.predictions):
        prediction = state.predictions[run]
        fix_ms = newest_fix_of(state, prediction)
        known = timetable.table is not None and run.trip_id in timetable.table.trip_number
        if known and fix_ms is not None and now_ms - fix_ms <= STALE_AFTER_MS and prediction.made_at_ms <= now_ms:
            fresh[run] = prediction
    seen = [state.vehicles[vehicle_id].position for vehicle_id in sorted(state.vehicles)]
    alerts = [state.alerts[alert_id] for alert_id in sorted(state.alerts)]
    return Moment(
        now_ms=now_ms,
        positions=[p for p in seen if 0 <= now_ms - p.time_ms <= STALE_AFTER_MS],
        predictions=fresh,
        alerts=[a for a in alerts if a.ended_ms is None and a.started_ms <= now_ms < a.updated_ms + ALERT_HOLDS_MS],
        incidents=incidents,
    )


def calls_ahead(prediction: TripPrediction, now_ms: int) -> list[tuple[StopPrediction, int]]:
    """Return the stops of a prediction by sequence, each with the whole second it is called at.

    Seconds rise strictly and none lies before now; empty if all have gone by.
    """
    if all(stop.eta_ms // 1000 <= now_ms // 1000 for stop in prediction.stops):
        return []
    rows: list[tuple[StopPrediction, int]] = []
    for stop in sorted(prediction.stops, key=lambda s: s.stop_sequence):
        time_s = max(stop.eta_ms // 1000, now_ms // 1000)
        if rows:
            if stop.stop_sequence <= rows[-1][0].stop_sequence:
                continue
            time_s = max(time_s, rows[-1][1] + 1)
        rows.append((stop, time_s))
    return rows
