"""States of roads made of the replayed buses themselves, as the road-state service makes them beside the tracker."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from fleet.gtfs import Timetable
from routing.congestion import EstimateSettings, Estimator
from routing.network import RoadNetwork
from schemas.edge import RoadStates
from schemas.position import BusPosition
from services.estimate.lines import lines_of


class OwnRoads:
    """The estimator beside a replay: it hears the positions that the tracker said, and nothing else.

    Parameters
    ----------
    timetable : Timetable
        Of the replay; its stops and lines are known to the estimator.
    network : RoadNetwork
        Whose edges it tells of.
    first_ms : int
        When the recording begins: the time zone's offset, ``utc_offset_s``, is that of its day.
    """

    def __init__(self, timetable: Timetable, network: RoadNetwork, first_ms: int) -> None:
        zone = datetime.fromtimestamp(first_ms / 1000.0, ZoneInfo(timetable.timezone)).utcoffset()
        self.utc_offset_s = round(zone.total_seconds()) if zone else 0
        lines = lines_of(timetable, network)
        settings = EstimateSettings(utc_offset_s=self.utc_offset_s)
        self.estimator = Estimator(network, stops_lonlat=lines.lonlat, lines=lines.stops, settings=settings)
        self.estimator.know_lines(lines.edges)

    def hear(self, positions: Sequence[BusPosition], now_ms: int) -> list[RoadStates]:
        """Return the states that are known after some positions, in order of time."""
        return sorted(self.estimator.step(positions, now_ms)[0], key=lambda states: states.time_ms)
