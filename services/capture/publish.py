"""Where segments go: bytes to the media store, a small message to the stream."""

import hashlib
import threading
from typing import TYPE_CHECKING

import msgspec

from schemas.camera import CameraHealth, CameraSegment
from schemas.message import Message
from services.capture.ring import Ring
from services.media.store import MediaStore
from services.stream.base import Outgoing

if TYPE_CHECKING:
    from services.stream.base import Stream


class Publisher:
    """Shared by all camera threads.

    Parameters
    ----------
    stream : Stream
        The log.
    media : MediaStore
        Where video lies.
    """

    def __init__(self, stream: "Stream", media: MediaStore) -> None:
        self._producer = stream.producer()
        self._media = media
        self._lock = threading.Lock()
        self._ring = Ring(media)

    def segment(self, segment: CameraSegment, data: bytes, keep_ms: int | None = None) -> None:
        """Store a segment's bytes, then announce it; the announcement is acknowledged when this returns.

        Parameters
        ----------
        segment : CameraSegment
            The message; its ``uri`` and ``sha256`` are filled in here.
        data : bytes
            The recording.
        keep_ms : int, optional
            How long it stays (live); for ever by default (a recording).
        """
        if keep_ms is not None:
            self._ring.take_up(segment.camera_id, keep_ms)
        uri = self._media.put(f"segments/{segment.camera_id}/{segment.start_ms}.mp4", data)
        digest = hashlib.sha256(data).hexdigest()
        self._send("camera.segments", segment.camera_id, msgspec.structs.replace(segment, uri=uri, sha256=digest))
        if keep_ms is not None:
            self._ring.add(uri, segment.start_ms, keep_ms)
            self._ring.trim(segment.received_ms)

    def health(self, health: CameraHealth) -> None:
        """Announce a camera's state."""
        self._send("camera.health", health.camera_id, health)

    def close(self) -> None:
        """Let go of the stream."""
        with self._lock:
            self._producer.close()

    def _send(self, topic: str, key: str, message: Message) -> None:
        with self._lock:
            self._producer.send([Outgoing(topic, key.encode(), msgspec.json.encode(message))])
            self._producer.flush()
