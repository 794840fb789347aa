"""Drivers' reports, through the door of the company whose buses they drive."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.message import decode
from schemas.report import RoadReport
from schemas.topics import get_topic
from tests.services.ingest.house import NOON_MS, Street, open_street

SAID = {"vehicle_id": "29B-1", "what": "broken_down", "lon": 105.85, "lat": 21.03}


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    with open_street(tmp_path) as opened:
        opened.stream.ensure_topics([get_topic("road.reports")])
        yield opened


def post(street: Street, **changes: object) -> tuple[int, dict]:  # type: ignore[type-arg]
    answer = street.post("reports", json.dumps({**SAID, **changes}).encode())
    return answer.status_code, dict(answer.json())


def test_a_drivers_report_is_acknowledged_and_does_not_name_the_bus(street: Street) -> None:
    status, answer = post(street)
    assert status == 202
    (record,) = street.records("road.reports")
    report = decode(RoadReport, record.value)
    assert (report.report_id, report.who, report.what, report.time_ms) == (
        answer["report_id"], "driver", "broken_down", NOON_MS,
    )  # fmt: skip
    assert b"29B-1" not in record.value


def test_one_driver_who_says_it_over_and_over_is_one_and_is_turned_away(street: Street) -> None:
    answers = [post(street) for _ in range(6)]
    assert [status for status, _ in answers] == [202] * 5 + [429]
    assert len({answer["report_id"] for status, answer in answers if status == 202}) == 1
    assert post(street, vehicle_id="29B-2")[1]["report_id"] != answers[0][1]["report_id"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"lat": 10.78, "lon": 106.66}, "outside the city"),
        ({"what": "whatever"}, "Invalid enum value"),
        ({"vehicle_id": ""}, "length"),
        ({"lon": 21.03, "lat": 105.85}, "lat"),
    ],
)
def test_a_report_that_cannot_be_used_says_why(street: Street, changes: dict[str, object], reason: str) -> None:
    status, answer = post(street, **changes)
    assert status == 400
    assert reason in answer["detail"]
    assert street.records("road.reports") == []


def test_nobody_reports_without_a_token(street: Street) -> None:
    assert street.post("reports", json.dumps(SAID).encode(), token="wrong").status_code == 401
