"""What the detect step must know again after it was started anew: the last seconds before its committed offset.

Tracks, lamps and acts that waited for the recording after them live in memory. After a crash they are built
again from the segments of the last seconds; what comes out of them is the same as before, by the same id.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
import structlog

from schemas.camera import CameraSegment
from services.clock import WallClock
from services.detect.desk import Detection, Output
from services.detect.recorded import SegmentError
from services.media.errors import MediaError
from services.stream.base import Partition
from vision.errors import VisionError

if TYPE_CHECKING:
    from services.stream.base import Stream

# The longest that an act waits before it is sealed, its clip before it, and the red light before that.
WARM_MS = 45_000
TOPIC = "camera.segments"
_log = structlog.get_logger(__name__)


def warm_up(
    stream: "Stream", detection: Detection, now_ms: Callable[[], int], should_stop: Callable[[], bool]
) -> tuple[list[Output], set[tuple[Partition, int]]]:
    """Watch the segments of the last seconds again.

    Parameters
    ----------
    stream : Stream
        The log.
    detection : Detection
        Fresh.
    now_ms : callable
        The city's clock.
    should_stop : callable
        Whether to end early.

    Returns
    -------
    outputs : list of (topic, key, message)
        What they gave, to be sent again.
    seen : set of (Partition, int)
        Partition and offset of each segment that was watched here and need not be watched again.
    """
    outputs: list[Output] = []
    seen: set[tuple[Partition, int]] = set()
    # What is appended from now on comes to the step itself; without this end a live camera would never let us go.
    left = {partition: end for partition, end in stream.end_offsets(TOPIC).items() if end > 0}
    consumer = stream.tail([TOPIC], since_ms=WallClock().now_ms() - WARM_MS)
    try:
        while left and not should_stop() and (records := consumer.poll(20, 0.5)):
            for record in records:
                partition = Partition(record.topic, record.partition)
                if record.offset >= left.get(partition, 0) or should_stop():
                    left.pop(partition, None)
                    continue
                watched = _watch(record.value, detection, now_ms())
                if watched is None:
                    continue  # the step meets it again and refuses it properly
                outputs += watched
                seen.add((partition, record.offset))
                if record.offset == left[partition] - 1:
                    del left[partition]
    finally:
        consumer.close()
    return outputs, seen


def _watch(value: bytes, detection: Detection, now_ms: int) -> list[Output] | None:
    try:
        return detection.take(msgspec.json.decode(value, type=CameraSegment), now_ms)
    except (msgspec.MsgspecError, SegmentError, MediaError, VisionError) as error:
        _log.warning("segment left out while warming up", reason=str(error))
        return None
