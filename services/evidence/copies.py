"""Redacted copies of packages, made after they were sealed; officers see them first."""

import structlog

from services.evidence.chain import Chains
from services.evidence.waiting import Waiting
from services.media.room import SEALS
from vision.errors import VisionError
from vision.evidence.keys import SealingKey
from vision.evidence.redacted import redact

_log = structlog.get_logger(__name__)


def copy_path(path: str) -> str:
    """Return where the redacted copy of a package lies."""
    return f"{path.removesuffix('.zip')}.redacted.zip"


class Copies(Waiting):
    """Redacted copies in the media store."""

    waiting = f"{SEALS}unredacted/"

    def find(self, path: str) -> bytes | None:
        """Return the copy of a package, ``None`` where there is none yet."""
        copy = copy_path(path)
        return self._media.read(copy) if self._media.exists(copy) else None

    def make(self, key: SealingKey) -> int:
        """Make every copy that is waited for; return how many were made. One that cannot be made is named and left."""
        made = 0
        for path in self.list_waiting():
            _, camera_id, _, candidate_id, name = path.split("/")
            entry = Chains(self._media).find(camera_id, int(name.partition(".")[0]))
            if entry is None:  # it is only just being sealed
                continue
            if entry.path == path and self._media.exists(path):
                made += self._make(path, candidate_id, key)
            self.done(path)
        return made

    def _make(self, path: str, candidate_id: str, key: SealingKey) -> int:
        if self._media.exists(copy_path(path)):
            return 0
        try:
            copy = redact(self._media.read(path), key)
        except VisionError as error:
            _log.error("a package has no redacted copy", path=path, reason=str(error))
            return 0
        self._media.hold(copy_path(path), candidate_id)
        self._media.create(copy_path(path), copy.data)
        return 1
