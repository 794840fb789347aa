"""The doors for phones and for Traccar: an address is all they can be given."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.fix import Fix
from schemas.message import decode
from services.ingest.tokens import add_token
from tests.services.ingest.house import NOON_MS, SECOND, Street, open_street

PLACE = {"lat": "21.03", "lon": "105.85", "timestamp": str(SECOND), "speed": "10"}


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    with open_street(tmp_path) as street:
        yield street


def fixes(street: Street) -> list[Fix]:
    return [decode(Fix, record.value) for record in street.records("gps.fixes")]


def test_a_phone_reports_by_its_address_alone(street: Street) -> None:
    answer = street.client.get("/v1/fixes/osmand", params={"token": street.token, "id": "29B-1", **PLACE})
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)
    answer = street.client.post("/v1/fixes/osmand", params={"token": street.token, "id": "29B-2", **PLACE})
    assert answer.status_code == 200
    assert {fix.vehicle_id for fix in fixes(street)} == {"29B-1", "29B-2"}


def test_a_phone_posts_a_form_or_json_to_an_address_with_a_token(street: Street) -> None:
    where = f"/v1/fixes/osmand?token={street.token}"
    assert street.client.post(where, data={"id": "29B-1", **PLACE}).json()["accepted"] == 1
    coords = {"latitude": 21.03, "longitude": 105.85, "speed": 5}
    body = {"device_id": "29B-2", "location": {"timestamp": "2026-02-16T05:00:00.000Z", "coords": coords}}
    assert street.client.post(where, json=body).json()["accepted"] == 1
    assert {(fix.vehicle_id, fix.time_ms) for fix in fixes(street)} == {("29B-1", NOON_MS), ("29B-2", NOON_MS)}


def test_a_report_a_phone_can_never_mend_is_answered_with_success_so_that_it_goes_on(street: Street) -> None:
    params = {"token": street.token, "id": "29B-1", **PLACE, "lat": "0", "lon": "0"}
    answer = street.client.get("/v1/fixes/osmand", params=params)
    assert (answer.status_code, answer.json()["refused"]) == (200, 1)
    (letter,) = street.records("gps.fixes.dead")
    assert street.token.encode() not in letter.value


def test_no_token_lies_in_a_dead_letter(street: Street) -> None:
    street.client.get("/v1/fixes/osmand", params={"token": street.token, "id": "29B-1", "lat": "x", "lon": "y"})
    (letter,) = street.records("gps.fixes.dead")
    assert street.token.encode() not in letter.value
    assert b"29B-1" in letter.value


def test_a_phone_without_a_good_token_is_told_to_keep_its_reports(street: Street) -> None:
    assert street.client.get("/v1/fixes/osmand", params={"id": "29B-1", **PLACE}).status_code == 401
    assert street.client.get("/v1/fixes/osmand", params={"token": "x", "id": "29B-1", **PLACE}).status_code == 401
    assert street.client.post(f"/v1/fixes/csv?token={street.token}", content=b"x").status_code == 401


def test_a_token_of_one_vehicle_reports_that_vehicle_only(street: Street) -> None:
    token = add_token(street.settings, "phone-7", vehicles=("29B-7",))
    params = {"token": token, **PLACE}
    assert street.client.get("/v1/fixes/osmand", params=params).json()["accepted"] == 1
    other = street.client.get("/v1/fixes/osmand", params={**params, "id": "29B-8"}).json()
    assert other["refused"] == 1
    assert other["errors"][0]["field"] == "vehicle_id"
    assert [fix.vehicle_id for fix in fixes(street)] == ["29B-7"]


def test_a_traccar_server_forwards_its_positions(street: Street) -> None:
    position = {"fixTime": "2026-02-16T05:00:00.000+00:00", "latitude": 21.03, "longitude": 105.85, "valid": True}
    body = json.dumps({"position": position, "device": {"name": "29B-1", "uniqueId": "8600"}})
    assert street.post("fixes/traccar", body.encode()).status_code == 202
    where = f"/v1/fixes/traccar?vehicle=name&token={street.token}"
    assert street.client.post(where, content=body).status_code == 202
    assert {fix.vehicle_id for fix in fixes(street)} == {"8600", "29B-1"}


def test_a_clock_known_to_be_ahead_is_set_right_only_where_that_is_agreed(street: Street) -> None:
    token = add_token(street.settings, "ahead", clock_offset_s=3600.0)
    late = {"id": "29B-1", **PLACE, "timestamp": str(SECOND + 3600)}
    street.client.get("/v1/fixes/osmand", params={"token": token, **late})
    street.client.get("/v1/fixes/osmand", params={"token": street.token, **late})
    assert sorted(fix.time_ms - NOON_MS for fix in fixes(street)) == [0, 3_600_000]


def test_a_source_is_told_how_its_clock_stands(street: Street) -> None:
    params = {"token": street.token, "id": "29B-1", **PLACE, "timestamp": str(SECOND + 3600)}
    street.client.get("/v1/fixes/osmand", params=params)
    told = street.client.get("/v1/source", headers={"Authorization": f"Bearer {street.token}"}).json()
    assert told["source"] == "depot"
    assert told["clock"]["skew_s"] == 3600.0
    assert "1 h ahead" in told["clock"]["text"]
    assert 'hanoi_ingest_clock_skew_seconds{source="depot"} 3600.0' in street.client.get("/metrics").text
