"""What the API tells riders about disruptions: lines and streets, never a bus, a trip or a suspicion."""

import hashlib
from collections.abc import Iterable

import msgspec

from schemas.fleet_alert import AlertKind, FleetAlert
from schemas.incident import Incident
from schemas.text import Text
from services.api.responses import AlertOut, Model, TextOut
from services.api.roads import Roads
from services.api.timetable import CityTimetable, natural

MAX_ALERTS = 100
# A bus that lost its tracker is the control room's matter: nothing happened to the rider's trip.
SAID_AS_IT_IS = frozenset({AlertKind.NOT_COMING, AlertKind.MAY_NOT_RUN, AlertKind.DETOUR})
RIDER_WORDS = {
    AlertKind.STUCK: Text(
        vi="Tuyến {line}: một xe đứng yên hơn 5 phút", en="Line {line}: a bus has stood for over 5 minutes"
    ),
    AlertKind.OFF_ROUTE: Text(vi="Tuyến {line}: một xe đi lệch tuyến", en="Line {line}: a bus is off its route"),
    AlertKind.BUNCHING: Text(
        vi="Tuyến {line}: các xe chạy sát nhau, sau đó phải chờ lâu hơn",
        en="Line {line}: buses run close together, with a longer wait behind them",
    ),
    AlertKind.BIG_GAP: Text(
        vi="Tuyến {line}: khoảng chờ dài hơn biểu đồ nhiều", en="Line {line}: a wait far longer than planned"
    ),
    AlertKind.EARLY_DEPARTURE: Text(
        vi="Tuyến {line}: một xe rời bến sớm hơn giờ", en="Line {line}: a bus left before its time"
    ),
}


class RiderIncidentOut(Model):
    """One incident on a street; ``routes`` are the short names of ``route_ids``."""

    id: str
    text: TextOut
    route_ids: list[str]
    routes: list[str]
    lon: float
    lat: float
    since_ms: int


class DisruptionsOut(Model):
    """All that holds now; alerts name no bus and no trip."""

    now_ms: int
    alerts: list[AlertOut]
    incidents: list[RiderIncidentOut]


def disruptions_out(
    alerts: Iterable[FleetAlert],
    incidents: Iterable[Incident],
    *,
    timetable: CityTimetable,
    roads: Roads | None,
    now_ms: int,
) -> DisruptionsOut:
    """Turn alerts and incidents into what riders are told, newest first.

    Parameters
    ----------
    alerts : iterable of FleetAlert
        Every alert that is known; those that have ended or say nothing to riders are left out.
    incidents : iterable of Incident
        Incidents that a person has verified.
    timetable : CityTimetable
        Gives lines their short names.
    roads : Roads or None
        Gives streets their names.
    now_ms : int
        The city's time.

    Returns
    -------
    DisruptionsOut
        At most ``MAX_ALERTS`` alerts.
    """
    told = [said for alert in alerts if (said := rider_alert_out(alert, timetable)) is not None]
    told.sort(key=lambda alert: (-alert.started_ms, alert.alert_id))
    streets = [_incident_out(incident, timetable, roads) for incident in incidents]
    streets.sort(key=lambda incident: (-incident.since_ms, incident.id))
    return DisruptionsOut(now_ms=now_ms, alerts=told[:MAX_ALERTS], incidents=streets)


def rider_text(alert: FleetAlert, timetable: CityTimetable) -> Text | None:
    """Return what riders are told of an alert, ``None`` where it says nothing to them."""
    if alert.kind in SAID_AS_IT_IS:
        return alert.text
    words, line = RIDER_WORDS.get(alert.kind), timetable.short_name(alert.route_id)
    if words is None or line is None:
        return None
    return Text(vi=words.vi.format(line=line), en=words.en.format(line=line))


def rider_alert_out(alert: FleetAlert, timetable: CityTimetable) -> AlertOut | None:
    """Return an alert as riders see it, without its bus and its trip; ``None`` where it ended or says nothing."""
    text = None if alert.ended_ms is not None else rider_text(alert, timetable)
    if text is None:
        return None
    return AlertOut.model_validate(
        msgspec.structs.replace(alert, alert_id=hidden_id(alert), text=text, vehicle_id=None, trip_id=None)
    )


def hidden_id(alert: FleetAlert) -> str:
    """Return an id that only tells alerts apart; an alert's own holds the bus or the trip."""
    return hashlib.sha256(alert.alert_id.encode()).hexdigest()[:16]


def _incident_out(incident: Incident, timetable: CityTimetable, roads: Roads | None) -> RiderIncidentOut:
    route_ids = list(incident.evidence.route_ids)
    names = {name for route_id in route_ids if (name := timetable.short_name(route_id)) is not None}
    return RiderIncidentOut(
        id=incident.incident_id,
        text=TextOut.model_validate(incident_text(incident, roads)),
        route_ids=route_ids,
        routes=sorted(names, key=natural),
        lon=incident.lon,
        lat=incident.lat,
        since_ms=incident.started_ms,
    )


def _street(incident: Incident, roads: Roads | None) -> str:
    if roads is None:
        return ""
    known = roads.network.edge_index_of
    names = (roads.network.name_of(known[edge]) for edge in incident.evidence.edge_ids if edge in known)
    return next((name for name in names if name), "")


def incident_text(incident: Incident, roads: Roads | None) -> Text:
    """Return what riders are told of an incident."""
    street = _street(incident, roads)
    if not street:
        return Text(
            vi="Sự cố trên đường: xe buýt qua đây chậm hơn thường lệ",
            en="Incident on the road: buses pass here slower than usual",
        )
    return Text(
        vi=f"Sự cố trên {street}: xe buýt qua đây chậm hơn thường lệ",
        en=f"Incident on {street}: buses pass here slower than usual",
    )
