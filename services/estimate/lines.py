"""What the timetable tells the estimator: where stops are, and which edges the lines of the city drive."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import structlog

from fleet.gtfs import GtfsError, Timetable
from routing.matching.lines import edges_under
from routing.network import RoadNetwork
from routing.network.graph import Floats, Ints
from routing.network.index import EdgeIndex
from routing.network.vehicles import Vehicle
from services.city.timetable import read_city_timetable

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class CityLines:
    """Of a feed: lon, lat of its stops; of each route the rows of those it serves.

    ``edges`` are those of each route and direction; a line without a drawn shape has none.
    """

    lonlat: Floats
    stops: dict[str, Ints]
    edges: dict[tuple[str, int | None], Ints]


def read_lines(gtfs: Path | None, network: RoadNetwork) -> CityLines | None:
    """Return the lines of a feed, ``None`` where there is no feed that can be read."""
    if gtfs is None:
        return None
    try:
        timetable = read_city_timetable(gtfs)
    except GtfsError as error:
        _log.warning("stops are unknown: time at stops counts as traffic", reason=str(error))
        return None
    return lines_of(timetable, network)


def lines_of(timetable: Timetable, network: RoadNetwork) -> CityLines:
    """Return the lines of a timetable on a network."""
    lonlat = np.column_stack([timetable.stop_lon, timetable.stop_lat])
    return CityLines(lonlat, _stops_of(timetable), _edges_of(timetable, network))


def _stops_of(timetable: Timetable) -> dict[str, Ints]:
    route = np.repeat(np.array(timetable.trip_route), np.diff(timetable.trip_start))
    served = np.unique(np.column_stack((route, timetable.time_stop)), axis=0)
    cuts = np.searchsorted(served[:, 0], np.arange(len(timetable.route_ids) + 1)).tolist()
    rows = zip(timetable.route_ids, cuts[:-1], cuts[1:], strict=True)
    return {name: served[a:b, 1] for name, a, b in rows}


def _edges_of(timetable: Timetable, network: RoadNetwork) -> dict[tuple[str, int | None], Ints]:
    index = EdgeIndex(network, Vehicle.BUS)
    out: dict[tuple[str, int | None], Ints] = {}
    for pattern in timetable.patterns:
        if pattern.drawn:
            key = timetable.route_ids[pattern.route_index], pattern.direction_id
            under = edges_under(index, *timetable.frame.to_degrees(pattern.x, pattern.y))
            out[key] = np.union1d(out.get(key, under), under)
    return {key: edges for key, edges in out.items() if len(edges)}
