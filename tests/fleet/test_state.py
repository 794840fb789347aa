"""A bus goes on in another tracker as if it were the same; bytes of another form or timetable are refused."""

import zlib

import msgspec

from fleet.state import FORM, fingerprint
from fleet.tracker import Tracker
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


def test_bytes_of_another_timetable_or_form_or_damaged_ones_are_refused(table) -> None:
    fixes = drive(table, "T0-3", late_s=60)
    tracker = Tracker(table)
    collect(tracker, fixes[:10])
    data = tracker.dump(fixes[0].vehicle_id)
    assert Tracker(None).load("bus", data) is None
    assert Tracker(table).load("bus", data[:-5]) is None
    assert Tracker(table).load("bus", b"") is None
    plain = msgspec.msgpack.decode(zlib.decompress(data))
    newer = zlib.compress(msgspec.msgpack.encode([FORM + 1, *plain[1:]]))
    assert Tracker(table).load("bus", newer) is None
    assert Tracker(table).load("bus", data) is not None
    assert plain[:2] == [FORM, fingerprint(table)]


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
