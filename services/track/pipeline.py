"""`track`: one tracker between gps.fixes and everything that is known about buses."""

from collections.abc import Callable, Sequence

import structlog

from fleet.cleaning import Area
from fleet.roster import read_roster
from fleet.tracker import Tracker, TrackOutputs
from schemas.message import Message, decode
from schemas.topics import get_topic
from services.city.folder import CityFolder
from services.city.timetable import read_city_timetable
from services.clock import WallClock
from services.context import Context
from services.stream.runner import Incoming, Result, run_step
from services.track.days import Days
from services.track.rebuild import read_history

GROUP = "track"
MARGIN_DEG = 0.3
MAX_RECORDS = 2000  # large, so that a batch holds all partitions about equally far when there is much to catch up
log = structlog.get_logger("track")


def run(context: Context) -> None:
    """Track until the context says stop; a city without a timetable gets positions only."""
    city = CityFolder(context.settings.place.city_dir)
    days = Days(tracker_maker(city, repeat=context.settings.run.repeat_calendar))
    history = read_history(context.stream, GROUP, WallClock().now_ms())
    if history:
        days.step(history, max(fix.received_ms for fix in history))
        log.info("state read again from the log", fixes=len(history))
    ticks = context.stream.tail(["city.clock"], since_ms=WallClock().now_ms() - 60_000)

    def handle(batch: Sequence[Incoming[Message]]) -> Result:
        for record in ticks.poll(max_records=100, timeout_s=0.0):
            context.clock.take(decode(get_topic("city.clock").message, record.value))  # type: ignore[arg-type]
        fixes = [incoming.message for incoming in batch]
        return Result(outputs=outputs_of(days.step(fixes, context.clock.now_ms())))  # type: ignore[arg-type]

    try:
        run_step(context, group=GROUP, topics=["gps.fixes"], handle=handle, max_records=MAX_RECORDS)
    finally:
        ticks.close()


def tracker_maker(city: CityFolder, *, repeat: bool = False) -> Callable[[], Tracker]:
    """Return what makes trackers of a city: its timetable, roster and area, as far as it has them."""
    calendar = city.city.calendar
    repeat = repeat or (calendar is not None and calendar.repeat)
    timetable = read_city_timetable(city.gtfs, repeat_calendar=repeat) if city.gtfs is not None else None
    roster = read_roster(city.roster) if city.roster is not None else None
    west, south, east, north = city.city.bbox
    area = Area(west - MARGIN_DEG, south - MARGIN_DEG, east + MARGIN_DEG, north + MARGIN_DEG)
    return lambda: Tracker(timetable, roster, area)


def outputs_of(out: TrackOutputs) -> list[tuple[str, str, Message]]:
    """Return what a step led to as (topic, key, message)."""
    return [
        *(("bus.positions", position.vehicle_id, position) for position in out.positions),
        *(("bus.stop-events", event.vehicle_id, event) for event in out.stop_events),
        *(("bus.predictions", made.vehicle_id, made) for made in out.predictions),
        *(("fleet.alerts", alert.alert_id, alert) for alert in out.alerts),
        *(("feeds.health", health.source, health) for health in out.feed_health),
    ]
