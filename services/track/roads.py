"""States of roads, read for the arrivals: what other lines and cameras know of a jam that no bus has driven yet."""

import msgspec
import structlog

from schemas.edge import RoadStates
from schemas.message import decode
from services.stream.base import Stream
from services.track.days import Days

ROADS = "road.states"
BACK_MS = 1_200_000
MOST = 500
_log = structlog.get_logger("track")


class Roads:
    """Hands states of roads to the tracker; those of the last twenty minutes at first.

    Parameters
    ----------
    stream : Stream
        The log.
    days : Days
        Holds the tracker.
    now_ms : int
        The wall's time: messages of the log older than twenty minutes are not read.
    """

    def __init__(self, stream: Stream, days: Days, now_ms: int) -> None:
        self._days = days
        self._tail = stream.tail([ROADS], since_ms=now_ms - BACK_MS)
        self._unread = 0

    def take(self) -> None:
        """Take what came since the last time."""
        told = []
        for record in self._tail.poll(MOST, 0.0):
            try:
                told.append(decode(RoadStates, record.value))
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                self._unread += 1
                if self._unread == 1:
                    _log.warning("a state of roads cannot be read and is left out", reason=str(error))
        if told:
            self._days.tracker.take_roads(told)

    def close(self) -> None:
        """Let go of the reader."""
        self._tail.close()
