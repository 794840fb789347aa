"""Calls at stops: the shown time, and the honest interval beside it as SIRI's prediction quality."""

from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from schemas.prediction import StopPrediction
from services.api.arrivals import Arrival
from services.api.siri.document import Document
from services.api.timetable import CityTimetable

ON_TIME_S = 120
# The width of the interval against the time until it, in words.
RELIABLE_S = ((120, "veryReliable"), (300, "reliable"), (600, "probablyReliable"))
SHARE = 0.8
ONWARD = ("OnwardCalls", "OnwardCall")


@dataclass(frozen=True)
class Call:
    """One call: aimed only, or expected with p10 and p90."""

    stop_id: str
    aimed_ms: int | None = None
    expected_ms: int | None = None
    p10_ms: int | None = None
    p90_ms: int | None = None
    status: str | None = None
    order: int | None = None
    stops_away: int | None = None


def call_of(stop: StopPrediction | Arrival, *, order: int | None = None, stops_away: int | None = None) -> Call:
    """Return a predicted call."""
    return Call(
        stop_id=stop.stop_id,
        aimed_ms=stop.scheduled_ms,
        expected_ms=stop.eta_ms,
        p10_ms=stop.p10_ms,
        p90_ms=stop.p90_ms,
        status=status_of(stop.scheduled_ms, stop.eta_ms),
        order=order,
        stops_away=stops_away,
    )


def status_of(aimed_ms: int | None, expected_ms: int) -> str:
    """Return how a call stands to the timetable in SIRI's words."""
    late_s = 0 if aimed_ms is None else (expected_ms - aimed_ms) // 1000
    return "delayed" if late_s > ON_TIME_S else "early" if late_s < -ON_TIME_S else "onTime"


def add_monitored_call(doc: Document, parent: Element, call: Call, timetable: CityTimetable) -> None:
    """Add the call that is asked for, or the next one of a bus."""
    out = SubElement(parent, "MonitoredCall")
    _add_stop(doc, out, call, timetable)
    doc.time(out, "AimedArrivalTime", call.aimed_ms)
    doc.time(out, "ExpectedArrivalTime", call.expected_ms)
    doc.value(out, "ArrivalStatus", call.status)
    doc.time(out, "AimedDepartureTime", call.aimed_ms)
    doc.time(out, "ExpectedDepartureTime", call.expected_ms)
    _add_quality(doc, out, "ExpectedDeparturePredictionQuality", call)
    doc.value(out, "DepartureStatus", call.status)
    doc.value(out, "NumberOfStopsAway", call.stops_away)


def add_calls(
    doc: Document, parent: Element, calls: list[Call], timetable: CityTimetable, names: tuple[str, str] = ONWARD
) -> None:
    """Add calls ahead under the names that SIRI gives all of them and each."""
    if not calls:
        return
    whole = SubElement(parent, names[0])
    for call in calls:
        out = SubElement(whole, names[1])
        _add_stop(doc, out, call, timetable)
        doc.time(out, "AimedArrivalTime", call.aimed_ms)
        doc.time(out, "ExpectedArrivalTime", call.expected_ms)
        _add_quality(doc, out, "ExpectedArrivalPredictionQuality", call)
        doc.value(out, "ArrivalStatus", call.status)
        doc.value(out, "NumberOfStopsAway", call.stops_away)


def _add_stop(doc: Document, out: Element, call: Call, timetable: CityTimetable) -> None:
    doc.token(out, "StopPointRef", call.stop_id)
    doc.value(out, "Order", call.order)
    doc.words(out, "StopPointName", timetable.stop_name(call.stop_id))


def _add_quality(doc: Document, out: Element, name: str, call: Call) -> None:
    if call.p10_ms is None or call.p90_ms is None:
        return
    width_s = (call.p90_ms - call.p10_ms) / 1000
    part = SubElement(out, name)
    doc.value(part, "PredictionLevel", next((word for most, word in RELIABLE_S if width_s <= most), "unconfirmed"))
    doc.value(part, "Percentile", SHARE)
    doc.time(part, "LowerTimeLimit", call.p10_ms)
    doc.time(part, "HigherTimeLimit", call.p90_ms)
