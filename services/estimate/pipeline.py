"""Bus positions in; states of roads and incident candidates out."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import structlog

from fleet.gtfs import GtfsError
from routing.congestion import EdgeHistory, EstimateSettings, Estimator
from routing.network import NetworkError, RoadNetwork, load_network
from routing.network.graph import Floats
from routing.paths import load_hierarchy
from services.city.folder import CityFolder
from services.city.timetable import read_city_timetable
from services.city.watch import CityWatch
from services.context import Context
from services.stream.runner import Incoming, Result, run_step

GROUP = "estimate"
SAVE_EVERY_MS = 300_000
_log = structlog.get_logger(__name__)


class EstimateStep:
    """The step around the estimator; keeps what was learnt in a file.

    Parameters
    ----------
    estimator : Estimator
        The estimator.
    history_file : Path
        Where its usual speeds are kept.
    city : Path
        The city folder: the stops of a new timetable are taken from there.
    """

    def __init__(self, estimator: Estimator, history_file: Path, city: Path) -> None:
        self._estimator = estimator
        self._file = history_file
        self._watch = CityWatch(city)
        self._saved_ms: int | None = None

    def handle(self, batch: Sequence[Incoming[Any]], now_ms: int) -> Result:
        """Take a batch of positions at a time of the city's clock."""
        self._follow_the_timetable()
        states, incidents = self._estimator.step([item.message for item in batch], now_ms)
        if self._saved_ms is None:
            self._saved_ms = now_ms
        if abs(now_ms - self._saved_ms) >= SAVE_EVERY_MS:
            self.save()
            self._saved_ms = now_ms
        outputs = [("road.states", state.cell, state) for state in states]
        return Result(outputs=[*outputs, *(("incidents", i.incident_id, i) for i in incidents)])

    def _follow_the_timetable(self) -> None:
        """Take the stops of a new timetable; of one that cannot be read the stops before stay."""
        city = self._watch.find_new()
        stops = None if city is None else read_stops(city.gtfs)
        if stops is not None:
            self._estimator.know_stops(stops)
            _log.info("the stops of another timetable are in use", stops=len(stops))

    def save(self) -> None:
        """Write the usual speeds; a full disk is said, not died of."""
        try:
            self._estimator.history.save(self._file)
        except OSError as error:
            _log.warning("usual speeds could not be kept", file=str(self._file), reason=str(error))


def read_stops(gtfs: Path | None) -> Floats | None:
    """Return lon, lat of a feed's stops, ``None`` where there is no feed that can be read."""
    if gtfs is None:
        return None
    try:
        timetable = read_city_timetable(gtfs)
    except GtfsError as error:
        _log.warning("stops are unknown: time at stops counts as traffic", reason=str(error))
        return None
    return np.column_stack([timetable.stop_lon, timetable.stop_lat])


def find_network(context: Context) -> tuple[CityFolder, RoadNetwork] | None:
    """Return the city and its network; ``None``, after one clear line, where there is none to use."""
    city = CityFolder(context.settings.place.city_dir)
    if city.network is None:
        _log.info("this city has no road network: no speeds are estimated")
        return None
    try:
        network = load_network(city.network)
    except NetworkError as error:
        _log.error("no speeds are estimated", reason=str(error))
        return None
    load_hierarchy(network, city.network)
    return city, network


def run(context: Context) -> None:
    """Estimate until told to stop; wait idly where the city has no network."""
    found = find_network(context)
    if found is None:
        context.stop.wait()
        return
    city, network = found
    zone = ZoneInfo(city.city.timezone).utcoffset(datetime.now(UTC).replace(tzinfo=None))
    settings = EstimateSettings(utc_offset_s=round(zone.total_seconds()) if zone else 0)
    history = EdgeHistory(network.edge_free_mps, settings.usual_min_passes)
    history_file = context.settings.run.var_dir / "estimate" / "history.npz"
    history.load(history_file)
    estimator = Estimator(network, stops_lonlat=read_stops(city.gtfs), history=history, settings=settings)
    step = EstimateStep(estimator, history_file, city.root)
    _log.info("estimating", edges=network.edge_count)
    try:
        run_step(
            context,
            group=GROUP,
            topics=["bus.positions"],
            handle=lambda batch: step.handle(batch, context.clock.now_ms()),
        )
    finally:
        step.save()
