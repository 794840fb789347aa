"""GTFS-realtime 2.0: vehicle positions and trip updates from the live state; pure."""

from google.transit import gtfs_realtime_pb2 as pb

from schemas.position import BusPosition
from schemas.prediction import StopPrediction, TripPrediction
from schemas.trip import Phase
from services.api.arrivals import STALE_AFTER_MS, newest_fix_of
from services.api.live import LiveState
from services.api.timetable import CityTimetable

VERSION = "2.0"
ON_TRIP = frozenset({Phase.IN_SERVICE, Phase.LAYOVER, Phase.DETOUR})
SHOWN_MS = 10 * 60_000
# Further from its shape than this a bus is on no trip that others could make sense of.
MAX_OFF_ROUTE_M = 150.0


def vehicle_positions(state: LiveState, timetable: CityTimetable, now_ms: int) -> bytes:
    """Return the newest position of each bus as a FeedMessage.

    Parameters
    ----------
    state : LiveState
        What the log said.
    timetable : CityTimetable
        Trips that the feed does not know are left out of the descriptors.
    now_ms : int
        The city's time, the feed's timestamp.

    Returns
    -------
    bytes
        Protobuf.
    """
    feed = _feed(now_ms)
    for vehicle_id in sorted(state.vehicles):
        position = state.vehicles[vehicle_id].position
        if not 0 <= now_ms - position.time_ms <= SHOWN_MS:
            continue
        entity = feed.entity.add(id=vehicle_id)
        _fill_vehicle(entity.vehicle, position, timetable)
    return bytes(feed.SerializeToString())


def trip_updates(state: LiveState, timetable: CityTimetable, now_ms: int) -> bytes:
    """Return the predictions that rest on a fresh fix as a FeedMessage.

    Parameters
    ----------
    state : LiveState
        What the log said.
    timetable : CityTimetable
        Trips that the feed does not know are left out.
    now_ms : int
        The city's time, the feed's timestamp.

    Returns
    -------
    bytes
        Protobuf; a bus that has been silent for 90 s has no update, as nobody knows.
    """
    feed = _feed(now_ms)
    vehicles: set[str] = set()
    for run in sorted(state.predictions):
        prediction = state.predictions[run]
        fix_ms = newest_fix_of(state, prediction)
        if fix_ms is None or now_ms - fix_ms > STALE_AFTER_MS or prediction.made_at_ms > now_ms:
            continue
        stops = _ordered(prediction, now_ms)
        if not stops or not _known(timetable, run.trip_id):
            continue
        entity = feed.entity.add(id=f"{run.trip_id}/{run.start_date}")
        update = entity.trip_update
        _fill_trip(update.trip, run.trip_id, run.start_date, prediction.route_id, prediction.direction_id, timetable)
        if prediction.vehicle_id not in vehicles:
            update.vehicle.id = prediction.vehicle_id
            vehicles.add(prediction.vehicle_id)
        update.timestamp = prediction.made_at_ms // 1000
        for stop, time_s in stops:
            call = update.stop_time_update.add(stop_sequence=stop.stop_sequence, stop_id=stop.stop_id)
            call.arrival.time = time_s
            call.arrival.uncertainty = max(0, (stop.p90_ms - stop.p10_ms) // 2000)
            call.departure.time = time_s
            call.schedule_relationship = pb.TripUpdate.StopTimeUpdate.SCHEDULED
    return bytes(feed.SerializeToString())


def _feed(now_ms: int) -> pb.FeedMessage:
    feed = pb.FeedMessage()
    feed.header.gtfs_realtime_version = VERSION
    feed.header.incrementality = pb.FeedHeader.FULL_DATASET
    feed.header.timestamp = now_ms // 1000
    return feed


def _fill_vehicle(out: pb.VehiclePosition, position: BusPosition, timetable: CityTimetable) -> None:
    out.vehicle.id = position.vehicle_id
    out.position.longitude = position.lon
    out.position.latitude = position.lat
    if position.heading_deg is not None:
        out.position.bearing = position.heading_deg % 360.0
    if position.speed_mps is not None:
        out.position.speed = position.speed_mps
    out.timestamp = position.time_ms // 1000
    a = position.assignment
    if a.phase not in ON_TRIP or a.trip_id is None or a.start_date is None or not _known(timetable, a.trip_id):
        return
    if a.off_route_m is not None and a.off_route_m > MAX_OFF_ROUTE_M:
        return
    _fill_trip(out.trip, a.trip_id, a.start_date, a.route_id, a.direction_id, timetable)
    if position.next_stop_id is not None and position.next_stop_sequence is not None:
        out.stop_id = position.next_stop_id
        out.current_stop_sequence = position.next_stop_sequence
        out.current_status = pb.VehiclePosition.IN_TRANSIT_TO


def _fill_trip(
    out: pb.TripDescriptor,
    trip_id: str,
    start_date: str,
    route_id: str | None,
    direction_id: int | None,
    timetable: CityTimetable,
) -> None:
    base, _, start_s = trip_id.partition("#")
    is_frequency = bool(start_s) and base not in (timetable.table.trip_number if timetable.table else {})
    out.trip_id = base if is_frequency else trip_id
    out.start_date = start_date
    if is_frequency and start_s.isdecimal():
        hours, rest = divmod(int(start_s), 3600)
        out.start_time = f"{hours:02d}:{rest // 60:02d}:{rest % 60:02d}"
    if route_id is not None:
        out.route_id = route_id
    if direction_id in (0, 1):
        out.direction_id = direction_id
    out.schedule_relationship = pb.TripDescriptor.SCHEDULED


def _known(timetable: CityTimetable, trip_id: str) -> bool:
    return timetable.table is not None and trip_id in timetable.table.trip_number


def _ordered(prediction: TripPrediction, now_ms: int) -> list[tuple[StopPrediction, int]]:
    """Return the stops by sequence with strictly increasing whole seconds, none before now; none if all have gone."""
    if all(stop.eta_ms <= now_ms for stop in prediction.stops):
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
