"""TripModifications: the detours of lines, the way driven and the stops left out. Experimental in the standard."""

from collections.abc import Sequence

import numpy as np
from google.transit import gtfs_realtime_pb2 as pb

from schemas.detour import Detour
from services.api.disruptions.responses import hidden_id
from services.api.feeds.moment import Moment
from services.api.feeds.rt.polyline import encode_polyline
from services.api.timetable import CityTimetable

# Trips that begin so long from now are selected; the feed is renewed long before.
AHEAD_MS = 3 * 3_600_000


def add_trip_modifications(feed: pb.FeedMessage, moment: Moment, timetable: CityTimetable) -> None:
    """Add each detour that leaves out stops, one entity a pattern of trips, with its shape.

    Parameters
    ----------
    feed : FeedMessage
        Filled.
    moment : Moment
        Its alerts may hold detours.
    timetable : CityTimetable
        Whose trips are selected.
    """
    for alert in moment.alerts:
        if alert.detour is None or not alert.detour.missed_stop_ids or timetable.table is None:
            continue
        name = hidden_id(alert)
        for (pattern, start_date), trips in _trips_of(alert.detour, timetable, moment.now_ms).items():
            shape = feed.entity.add(id=f"shape/{name}/{pattern}/{start_date}").shape
            shape.shape_id = f"detour-{name}-{pattern}-{start_date}"
            shape.encoded_polyline = encode_polyline(_shape(alert.detour, pattern, timetable))
            out = feed.entity.add(id=f"detour/{name}/{pattern}/{start_date}").trip_modifications
            selected = out.selected_trips.add(shape_id=shape.shape_id)
            selected.trip_ids.extend(timetable.table.trip_ids[trip] for trip in trips)
            out.service_dates.append(start_date)
            change = out.modifications.add(
                service_alert_id=f"alert/{name}", last_modified_time=alert.updated_ms // 1000
            )
            first, last = _missed_rows(alert.detour, trips[0], timetable)
            for selector, row in ((change.start_stop_selector, first), (change.end_stop_selector, last)):
                selector.stop_sequence = int(timetable.table.time_sequence[row])
                selector.stop_id = timetable.table.stop_ids[int(timetable.table.time_stop[row])]


def _trips_of(detour: Detour, timetable: CityTimetable, now_ms: int) -> dict[tuple[int, str], list[int]]:
    """Return the trips under way or soon that the detour concerns, by pattern and service date."""
    table = timetable.table
    assert table is not None
    groups: dict[tuple[int, str], list[int]] = {}
    for run in table.trips_running(now_ms, before_s=AHEAD_MS / 1000):
        same = table.route_ids[table.trip_route[run.trip]] == detour.route_id
        if not same or (table.trip_direction[run.trip] or 0) != detour.direction_id:
            continue
        served = {table.stop_ids[int(stop)] for stop in table.time_stop[table.stops_of(run.trip)]}
        if served.issuperset((*detour.missed_stop_ids, detour.left_stop_id, detour.back_stop_id)):
            groups.setdefault((int(table.trip_pattern[run.trip]), run.start_date), []).append(run.trip)
    return groups


def _missed_rows(detour: Detour, trip: int, timetable: CityTimetable) -> tuple[int, int]:
    table = timetable.table
    assert table is not None
    rows, missed = table.stops_of(trip), set(detour.missed_stop_ids)
    at = [row for row in range(rows.start, rows.stop) if table.stop_ids[int(table.time_stop[row])] in missed]
    return at[0], at[-1]


def _shape(detour: Detour, number: int, timetable: CityTimetable) -> Sequence[tuple[float, float]]:
    """Return the line of a pattern with the detour in the place of the part that is left out."""
    table = timetable.table
    assert table is not None
    pattern = table.patterns[number]
    lon, lat = table.frame.to_degrees(pattern.x, pattern.y)
    line = list(zip(lon.tolist(), lat.tolist(), strict=True))
    x, y = table.frame.to_metres(*np.array(detour.line).T)
    leaves, returns = (int(np.argmin(np.hypot(pattern.x - x[end], pattern.y - y[end]))) for end in (0, -1))
    return [*line[: min(leaves, returns) + 1], *detour.line, *line[max(leaves, returns) :]]
