"""What was learnt over days on the log, in `track.history`: a tracker that starts begins with it."""

import msgspec
import structlog

from schemas.message import Message
from schemas.track_state import TrackLearnt
from services.stream.base import Stream
from services.track.days import Days

HISTORY = "track.history"
EVERY_MS = 600_000
_log = structlog.get_logger("track")


class Learnt:
    """Reads what was learnt before, then tells every ten minutes of event time what changed.

    All trackers learn the same, so one tells it: the one that speaks for all. What the last minutes taught is read
    again from the lessons.

    Parameters
    ----------
    stream : Stream
        The log.
    days : Days
        Holds the tracker that learns.
    """

    def __init__(self, stream: Stream, days: Days) -> None:
        self._days = days
        end = sum(stream.end_offsets(HISTORY).values())
        self._tail = stream.tail([HISTORY], since_ms=0)
        parts: dict[str, bytes] = {}
        read = 0
        while read < end and any(self._tail.lag().values()):
            for record in self._tail.poll(100, 1.0):
                read += 1
                try:
                    learnt = msgspec.json.decode(record.value, type=TrackLearnt)
                except (msgspec.MsgspecError, UnicodeDecodeError):
                    continue
                parts[learnt.part] = learnt.state
        if parts:
            days.tracker.load_learnt(parts)
        self._told_ms = days.tracker.learnt_until_ms
        _log.info("what earlier days taught was read", parts=len(parts))

    def tell(self) -> list[tuple[str, str, Message]]:
        """Return the parts that changed, at most every ten minutes; nothing where another tracker tells."""
        tracker = self._days.tracker
        if not self._days.speaks_for_all or tracker.learnt_until_ms - self._told_ms < EVERY_MS:
            return []
        self._told_ms = tracker.learnt_until_ms
        return [(HISTORY, name, TrackLearnt(part=name, state=data)) for name, data in tracker.dump_learnt().items()]

    def close(self) -> None:
        """Let go of the reader."""
        self._tail.close()
