"""What the detect step must know again after it was started anew: the last seconds before its committed offset.

Tracks, lamps and acts that waited for the recording after them live in memory. After a crash they are built
again from the segments of the last seconds; what comes out of them is the same as before, by the same id.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
import structlog

from schemas.camera import CameraSegment
from services.detect.desk import Detection, Output, SegmentError
from services.media.errors import MediaError
from services.stream.base import Partition
from vision.errors import VisionError

if TYPE_CHECKING:
    from services.stream.base import Stream

WARM_MS = 20_000
TOPIC = "camera.segments"
_log = structlog.get_logger(__name__)


def warm_up(
    stream: "Stream", detection: Detection, now_ms: int, should_stop: Callable[[], bool]
) -> tuple[list[Output], dict[Partition, int]]:
    """Watch the segments of the last seconds again.

    Parameters
    ----------
    stream : Stream
        The log.
    detection : Detection
        Fresh.
    now_ms : int
        Wall time, as the log dates its records.
    should_stop : callable
        Whether to end early.

    Returns
    -------
    outputs : list of (topic, key, message)
        What they gave, to be sent again.
    seen : dict of Partition to int
        The last offset of each partition that was watched here and need not be watched again.
    """
    outputs: list[Output] = []
    seen: dict[Partition, int] = {}
    consumer = stream.tail([TOPIC], since_ms=now_ms - WARM_MS)
    try:
        while not should_stop() and (records := consumer.poll(20, 0.5)):
            for record in records:
                try:
                    segment = msgspec.json.decode(record.value, type=CameraSegment)
                    outputs += detection.take(segment, now_ms)
                except (msgspec.MsgspecError, SegmentError, MediaError, VisionError) as error:
                    _log.warning("segment left out while warming up", reason=str(error))
                    continue  # the step meets it again and refuses it properly
                seen[Partition(record.topic, record.partition)] = record.offset
    finally:
        consumer.close()
    return outputs, seen
