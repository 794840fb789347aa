"""A bus goes on in another tracker as if it were the same; bytes of another form are refused."""

import msgspec

from fleet.gtfs import read_timetable
from fleet.state import FORM, fingerprint
from fleet.tracker import Tracker
from tests.fleet.event_time import know
from tests.fleet.small_feed import write_feed
from tests.fleet.test_tracker import collect, drive, table

__all__ = ["table"]


def test_a_bus_that_is_dumped_and_loaded_at_any_fix_goes_on_alike(table) -> None:
    fixes = drive(table, "T0-3", late_s=60)
    whole, events, positions = collect(Tracker(table), fixes)
    for at in (1, len(fixes) // 3, len(fixes) // 2, len(fixes) - 2):
        first, second = Tracker(table), Tracker(table)
        said = collect(first, fixes[:at])
        assert second.load(fixes[0].vehicle_id, first.dump(fixes[0].vehicle_id)) == fixes[at - 1].received_ms
        rest = collect(second, fixes[at:])
        assert said[1] | rest[1] == events
        assert [*said[2], *rest[2]] == positions
        # What was learnt is not the bus's own: it comes to every tracker by the lessons.
        assert (said[0] | rest[0]).keys() == whole.keys()


def test_bytes_of_another_form_or_damaged_ones_are_refused(table) -> None:
    fixes = drive(table, "T0-3", late_s=60)
    tracker = Tracker(table)
    collect(tracker, fixes[:10])
    data = tracker.dump(fixes[0].vehicle_id)
    assert Tracker(table).load("bus", data[:-5]) is None
    assert Tracker(table).load("bus", b"") is None
    assert Tracker(table).load("bus", b"nonsense") is None
    plain = msgspec.msgpack.decode(data)
    assert Tracker(table).load("bus", msgspec.msgpack.encode([FORM + 1, *plain[1:]])) is None
    assert Tracker(table).load("bus", msgspec.msgpack.encode([*plain[:2], b"x", *plain[3:]])) is None
    assert Tracker(table).load("bus", data) is not None
    assert plain[:2] == [FORM, fingerprint(table)]


def test_of_another_timetable_a_bus_is_found_again_from_its_last_fixes(table, tmp_path) -> None:
    other = read_timetable(write_feed(tmp_path, link_s=150))
    fixes = drive(table, "T0-3", late_s=60)
    first, second, whole = Tracker(table), Tracker(other), Tracker(other)
    collect(first, fixes[:20])
    collect(whole, fixes[:20])
    assert second.load("bus", first.dump("bus")) == fixes[19].received_ms
    assert collect(second, fixes[20:])[1:] == collect(whole, fixes[20:])[1:]


def test_late_fixes_are_taken_in_their_place_after_a_restart_too(table) -> None:
    fixes = drive(table, "T0-3", late_s=60)
    late = fixes[12:16]
    delivered = [*fixes[:12], *fixes[16:24], *late, *fixes[24:]]
    whole = know(Tracker(table), fixes)
    first, second = Tracker(table), Tracker(table)
    events = collect(first, delivered[:20])[1]
    second.learn(lesson for lesson in learnt(table, delivered[:20]))
    assert second.load("bus", first.dump("bus")) is not None
    said = know(second, delivered[20:])
    assert said["buses"] == whole["buses"]
    calls = {key[:2] + key[3:]: event for key, event in said["calls"].items()}
    assert events | calls == {key[:2] + key[3:]: event for key, event in whole["calls"].items()}
    assert said["learnt"] == whole["learnt"]


def learnt(table, fixes):
    """Return what a bus taught, as the log holds it."""
    return Tracker(table).step(fixes, fixes[-1].received_ms).lessons


def test_what_nobody_knows_is_empty_and_what_is_forgotten_is_gone(table) -> None:
    fixes = drive(table, "T0-3", late_s=60)
    tracker = Tracker(table)
    assert tracker.dump("nobody") == b""
    collect(tracker, fixes[:10])
    tracker.forget([fixes[0].vehicle_id, "nobody"])
    assert tracker.dump(fixes[0].vehicle_id) == b""


def test_what_another_tracker_saw_counts_as_seen(table) -> None:
    fixes = drive(table, "T0-3", late_s=60)
    one, two = Tracker(table), Tracker(table)
    collect(one, fixes)
    trips, routes = one.list_seen()
    assert any(name.startswith("T0-3/") for name in trips)
    two.note_seen(trips, routes)
    assert two.list_seen() == (trips, routes)
