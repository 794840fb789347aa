"""The tracker's memory on the log: each bus in `track.state`, what all buses teach in `track.lessons`."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import structlog

from fleet.tracker import TrackOutputs
from schemas.lesson import Lesson
from schemas.message import Message, encode
from schemas.track_state import TrackState
from services.stream.base import Record, Stream
from services.stream.batch import Incoming
from services.track.days import Days
from services.track.shares import Shares
from services.track.topic import LOT, decode_all, read_to_end

LESSONS = "track.lessons"
_lessons = msgspec.json.Decoder(Lesson)
_log = structlog.get_logger("track")


class TrackerState:
    """What the tracker knows by bus, as the runner keeps and restores it.

    Parameters
    ----------
    days : Days
        Holds the tracker.
    shares : Shares
        Hears which buses are ours.
    """

    state_topic = "track.state"
    input_topic = "gps.fixes"

    def __init__(self, days: Days, shares: Shares) -> None:
        self._days = days
        self._shares = shares

    def dump(self, key: str) -> bytes:
        """Return what is known of a bus."""
        return encode(TrackState(vehicle_id=key, state=self._days.tracker.dump(key)))

    def load(self, key: str, data: bytes) -> bool:
        """Know of a bus what `dump` returned; ``False`` after a change of the timetable or of the tracker."""
        try:
            return self._days.load(key, msgspec.json.decode(data, type=TrackState).state)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return False

    def catch_up(self, batch: Sequence[Incoming[Any]]) -> None:
        """Know what fixes say that were dealt with already."""
        fixes = [incoming.message for incoming in batch]
        if fixes:
            self._days.step(fixes, max(fix.received_ms for fix in fixes))

    def own(self, partitions: frozenset[int]) -> None:
        """Hear which partitions of the fixes are this process's."""
        self._shares.own(partitions)

    def forget(self, keys: Sequence[str]) -> None:
        """Drop buses that another member tracks now."""
        self._days.tracker.forget(keys)


class Lessons:
    """Reads what all trackers' buses teach; the last hours of it at first.

    A tracker learns from its own buses at once and from those of the others by this topic. Since a lesson counts
    only two minutes of event time later, all trackers know the same, however many there are.

    Parameters
    ----------
    stream : Stream
        The log.
    days : Days
        Holds the tracker that learns.
    """

    def __init__(self, stream: Stream, days: Days) -> None:
        self._days = days
        self._name = uuid.uuid4().hex
        self._tail, records = read_to_end(stream, LESSONS)
        told = self._foreign(records)
        days.tracker.learn_all(told)
        _log.info("lessons read again", lessons=len(told))

    def _foreign(self, records: Iterable[Record]) -> list[Lesson]:
        mine = self._days.tracker.fingerprint
        told = decode_all(records, _lessons)
        return [lesson for lesson in told if lesson.timetable == mine and lesson.tracker != self._name]

    def take(self) -> None:
        """Learn what came since the last time."""
        self._days.tracker.learn(self._foreign(self._tail.poll(LOT, 0.0)))

    def tell(self, out: TrackOutputs) -> list[tuple[str, str, Message]]:
        """Return what this tracker's buses taught, for the others."""
        return [
            (LESSONS, lesson.vehicle_id, msgspec.structs.replace(lesson, tracker=self._name)) for lesson in out.lessons
        ]

    def close(self) -> None:
        """Let go of the reader."""
        self._tail.close()
