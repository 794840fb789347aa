"""Bus positions, camera counts and the desk's verdicts in; states of roads and incident candidates out."""

import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from routing.congestion import EdgeHistory, EstimateSettings, Estimator
from routing.congestion.flow import units_of
from routing.incidents import Report
from routing.incidents.camera import Count
from routing.network import NetworkError, RoadNetwork, load_network
from routing.paths import load_hierarchy
from schemas.camera_watch import CameraMinute
from schemas.incident import Incident
from schemas.message import Message
from schemas.position import BusPosition
from schemas.report import RoadReport
from services.capture.pipeline import read_cameras
from services.city.folder import CityFolder
from services.city.watch import CityWatch
from services.context import Context
from services.estimate.approaches import find_edges
from services.estimate.forecast import ForecastDesk
from services.estimate.lines import read_lines
from services.estimate.rain import RainDesk, follow
from services.stream.runner import Incoming, Result, run_step

GROUP = "estimate"
SAVE_EVERY_MS = 300_000
TRAFFIC_FILE = "traffic.npz"
FORECAST_FILE = "forecast.npz"
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
    rain : RainDesk, optional
        The gauges, where the city has some.
    forecasts : ForecastDesk, optional
        Makes the forecasts.
    """

    def __init__(
        self, estimator: Estimator, history_file: Path, city: Path, rain: RainDesk | None = None,
        forecasts: ForecastDesk | None = None,
    ) -> None:  # fmt: skip
        self._estimator = estimator
        self._forecasts = forecasts
        self._rain = rain
        self._file = history_file
        self._incidents = history_file.with_name("incidents.json")
        if self._incidents.exists() and not estimator.detector.load(self._incidents.read_bytes()):
            _log.warning("what was learnt of incidents cannot be read: it begins anew", file=str(self._incidents))
        self._watch = CityWatch(city)
        self._edge_of = find_edges(estimator.network, read_cameras(CityFolder(city)).values())
        self._saved_ms: int | None = None
        self._doubted: dict[str, str] = {}

    def handle(self, batch: Sequence[Incoming[Any]], now_ms: int) -> Result:
        """Take a batch of positions, camera counts and words of the desk at a time of the city's clock."""
        self._follow_the_timetable()
        outputs = self._look_at_the_rain(now_ms)
        messages = [item.message for item in batch]
        for message in messages:
            if isinstance(message, Incident):
                self._estimator.detector.hear(message)
            elif isinstance(message, RoadReport):
                self._listen(message)
        positions = [message for message in messages if isinstance(message, BusPosition)]
        counts = [c for m in messages if isinstance(m, CameraMinute) and (c := self._count(m)) is not None]
        states, incidents = self._estimator.step(positions, now_ms, counts)
        if incidents:
            self._save_incidents()
        self._tell_doubts()
        if self._saved_ms is None:
            self._saved_ms = now_ms
        if abs(now_ms - self._saved_ms) >= SAVE_EVERY_MS:
            self.save()
            self._saved_ms = now_ms
        outputs += [("road.states", state.cell, state) for state in states]
        if self._forecasts is not None:
            outputs += [("road.forecasts", said.cell, said) for said in self._forecasts.look()]
        return Result(outputs=[*outputs, *(("incidents", i.incident_id, i) for i in incidents)])

    def _look_at_the_rain(self, now_ms: int) -> list[tuple[str, str, Message]]:
        said = None if self._rain is None else self._rain.look(now_ms)
        if self._rain is None or said is None:
            return []
        self._estimator.slowed = self._rain.slowed
        return [("rain.gauges", said.source, said)]

    def _listen(self, message: RoadReport) -> None:
        """Give a report to the detector; one beside no road of this network is said and left out."""
        edge = self._estimator.detector.find_edge(message.lon, message.lat, message.heading_deg)
        if edge is None:
            _log.warning("a report lies beside no road", report=message.report_id, lon=message.lon, lat=message.lat)
            return
        self._estimator.detector.listen(Report(message.report_id, message.who.value, message.time_ms, edge))

    def _count(self, message: CameraMinute) -> Count | None:
        """Return what an approach counted on its edge; ``None`` where that is unknown or hardly any of it was seen."""
        approach = (message.camera_id, message.approach_id)
        edge = self._estimator.network.edge_index_of.get(message.edge_id or "", self._edge_of.get(approach))
        if edge is None or not message.is_watched:  # nobody crossed before a covered lens: that is no empty road
            return None
        place, flow = f"{message.camera_id}/{message.approach_id}", float(sum(message.counts.values()))
        units = units_of(message.counts)
        return Count(edge, place, message.end_ms, flow, message.occupancy, message.standing_s, units, message.seconds)

    def _follow_the_timetable(self) -> None:
        """Take the stops of a new timetable; of one that cannot be read the stops before stay."""
        city = self._watch.find_new()
        lines = None if city is None else read_lines(city.gtfs, self._estimator.network)
        if lines is not None:
            self._estimator.know_stops(lines.lonlat, lines.stops)
            self._estimator.know_lines(lines.edges)
            _log.info("the stops of another timetable are in use", stops=len(lines.lonlat))

    def _tell_doubts(self) -> None:
        """Name each source that is not believed once, and again when the reason changes."""
        now = {doubt.source: doubt.reason for doubt in self._estimator.doubts()}
        for source, reason in now.items():
            if self._doubted.get(source) != reason:
                _log.warning("a source is not believed", source=source, reason=reason)
        self._doubted = now

    def _save_incidents(self) -> None:
        """Write what is open and learnt of incidents, whole or not at all."""
        try:
            self._incidents.parent.mkdir(parents=True, exist_ok=True)
            new = self._incidents.with_name("incidents.new.json")
            new.write_bytes(self._estimator.detector.dump())
            new.replace(self._incidents)
        except OSError as error:
            _log.warning("incidents could not be kept", file=str(self._incidents), reason=str(error))

    def save(self) -> None:
        """Write the usual speeds and the incidents; a full disk is said, not died of."""
        self._save_incidents()
        if self._forecasts is not None:
            self._forecasts.save()
        try:
            self._estimator.history.save(self._file)
            self._estimator.traffic.save(self._file.with_name(TRAFFIC_FILE))
        except OSError as error:
            _log.warning("usual speeds could not be kept", file=str(self._file), reason=str(error))


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


def _follow_rain(context: Context, network: RoadNetwork) -> RainDesk | None:
    """Begin to look at the gauges, where the settings name some."""
    rain = context.settings.rain
    if not rain.source:
        return None
    desk = RainDesk(network, rain.source)
    arguments = (desk, rain.source, rain.every_s, time.time, context.stop)
    threading.Thread(target=follow, args=arguments, name="rain", daemon=True).start()
    return desk


def _take_up_traffic(estimator: Estimator, file: Path) -> None:
    """Go on from what was learnt of traffic, and say what of it is lost."""
    lost = estimator.traffic.load(file)
    if lost is None and file.exists():
        _log.warning("what was learnt of traffic is of another network or form: it begins anew", file=str(file))
    elif lost:
        _log.warning("what was learnt of edges that no longer exist was let go", edges=lost, file=str(file))


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
    lines = read_lines(city.gtfs, network)
    places, stops = (lines.lonlat, lines.stops) if lines else (None, None)
    estimator = Estimator(network, stops_lonlat=places, lines=stops, history=history, settings=settings)
    if lines:
        estimator.know_lines(lines.edges)
    _take_up_traffic(estimator, history_file.with_name(TRAFFIC_FILE))
    forecasts = ForecastDesk(estimator, settings.utc_offset_s, history_file.with_name(FORECAST_FILE))
    step = EstimateStep(estimator, history_file, city.root, _follow_rain(context, network), forecasts)
    _log.info("estimating", edges=network.edge_count)
    try:
        run_step(
            context,
            group=GROUP,
            topics=["bus.positions", "camera.counts", "incidents", "road.reports"],
            handle=lambda batch: step.handle(batch, context.clock.now_ms()),
        )
    finally:
        step.save()
