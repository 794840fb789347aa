"""SIRI out, valid by the schema of the standard."""

import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import pytest

from schemas.fleet_alert import AlertKind, FleetAlert
from schemas.text import Text
from services.api.siri.names import read_token, write_token
from services.store.incidents import record_detected
from tests.data import judge
from tests.services.api.feeds.test_gtfs_rt import detour
from tests.services.api.parts import DATE, GTFS, MINUTE_MS, NOON_MS, Running, gtfs_zip, make_city, position, prediction
from tests.services.api.parts import running as open_api
from tests.services.api.test_incidents import incident

S = "{http://www.siri.org.uk/siri}"


def asked(api: Running, path: str) -> ET.Element:
    answer = api.client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/xml"
    return ET.fromstring(answer.content)


def texts(root: ET.Element, name: str) -> list[str | None]:
    return [found.text for found in root.iter(S + name)]


def alert() -> FleetAlert:
    return FleetAlert(
        alert_id=f"not_coming/t2/{DATE}",
        kind=AlertKind.NOT_COMING,
        started_ms=NOON_MS,
        updated_ms=NOON_MS,
        text=Text(vi="Tuyến 32: chưa thấy xe", en="Line 32: no bus is seen"),
        trip_id="t2",
        start_date=DATE,
        route_id="r32",
    )


def fill(api: Running) -> None:
    told = msgspec.structs.replace(position(), heading_deg=359.99, speed_mps=7.4, headsign="Nhổn")
    late = prediction(stops=("s2", "s3", "s4"))
    api.take(("bus.positions", told), ("bus.predictions", late), ("fleet.alerts", alert()))


def verify_incident(api: Running) -> None:
    here = incident()
    on_line = msgspec.structs.replace(here, evidence=msgspec.structs.replace(here.evidence, route_ids=("r32",)))
    with api.state.store.transaction() as session:
        record_detected(session, on_line)
    api.log_in("lan", "operator")
    assert api.client.post("/api/incidents/i-1/verify", json={}).status_code == 200


def write(folder: Path, api: Running, *paths: str) -> list[Path]:
    files = [folder / f"{len(list(folder.glob('*.xml')))}-{number}.xml" for number in range(len(paths))]
    for file, path in zip(files, paths, strict=True):
        file.write_bytes(api.client.get(path).content)
    return files


@pytest.mark.judge
def test_the_schema_of_the_standard_takes_every_answer(api: Running, tmp_path: Path) -> None:
    script = judge("xsd.sh")
    fill(api)
    paths = [
        "/siri/vm.xml",
        "/siri/vm.xml?VehicleMonitoringDetailLevel=calls&LineRef=r32",
        "/siri/vm.xml?VehicleRef=nobody",
        "/siri/sm.xml?MonitoringRef=s3",
        "/siri/sm.xml?MonitoringRef=s1&MaximumStopVisits=1",
        "/siri/et.xml",
        "/siri/sx.xml",
        "/siri/sx.xml?LineRef=r9",
    ]
    files = write(tmp_path, api, *paths)
    api.take(detour(), ("bus.predictions", prediction(trip_id="t9")))
    verify_incident(api)
    api.clock.time_ms = NOON_MS + MINUTE_MS // 2
    files += write(tmp_path, api, "/siri/et.xml", "/siri/sx.xml")
    api.take(("fleet.alerts", msgspec.structs.replace(alert(), kind=AlertKind.MAY_NOT_RUN, updated_ms=NOON_MS + 1)))
    api.clock.time_ms = NOON_MS + MINUTE_MS
    files += write(tmp_path, api, "/siri/et.xml", "/siri/sx.xml")
    api.clock.time_ms = NOON_MS + 2 * MINUTE_MS
    files += write(tmp_path, api, "/siri/sm.xml?MonitoringRef=s2")
    done = subprocess.run([str(script), "siri-2.1", *map(str, files)], capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert done.stdout.count("VALID") == len(files)


def test_a_bus_is_told_with_its_line_its_trip_its_place_and_its_next_call(api: Running) -> None:
    fill(api)
    root = asked(api, "/siri/vm.xml")
    told = {
        name: texts(root, name) for name in ("LineRef", "DatedVehicleJourneyRef", "VehicleRef", "Delay", "Velocity")
    }
    assert told == {
        "LineRef": ["r32"],
        "DatedVehicleJourneyRef": ["t1"],
        "VehicleRef": ["29B-123.45"],
        "Delay": ["PT120S"],
        "Velocity": ["7"],
    }
    assert texts(root, "StopPointRef") == ["s2"]
    assert texts(root, "ProgressStatus") == ["chậm 2 phút", "2 min late"]


def test_the_interval_of_a_call_stands_beside_its_time(api: Running) -> None:
    fill(api)
    call = asked(api, "/siri/sm.xml?MonitoringRef=s3").find(f".//{S}MonitoredCall")
    assert call is not None
    assert texts(call, "ExpectedArrivalTime") == ["2026-11-19T12:17:00+07:00"]
    assert texts(call, "LowerTimeLimit") == ["2026-11-19T12:16:00+07:00"]
    assert texts(call, "HigherTimeLimit") == ["2026-11-19T12:19:00+07:00"]
    assert texts(call, "Percentile") == ["0.8"]


def test_all_calls_ahead_come_where_asked_for(api: Running) -> None:
    fill(api)
    assert len(texts(asked(api, "/siri/vm.xml"), "OnwardCall")) == 0
    root = asked(api, "/siri/vm.xml?VehicleMonitoringDetailLevel=calls&VehicleRef=29B-123.45")
    assert texts(root, "StopPointRef") == ["s2", "s3", "s4"]


def test_a_line_or_a_bus_can_be_asked_for_alone(api: Running) -> None:
    fill(api)
    assert len(texts(asked(api, "/siri/vm.xml?LineRef=r9"), "VehicleRef")) == 0
    assert len(texts(asked(api, "/siri/vm.xml?VehicleRef=29B-123.45"), "VehicleRef")) == 1
    assert api.client.get("/siri/vm.xml?LineRef=r77").status_code == 404
    assert set(texts(asked(api, "/siri/sm.xml?MonitoringRef=s3&LineRef=r9"), "LineRef")) == {"r9"}


def test_a_stop_tells_of_what_is_live_planned_and_not_coming_apart(api: Running) -> None:
    fill(api)
    root = asked(api, "/siri/sm.xml?MonitoringRef=s3")
    visits = {v.findtext(f".//{S}DatedVehicleJourneyRef"): v for v in root.iter(f"{S}MonitoredStopVisit")}
    told = {trip: (v.findtext(f".//{S}Monitored"), v.findtext(f".//{S}ArrivalStatus")) for trip, v in visits.items()}
    assert told["t1"] == ("true", "onTime")
    assert told["t2"] == ("false", "cancelled")
    assert told["t9"] == ("false", "noReport")
    assert visits["t9"].find(f".//{S}ExpectedArrivalTime") is None


def test_a_timetable_tells_all_calls_ahead_and_which_trips_nobody_runs(api: Running) -> None:
    fill(api)
    trips = {
        trip.findtext(f"{S}FramedVehicleJourneyRef/{S}DatedVehicleJourneyRef"): trip
        for trip in asked(api, "/siri/et.xml").iter(f"{S}EstimatedVehicleJourney")
    }
    assert set(trips) == {"t1", "t2"}
    assert texts(trips["t1"], "StopPointRef") == ["s2", "s3", "s4"]
    assert texts(trips["t1"], "VehicleRef") == ["29B-123.45"]
    assert texts(trips["t1"], "ExpectedArrivalTime")[0] == "2026-11-19T12:07:00+07:00"
    assert trips["t2"].findtext(f"{S}Cancellation") == "true"
    assert texts(trips["t2"], "ArrivalStatus") == ["cancelled"] * 4
    assert texts(trips["t2"], "AimedArrivalTime")[0] == "2026-11-19T12:10:00+07:00"
    assert (api.client.get("/siri/et.xml?LineRef=r9").status_code, api.client.get("/siri/et.xml?LineRef=r9").text) == (
        204,
        "",
    )


def test_a_trip_that_may_not_run_is_neither_cancelled_nor_expected(api: Running) -> None:
    api.take(("fleet.alerts", msgspec.structs.replace(alert(), kind=AlertKind.MAY_NOT_RUN)))
    trip = asked(api, "/siri/et.xml").find(f".//{S}EstimatedVehicleJourney")
    assert trip is not None
    assert (trip.findtext(f"{S}Cancellation"), texts(trip, "ExpectedArrivalTime")) == (None, [])
    assert texts(trip, "ArrivalStatus") == ["noReport"] * 4
    assert texts(trip, "ProgressStatus")[1] == "Line 32: no bus is seen"


def test_a_next_trip_names_its_bus_without_a_place(api: Running) -> None:
    api.take(("bus.positions", position()), ("bus.predictions", prediction(trip_id="t2")))
    trip = asked(api, "/siri/et.xml").find(f".//{S}EstimatedVehicleJourney")
    assert trip is not None
    assert (texts(trip, "VehicleRef"), texts(trip, "VehicleLocation")) == (["29B-123.45"], [])


def test_situations_are_told_of_lines_trips_and_stops_and_never_of_a_bus(api: Running) -> None:
    fill(api)
    api.take(detour())
    found = {x.findtext(f".//{S}Condition"): x for x in asked(api, "/siri/sx.xml").iter(f"{S}PtSituationElement")}
    assert texts(found["tripCancellation"], "DatedVehicleJourneyRef") == ["t2"]
    assert texts(found["tripCancellation"], "Summary") == ["Tuyến 32: chưa thấy xe", "Line 32: no bus is seen"]
    assert texts(found["diverted"], "StopPointRef") == ["s3"]
    assert texts(found["diverted"], "LineRef") == ["r32"]
    verify_incident(api)
    api.clock.time_ms += 5_000
    street = [
        x for x in asked(api, "/siri/sx.xml").iter(f"{S}PtSituationElement") if texts(x, "Verification") == ["verified"]
    ]
    assert [texts(x, "LineRef") for x in street] == [["r32"]]
    whole = api.client.get("/siri/sx.xml").text
    assert "29B-123.45" not in whole
    assert texts(asked(api, "/siri/sx.xml?LineRef=r9"), "PtSituationElement") == []


def test_a_bus_that_fell_silent_has_times_that_are_said_to_be_inaccurate(api: Running) -> None:
    fill(api)
    api.clock.time_ms = NOON_MS + 2 * MINUTE_MS
    root = asked(api, "/siri/sm.xml?MonitoringRef=s3")
    assert texts(root, "PredictionInaccurateReason") == ["missingUpdate"]
    assert texts(asked(api, "/siri/vm.xml"), "VehicleRef") == []


def test_what_is_asked_for_wrongly_is_a_problem(api: Running) -> None:
    for path, status in (
        ("/siri/sm.xml", 422),
        ("/siri/sm.xml?MonitoringRef=", 422),
        ("/siri/sm.xml?MonitoringRef=nowhere", 404),
        ("/siri/vm.xml?VehicleMonitoringDetailLevel=everything", 422),
        ("/siri/vm.xml?VehicleMonitoringDetailLevel=calls", 403),
        ("/siri/et.xml?LineRef=r77", 404),
        ("/siri/sx.xml?LineRef=r77", 404),
    ):
        answer = api.client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


@pytest.mark.parametrize("name", ["s1", "t1#43200", "Line 32/A", "Bách Khoa", "_x0023_", "a_b", "😀", "", "a\tb"])
def test_every_id_becomes_a_name_token_and_comes_back(name: str) -> None:
    token = write_token(name)
    assert not set(token) & set(" #/\t")
    assert read_token(token) == name


def test_strange_ids_and_names_of_a_feed_are_valid_too(tmp_path: Path) -> None:
    script = judge("xsd.sh")
    strange = {
        name: text.replace("s3,", "s 3/<&>,").replace(",s3", ",s 3/<&>").replace("58 Nguyễn", "58 \x0b<&>")
        for name, text in GTFS.items()
    }
    with open_api(tmp_path, make_city(tmp_path / "city", gtfs=gtfs_zip(strange))) as api:
        answer = api.client.get("/siri/sm.xml", params={"MonitoringRef": write_token("s 3/<&>")})
        assert answer.status_code == 200
        (tmp_path / "strange.xml").write_bytes(answer.content)
        fill(api)
        api.take(detour())
        files = [tmp_path / "strange.xml", *write(tmp_path, api, "/siri/et.xml", "/siri/sx.xml")]
    by_headway = {**GTFS, "frequencies.txt": "trip_id,start_time,end_time,headway_secs\nt1,11:50:00,13:00:00,600\n"}
    with open_api(tmp_path, make_city(tmp_path / "headways", gtfs=gtfs_zip(by_headway))) as api:
        api.take(("bus.positions", position(trip_id="t1#42600")), ("bus.predictions", prediction(trip_id="t1#42600")))
        files += write(tmp_path, api, "/siri/sm.xml?MonitoringRef=s3", "/siri/et.xml")
    done = subprocess.run([str(script), "siri-2.1", *map(str, files)], capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]


def test_a_city_without_a_timetable_answers_with_an_empty_delivery(bare_api: Running) -> None:
    bare_api.take(("bus.positions", position()))
    assert texts(asked(bare_api, "/siri/vm.xml"), "VehicleRef") == []
    assert bare_api.client.get("/siri/et.xml").status_code == 204
    assert bare_api.client.get("/siri/sm.xml?MonitoringRef=s1").status_code == 404
