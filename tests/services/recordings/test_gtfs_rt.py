"""Bad GTFS-realtime: each fault is told with what it is and how to mend it, and nothing else is affected."""

import time

import pytest
from google.transit import gtfs_realtime_pb2 as pb

from fleet.gtfs import read_timetable
from fleet.tracker import Tracker, TrackOutputs
from schemas.fix import Fix
from services.recordings import OtherMessage, parse_gtfs_rt
from services.recordings.bound import TooManyRecordsError
from services.recordings.refusal import Refusal
from tests.services.api.parts import DATE, NOON_MS, gtfs_zip

HOURS_MS = 3_600_000


def feed(*vehicles: tuple[str, str], time_ms: int = NOON_MS) -> pb.FeedMessage:
    """Return a message of buses (vehicle, trip) at the first stop of line 32."""
    message = pb.FeedMessage()
    message.header.gtfs_realtime_version = "2.0"
    message.header.timestamp = time_ms // 1000
    for number, (vehicle_id, trip_id) in enumerate(vehicles):
        vehicle = message.entity.add(id=str(number)).vehicle
        vehicle.vehicle.id = vehicle_id
        vehicle.position.latitude, vehicle.position.longitude = 20.981, 105.8411
        vehicle.timestamp = time_ms // 1000
        vehicle.trip.trip_id, vehicle.trip.start_date = trip_id, DATE
    return message


def parse(message: pb.FeedMessage | bytes, received_ms: int = NOON_MS) -> tuple[list[Fix], list[Refusal]]:
    data = message if isinstance(message, bytes) else message.SerializePartialToString()
    items = parse_gtfs_rt(data, "depot", received_ms)
    return [i for i in items if isinstance(i, Fix)], [i for i in items if isinstance(i, Refusal)]


@pytest.fixture
def tracker(tmp_path) -> Tracker:  # type: ignore[no-untyped-def]
    file = tmp_path / "gtfs.zip"
    file.write_bytes(gtfs_zip())
    return Tracker(read_timetable(file))


def track(tracker: Tracker, *messages: pb.FeedMessage, now_ms: int = NOON_MS) -> TrackOutputs:
    return tracker.step([fix for message in messages for fix in parse(message, now_ms)[0]], now_ms)


@pytest.mark.parametrize("names", [(), ("a",)], ids=["empty", "without a header"])
def test_a_message_without_a_header_is_one_refusal_that_says_so(names: tuple[str, ...]) -> None:
    message = feed(*((name, "t1") for name in names))
    message.ClearField("header")
    fixes, (refusal,) = parse(message)
    assert fixes == []
    assert (refusal.field, "header" in refusal.reason, bool(refusal.mend)) == ("body", True, True)


def test_every_truncation_is_refused_or_whole_entities_are_read() -> None:
    whole = feed(("a", "t1"), ("b", "t2")).SerializeToString()
    for length in range(len(whole)):
        fixes, refusals = parse(whole[:length])
        assert [fix.vehicle_id for fix in fixes] in ([], ["a"])
        assert bool(fixes) or bool(refusals) or length == len(feed().SerializeToString())


def test_a_header_alone_is_a_feed_without_buses() -> None:
    assert parse(feed()) == ([], [])


def test_an_id_that_is_no_utf8_is_refused_and_not_replaced_by_another(tracker: Tracker) -> None:
    body = feed(("bad", "t1"), ("good", "t1")).SerializeToString().replace(b"bad", b"\xff\xfe\xfd")
    fixes, (refusal,) = parse(body)
    assert [fix.vehicle_id for fix in fixes] == ["good"]
    assert (refusal.index, refusal.field) == (0, "vehicle_id")


def test_a_trip_that_is_no_utf8_costs_the_claim_and_not_the_position() -> None:
    fixes, refusals = parse(feed(("a", "bad")).SerializeToString().replace(b"bad", b"\xff\xfe\xfd"))
    assert (fixes[0].claimed_trip, refusals) == (None, [])


def test_a_vehicle_that_is_in_two_places_at_once_is_refused_the_second_time() -> None:
    message = feed(("a", "t1"), ("a", "t1"), ("b", "t1"))
    message.entity[1].vehicle.position.latitude = 21.03
    fixes, (refusal,) = parse(message)
    assert [fix.vehicle_id for fix in fixes] == ["a", "b"]
    assert (refusal.index, refusal.vehicle_id, refusal.field) == (1, "a", "position")
    assert "twice" in refusal.reason


def test_a_vehicle_that_claims_two_trips_at_once_is_refused_the_second_time() -> None:
    fixes, (refusal,) = parse(feed(("a", "t1"), ("a", "t2")))
    assert [fix.claimed_trip.trip_id for fix in fixes if fix.claimed_trip] == ["t1"]
    assert (refusal.field, refusal.mend) == ("claimed_trip", "send each vehicle once a message")


def test_a_vehicle_that_stands_twice_in_the_same_words_is_left_to_the_cleaning(tracker: Tracker) -> None:
    message = feed(("a", "t1"), ("a", "t1"))
    assert len(parse(message)[0]) == 2
    assert len(track(tracker, message).positions) == 1
    assert tracker.verdicts["duplicate"] == 1


def test_one_trip_claimed_by_two_vehicles_keeps_both_on_the_map(tracker: Tracker) -> None:
    out = track(tracker, feed(("a", "t1"), ("b", "t1")))
    assert [position.vehicle_id for position in out.positions] == ["a", "b"]


def test_a_trip_that_is_not_in_the_feed_leaves_the_bus_to_its_own_track(tracker: Tracker) -> None:
    out = track(tracker, feed(("a", "gone"), ("b", "t1")))
    assert [position.vehicle_id for position in out.positions] == ["a", "b"]
    assert "gone" not in {position.assignment.trip_id for position in out.positions}
    assert out.positions[1].assignment.trip_id == "t1"


def test_a_feed_of_local_time_sent_as_utc_moves_its_buses_at_the_right_time_and_is_counted(tracker: Tracker) -> None:
    out = track(tracker, feed(("a", "t1"), ("b", "t1"), time_ms=NOON_MS + 7 * HOURS_MS), now_ms=NOON_MS)
    assert {position.time_ms for position in out.positions} == {NOON_MS}
    assert tracker.verdicts == {"zone_ahead": 2}


@pytest.mark.parametrize(
    ("shift_ms", "rule"),
    [(-7 * HOURS_MS, "other_zone"), (100 * 60_000, "future"), (-100 * 60_000, "stale")],
    ids=["UTC sent as local time", "a clock ahead", "a clock behind"],
)
def test_a_feed_of_another_time_moves_no_bus_and_is_counted(tracker: Tracker, shift_ms: int, rule: str) -> None:
    out = track(tracker, feed(("a", "t1"), ("b", "t1"), time_ms=NOON_MS + shift_ms), now_ms=NOON_MS)
    assert out.positions == []
    assert tracker.verdicts == {rule: 2}
    later = track(tracker, feed(("a", "t1"), time_ms=NOON_MS + 10_000), now_ms=NOON_MS + 10_000)
    assert [position.vehicle_id for position in later.positions] == ["a"]


@pytest.mark.parametrize(
    ("timestamp", "reason"),
    [
        (0, "1970-01-01 00:00:00 UTC lies outside 2000 to 2100"),
        (1, "1970-01-01 00:00:01 UTC lies outside 2000 to 2100"),
        (NOON_MS, "milliseconds sent as seconds?"),
        (2**63 - 1, "lies outside 2000 to 2100"),
        (2**64 - 1, "lies outside 2000 to 2100"),
    ],
)
def test_a_time_that_is_none_is_refused_with_how_to_mend_it_and_its_neighbour_goes_on(
    timestamp: int, reason: str
) -> None:
    message = feed(("bad", "t1"), ("good", "t1"))
    message.entity[0].vehicle.timestamp = timestamp
    (fix,), (refusal,) = parse(message)
    assert (fix.vehicle_id, refusal.vehicle_id, refusal.field) == ("good", "bad", "time_ms")
    assert reason in refusal.reason
    assert "seconds since 1970 (UTC)" in refusal.mend


def test_a_bus_without_a_time_of_its_own_has_the_headers_and_without_both_is_refused() -> None:
    message = feed(("a", "t1"))
    message.entity[0].vehicle.ClearField("timestamp")
    ((fix,), _) = parse(message)
    assert fix.time_ms == NOON_MS
    message.header.ClearField("timestamp")
    fixes, (refusal,) = parse(message)
    assert (fixes, refusal.field) == ([], "time_ms")


def test_a_header_older_than_its_buses_does_not_hold_them_back(tracker: Tracker) -> None:
    message = feed(("a", "t1"))
    message.header.timestamp = NOON_MS // 1000 - 7200
    assert len(track(tracker, message).positions) == 1


def test_a_differential_message_brings_what_changed_and_what_it_deletes_is_not_there(tracker: Tracker) -> None:
    message = feed(("stays", "t1"), ("gone", "t1"))
    message.header.incrementality = pb.FeedHeader.DIFFERENTIAL
    message.entity[1].is_deleted = True
    bare = message.entity.add(id="9")
    bare.is_deleted = True
    out = track(tracker, message)
    assert [position.vehicle_id for position in out.positions] == ["stays"]
    track(tracker, feed(("gone", "t1"), time_ms=NOON_MS + 10_000), now_ms=NOON_MS + 10_000)
    assert tracker.verdicts == {}


def test_a_feed_of_trip_updates_given_for_one_of_positions_shows_so() -> None:
    message = feed(("a", "t1"))
    for kind in ("trip_update", "trip_update", "alert"):
        getattr(message.entity.add(id=kind), kind).SetInParent()
    message.entity.add(id="nothing")
    items = parse_gtfs_rt(message.SerializePartialToString(), "depot", NOON_MS)
    assert [item.kind for item in items if isinstance(item, OtherMessage)] == [
        "TripUpdate",
        "TripUpdate",
        "Alert",
        "Entity",
    ]
    assert [item.index for item in items if isinstance(item, OtherMessage)] == [1, 2, 3, 4]
    assert isinstance(items[0], Fix)


def test_a_bus_that_changes_its_trip_from_message_to_message_has_one_at_a_time(tracker: Tracker) -> None:
    names = ("t1", "t2", "t1", "t2")
    outs = [track(tracker, feed(("a", name), time_ms=NOON_MS + n * 20_000), now_ms=NOON_MS + n * 20_000) for n, name in
            enumerate(names)]  # fmt: skip
    assert [len(out.positions) for out in outs] == [1] * len(names)
    assert all(position.assignment.trip_id in (None, "t1", "t2") for out in outs for position in out.positions)


@pytest.mark.parametrize("date", ["19000101", "20200101", "99991231", "yesterday", ""])
def test_a_trip_of_another_day_costs_no_position_and_no_other_bus(tracker: Tracker, date: str) -> None:
    message = feed(("odd", "t1"), ("good", "t1"))
    message.entity[0].vehicle.trip.start_date = date
    out = track(tracker, message)
    assert [position.vehicle_id for position in out.positions] == ["odd", "good"]
    assert {position.assignment.start_date for position in out.positions} <= {None, DATE}
    assert out.positions[1].assignment.start_date == DATE


def test_buses_nobody_knows_are_followed_like_others_and_forgotten_by_nobody_else(tracker: Tracker) -> None:
    strangers = [(f"stranger-{n}", "t1") for n in range(300)]
    out = track(tracker, feed(("a", "t1"), *strangers))
    assert len(out.positions) == 301
    assert sum(p.assignment.trip_id is not None for p in out.positions) >= 1


def test_a_message_of_fifty_megabytes_is_refused_by_its_count_and_read_where_it_is_few(tracker: Tracker) -> None:
    big = feed(*((f"v{n}", "t1") for n in range(3)))
    big.entity[1].alert.header_text.translation.add(text="x" * 50_000_000)
    began_s = time.monotonic()
    fixes, refusals = parse(big)
    assert ([fix.vehicle_id for fix in fixes], refusals) == (["v0", "v1", "v2"], [])
    many = feed()
    for n in range(60_000):
        many.entity.add(id=str(n)).vehicle.vehicle.id = "x" * 800
    data = many.SerializePartialToString()
    assert len(data) > 48_000_000
    with pytest.raises(TooManyRecordsError):
        parse_gtfs_rt(data, "depot", NOON_MS, most=50_000)
    assert time.monotonic() - began_s < 20.0


@pytest.mark.parametrize(
    "body",
    [b"", b"\x00", b"{}", b"<html><body>503</body></html>", b"vehicle_id,timestamp\na,1\n", b"\x1f\x8b\x08\x00",
     b"\xff" * 999, bytes(1000)],
    ids=["empty", "a zero", "JSON", "a web page", "CSV", "gzip", "ones", "zeros"],
)  # fmt: skip
def test_what_is_no_message_at_all_is_one_refusal_of_the_whole(body: bytes) -> None:
    fixes, (refusal,) = parse(body)
    assert (fixes, refusal.field, refusal.original) == ([], "body", body[:1000])
    assert "GTFS-realtime FeedMessage" in refusal.mend


def test_a_header_from_the_future_does_not_matter_where_buses_have_their_own_time(tracker: Tracker) -> None:
    message = feed(("a", "t1"))
    message.header.timestamp = (NOON_MS + 7 * HOURS_MS) // 1000
    assert len(track(tracker, message).positions) == 1
