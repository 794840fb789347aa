"""SIRI ET: the trips that buses run or will run next with their times, those nobody runs, and those nobody may run."""

from collections.abc import Iterator
from xml.etree.ElementTree import SubElement

import numpy as np

from schemas.position import BusPosition
from schemas.prediction import TripPrediction
from services.api.feeds.moment import Moment, calls_ahead
from services.api.live import RunKey
from services.api.siri.calls import Call, add_calls, call_of
from services.api.siri.document import Document
from services.api.siri.journey import Journey, add_journey
from services.api.timetable import CityTimetable

Told = tuple[int, Journey, list[Call]]
EACH = ("EstimatedCalls", "EstimatedCall")


def estimated_timetable(doc: Document, moment: Moment, timetable: CityTimetable, line_ref: str | None) -> bytes:
    """Return an EstimatedTimetableDelivery.

    Parameters
    ----------
    doc : Document
        Empty.
    moment : Moment
        What is known.
    timetable : CityTimetable
        Names of lines and stops.
    line_ref : str or None
        Only trips of this line.

    Returns
    -------
    bytes
        XML; nothing where there is nothing to tell, as the standard has no empty delivery of this kind.
    """
    told = [one for one in _journeys(moment, timetable) if line_ref in (None, one[1].route_id)]
    if not told:
        return b""
    frame = SubElement(doc.delivery, "EstimatedJourneyVersionFrame")
    doc.time(frame, "RecordedAtTime", moment.now_ms)
    for recorded_ms, journey, calls in told:
        out = SubElement(frame, "EstimatedVehicleJourney")
        doc.time(out, "RecordedAtTime", recorded_ms)
        add_journey(doc, out, journey, timetable, estimated=True)
        add_calls(doc, out, calls, timetable, EACH)
        doc.value(out, "IsCompleteStopSequence", "false")
    return doc.encode()


def _journeys(moment: Moment, timetable: CityTimetable) -> Iterator[Told]:
    at = {position.vehicle_id: position for position in moment.positions}
    missed = moment.missed_stops()
    for run, prediction in moment.predictions.items():
        left_out = missed.get((prediction.route_id, prediction.direction_id or 0), frozenset())
        calls = _calls_of(prediction, left_out, moment.now_ms)
        if calls:
            position = at.get(prediction.vehicle_id)
            yield prediction.made_at_ms, _journey(run, prediction, position), calls
    cancelled = moment.not_coming()
    for run, alert in (moment.unsure() | cancelled).items():
        is_cancelled = run in cancelled
        calls = _planned_calls(run, timetable, status="cancelled" if is_cancelled else "noReport")
        journey = Journey(run, alert.route_id or "", reason=alert.text, is_cancelled=is_cancelled)
        if calls:
            yield min(alert.updated_ms, moment.now_ms), journey, calls


def _journey(run: RunKey, prediction: TripPrediction, position: BusPosition | None) -> Journey:
    """Return a journey; its bus has a place in it only once it is on this trip."""
    on_it = position is not None and position.assignment.trip_id == run.trip_id
    return Journey(
        run=run,
        route_id=prediction.route_id,
        position=position if on_it else None,
        delay_s=prediction.delay_s,
        reason=prediction.reason,
        vehicle_id=prediction.vehicle_id,
    )


def _calls_of(prediction: TripPrediction, left_out: frozenset[str], now_ms: int) -> list[Call]:
    return [
        Call(stop.stop_id, stop.scheduled_ms, status="cancelled", order=stop.stop_sequence)
        if stop.stop_id in left_out
        else call_of(stop, order=stop.stop_sequence, stops_away=away)
        for away, (stop, _) in enumerate(calls_ahead(prediction, now_ms))
    ]


def _planned_calls(run: RunKey, timetable: CityTimetable, status: str) -> list[Call]:
    """Return all calls of a trip as they were planned, none where the timetable does not know it."""
    table = timetable.table
    trip = None if table is None else table.trip_number.get(run.trip_id)
    if table is None or trip is None:
        return []
    rows, zero_ms = table.stops_of(trip), table.run_of(trip, run.start_date).day_start_ms
    return [
        Call(
            stop_id=table.stop_ids[int(table.time_stop[row])],
            aimed_ms=zero_ms + round(float(table.arrival_s[row]) * 1000) if np.isfinite(table.arrival_s[row]) else None,
            status=status,
            order=int(table.time_sequence[row]),
        )
        for row in range(rows.start, rows.stop)
    ]
