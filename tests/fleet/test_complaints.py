"""What riders and operators of other systems complained about and no other test drives through the whole tracker."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest

from fleet.gtfs import read_timetable
from fleet.tracker import Tracker, TrackOutputs
from schemas.fix import Fix
from tests.fleet.alerts.test_rules import LINK_MS, START_MS, fix, on_time
from tests.fleet.small_feed import write_feed

STOPS = 8


@pytest.fixture
def tracker(tmp_path: Path) -> Tracker:
    return Tracker(read_timetable(write_feed(tmp_path / "feed")))


def each(tracker: Tracker, fixes: Iterable[Fix]) -> list[TrackOutputs]:
    return [tracker.step([one], one.time_ms) for one in fixes]


def foreseen(out: TrackOutputs, trip: str) -> list[int]:
    return [stop.stop_sequence for p in out.predictions if p.trip_id == trip for stop in p.stops]


@pytest.mark.parametrize("silent", [(240, 250), (240, 400), (200, 620)], ids=["10 s", "two minutes", "seven minutes"])
def test_a_bus_that_was_silent_at_its_stops_goes_on_from_where_it_is_and_its_next_trip_is_not_late(tracker, silent):
    """whatcomtrans/publicwtadata #6: stuck at a stop in the model, an hour late on all later trips."""
    fixes = [one for one in on_time(-60, 840) if not silent[0] <= (one.time_ms - START_MS) / 1000 < silent[1]]
    for one, out in zip(fixes, each(tracker, fixes), strict=True):
        gone = max(0.0, (one.time_ms - START_MS) / LINK_MS)
        (position,) = out.positions
        assert abs(position.delay_s) <= 30
        if 0.5 < gone < STOPS - 1.5:
            assert position.next_stop_sequence in (int(gone) + 1, int(gone) + 2)
        later = [p for p in out.predictions if p.trip_id == "T1-3"]
        planned = [(stop.p50_ms - stop.scheduled_ms) / 1000 for p in later for stop in p.stops]
        assert all(late_s < 240 for late_s in planned), planned


def test_a_bus_that_has_left_its_line_is_foreseen_nowhere_until_it_is_back(tracker):
    """TheTransitClock #260: 400 m away, the stop missed, predictions went on."""
    outs = each(tracker, on_time(-60, 360))
    assert foreseen(outs[-1], "T0-3")
    away = each(
        tracker, [fix(START_MS + s * 1000, s * 1000 / LINK_MS, off=0.8, speed_mps=4.3) for s in range(360, 600, 20)]
    )
    assert [foreseen(out, "T0-3") for out in away] == [[]] * len(away)
    assert all(out.positions for out in away)
    back = each(tracker, on_time(600, 720))
    assert foreseen(back[-1], "T0-3") == [7, 8]


def test_two_lines_that_fit_equally_well_end_in_one_of_them_or_none_and_never_in_an_error(tmp_path):
    """transitclockDocker #8: two routes match, none is chosen, and then a null pointer."""
    trips, times = "trip_id,route_id,service_id\n", "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    for route in ("R1", "R2"):
        trips += f"{route}-7,{route},D\n"
        for stop in range(STOPS):
            at = f"7:{stop * 2:02d}:00"
            times += f"{route}-7,{at},{at},S{stop},{stop + 1}\n"
    routes = "route_id,route_short_name,route_long_name,route_type\nR1,01,A,3\nR2,02,B,3\n"
    feed = write_feed(tmp_path / "feed", shapes=False, trips=trips, stop_times=times, routes=routes)
    tracker = Tracker(read_timetable(feed))
    outs = each(tracker, on_time(-60, 840, trip=None))
    named = {position.assignment.trip_id for out in outs for position in out.positions}
    assert named <= {"R1-7", "R2-7", None}
    sure = [
        position.assignment.probability for out in outs for position in out.positions if position.assignment.trip_id
    ]
    assert max(sure) < 0.9


def test_the_receivers_clock_alone_says_when_whatever_the_way_takes(tracker):
    """OneBusAway android #27, #29: reports under way for a minute and more, phones minutes off."""
    late = [msgspec.structs.replace(one, received_ms=one.time_ms + 90_000) for one in on_time(-60, 840, trip="T0-3")]
    outs = [tracker.step([one], one.received_ms) for one in late]
    assert all(abs(position.delay_s) <= 30 for out in outs for position in out.positions)
    called = {event.stop_sequence: event.arrival_ms for out in outs for event in out.stop_events}
    assert all(abs(at - START_MS - (stop - 1) * LINK_MS) <= 25_000 for stop, at in called.items() if stop > 1 and at)
