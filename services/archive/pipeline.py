"""The archive: topics into tables, each effect in the transaction of its offset row."""

from collections.abc import Callable, Sequence
from typing import Any

import structlog

from schemas.camera_watch import CameraSight
from schemas.incident import Incident
from schemas.violation import Candidate
from services.context import Context
from services.store.arrivals import record_predictions, record_stop_events
from services.store.cameras import record_camera_counts, record_camera_health, record_segments
from services.store.case_faults import flag_cases
from services.store.cases import open_case
from services.store.edges import record_road_states
from services.store.engine import Session, Store, open_store
from services.store.errors import StoreUnavailableError
from services.store.feeds import record_feed_health, record_fleet_alerts
from services.store.incidents import record_detected
from services.store.metrics import SIZE_BYTES
from services.store.positions import record_positions
from services.store.retention import give_back, keep_below, prune, used_bytes
from services.stream.runner import Incoming, Result, run_step

GROUP = "archive"
PRUNE_EVERY_MS = 3_600_000
# Enough that the offset row, the savepoint and the commit cost a tenth of COPY; reached only when catching up.
MAX_RECORDS = 10_000
_log = structlog.get_logger(__name__)


def record_incidents(session: Session, incidents: Sequence[Incident]) -> None:
    """Hand each incident to the desk's table."""
    for incident in incidents:
        record_detected(session, incident)


def open_cases(session: Session, candidates: Sequence[Candidate]) -> None:
    """Open the case of each candidate."""
    for candidate in candidates:
        open_case(session, candidate)


def record_sight(session: Session, healths: Sequence[CameraSight]) -> None:
    """Keep how well cameras saw; cases of the time of a fault say so from now on."""
    record_camera_health(session, healths)
    flag_cases(session, healths)


WRITERS: dict[str, Callable[[Session, Sequence[Any]], None]] = {
    "bus.positions": record_positions,
    "bus.stop-events": record_stop_events,
    "bus.predictions": record_predictions,
    "fleet.alerts": record_fleet_alerts,
    "feeds.health": record_feed_health,
    "camera.segments": record_segments,
    "camera.health": record_sight,
    "camera.counts": record_camera_counts,
    "road.states": record_road_states,
    "incidents": record_incidents,
    "violations.candidates": open_cases,
}


def archive_batch(batch: Sequence[Incoming[Any]]) -> Result:
    """Sort a batch by topic and write each lot with its writer."""
    lots: dict[str, list[Any]] = {}
    for incoming in batch:
        lots.setdefault(incoming.record.topic, []).append(incoming.message)

    def write(session: Session) -> None:
        for topic, lot in lots.items():
            WRITERS[topic](session, lot)

    return Result(write=write)


class Pruner:
    """Lets old rows go and measures the database once an hour.

    Parameters
    ----------
    store : Store
        Where.
    sqlite_limit_gib : float
        What SQLite may hold before its history is kept shorter, GiB.
    """

    def __init__(self, store: Store, sqlite_limit_gib: float = 20.0) -> None:
        self._store = store
        self._limit_bytes = int(sqlite_limit_gib * 2**30)
        self._pruned_ms = 0

    def turn(self, now_ms: int) -> None:
        """Prune if it is time; what cannot be done now is tried again in an hour, and rows go on coming in."""
        if abs(now_ms - self._pruned_ms) < PRUNE_EVERY_MS:
            return
        self._pruned_ms = now_ms
        try:
            self._prune(now_ms)
        except StoreUnavailableError as error:
            _log.warning("old rows stay for now", reason=str(error))

    def _prune(self, now_ms: int) -> None:
        gone = prune(self._store, now_ms)
        if gone:
            _log.info("old rows went", **gone)
        if not self._store.is_postgis:
            gone = keep_below(self._store, now_ms, self._limit_bytes)
            if gone:
                _log.warning("the database reached HANOI_STORE_SQLITE_LIMIT_GIB, so history went early", **gone)
            give_back(self._store)
        SIZE_BYTES.set(used_bytes(self._store))


def run(context: Context) -> None:
    """Archive until told to stop."""
    with open_store(context.settings.place.database_url) as store:
        store.migrate()
        pruner = Pruner(store, context.settings.store.sqlite_limit_gib)

        def handle(batch: Sequence[Incoming[Any]]) -> Result:
            pruner.turn(context.clock.now_ms())
            return archive_batch(batch) if batch else Result()

        run_step(context, group=GROUP, topics=list(WRITERS), handle=handle, store=store, max_records=MAX_RECORDS)
