"""Several trackers add up to one: the health of a source is that of all its buses."""

from pathlib import Path

from fleet.gtfs import read_timetable
from fleet.tracker import Tracker
from schemas.feed import FeedHealth
from schemas.fleet_alert import AlertKind, FleetAlert
from schemas.message import encode
from schemas.position import Quality
from schemas.text import Text
from services.stream import open_stream
from services.stream.base import Outgoing
from services.track.days import Days
from services.track.shares import ALL, Shares, add_up
from tests.fleet.alerts.test_rules import START_MS, on_time
from tests.fleet.small_feed import DATE, write_feed

NOW_MS = 1_795_305_600_000


def health(source: str, fixes: int, live: int, correct: float, newest_ms: int | None) -> FeedHealth:
    return FeedHealth(
        source=source,
        time_ms=NOW_MS - 5000,
        newest_fix_ms=newest_ms,
        fixes=fixes,
        vehicles=10,
        vehicles_live=live,
        delay_p50_s=2.0,
        quality=Quality(correct=correct, complete=1.0, clean=1.0, live=1.0),
        verdicts={"late": fixes // 10},
    )


def test_the_parts_of_a_source_add_up_by_their_fixes() -> None:
    parts = [
        health("ufms", 100, 5, 1.0, NOW_MS - 9000),
        health("other", 10, 1, 0.5, None),
        health("ufms", 300, 10, 0.8, NOW_MS - 1000),
    ]
    other, ufms = add_up(parts, NOW_MS)
    assert other.source == "other"
    assert (ufms.time_ms, ufms.newest_fix_ms, ufms.fixes) == (NOW_MS, NOW_MS - 1000, 400)
    assert (ufms.vehicles, ufms.vehicles_live, ufms.verdicts) == (20, 15, {"late": 40})
    assert ufms.quality.correct == 0.85
    assert ufms.quality.live == 0.75


def test_who_takes_partition_0_takes_over_what_the_one_before_said_of_the_city(tmp_path: Path) -> None:
    table, stream = read_timetable(write_feed(tmp_path / "feed")), open_stream(f"sqlite:///{tmp_path / 'log'}")
    one, other = Days(lambda: Tracker(table)), Days(lambda: Tracker(table))
    speaker, heir = Shares(stream, one), Shares(stream, other)
    rest = ALL - {0}
    speaker.own(ALL - rest)
    heir.own(rest)
    told = FleetAlert(
        alert_id=f"not_coming/T0-4/{DATE}", kind=AlertKind.NOT_COMING, started_ms=START_MS + 1_200_000,
        updated_ms=START_MS + 1_400_000, text=Text(vi="-", en="-"), trip_id="T0-4", start_date=DATE,
    )  # fmt: skip
    one.tracker.inherit([told])
    now_ms = START_MS + 1_410_000
    out = one.step(on_time(1_400, 1_410, bus="A", trip="T0-3"), now_ms)
    producer = stream.producer()
    for topic, key, message in speaker.speak(out, now_ms):
        producer.send([Outgoing(topic, key.encode(), encode(message))])
    producer.close()
    heir.take(now_ms)
    heir.own(ALL)
    other.step(on_time(1_410, 1_420, bus="A", trip="T0-3"), now_ms + 10_000)
    assert [alert.alert_id for alert in other.tracker.list_open()] == [told.alert_id]
    over = other.step([], START_MS + 3_600_000).alerts
    assert [alert.ended_ms is not None for alert in over if alert.alert_id == told.alert_id] == [True]
    for shares in (speaker, heir):
        shares.close()
    stream.close()
