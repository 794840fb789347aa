"""What each camera's view is held against, kept so that a camera turned while nobody watched is told.

A view is taken up only where it is of the same camera file and not older than an hour: later, day may have become
night, and a view that looks strange would silence the camera until somebody came.
"""

import structlog

from services.media.errors import MediaError
from services.media.room import SEALS
from services.media.store import MediaStore
from vision.camera import CameraConfig
from vision.view import ViewWatcher

KEEP_EVERY_MS = 5 * 60_000
OLDEST_MS = 60 * 60_000
_log = structlog.get_logger(__name__)


class KnownViews:
    """The views of all cameras.

    Parameters
    ----------
    media : MediaStore
        Where they are kept.
    """

    def __init__(self, media: MediaStore) -> None:
        self._media = media
        self._kept_ms: dict[str, int] = {}

    def take_up(self, camera: CameraConfig, view: ViewWatcher, now_ms: int) -> bool:
        """Give a new watcher the view that was kept, where there is one of use; return whether there was."""
        path = _path(camera)
        try:
            if not self._media.exists(path):
                return False
            kept_ms, data = self._media.read(path).split(b"\n", 1)
            if not 0 <= now_ms - int(kept_ms) <= OLDEST_MS:
                return False
            view.load(data)
        except (MediaError, ValueError) as error:
            _log.warning("the view of a camera is learnt anew", camera=camera.id, reason=str(error))
            return False
        return True

    def keep(self, camera: CameraConfig, view: ViewWatcher, now_ms: int) -> None:
        """Keep a view each five minutes, also while the camera looks elsewhere; where the store is away, later."""
        if now_ms - self._kept_ms.get(camera.id, -KEEP_EVERY_MS) < KEEP_EVERY_MS:
            return
        data = view.dump()
        if data is None:
            return
        self._kept_ms[camera.id] = now_ms
        try:
            self._media.put(_path(camera), f"{now_ms}\n".encode() + data)
        except MediaError as error:
            _log.warning("the view of a camera is not kept", camera=camera.id, reason=str(error))


def _path(camera: CameraConfig) -> str:
    return f"{SEALS}views/{camera.id}/{camera.sha256[:16]}"
