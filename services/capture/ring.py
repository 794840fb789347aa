"""Retention of live segments: each camera's go after its minutes, but not while a case needs them."""

import heapq
import re
import threading

import structlog

from services.media.errors import MediaError
from services.media.store import MediaStore

FOLDER = "segments"
# A segment that a case holds, or that could not be deleted, is asked for again so much later.
AGAIN_MS = 60_000
# Written so near to its own time a segment is a live one; a recording from earlier stays.
LIVE_WITHIN_MS = 60_000
_NAME = re.compile(rf"{FOLDER}/([^/]+)/(\d+)\.mp4")
_log = structlog.get_logger(__name__)


class Ring:
    """Knows every live segment in the media store, those of an earlier run too; safe to share by threads.

    Parameters
    ----------
    media : MediaStore
        Where they lie.
    """

    def __init__(self, media: MediaStore) -> None:
        self._media = media
        self._lock = threading.Lock()
        self._due: list[tuple[int, str]] = []
        self._known: set[str] = set()

    def take_up(self, camera_id: str, keep_ms: int) -> None:
        """Know again what lay there of a camera when this run began; asked once a camera."""
        with self._lock:
            if camera_id in self._known:
                return
            self._known.add(camera_id)
        try:
            entries = self._media.list_written(f"{FOLDER}/{camera_id}")
        except MediaError as error:
            _log.warning("old segments stay until the next start", camera=camera_id, reason=str(error))
            return
        for path, written_ms in entries:
            named = _NAME.fullmatch(path)
            if named and abs(written_ms - int(named[2])) <= LIVE_WITHIN_MS:
                self._put(int(named[2]) + keep_ms, path)

    def add(self, uri: str, start_ms: int, keep_ms: int) -> None:
        """Take a live segment that was stored just now."""
        self._put(start_ms + keep_ms, uri)

    def trim(self, now_ms: int) -> None:
        """Delete what is due; what is held is asked for again in a minute."""
        for uri in self._take_due(now_ms):
            try:
                if not self._media.list_holders(uri):
                    self._media.delete(uri)
                    continue
            except (MediaError, OSError) as error:
                _log.warning("a segment stays a while longer", uri=uri, reason=str(error))
            self._put(now_ms + AGAIN_MS, uri)

    def _put(self, due_ms: int, uri: str) -> None:
        with self._lock:
            heapq.heappush(self._due, (due_ms, uri))

    def _take_due(self, now_ms: int) -> list[str]:
        with self._lock:
            due = []
            while self._due and self._due[0][0] < now_ms:
                due.append(heapq.heappop(self._due)[1])
            return due
