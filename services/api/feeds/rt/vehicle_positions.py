"""VehiclePositions: where each bus is, and on which trip."""

from google.transit import gtfs_realtime_pb2 as pb

from schemas.position import BusPosition
from schemas.trip import Phase
from services.api.feeds.moment import MAX_OFF_ROUTE_M, Moment
from services.api.feeds.rt.message import fill_trip
from services.api.live import RunKey
from services.api.timetable import CityTimetable

ON_TRIP = frozenset({Phase.IN_SERVICE, Phase.LAYOVER, Phase.DETOUR})
# A receiver that tells of more is wrong about it: readers would draw a bus that flies.
MAX_SPEED_MPS = 40.0
# Further outside the box of all lines a bus is no rider's concern, and readers take it for a fault.
MAX_OUTSIDE_M = 1_500.0
# A trip that is likelier wrong than right would go from bus to bus.
LEAST_PROBABILITY = 0.5


def add_vehicles(feed: pb.FeedMessage, moment: Moment, timetable: CityTimetable) -> None:
    """Add the newest position of each bus; one far from its route, or the second one on a trip, without its trip.

    A bus more than 1.5 km outside the box of all lines is left out.

    Parameters
    ----------
    feed : FeedMessage
        Filled.
    moment : Moment
        What is known.
    timetable : CityTimetable
        Trips that it does not know are not named.
    """
    holders = moment.holders()
    for position in moment.positions:
        if not timetable.is_about(position.lon, position.lat, MAX_OUTSIDE_M):
            continue
        out = feed.entity.add(id=f"vehicle/{position.vehicle_id}").vehicle
        out.vehicle.id = out.vehicle.label = position.vehicle_id
        out.position.longitude, out.position.latitude = position.lon, position.lat
        if position.heading_deg is not None:
            out.position.bearing = position.heading_deg % 360.0
        if position.speed_mps is not None and position.speed_mps <= MAX_SPEED_MPS:
            out.position.speed = position.speed_mps
        out.timestamp = position.time_ms // 1000
        run = find_run(position, timetable)
        if run is None or holders.get(run, position.vehicle_id) != position.vehicle_id:
            continue
        fill_trip(out.trip, run, timetable)
        if position.next_stop_id is not None and position.next_stop_sequence is not None:
            out.stop_id, out.current_stop_sequence = position.next_stop_id, position.next_stop_sequence
            out.current_status = pb.VehiclePosition.IN_TRANSIT_TO


def find_run(position: BusPosition, timetable: CityTimetable) -> RunKey | None:
    """Return the run a bus is on so surely that others may be told, ``None`` where it is on none."""
    said, table = position.assignment, timetable.table
    if said.phase not in ON_TRIP or said.trip_id is None or said.start_date is None:
        return None
    if table is None or said.trip_id not in table.trip_number:
        return None
    if said.probability < LEAST_PROBABILITY:
        return None
    if said.off_route_m is not None and said.off_route_m > MAX_OFF_ROUTE_M:
        return None
    return RunKey(said.trip_id, said.start_date)
