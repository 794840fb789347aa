"""The chain of each camera's packages, kept in the media store: one small file a package, which never goes.

``.seals/chain/CAMERA/00000012.json`` says which package is number 12, where it lies and the SHA-256 of its manifest.
The file is made only where there is none, so of two detectors that seal at once one gets the number and the other
takes the next; nothing of it is kept in memory that a restart would lose.
"""

from collections.abc import Iterator

import msgspec

from services.media.errors import MediaError
from services.media.room import SEALS
from services.media.store import MediaStore
from vision.evidence.package import Link

FOLDER = f"{SEALS}chain/"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One package of a chain; ``path`` is relative to the media store."""

    camera_id: str
    number: int
    candidate_id: str
    path: str
    manifest_sha256: str
    previous_sha256: str


class Chains:
    """The chains of all cameras.

    Parameters
    ----------
    media : MediaStore
        Where they lie.
    """

    def __init__(self, media: MediaStore) -> None:
        self._media = media
        self._ends: dict[str, Entry | None] = {}

    def next_link(self, camera_id: str, *, look: bool = False) -> Link:
        """Return the place behind the last package; ``look`` reads it anew, for others seal too."""
        if look or camera_id not in self._ends:
            numbers = self.list_numbers(camera_id)
            self._ends[camera_id] = self.find(camera_id, numbers[-1]) if numbers else None
        end = self._ends[camera_id]
        return Link() if end is None else Link(end.number + 1, end.manifest_sha256)

    def append(self, entry: Entry) -> bool:
        """Take a place, or find that it is taken by this very package; ``False`` where another one has it."""
        if self._media.create(_path(entry.camera_id, entry.number), msgspec.json.encode(entry)):
            self._ends[entry.camera_id] = entry
            return True
        return self.find(entry.camera_id, entry.number) == entry

    def list_numbers(self, camera_id: str) -> list[int]:
        """Return the numbers that are taken, in order."""
        return [int(path.rpartition("/")[2][:8]) for path in self._media.list_below(f"{FOLDER}{camera_id}")]

    def list_cameras(self) -> list[str]:
        """Return the cameras that have a chain."""
        return sorted({path.removeprefix(FOLDER).partition("/")[0] for path in self._media.list_below(FOLDER)})

    def find(self, camera_id: str, number: int) -> Entry | None:
        """Return one entry, ``None`` where there is none; `MediaError` where it cannot be read."""
        path = _path(camera_id, number)
        if not self._media.exists(path):
            return None
        try:
            return msgspec.json.decode(self._media.read(path), type=Entry)
        except msgspec.MsgspecError as error:
            raise MediaError(f"{path} is no entry of a chain ({error}): it was changed or cut") from error

    def walk(self, camera_id: str) -> Iterator[Entry]:
        """Go through a camera's chain in order."""
        for number in self.list_numbers(camera_id):
            entry = self.find(camera_id, number)
            if entry is not None:
                yield entry


def _path(camera_id: str, number: int) -> str:
    return f"{FOLDER}{camera_id}/{number:08d}.json"
