"""Where segments go: bytes to the media store, a small message to the stream."""

import hashlib
import threading
from collections import deque
from typing import TYPE_CHECKING

import msgspec

from schemas.camera import CameraHealth, CameraSegment
from schemas.message import Message
from services.media.store import MediaStore
from services.stream.base import Outgoing

if TYPE_CHECKING:
    from services.stream.base import Stream

# Live segments older than this are deleted; an act's recording lies in its package by then.
KEPT_MS = 15 * 60 * 1000


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
        self._kept: deque[tuple[int, str]] = deque()

    def segment(self, segment: CameraSegment, data: bytes, *, keep: bool) -> None:
        """Store a segment's bytes, then announce it; the announcement is acknowledged when this returns.

        Parameters
        ----------
        segment : CameraSegment
            The message; its ``uri`` and ``sha256`` are filled in here.
        data : bytes
            The recording.
        keep : bool
            Whether it stays for ever (a recording) or goes after a while (live).
        """
        uri = self._media.put(f"segments/{segment.camera_id}/{segment.start_ms}.mp4", data)
        digest = hashlib.sha256(data).hexdigest()
        self._send("camera.segments", segment.camera_id, msgspec.structs.replace(segment, uri=uri, sha256=digest))
        if not keep:
            self._forget(segment.received_ms, uri)

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

    def _forget(self, now_ms: int, uri: str) -> None:
        with self._lock:
            self._kept.append((now_ms, uri))
            old = []
            while self._kept and self._kept[0][0] < now_ms - KEPT_MS:
                old.append(self._kept.popleft()[1])
        for gone in old:
            if self._media.list_holders(gone):  # a case still needs it: asked again with the next segment
                with self._lock:
                    self._kept.appendleft((now_ms - KEPT_MS, gone))
            else:
                self._media.delete(gone)
