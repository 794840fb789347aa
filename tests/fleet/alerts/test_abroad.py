"""Two trackers that share the buses of a city say together what one says that has them all."""

from pathlib import Path

import pytest

from fleet.gtfs import read_timetable
from fleet.tracker import Tracker
from schemas.fix import Fix
from schemas.fleet_alert import AlertKind, FleetAlert
from tests.fleet.alerts.test_bunching import run as late_run
from tests.fleet.alerts.test_detours import run as round_about
from tests.fleet.alerts.test_rules import START_MS, on_time
from tests.fleet.small_feed import write_feed

CITY_WIDE = {AlertKind.BUNCHING, AlertKind.DETOUR, AlertKind.SILENT_FEED, AlertKind.NOT_COMING}


def drive(trackers: list[Tracker], fixes: list[Fix], until_ms: int) -> list[FleetAlert]:
    """Give each bus to one of the trackers; the first speaks for the city and hears the others every ten seconds."""
    for other in trackers[1:]:
        other.speaks_for_all = False
    fixes = sorted(fixes, key=lambda one: one.time_ms)
    said: list[FleetAlert] = []
    at = 0
    for now_ms in range(fixes[0].time_ms, until_ms, 10_000):
        lot = []
        while at < len(fixes) and fixes[at].time_ms <= now_ms:
            lot.append(fixes[at])
            at += 1
        for number, tracker in reversed(list(enumerate(trackers))):
            mine = [one for one in lot if ord(one.vehicle_id[-1]) % len(trackers) == number]
            said += tracker.step(mine, now_ms).alerts
            if number:
                trackers[0].note_seen(*tracker.list_seen())
                trackers[0].hear_buses(str(number), *tracker.tell_buses())
    return [alert for alert in said if alert.kind in CITY_WIDE]


def told(alerts: list[FleetAlert]) -> set[tuple[str, str | None, bool]]:
    return {(alert.kind.value, alert.vehicle_id or alert.trip_id, alert.ended_ms is None) for alert in alerts}


def bunch() -> list[Fix]:
    return late_run("A", 3, late_s=300, pace=1.5, seconds=2_400) + late_run("B", 4, late_s=0, pace=0.9, seconds=900)


def detour() -> list[Fix]:
    return round_about("A", 3, around=True) + round_about("B", 4, around=True)


def silence() -> list[Fix]:
    return [one for n in range(6) for one in on_time(0, 600, bus=f"B{n}", trip=f"T0-{n + 3}", start_ms=START_MS)]


@pytest.mark.parametrize(
    ("make", "count", "kind"), [(bunch, 40, "bunching"), (detour, 8, "detour"), (silence, 8, "silent_feed")]
)
def test_what_two_trackers_say_of_the_city_is_what_one_says(tmp_path: Path, make, count: int, kind: str) -> None:
    table = read_timetable(write_feed(tmp_path / "feed", count=count))
    fixes = make()
    until_ms = max(one.time_ms for one in fixes) + 300_000
    alone = drive([Tracker(table)], fixes, until_ms)
    shared = drive([Tracker(table), Tracker(table)], fixes, until_ms)
    assert kind in {name for name, _, _ in told(alone)}
    assert told(shared) == told(alone)


def test_shares_go_through_the_log_as_they_are(tmp_path: Path) -> None:
    import msgspec

    from schemas.track_state import TrackShare

    table = read_timetable(write_feed(tmp_path / "feed"))
    tracker = Tracker(table)
    for one in round_about("A", 3, around=True):
        tracker.step([one], one.time_ms)
    buses, ways = tracker.tell_buses()
    share = TrackShare(tracker="x", time_ms=START_MS, timetable=tracker.fingerprint, buses=buses, ways=ways)
    again = msgspec.json.decode(msgspec.json.encode(share), type=TrackShare)
    assert again == share
    assert [way.vehicle_id for way in again.ways] == ["A"]
    assert tracker.tell_buses()[1] == ()
