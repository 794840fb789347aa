"""`track`: one tracker between gps.fixes and everything that is known about buses."""

from collections.abc import Sequence
from contextlib import ExitStack, closing

from fleet.tracker import TrackOutputs
from schemas.message import Message, decode
from schemas.topics import get_topic
from services.city.folder import CityFolder
from services.clock import WallClock
from services.collect import collect_seldom
from services.context import Context
from services.stream.runner import Incoming, Result, run_step
from services.track.days import Days
from services.track.learnt import HISTORY, Learnt
from services.track.roads import ROADS, Roads
from services.track.shares import SHARES, Shares
from services.track.state import LESSONS, Lessons, TrackerState
from services.track.swap import Swap, timetable_of, tracker_maker

GROUP = "track"
MAX_RECORDS = 2000  # large, so that a batch holds all partitions about equally far when there is much to catch up


def run(context: Context) -> None:
    """Track until the context says stop; a city without a timetable gets positions only."""
    collect_seldom()
    city, stream = CityFolder(context.settings.place.city_dir), context.stream
    stream.ensure_topics(map(get_topic, (SHARES, LESSONS, HISTORY, ROADS)))
    repeat = context.settings.run.repeat_calendar
    limit_kmh = context.settings.track.speed_limit_kmh
    days = Days(tracker_maker(city, timetable_of(city, repeat=repeat), limit_kmh))
    swap = Swap(city, days, repeat=repeat, speed_limit_kmh=limit_kmh)
    with ExitStack() as held:
        shares = held.enter_context(closing(Shares(stream, days)))
        learnt = held.enter_context(closing(Learnt(stream, days)))
        lessons = held.enter_context(closing(Lessons(stream, days)))
        roads = held.enter_context(closing(Roads(stream, days, WallClock().now_ms())))
        ticks = held.enter_context(closing(stream.tail(["city.clock"], since_ms=WallClock().now_ms() - 60_000)))

        def handle(batch: Sequence[Incoming[Message]]) -> Result:
            for record in ticks.poll(max_records=100, timeout_s=0.0):
                context.clock.take(decode(get_topic("city.clock").message, record.value))  # type: ignore[arg-type]
            now_ms = context.clock.now_ms()
            swap.look()
            lessons.take()
            roads.take()
            shares.take(now_ms)
            out = days.step([incoming.message for incoming in batch], now_ms)  # type: ignore[misc]
            return Result(outputs=[*outputs_of(out), *lessons.tell(out), *learnt.tell(), *shares.speak(out, now_ms)])

        state = TrackerState(days, shares)
        run_step(context, group=GROUP, topics=["gps.fixes"], handle=handle, state=state, max_records=MAX_RECORDS)


def outputs_of(out: TrackOutputs) -> list[tuple[str, str, Message]]:
    """Return what a step led to as (topic, key, message)."""
    return [
        *(("bus.positions", position.vehicle_id, position) for position in out.positions),
        *(("bus.stop-events", event.vehicle_id, event) for event in out.stop_events),
        *(("bus.predictions", made.vehicle_id, made) for made in out.predictions),
        *(("fleet.alerts", alert.alert_id, alert) for alert in out.alerts),
    ]
