"""What a tracker knows in the end, whatever the order in which it heard: for comparing streams."""

from collections.abc import Sequence

import numpy as np

from fleet.rewind import bare
from fleet.state import dump_now
from fleet.tracker import Tracker
from schemas.fix import Fix
from schemas.fleet_alert import AlertKind

BY_CLOCK = {
    AlertKind.LOST, AlertKind.BUNCHING, AlertKind.BIG_GAP, AlertKind.DETOUR, AlertKind.NOT_COMING,
    AlertKind.MAY_NOT_RUN, AlertKind.SILENT_FEED, AlertKind.SILENT_OPERATOR, AlertKind.IN_DEPOT,
}  # fmt: skip


def know(tracker: Tracker, fixes: Sequence[Fix], batch: int = 50) -> dict[str, object]:
    """Feed fixes and return all that the tracker said in the end and knows.

    Of alerts those of single buses' courses count, not what is found when the clock says to look around.
    """
    calls, runs, alerts = {}, {}, {}
    now_ms = 0
    for first in range(0, len(fixes), batch):
        lot = fixes[first : first + batch]
        now_ms = max(now_ms, *(fix.received_ms for fix in lot))
        out = tracker.step(lot, now_ms)
        for event in out.stop_events:
            key = (event.vehicle_id, event.trip_id, event.start_date, event.stop_sequence)
            calls.pop(key, None)
            if not event.withdrawn:
                calls[key] = event
        for dropped in out.dropped:
            runs.pop(dropped, None)
        runs |= {(p.vehicle_id, p.time_ms): (p.assignment, p.delay_s, p.next_stop_id) for p in out.positions}
        alerts |= {a.alert_id: a for a in out.alerts if a.kind not in BY_CLOCK}
    tracker.step([], now_ms + 60_000)
    vehicles = sorted(tracker._vehicles.items())
    snapshot = tracker.course.foresight.learner.at(now_ms)
    return {
        "buses": {name: dump_now(bare(vehicle)) for name, vehicle in vehicles},
        "calls": calls,
        "runs": runs,
        "alerts": {key: a for key, a in alerts.items() if a.ended_ms != a.started_ms},
        "predictions": {name: tracker.foresee(name) for name, _ in vehicles},
        "learnt": [
            np.asarray(value).tobytes() for name in snapshot.__dataclass_fields__ if
            isinstance(value := getattr(snapshot, name), np.ndarray | float)
        ],
    }  # fmt: skip
