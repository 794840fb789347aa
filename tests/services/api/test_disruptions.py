"""What riders are told: lines and streets, never a bus, a trip, or what only the machine suspects."""

import pytest

from schemas.fleet_alert import AlertKind, FleetAlert
from schemas.text import Text
from services.store.incidents import record_detected
from tests.services.api.parts import DATE, NOON_MS, Running
from tests.services.desk_builders import incident


def alert(kind: AlertKind, *, ended: bool = False, route_id: str | None = "r32") -> tuple[str, FleetAlert]:
    said = FleetAlert(
        alert_id=f"{kind}/29B-123.45/{NOON_MS}",
        kind=kind,
        started_ms=NOON_MS,
        updated_ms=NOON_MS,
        ended_ms=NOON_MS if ended else None,
        text=Text(vi="Xe 29B-123.45 (tuyến 32) có chuyện", en="Bus 29B-123.45 (line 32) has something"),
        vehicle_id="29B-123.45",
        trip_id="t1",
        start_date=DATE,
        route_id=route_id,
    )
    return "fleet.alerts", said


@pytest.mark.parametrize("kind", [AlertKind.STUCK, AlertKind.OFF_ROUTE, AlertKind.BUNCHING, AlertKind.EARLY_DEPARTURE])
def test_an_alert_names_the_line_and_never_the_bus_or_the_trip(api: Running, kind: AlertKind) -> None:
    api.take(alert(kind))
    answer = api.client.get("/api/disruptions")
    told = answer.json()["alerts"]
    assert [(row["kind"], row["route_id"], row["vehicle_id"], row["trip_id"]) for row in told] == [
        (kind.value, "r32", None, None)
    ]
    assert "29B" not in answer.text
    assert "32" in told[0]["text"]["vi"]


def test_what_has_ended_and_what_only_control_cares_for_is_left_out(api: Running) -> None:
    api.take(alert(AlertKind.STUCK, ended=True), alert(AlertKind.LOST), alert(AlertKind.OFF_ROUTE, route_id=None))
    assert api.client.get("/api/disruptions").json()["alerts"] == []


def test_a_suspicion_is_told_to_nobody_until_a_person_has_verified_it(api: Running) -> None:
    with api.state.store.transaction() as session:
        record_detected(session, incident())
    assert api.client.get("/api/disruptions").json()["incidents"] == []
    api.log_in("lan", "operator")
    for action, count in (("verify", 1), ("respond", 1), ("clear", 0)):
        assert api.client.post(f"/api/incidents/i-1/{action}", json={}).status_code == 200
        told = api.client.get("/api/disruptions").json()["incidents"]
        assert len(told) == count
        assert all(set(row) == {"id", "text", "route_ids", "routes", "lon", "lat", "since_ms"} for row in told)
