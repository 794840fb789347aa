"""The doors on a real embedded log: what comes in, what is kept, what is answered."""

import gzip
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.transit import gtfs_realtime_pb2

from schemas.feed import ClockTick
from schemas.fix import Fix
from schemas.message import decode, encode
from services.play.bodies import write_ufms
from services.recordings import parse_ufms_json
from services.recordings.ufms_schema import base_message
from services.stream.errors import StreamError
from tests.data import shared_data
from tests.services.ingest.house import NOON_MS, SECOND, Street, open_street, tick
from tests.services.ingest.house import csv_row as row

CSV = "vehicle_id,timestamp,latitude,longitude\n"


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    with open_street(tmp_path) as street:
        yield street


def headers_of(record) -> dict[str, str]:
    return {name: value.decode() for name, value in record.headers}


def feed(*vehicles: str) -> bytes:
    message = gtfs_realtime_pb2.FeedMessage()
    message.header.gtfs_realtime_version = "2.0"
    for name in vehicles:
        vehicle = message.entity.add(id=name).vehicle
        vehicle.vehicle.id = name
        vehicle.timestamp = SECOND
        vehicle.position.latitude, vehicle.position.longitude = 21.03, 105.85
        vehicle.trip.trip_id = "T1"
    return message.SerializeToString()


def test_real_tracker_messages_become_fixes(street: Street) -> None:
    body = shared_data("hcmc-buses", "sample_small.json").read_bytes()
    answer = street.post("fixes/ufms-json", body)
    assert (answer.status_code, answer.json()) == (202, {"accepted": 10, "refused": 0, "errors": []})
    fixes = [decode(Fix, record.value) for record in street.records("gps.fixes")]
    assert len(fixes) == 10
    assert {fix.source for fix in fixes} == {"depot"}
    assert all(106 < fix.lon < 107 and 10 < fix.lat < 11 for fix in fixes)


def test_real_tracker_messages_as_protobuf_become_the_same_fixes(street: Street) -> None:
    fixes = parse_ufms_json(shared_data("hcmc-buses", "sample_small.json").read_bytes(), "depot", NOON_MS)
    answer = street.post("fixes/ufms", write_ufms(fixes))  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()) == (202, {"accepted": 10, "refused": 0, "errors": []})
    kept = [decode(Fix, record.value) for record in street.records("gps.fixes")]
    assert sorted(kept, key=encode) == sorted(fixes, key=encode)  # type: ignore[arg-type]


def test_a_message_that_is_no_position_is_counted_and_answered(street: Street) -> None:
    body = base_message()(msgType=400)
    body.msgRegVehicle.vehicle = "29B-1"
    answer = street.post("fixes/ufms", body.SerializeToString())
    assert answer.json() == {"accepted": 0, "refused": 0, "errors": [], "others": {"MsgType_RegVehicle": 1}}
    assert answer.status_code == 202
    assert street.records("gps.fixes.dead") == []


def test_a_realtime_feed_keeps_the_trip_it_claims(street: Street) -> None:
    assert street.post("fixes/gtfs-rt", feed("a", "b")).json()["accepted"] == 2
    fixes = [decode(Fix, record.value) for record in street.records("gps.fixes")]
    assert {(fix.vehicle_id, fix.claimed_trip.trip_id) for fix in fixes} == {("a", "T1"), ("b", "T1")}


def test_every_row_of_a_real_recording_is_accepted_or_told(street: Street) -> None:
    text = gzip.decompress(shared_data("wmata", "vehicle_positions_2026-02-16_C53_D96.csv.gz").read_bytes()).decode()
    lines = text.splitlines(keepends=True)[:1001]
    answer = street.post("fixes/csv", "".join(lines).encode()).json()
    assert answer["accepted"] + answer["refused"] == 1000
    assert len(street.records("gps.fixes")) == answer["accepted"]


@pytest.mark.parametrize(
    ("bad", "field", "said"),
    [
        (row(lat=0, lon=0), "lon", "0, 0"),
        (row(lat=105.85, lon=21.03), "lat", "swapped"),
        (row(time=0), "time_ms", "1970-01-01 00:00:00 UTC lies outside 2000"),
        (row(time=7), "time_ms", "1970-01-01 00:00:07"),
        (row(time=4_070_908_800), "time_ms", "ahead"),
        (row(lat="NaN"), "lat", "not a number"),
        (row(lon="inf"), "lon", "not a number"),
        (row(lon=181), "lon", "181 lies outside -180 to 180 degrees"),
        (row(vehicle=""), "vehicle_id", "absent"),
    ],
    ids=["null island", "swapped", "1970", "just after 1970", "2099", "NaN", "infinite", "off the map", "no vehicle"],
)
def test_an_unusable_record_is_told_and_kept_while_its_neighbours_go_on(
    street: Street, bad: str, field: str, said: str
) -> None:
    answer = street.post("fixes/csv", (CSV + row("before") + bad + row("after")).encode())
    assert answer.status_code == 202
    assert (answer.json()["accepted"], answer.json()["refused"]) == (2, 1)
    (error,) = answer.json()["errors"]
    assert (error["index"], error["field"]) == (1, field)
    assert said in f"{error['reason']} {error['mend']}"
    assert error["mend"]
    assert {decode(Fix, record.value).vehicle_id for record in street.records("gps.fixes")} == {"before", "after"}
    (letter,) = street.records("gps.fixes.dead")
    head = headers_of(letter)
    assert head["origin_topic"] == "gps.fixes"
    assert (head["service"], head["source"], head["door"], head["index"]) == ("ingest", "depot", "csv", "1")
    assert head["reason"].startswith(field)
    assert int(head["time_ms"]) > 0
    assert letter.value


def test_swapped_axes_that_are_possible_elsewhere_are_seen_by_the_citys_place(tmp_path: Path) -> None:
    with open_street(tmp_path) as street:
        object.__setattr__(street.house.intake, "bbox", (-77.2, 38.8, -76.9, 39.0))
        answer = street.post("fixes/csv", (CSV + row(lat=-77.03, lon=38.9) + row(lat=38.9, lon=-77.03)).encode()).json()
    assert answer["accepted"] == 1
    assert "swapped" in answer["errors"][0]["reason"]


def test_a_bus_outside_the_city_is_left_to_the_cleaning(street: Street) -> None:
    assert street.post("fixes/csv", (CSV + row(lat=10.8, lon=106.7)).encode()).json()["accepted"] == 1


@pytest.mark.parametrize(
    ("door", "body"),
    [
        ("gtfs-rt", feed("a", "b")[:-7]),
        ("gtfs-rt", b"\xff\xfe no protobuf"),
        ("ufms-json", b'[{"msgType": "MsgType_BusWay'),
        ("ufms-json", b"\x00\x01"),
        ("csv", b"name,colour\nbus,red\n"),
        ("csv", b""),
    ],
    ids=["truncated feed", "no feed", "truncated JSON", "no JSON", "foreign CSV", "empty"],
)
def test_a_body_that_cannot_be_read_is_a_problem_and_is_kept_whole(street: Street, door: str, body: bytes) -> None:
    answer = street.post(f"fixes/{door}", body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == 400
    assert door in problem["detail"]
    assert problem["mend"]
    (letter,) = street.records("gps.fixes.dead")
    assert letter.value == body
    assert street.records("gps.fixes") == []


def test_a_dead_letter_is_cut_where_no_log_would_take_it(tmp_path: Path) -> None:
    with open_street(tmp_path, max_body_bytes=3_000_000) as street:
        street.post("fixes/ufms-json", b"[" * 2_000_000)
        (letter,) = street.records("gps.fixes.dead")
    assert len(letter.value) == 900_000
    assert headers_of(letter)["original_bytes"] == "2000000"


def test_a_deeply_nested_body_is_a_problem_not_a_crash(street: Street) -> None:
    assert street.post("fixes/ufms-json", b"[" * 100_000 + b"]" * 100_000).status_code == 400
    assert street.post("fixes/csv", (CSV + row()).encode()).status_code == 202


def test_a_csv_field_longer_than_the_reader_takes_is_a_problem_not_a_crash(street: Street) -> None:
    assert street.post("fixes/csv", (CSV + row(vehicle="x" * 150_000)).encode()).status_code == 400


def test_a_body_over_the_limit_is_refused_before_it_is_read(street: Street) -> None:
    answer = street.post("fixes/csv", b"x" * 200_001)
    assert answer.status_code == 413
    assert "200,000 bytes" in answer.json()["detail"]


def test_a_body_of_unknown_length_is_refused_once_it_passes_the_limit(street: Street) -> None:
    asked = 0

    def chunks() -> Iterator[bytes]:
        nonlocal asked
        for _ in range(1000):
            asked += 1
            yield b"x" * 10_000

    headers = {"Authorization": f"Bearer {street.token}"}
    answer = street.client.post("/v1/fixes/csv", content=chunks(), headers=headers)
    assert answer.status_code == 413
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize(
    ("header", "status"),
    [(None, 401), ("Basic eDp5", 401), ("Bearer ", 401), ("Bearer wrong", 401)],
    ids=["none", "other scheme", "empty", "wrong"],
)
def test_nobody_comes_in_without_a_token_of_their_own(street: Street, header: str | None, status: int) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = street.client.post("/v1/fixes/csv", content=(CSV + row()).encode(), headers=headers)
    assert answer.status_code == status
    assert "Bearer" in answer.headers["www-authenticate"]
    assert street.records("gps.fixes") == []


def test_a_gzip_body_is_unpacked_and_another_packing_is_told(street: Street) -> None:
    packed = gzip.compress((CSV + row("a")).encode()) + gzip.compress(row("b").encode())
    answer = street.post("fixes/csv", packed, **{"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.json()["accepted"]) == (202, 2)
    assert street.post("fixes/csv", packed, **{"Content-Encoding": "br"}).status_code == 415
    assert street.post("fixes/csv", packed[:-9], **{"Content-Encoding": "gzip"}).status_code == 400
    assert street.post("fixes/csv", b"no gzip", **{"Content-Encoding": "gzip"}).status_code == 400


def test_a_packed_bomb_is_refused_within_its_limit(street: Street) -> None:
    bomb = gzip.compress(b"0" * 100_000_000)
    tracemalloc.start()
    answer = street.post("fixes/csv", bomb, **{"Content-Encoding": "gzip"})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer.status_code == 413
    assert peak < 5_000_000


def test_a_wrong_path_and_a_wrong_method_are_problems_too(street: Street) -> None:
    assert street.client.get("/v1/nothing").json()["status"] == 404
    answer = street.client.get("/v1/fixes/csv")
    assert (answer.status_code, answer.json()["status"]) == (405, 405)


def test_records_of_one_bus_stay_in_order(street: Street) -> None:
    rows = "".join(row(time=SECOND + n) for n in range(50))
    street.post("fixes/csv", (CSV + rows).encode())
    times = [decode(Fix, record.value).time_ms for record in street.records("gps.fixes")]
    assert times == sorted(times)
    assert len({record.partition for record in street.records("gps.fixes")}) == 1


class BrokenStream:
    """A log that acknowledges nothing."""

    def producer(self):
        raise StreamError("kafka://nowhere does not answer")

    def close(self) -> None:
        return


def test_nothing_is_acknowledged_while_the_log_is_down(tmp_path: Path) -> None:
    with open_street(tmp_path, stream=BrokenStream()) as street:  # type: ignore[arg-type]
        answer = street.post("fixes/csv", (CSV + row()).encode())
        assert street.client.get("/healthz").json()["log"] == "down"
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert "nowhere" not in answer.text


def test_only_a_player_sets_the_clock(street: Street) -> None:
    answer = street.post("clock", encode(tick()))
    assert answer.status_code == 403
    assert street.records("city.clock") == []


def test_a_players_tick_reaches_the_log_under_the_players_own_name(street: Street) -> None:
    assert street.post("clock", encode(tick(event_ms=NOON_MS - 5)), token=street.player).status_code == 202
    (record,) = street.records("city.clock")
    taken = decode(ClockTick, record.value)
    assert (taken.event_ms, taken.speed, taken.source) == (NOON_MS - 5, 10.0, "tape")


def test_a_tick_of_a_sender_whose_own_clock_is_off_gets_our_wall_time(street: Street) -> None:
    street.post("clock", encode(tick(wall_ms=NOON_MS - 3_600_000)), token=street.player)
    (record,) = street.records("city.clock")
    assert decode(ClockTick, record.value).wall_ms == NOON_MS


@pytest.mark.parametrize("body", [b"", b"{}", encode(tick(speed=-1.0)), encode(tick(speed=1e9))])
def test_a_tick_that_makes_no_sense_is_a_problem(street: Street, body: bytes) -> None:
    assert street.post("clock", body, token=street.player).status_code == 400


def test_the_doors_count_what_they_did(street: Street) -> None:
    lines = [
        'hanoi_ingest_records_total{door="csv",outcome="accepted",source="depot"}',
        'hanoi_ingest_records_total{door="csv",outcome="refused",source="depot"}',
        'hanoi_ingest_requests_total{door="csv",status="202"}',
        "hanoi_ingest_append_seconds_count",
    ]

    def counts() -> list[float]:
        found = dict(line.rsplit(" ", 1) for line in street.client.get("/metrics").text.splitlines())
        return [float(found.get(line, 0)) for line in lines]

    before = counts()
    street.post("fixes/csv", (CSV + row() + row(lat=0, lon=0)).encode())
    assert [now - then for now, then in zip(counts(), before, strict=True)] == [1, 1, 1, 1]


def test_a_door_tells_at_most_a_thousand_errors_and_counts_all(street: Street) -> None:
    answer = street.post("fixes/csv", (CSV + row(lat=0, lon=0) * 1500).encode()).json()
    assert (answer["refused"], len(answer["errors"])) == (1500, 1000)
    assert len(street.records("gps.fixes.dead")) == 1500


def test_the_doors_describe_themselves(street: Street) -> None:
    paths = json.loads(street.client.get("/openapi.json").text)["paths"]
    assert {"/v1/fixes/ufms-json", "/v1/fixes/gtfs-rt", "/v1/fixes/csv", "/v1/clock"} <= paths.keys()
