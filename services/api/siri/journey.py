"""The journey of a bus, in the order in which SIRI wants its parts."""

from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from schemas.position import BusPosition
from schemas.text import Text
from schemas.trip import Phase
from services.api.live import RunKey
from services.api.siri.document import Document, duration
from services.api.timetable import CityTimetable

QUALITY = ((0.98, "certain"), (0.9, "veryReliable"), (0.7, "reliable"), (0.5, "probablyReliable"))
STATUS = {Phase.LAYOVER: "atOrigin", Phase.DETOUR: "offRoute"}


@dataclass(frozen=True)
class Journey:
    """One run as it is told: with its bus where one is known, and why the times may be wrong.

    ``vehicle_id`` is the bus that will run it while it is elsewhere yet.
    """

    run: RunKey
    route_id: str
    position: BusPosition | None = None
    delay_s: float | None = None
    reason: Text | None = None
    is_stale: bool = False
    is_cancelled: bool = False
    vehicle_id: str | None = None


def quality(probability: float) -> str:
    """Return a probability in SIRI's words."""
    return next((word for least, word in QUALITY if probability >= least), "unconfirmed")


def add_journey(
    doc: Document, out: Element, said: Journey, timetable: CityTimetable, *, estimated: bool = False
) -> None:
    """Fill a MonitoredVehicleJourney or an EstimatedVehicleJourney; the caller adds its calls.

    Parameters
    ----------
    doc : Document
        Writes times and ids.
    out : Element
        The journey.
    said : Journey
        What is told.
    timetable : CityTimetable
        Names and ends of the run.
    estimated : bool
        Whether it stands in a timetable, which must tell a direction and says itself that a journey is cancelled.
    """
    table = timetable.table
    trip = None if table is None else table.trip_number.get(said.run.trip_id)
    direction = None if table is None or trip is None else table.trip_direction[trip]
    doc.token(out, "LineRef", said.route_id)
    doc.token(out, "DirectionRef", str(direction or 0) if direction is not None or estimated else None)
    framed = SubElement(out, "FramedVehicleJourneyRef")
    date = said.run.start_date
    doc.token(framed, "DataFrameRef", f"{date[:4]}-{date[4:6]}-{date[6:]}")
    doc.token(framed, "DatedVehicleJourneyRef", said.run.trip_id)
    if estimated and said.is_cancelled:
        doc.value(out, "Cancellation", "true")
    doc.value(out, "VehicleMode", "bus")
    doc.words(out, "PublishedLineName", timetable.short_name(said.route_id))
    _add_ends(doc, out, said.run, trip, timetable)
    _add_progress(doc, out, said)
    if table is not None and trip is not None:
        doc.token(out, "BlockRef", table.trip_block[trip])
    doc.token(out, "VehicleRef", said.vehicle_id if said.position is None else said.position.vehicle_id)


def _add_ends(doc: Document, out: Element, run: RunKey, trip: int | None, timetable: CityTimetable) -> None:
    table = timetable.table
    if table is None or trip is None:
        return
    rows = table.stops_of(trip)
    first, last = int(table.time_stop[rows.start]), int(table.time_stop[rows.stop - 1])
    planned = table.run_of(trip, run.start_date)
    doc.token(out, "OriginRef", table.stop_ids[first])
    doc.words(out, "OriginName", table.stop_names[first])
    doc.token(out, "DestinationRef", table.stop_ids[last])
    doc.words(out, "DestinationName", table.headsign_of(trip))
    if table.trip_headway_s[trip]:
        doc.value(out, "HeadwayService", "true")
        return
    doc.time(out, "OriginAimedDepartureTime", planned.start_ms)
    doc.time(out, "DestinationAimedArrivalTime", planned.end_ms)


def _add_progress(doc: Document, out: Element, said: Journey) -> None:
    position = said.position
    doc.value(out, "Monitored", "false" if position is None else "true")
    if said.is_stale:
        doc.value(out, "PredictionInaccurate", "true")
        doc.value(out, "PredictionInaccurateReason", "missingUpdate")
    if position is not None:
        doc.value(out, "ConfidenceLevel", quality(position.assignment.probability))
        place = SubElement(out, "VehicleLocation")
        doc.value(place, "Longitude", round(position.lon, 6))
        doc.value(place, "Latitude", round(position.lat, 6))
        doc.time(out, "LocationRecordedAtTime", position.time_ms)
        if position.heading_deg is not None:
            doc.value(out, "Bearing", round(position.heading_deg % 360.0, 1))
        if position.speed_mps is not None:
            doc.value(out, "Velocity", round(position.speed_mps))
    if said.delay_s is not None:
        doc.value(out, "Delay", duration(said.delay_s))
    doc.words(out, "ProgressStatus", said.reason)
    if said.is_cancelled:
        doc.value(out, "VehicleStatus", "cancelled")
    elif position is not None:
        doc.value(out, "VehicleStatus", STATUS.get(position.assignment.phase, "inProgress"))
