"""Incidents, closures and states as other systems read them, judged by their own schemas."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import msgspec
import pytest

from routing.network import save_network
from schemas.camera_watch import CameraMinute
from schemas.edge import EdgeState, LevelOfService, RoadStates
from schemas.incident import Incident, IncidentEvidence, IncidentState
from schemas.text import Text
from services.api.exports.event import make_event
from services.api.exports.situations import situations
from services.api.exports.wzdx import direction_of
from services.api.roads import Roads
from services.store.incidents import record_detected
from tests.data import judge
from tests.routing.builders import grid
from tests.services.api.parts import MINUTE_MS, NOON_MS, Running, gtfs_zip, make_city
from tests.services.api.parts import running as open_api
from tests.services.api.test_forecast import forecast

NET = grid(5, 4)  # way 2 runs east over 101, 102, 103 …
EAST = ("2/101/102", "2/102/103")
FLOOD = "flood 1/<Đội Cấn>"


def incident(name: str, kind: str, *, closed: tuple[str, ...] = (), slow: tuple[str, ...] = (), **more) -> Incident:
    told = Incident(
        incident_id=name,
        state=IncidentState.VERIFIED,
        kind=kind,
        lon=105.85,
        lat=21.02,
        started_ms=NOON_MS - 10 * MINUTE_MS,
        updated_ms=NOON_MS - MINUTE_MS,
        probability=0.9,
        title=Text(vi="Ngập sâu 0,5 m & cấm đường tại phố Đội Cấn, đoạn qua chợ", en="Flooded 0.5 m <closed>"),
        why=Text(vi="cảm biến", en="gauge\x07"),
        evidence=IncidentEvidence(edge_ids=slow),
        source="desk",
        closed_edge_ids=closed,
    )
    return msgspec.structs.replace(told, **more)


TOLD = (
    incident(FLOOD, "flood", closed=EAST, slow=("1/2/3",)),
    incident("queue", "unusual_slowness", slow=("1/2/3", "1/3/4")),
    incident("nowhere", "accident", slow=("77/7/8",), closed=("78/1/2",)),
    incident("over", "accident", slow=("3/201/202",), state=IncidentState.CLOSED),
    incident("long-over", "accident", state=IncidentState.CLOSED, updated_ms=NOON_MS - 90 * MINUTE_MS),
    incident("guess", "accident", state=IncidentState.DETECTED),
)


CAMERA = b"""
id: J-1
name: {vi: "Nga ba <J-1>", en: "Junction J-1"}
position: [105.8, 21.0]
approaches: [{id: north, bearing_deg: 180}, {id: south, bearing_deg: 0}]
"""
COUNT = CameraMinute(
    camera_id="J-1", approach_id="north", start_ms=NOON_MS - MINUTE_MS, end_ms=NOON_MS, frames=600, occupancy=0.25,
    counts={"motorcycle": 30, "car": 4, "person": 7, "cyclo": 1},
)  # fmt: skip


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    root = tmp_path_factory.mktemp("exports")
    city = make_city(root / "city", gtfs=gtfs_zip())
    save_network(NET, root / "city" / "network")
    (city.root / "cameras").mkdir()
    (city.root / "cameras" / "J-1.yaml").write_bytes(CAMERA)
    with open_api(root, city) as running:
        with running.state.store.transaction() as session:
            for one in TOLD:
                record_detected(session, one)
        states = tuple(
            EdgeState(
                edge_id=NET.edge_ids[i], edge_index=i, time_ms=NOON_MS, level=level, observations=n, speed_mps=speed,
                sd_mps=1.0, usual_mps=8.0, free_flow_mps=9.0,
            )
            for i, (level, n, speed) in enumerate(
                [
                    (LevelOfService.SLOW, 3, 4.0), (LevelOfService.BLOCKED, 2, 0.0), (LevelOfService.FREE, 0, 9.0),
                    (LevelOfService.CONGESTED, 1, None),
                ]
            )
        )  # fmt: skip
        stale = msgspec.structs.replace(states[0], edge_id="9/9/9", edge_index=5)
        running.take(("road.states", RoadStates(cell="0/0/0", time_ms=NOON_MS, states=(*states, stale))))
        running.take(("camera.counts", COUNT))
        running.take(("road.forecasts", forecast(NOON_MS, [states[0].edge_index], 4.0, 3.0, 6.0)))
        yield running


def asked(api: Running, path: str) -> bytes:
    answer = api.client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.content


def paths_of_cap(api: Running) -> list[str]:
    return [entry["path"] for entry in json.loads(asked(api, "/cap/alerts"))["alerts"]]


DATEX = ["/datex2/situations.xml", *(f"/datex2/traffic.xml{more}" for more in ("", "?west=150", "?at=30"))]


@pytest.mark.judge
@pytest.mark.parametrize(
    ("script", "schema", "names"),
    [
        (
            "xsd.sh",
            "datex-3.7",
            [
                "/datex2/situations.xml",
                "/datex2/traffic.xml",
                "/datex2/traffic.xml?west=150",
                "/datex2/traffic.xml?at=30",
                "/datex2/sites.xml",
                "/datex2/measured.xml",
            ],
        ),
        ("json.sh", "wzdx-4.2", ["/wzdx/4.2/closures.geojson"]),
        ("xsd.sh", "cap-1.2", ["cap"]),
    ],
)
def test_the_schema_of_each_standard_takes_every_answer(
    api: Running, tmp_path: Path, script: str, schema: str, names: list[str]
) -> None:
    command = judge(script)
    files = []
    for number, name in enumerate(paths_of_cap(api) if names == ["cap"] else names):
        files.append(tmp_path / f"{number}.txt")
        files[-1].write_bytes(asked(api, name))
    if schema == "datex-3.7":
        files.append(tmp_path / "empty.txt")
        files[-1].write_bytes(situations([], "hanoi", NOON_MS, ZoneInfo("Asia/Ho_Chi_Minh")))
    done = subprocess.run([str(command), schema, *map(str, files)], capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert done.stdout.count("VALID") == len(files)


def ids_of(api: Running) -> dict[str, set[str]]:
    root = ET.fromstring(asked(api, "/datex2/situations.xml"))
    return {
        "situations": {e.attrib["id"] for e in root.iter() if e.tag.endswith("}situation")},
        "records": {e.attrib["id"] for e in root.iter() if e.tag.endswith("}situationRecord")},
        "cifs": {e["id"] for e in json.loads(asked(api, "/cifs/incidents.json"))["incidents"]},
        "wzdx": {e["id"] for e in json.loads(asked(api, "/wzdx/4.2/closures.geojson"))["features"]},
        "cap": {e["incident_id"] for e in json.loads(asked(api, "/cap/alerts"))["alerts"]},
    }


def test_what_a_person_verified_is_told_and_what_ended_for_an_hour(api: Running) -> None:
    ids = ids_of(api)
    assert ids["situations"] == ids["cap"] == {FLOOD, "queue", "nowhere", "over"}


def test_one_id_leads_through_all_exports(api: Running) -> None:
    ids = ids_of(api)
    assert ids["wzdx"] == {f"{FLOOD}/2/101/102"}
    assert ids["cifs"] == {f"{FLOOD}/2/101/102", f"{FLOOD}/1/2/3"}
    assert {f"{FLOOD}/2/101/102/closed", f"{FLOOD}/1/2/3/what", "nowhere/what"} <= ids["records"]
    assert all(any(i == s or i.startswith(f"{s}/") for s in ids["situations"]) for i in ids["records"] | ids["cifs"])


def test_the_ids_of_an_incident_outlive_its_changes(api: Running) -> None:
    before = ids_of(api)
    newer = msgspec.structs.replace(TOLD[0], updated_ms=NOON_MS, title=Text(vi="Nước rút", en="Falling"))
    with api.state.store.transaction() as session:
        record_detected(session, newer)
    api.clock.time_ms += 10_000
    assert ids_of(api) == before
    assert "Nước rút" in asked(api, "/datex2/situations.xml").decode()


def measurements(api: Running) -> dict[str, dict[int, str]]:
    """Return the values of each site by their index."""
    root = ET.fromstring(asked(api, "/datex2/measured.xml"))
    out: dict[str, dict[int, str]] = {}
    for site in (e for e in root.iter() if e.tag.endswith("}siteMeasurements")):
        values = {}
        for outer in (e for e in site if "index" in e.attrib):
            leaf = [e for e in outer.iter() if e.tag.endswith(("}vehicleFlowRate", "}percentage"))]
            values[int(outer.attrib["index"])] = leaf[0].text or ""
        out[next(e.attrib["id"] for e in site if "id" in e.attrib)] = values
    return out


def test_what_cameras_count_is_told_by_type_of_vehicle_on_the_sites_of_the_table(api: Running) -> None:
    table = ET.fromstring(asked(api, "/datex2/sites.xml"))
    sites = {e.attrib["id"]: e for e in table.iter() if e.tag.endswith("}measurementSite")}
    told = measurements(api)
    assert sites.keys() == told.keys() > {"J-1/north"}
    kinds = [e.text for e in sites["J-1/north"].iter() if e.tag.endswith("}vehicleType")]
    assert kinds == ["anyVehicle", "motorcycle", "bicycle", "car", "bus", "lorry", "anyVehicle"]
    # An hour of such minutes; people on foot are no vehicles, a cyclo has no type of its own.
    assert told["J-1/north"] == {1: "2100", 2: "1800", 3: "0", 4: "240", 5: "0", 6: "0", 7: "25.0"}
    assert all(values == {} for site, values in told.items() if site != "J-1/north"), "nothing was counted there"


def test_flows_go_by_the_time_watched_and_a_minute_hardly_watched_measures_nothing(api: Running) -> None:
    with api.state.live.reading() as live:
        counts = live.counts["J-1"]
    for watched_s, said in ((40.0, "3150"), (20.0, None)):
        counts["north"] = msgspec.structs.replace(COUNT, watched_s=watched_s)
        assert measurements(api)["J-1/north"].get(1) == said
    counts["north"] = COUNT


def test_the_data_names_the_versions_of_the_table_and_an_old_count_measures_nothing(api: Running) -> None:
    table, data = (ET.fromstring(asked(api, f"/datex2/{name}.xml")) for name in ("sites", "measured"))
    versions = {(e.attrib["id"], e.attrib["version"]) for e in table.iter() if "version" in e.attrib}
    named = {(e.attrib["id"], e.attrib["version"]) for e in data.iter() if "targetClass" in e.attrib}
    assert versions == named
    before = api.clock.time_ms
    api.clock.time_ms += 20 * MINUTE_MS
    assert measurements(api)["J-1/north"] == {}
    api.clock.time_ms = before


def broken_rules(entry: dict[str, str]) -> list[str]:
    """Return the published rules of CIFS that an entry breaks."""
    broken = [f for f in ("id", "type", "polyline", "street", "starttime") if not entry.get(f)]
    numbers = entry["polyline"].split()
    points = list(zip(numbers[::2], numbers[1::2], strict=False))
    if len(numbers) % 2 or len(points) < 2 or len(set(points)) < 2:
        broken.append("a polyline has two points or more")
    if not all(len(n.partition(".")[2]) == 6 for n in numbers):
        broken.append("six decimals")
    if not all(-90 <= float(lat) <= 90 and -180 <= float(lon) <= 180 and float(lon) > 90 for lat, lon in points):
        broken.append("latitude comes first")
    kinds = {"ACCIDENT", "CONSTRUCTION", "HAZARD", "ROAD_CLOSED"}
    if entry["type"] not in kinds or not entry.get("subtype", entry["type"]).startswith(entry["type"]):
        broken.append("type and subtype")
    if entry.get("direction") not in {"ONE_DIRECTION", "BOTH_DIRECTIONS"}:
        broken.append("direction")
    if len(entry.get("description", "")) > 40:
        broken.append("description of at most 40 characters")
    if not entry["starttime"].endswith("+07:00"):
        broken.append("times carry their offset")
    return broken


def test_every_entry_for_waze_keeps_its_published_rules_and_only_closures_close(api: Running) -> None:
    entries = json.loads(asked(api, "/cifs/incidents.json"))["incidents"]
    assert [broken_rules(entry) for entry in entries] == [[]] * 2
    assert {e["id"]: e["type"] for e in entries} == {
        f"{FLOOD}/2/101/102": "ROAD_CLOSED",
        f"{FLOOD}/1/2/3": "HAZARD",
    }
    wrong = {**entries[0], "polyline": "21.02 105.85", "description": "x" * 41, "subtype": "HAZARD_ON_ROAD"}
    assert len(broken_rules(wrong)) == 4


def test_an_update_and_a_cancellation_refer_to_the_first_message(api: Running) -> None:
    space = "{urn:oasis:names:tc:emergency:cap:1.2}"
    said = {}
    for path in paths_of_cap(api):
        root = ET.fromstring(asked(api, path))
        said[path] = [root.findtext(space + name) for name in ("msgType", "references", "identifier")]
        assert [e.text for e in root.iter(space + "language")] == ["vi-VN", "en-US"]
    kind, refers, name = said["/cap/alerts/over.xml"]
    assert kind == "Cancel"
    first_s = (NOON_MS - 10 * MINUTE_MS) // 1000
    assert refers == f"hanoi@hanoi-traffic,over.{first_s},2026-11-19T11:50:00+07:00"
    assert name != refers.split(",")[1]
    assert said["/cap/alerts/queue.xml"][0] == "Update"
    assert api.client.get("/cap/alerts/guess.xml").status_code == 404


def test_states_of_observed_roads_carry_speed_deviation_and_the_edge_s_id(api: Running) -> None:
    text = asked(api, "/datex2/traffic.xml").decode()
    assert text.count("externalLocationCode>") == 2 * (2 + 2 + 1), "no guess, no edge that is not of this network"
    assert NET.edge_ids[0] in text
    assert "<com:speed>14.4</com:speed>" in text
    assert 'standardDeviation="3.6"' in text
    assert "externalLocationCode" not in asked(api, "/datex2/traffic.xml?west=150").decode()


def test_what_is_foretold_of_observed_roads_is_marked_as_that(api: Running) -> None:
    text = asked(api, "/datex2/traffic.xml?at=30").decode()
    assert text.count("<roa:forecast>true</roa:forecast>") == 2, "speed and status of the one road with a forecast"
    assert "<com:speed>10.8</com:speed>" in text
    assert "2026-11-19T12:30:00+07:00" in text
    assert "numberOfInputValuesUsed" not in text
    assert "forecast" not in asked(api, "/datex2/traffic.xml").decode()


def test_closed_edges_that_follow_one_another_are_one_stretch_and_both_sides_are_two() -> None:
    both = (*EAST, "2/103/102", "2/102/101")
    event = make_event(incident("x", "flood", closed=(*both, "1002/2/102")), Roads(NET))
    assert [s.id for s in event.closed] == ["x/1002/2/102", "x/2/101/102", "x/2/103/102"]
    assert all(len(set(s.lonlat)) == len(s.lonlat) >= 2 for s in event.closed)
    assert make_event(incident("x", "flood", closed=both), None).closed == ()


def test_a_closed_ring_is_one_stretch() -> None:
    names = replace(NET, edge_name=NET.edge_name * 0)
    ring = ("2/102/103", "1003/103/203", "3/203/202", "1002/202/102")
    event = make_event(incident("x", "flood", closed=ring), Roads(names))
    assert len(event.closed) == 1
    assert len(event.closed[0].lonlat) == 5


@pytest.mark.parametrize(
    ("to", "said"), [((1, 0), "eastbound"), ((-1, 0.2), "westbound"), ((0, 1), "northbound"), ((0.1, -1), "southbound")]
)
def test_a_direction_is_a_quarter_of_the_compass(to: tuple[float, float], said: str) -> None:
    assert direction_of([(0.0, 0.0), to]) == said
