"""What others say of the junctions that are watched, read beside the segments by every member of the step."""

from collections.abc import Sequence

import msgspec
import structlog

from schemas.message import decode
from schemas.signal import CIRCUMSTANCE_HOLDS_MS, CameraCircumstance, SignalState
from schemas.topics import TOPICS
from services.stream.base import Stream

SIGNALS, CIRCUMSTANCES = "signals.states", "camera.circumstances"
# A light is asked for the last minutes at most.
SIGNALS_MS = 10 * 60_000
MOST = 2_000
Said = SignalState | CameraCircumstance
_log = structlog.get_logger(__name__)


class Told:
    """Reads both topics without a group, for each member needs all of them.

    Parameters
    ----------
    stream : Stream
        The log.
    wall_ms : int
        The time now, by the clock by which records are appended.
    """

    def __init__(self, stream: Stream, wall_ms: int) -> None:
        stream.ensure_topics([TOPICS[SIGNALS], TOPICS[CIRCUMSTANCES]])
        self._tails = (
            stream.tail([SIGNALS], since_ms=wall_ms - SIGNALS_MS),
            stream.tail([CIRCUMSTANCES], since_ms=wall_ms - CIRCUMSTANCE_HOLDS_MS),
        )

    def read(self) -> Sequence[Said]:
        """Return what was said since the last call; what cannot be read is logged and left out."""
        said: list[Said] = []
        for tail in self._tails:
            while records := tail.poll(MOST, 0.0):
                for record in records:
                    try:
                        message = decode(TOPICS[record.topic].message, record.value)
                    except msgspec.MsgspecError as error:
                        _log.warning("a word about a junction cannot be read", topic=record.topic, reason=str(error))
                        continue
                    if isinstance(message, SignalState | CameraCircumstance):
                        said.append(message)
        return said

    def close(self) -> None:
        """Let go of the readers."""
        for tail in self._tails:
            tail.close()
