"""Let the tracker, the estimator and the forecasts of the living system see recorded fixes; note what came of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from fleet.gtfs import Timetable
from fleet.roster import read_roster
from fleet.tracker import Tracker
from routing.congestion import Estimator
from routing.forecast.city import CityForecast, CityForecaster
from routing.network import RoadNetwork, load_network
from schemas.fix import Fix
from services.city.folder import CityFolder
from services.city.timetable import read_city_timetable
from services.recordings.reader import read_recording
from services.replay.command import area_of
from services.replay.order import in_time_order
from services.replay.own_roads import OwnRoads
from services.score.forecast_run import AHEAD, Told
from services.score.past_days import PastDays
from services.score.speed_table import STEP_S, Cells, SpeedTable, note, table_of

TURN_MS = 10_000


@dataclass
class Lived:
    """What vehicles measured, km/h, and the newest forecast that was made in each local slot of `STEP_S`."""

    network: RoadNetwork
    measured: Cells = field(default_factory=dict)
    made: dict[int, CityForecast] = field(default_factory=dict)

    def table(self) -> SpeedTable:
        """Return the speeds as a table; raises ``ValueError`` where no vehicle measured any."""
        if not self.measured:
            raise ValueError("no road was measured: are the fixes of this city, and of days that its timetable has?")
        return table_of(self.measured, self.network)

    def told(self, past: PastDays) -> Told:
        """Return what was told, by the slot that it was about."""
        edges = sorted({edge for _, edge in self.measured})
        place = np.array([self.network.edge_index_of[edge] for edge in edges])
        told = Told({})
        for slot, found in self.made.items():
            known = np.isin(place, found.edges)
            for number, ahead in enumerate(AHEAD):
                about = past.slot_of((slot + ahead) * STEP_S * 1000)
                if about is not None:
                    parts = (found.speed_mps, found.low_mps, found.high_mps)
                    speed, low, high = (np.where(known, 3.6 * part[number][place], np.nan) for part in parts)
                    told.speed[number, about] = speed, low, high
        return told


def live_through(city: CityFolder, recordings: Sequence[Path], progress: Callable[[Path], object] = bool) -> Lived:
    """Return what a city's services would have said of its roads while these fixes came, one recording after another.

    Parameters
    ----------
    city : CityFolder
        With a feed and a network.
    recordings : sequence of Path
        In order of time.
    progress : callable
        Told when a recording begins.

    Raises
    ------
    ValueError
        If the city lacks a feed or a network, or the recordings are not in order of time.
    """
    if city.network is None or city.gtfs is None:
        raise ValueError(f"{city.root}: roads and a feed are needed; hanoi city import brings them")
    timetable, network = read_city_timetable(city.gtfs), load_network(city.network)
    first = _read(recordings[0], timetable)
    roads = OwnRoads(timetable, network, first[0].received_ms if first else 0)
    offset_s = roads.utc_offset_s
    forecaster = CityForecaster(network, roads.estimator.traffic, offset_s)
    tracker = Tracker(timetable, read_roster(city.roster) if city.roster else None, area_of(timetable))
    lived, last_ms = Lived(network), -1
    for number, path in enumerate(recordings):
        progress(path)
        fixes = _read(path, timetable) if number else first
        if fixes and fixes[0].received_ms < last_ms:
            raise ValueError(f"{path} begins before the recording before it ends: give them in order of time")
        for now_ms, batch in _turns(fixes):
            last_ms = now_ms
            for message in roads.hear(tracker.step(batch, now_ms).positions, now_ms):
                note(lived.measured, message, offset_s)
            _forecast(lived, roads.estimator, forecaster, offset_s)
    return lived


def _read(path: Path, timetable: Timetable) -> list[Fix]:
    return in_time_order(read_recording(path, "auto", "recording", timezone=timetable.timezone))


def _turns(fixes: Sequence[Fix]) -> Iterator[tuple[int, list[Fix]]]:
    """Give the fixes that came in each ten seconds, and the time at their end."""
    at = 0
    while at < len(fixes):
        end_ms = (max(fixes[at].received_ms, fixes[at].time_ms) // TURN_MS + 1) * TURN_MS
        begin = at
        while at < len(fixes) and max(fixes[at].received_ms, fixes[at].time_ms) < end_ms:
            at += 1
        yield end_ms, list(fixes[begin:at])


def _forecast(lived: Lived, estimator: Estimator, forecaster: CityForecaster, offset_s: int) -> None:
    """Make a forecast where the field is new, as `services/estimate` does; the newest of a slot stands for it."""
    fused, time_ms = estimator.fused, estimator.fused_ms
    if fused is None or time_ms is None:
        return
    slot = (time_ms + offset_s * 1000) // (STEP_S * 1000)
    old = lived.made.get(slot)
    if old is None or old.time_ms < time_ms:
        lived.made[slot] = forecaster.step(fused, estimator.driven_lately(), time_ms, estimator.slowed)
