"""What was learnt over days on the log, in `track.history`: a tracker that starts begins with it."""

import msgspec
import structlog

from schemas.message import Message
from schemas.track_state import TrackLearnt
from services.stream.base import Stream
from services.track.days import Days
from services.track.topic import decode_all, read_to_end

HISTORY = "track.history"
EVERY_MS = 600_000
_decoder = msgspec.json.Decoder(TrackLearnt)
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
        self._tail, records = read_to_end(stream, HISTORY, lot=100)
        parts = {learnt.part: learnt.state for learnt in decode_all(records, _decoder)}
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
