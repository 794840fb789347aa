"""Washington's recorded afternoon, played into a live state, and the feeds at moments of it."""

import datetime as dt
from collections.abc import Iterator

from fleet.gtfs import read_timetable
from fleet.tracker import Tracker
from schemas.message import Message
from services.api.feeds.moment import take_moment
from services.api.feeds.published import Edition
from services.api.live import Live
from services.api.timetable import CityTimetable
from services.recordings.reader import read_recording
from services.track.pipeline import outputs_of
from tests.data import shared_data

FIRST = dt.datetime(2026, 2, 16, 16, 40, tzinfo=dt.UTC)
STEP_MS = 30_000


def play(count: int, first: dt.datetime = FIRST) -> Iterator[Edition]:
    """Give an edition each half minute from a moment on; before it the afternoon is played in one piece."""
    table = read_timetable(shared_data("wmata", "gtfs.zip"))
    recording = shared_data("wmata", "vehicle_positions_2026-02-16_C53_D96.csv.gz")
    fixes = sorted(read_recording(recording), key=lambda fix: (fix.time_ms, fix.vehicle_id))
    tracker, live, timetable = Tracker(table), Live(), CityTimetable(table)
    done, first_ms = 0, round(first.timestamp() * 1000)
    for moment_ms in range(first_ms, first_ms + count * STEP_MS, STEP_MS):
        until = next((n for n in range(done, len(fixes)) if fixes[n].time_ms > moment_ms), len(fixes))
        outputs: list[tuple[str, str, Message]] = outputs_of(tracker.step(fixes[done:until], moment_ms))
        done = until
        live.take([(topic, message) for topic, _, message in outputs])
        with live.reading() as state:
            moment = take_moment(state, timetable, moment_ms)
        yield Edition(moment, timetable)
