"""Bad GTFS-realtime: each fault is told with what it is and how to mend it, and nothing else is affected."""

import pytest
from google.transit import gtfs_realtime_pb2 as pb

from fleet.gtfs import read_timetable
from fleet.tracker import Tracker, TrackOutputs
from schemas.fix import Fix
from services.recordings import parse_gtfs_rt
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


@pytest.mark.parametrize("shift_ms", [7 * HOURS_MS, 90 * 60_000], ids=["local time sent as UTC", "a clock ahead"])
def test_a_feed_from_the_future_moves_no_bus_and_is_counted(tracker: Tracker, shift_ms: int) -> None:
    out = track(tracker, feed(("a", "t1"), ("b", "t1"), time_ms=NOON_MS + shift_ms), now_ms=NOON_MS)
    assert out.positions == []
    assert tracker.verdicts["future"] == 2
    later = track(tracker, feed(("a", "t1"), time_ms=NOON_MS + 10_000), now_ms=NOON_MS + 10_000)
    assert [position.vehicle_id for position in later.positions] == ["a"]


def test_a_header_from_the_future_does_not_matter_where_buses_have_their_own_time(tracker: Tracker) -> None:
    message = feed(("a", "t1"))
    message.header.timestamp = (NOON_MS + 7 * HOURS_MS) // 1000
    assert len(track(tracker, message).positions) == 1
