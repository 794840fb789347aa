"""Alerts: what riders should know, about lines and streets, never about a bus."""

from typing import Any

from google.transit import gtfs_realtime_pb2 as pb

from schemas.fleet_alert import AlertKind, FleetAlert
from schemas.incident import Incident
from services.api.disruptions.responses import hidden_id, incident_text, rider_text
from services.api.feeds.moment import OF_RUNS, Moment, run_of
from services.api.feeds.rt.message import fill_text, fill_trip
from services.api.roads import Roads
from services.api.timetable import CityTimetable

EFFECTS: dict[AlertKind, Any] = {
    AlertKind.NOT_COMING: pb.Alert.NO_SERVICE,
    AlertKind.MAY_NOT_RUN: pb.Alert.SIGNIFICANT_DELAYS,
    AlertKind.STUCK: pb.Alert.SIGNIFICANT_DELAYS,
    AlertKind.BUNCHING: pb.Alert.SIGNIFICANT_DELAYS,
    AlertKind.BIG_GAP: pb.Alert.REDUCED_SERVICE,
    AlertKind.DETOUR: pb.Alert.DETOUR,
    AlertKind.OFF_ROUTE: pb.Alert.MODIFIED_SERVICE,
    AlertKind.EARLY_DEPARTURE: pb.Alert.MODIFIED_SERVICE,
}
# A person looked at these, and they block a street.
ROAD_CAUSE, ROAD_EFFECT = pb.Alert.OTHER_CAUSE, pb.Alert.SIGNIFICANT_DELAYS


def add_alerts(feed: pb.FeedMessage, moment: Moment, timetable: CityTimetable, roads: Roads | None) -> None:
    """Add the alerts that matter to riders and the incidents that a person has verified.

    Parameters
    ----------
    feed : FeedMessage
        Filled; what concerns no line of the timetable is left out.
    moment : Moment
        What is known.
    timetable : CityTimetable
        Gives lines their names.
    roads : Roads or None
        Gives streets their names.
    """
    for alert in moment.list_told():
        _add_alert(feed, alert, timetable)
    for incident in moment.incidents:
        _add_incident(feed, incident, timetable, roads)


def _add_alert(feed: pb.FeedMessage, alert: FleetAlert, timetable: CityTimetable) -> None:
    text, run = rider_text(alert, timetable), run_of(alert)
    if text is None or alert.kind not in EFFECTS:
        return
    entity = pb.EntitySelector()
    if alert.kind in OF_RUNS:
        if run is None or timetable.table is None or run.trip_id not in timetable.table.trip_number:
            return
        fill_trip(entity.trip, run, timetable)
    elif alert.route_id is not None:
        entity.route_id = alert.route_id
    out = feed.entity.add(id=f"alert/{hidden_id(alert)}").alert
    out.informed_entity.append(entity)
    if alert.detour is not None:
        entity.direction_id = alert.detour.direction_id
        out.informed_entity[0].direction_id = alert.detour.direction_id
        for stop_id in alert.detour.missed_stop_ids:
            out.informed_entity.add(stop_id=stop_id).MergeFrom(entity)
    _since(out, alert.started_ms)
    out.cause, out.effect = pb.Alert.UNKNOWN_CAUSE, EFFECTS[alert.kind]
    out.severity_level = pb.Alert.WARNING
    fill_text(out.header_text, text)


def _add_incident(feed: pb.FeedMessage, incident: Incident, timetable: CityTimetable, roads: Roads | None) -> None:
    routes = [r for r in incident.evidence.route_ids if timetable.short_name(r) is not None]
    if not routes:
        return
    out = feed.entity.add(id=f"incident/{incident.incident_id}").alert
    for route_id in routes:
        out.informed_entity.add(route_id=route_id)
    _since(out, incident.started_ms)
    out.cause, out.effect = ROAD_CAUSE, ROAD_EFFECT
    out.severity_level = pb.Alert.WARNING
    fill_text(out.header_text, incident_text(incident, roads))


def _since(out: pb.Alert, started_ms: int) -> None:
    """Say since when it holds; it holds as long as it is in the feed. ``active_period`` is deprecated."""
    for period in (out.communication_period, out.impact_period):
        period.add(start=started_ms // 1000)
