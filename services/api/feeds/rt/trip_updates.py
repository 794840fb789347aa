"""TripUpdates: when a bus will be where, and which trips nobody runs."""

from google.transit import gtfs_realtime_pb2 as pb

from schemas.prediction import StopPrediction, TripPrediction
from services.api.feeds.moment import Moment, calls_ahead
from services.api.feeds.rt.message import fill_trip
from services.api.live import RunKey
from services.api.timetable import CityTimetable

StopUpdate = pb.TripUpdate.StopTimeUpdate


def add_trip_updates(feed: pb.FeedMessage, moment: Moment, timetable: CityTimetable) -> None:
    """Add what is predicted from fresh fixes, and the trips that are not coming as ``CANCELED``.

    Parameters
    ----------
    feed : FeedMessage
        Filled; a vehicle is named on the trip it runs and on the next ones of the same block.
    moment : Moment
        What is known.
    timetable : CityTimetable
        Names the runs.
    """
    runs_of = {p.vehicle_id: p.assignment.trip_id for p in moment.positions}
    missed = moment.missed_stops()
    for run, prediction in moment.predictions.items():
        calls = calls_ahead(prediction, moment.now_ms)
        if not calls or not _is_in_block(run.trip_id, runs_of.get(prediction.vehicle_id) or run.trip_id, timetable):
            continue
        update = feed.entity.add(id=entity_id(run)).trip_update
        fill_trip(update.trip, run, timetable)
        update.vehicle.id = update.vehicle.label = prediction.vehicle_id
        update.timestamp = prediction.made_at_ms // 1000
        left_out = missed.get((prediction.route_id, prediction.direction_id or 0), frozenset())
        _fill_calls(update, prediction, calls, left_out)
    for run, alert in moment.not_coming().items():
        if timetable.table is not None and run.trip_id in timetable.table.trip_number:
            update = feed.entity.add(id=entity_id(run)).trip_update
            fill_trip(update.trip, run, timetable)
            update.trip.schedule_relationship = pb.TripDescriptor.CANCELED
            update.timestamp = min(alert.updated_ms, moment.now_ms) // 1000


def entity_id(run: RunKey) -> str:
    """Return the id of a run's update, the same in every feed."""
    return f"trip/{run.trip_id}/{run.start_date}"


def uncertainty_s(stop: StopPrediction, time_s: int) -> int:
    """Return how far p10 and p90 lie from the shown time, so that at least 80 % of arrivals are within."""
    return max(1, -(-max(time_s * 1000 - stop.p10_ms, stop.p90_ms - time_s * 1000) // 1000))


def _is_in_block(trip_id: str, running_id: str, timetable: CityTimetable) -> bool:
    """Return whether a trip is the one a bus runs, or of the same block."""
    table = timetable.table
    assert table is not None
    one, other = table.trip_number[trip_id], table.trip_number.get(running_id)
    if one == other:
        return True
    return other is not None and table.trip_block[one] is not None and table.trip_block[one] == table.trip_block[other]


def _fill_calls(
    update: pb.TripUpdate,
    prediction: TripPrediction,
    calls: list[tuple[StopPrediction, int]],
    left_out: frozenset[str],
) -> None:
    by_headway = update.trip.schedule_relationship == pb.TripDescriptor.UNSCHEDULED
    for stop, time_s in calls:
        call = update.stop_time_update.add(stop_sequence=stop.stop_sequence, stop_id=stop.stop_id)
        if stop.stop_id in left_out:
            call.schedule_relationship = StopUpdate.SKIPPED
            continue
        call.arrival.time = call.departure.time = time_s
        call.arrival.uncertainty = call.departure.uncertainty = uncertainty_s(stop, time_s)
        if stop.scheduled_ms is not None and not by_headway:
            call.arrival.delay = call.departure.delay = time_s - stop.scheduled_ms // 1000
        call.schedule_relationship = StopUpdate.UNSCHEDULED if by_headway else StopUpdate.SCHEDULED
    if not by_headway:
        update.delay = round(prediction.delay_s)
