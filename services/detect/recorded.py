"""The bytes of segments: read before a batch is begun, kept where they cannot be watched, and said in one sentence."""

from collections import defaultdict, deque
from collections.abc import Sequence

import structlog

from schemas.camera import CameraSegment
from services.media.errors import MediaAbsentError, MediaChangedError, MediaError
from services.media.store import MediaStore
from vision.errors import VideoError
from vision.evidence.clip import StoredPiece, read_piece
from vision.frames import Frame

# Who holds the original of a segment that could not be watched, until it was.
UNWATCHED = "unwatched"
# So many segments of one camera are set aside within an hour. A camera that sends nothing usable for long would fill
# the media store with what is held, and its dead letters would stop the partition that it shares with others.
MOST_KEPT, WITHIN_MS = 10, 3_600_000
_log = structlog.get_logger(__name__)


class SegmentError(Exception):
    """A segment that cannot be watched; the text says what lies where and how to mend it.

    Parameters
    ----------
    text : str
        All of it.
    why : str
        The reason alone.
    is_kept : bool
        Whether it is set aside as a dead letter, its file held.
    """

    def __init__(self, text: str, why: str, *, is_kept: bool) -> None:
        super().__init__(text)
        self.why, self.is_kept = why, is_kept


class Recorded:
    """Reads segments.

    Parameters
    ----------
    media : MediaStore
        Where they lie.
    """

    def __init__(self, media: MediaStore) -> None:
        self._media = media
        self._ahead: dict[str, bytes | MediaError] = {}
        self._kept: defaultdict[str, deque[tuple[int, str]]] = defaultdict(lambda: deque(maxlen=MOST_KEPT))

    def read_ahead(self, segments: Sequence[CameraSegment]) -> None:
        """Read segments before anything is done with the first of them.

        Raises
        ------
        MediaError
            If the store is away; then nothing was changed and all can be tried again.
        """
        self._ahead.clear()
        for segment in segments:
            try:
                self._ahead[segment.uri] = self._media.read(segment.uri, sha256=segment.sha256)
            except (MediaAbsentError, MediaChangedError) as error:
                self._ahead[segment.uri] = error

    def read(self, segment: CameraSegment) -> bytes:
        """Return a segment's bytes.

        Raises
        ------
        SegmentError
            If they are gone or not those announced.
        MediaError
            If the store is away.
        """
        data = self._ahead.pop(segment.uri, None)
        try:
            if isinstance(data, MediaError):
                raise data
            return self._media.read(segment.uri, sha256=segment.sha256) if data is None else data
        except (MediaAbsentError, MediaChangedError) as error:
            raise self.refuse(segment, str(error)) from error

    def frames(self, segment: CameraSegment, piece: StoredPiece, first_index: int, every: int) -> list[Frame]:
        """Decode every n-th of a segment's frames; none where ``every`` is 0.

        Raises
        ------
        SegmentError
            If not one of its frames can be decoded, or the picture has another size than the segment says.
        """
        if not every:
            return []
        try:
            decoded = list(read_piece(piece, first_index))
        except VideoError as error:
            raise self.refuse(segment, str(error)) from error
        if not decoded:
            raise self.refuse(segment, f"none of its {len(segment.frame_ms)} frames can be decoded")
        height, width = decoded[-1].image.shape[:2]
        if abs(width - segment.width) > 1 or abs(height - segment.height) > 1:
            raise self.refuse(
                segment, f"the picture turned from {segment.width}×{segment.height} into {width}×{height} on the way"
            )
        return decoded[::every]

    def release(self, segment: CameraSegment) -> None:
        """Let the original of a segment go as others do, once it was watched after all."""
        try:
            self._media.release(segment.uri, UNWATCHED)
        except MediaError as error:
            _log.warning("a segment stays on hold", uri=segment.uri, reason=str(error))

    def refuse(self, segment: CameraSegment, why: str) -> SegmentError:
        """Return what says who, what, where and how to mend it; a few of a camera's are kept from going by themselves.

        Parameters
        ----------
        segment : CameraSegment
            What cannot be watched.
        why : str
            The reason.

        Returns
        -------
        SegmentError
            To be raised.
        """
        seconds = (segment.end_ms - segment.start_ms) / 1000
        what = (
            f"segment {segment.segment} of camera {segment.camera_id} ({segment.uri}, {seconds:.1f} s from "
            f"{segment.start_ms} ms on) was not watched: {why}"
        )
        if not self._may_keep(segment):
            return SegmentError(f"{what}. {MOST_KEPT} others were set aside; this one is not", why, is_kept=False)
        try:
            self._media.hold(segment.uri, UNWATCHED)
        except MediaError as error:
            _log.warning("the original of a segment may go", uri=segment.uri, reason=str(error))
        return SegmentError(
            f"{what}. What lies there is kept; put the file back from a backup and run "
            "`hanoi stream dead replay camera.segments`, or leave it: those seconds stay unwatched",
            why,
            is_kept=True,
        )

    def _may_keep(self, segment: CameraSegment) -> bool:
        kept = self._kept[segment.camera_id]
        if any(uri == segment.uri for _, uri in kept):  # met again, as after warming up
            return True
        if len(kept) == MOST_KEPT and segment.received_ms - kept[0][0] < WITHIN_MS:
            return False
        kept.append((segment.received_ms, segment.uri))
        return True
