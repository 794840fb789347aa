"""Packages that wait for something to be done to them, marked in the media store, so that a restart forgets none."""

from typing import ClassVar

from services.media.store import MediaStore


class Waiting:
    """Marks of packages that wait, each an empty file below ``waiting``.

    Parameters
    ----------
    media : MediaStore
        Where packages lie.
    """

    waiting: ClassVar[str]

    def __init__(self, media: MediaStore) -> None:
        self._media = media

    def wait_for(self, path: str) -> None:
        """Mark a package as waiting."""
        self._media.put(f"{self.waiting}{path}", b"")

    def list_waiting(self) -> list[str]:
        """Return the packages that wait."""
        return [path.removeprefix(self.waiting) for path in self._media.list_below(self.waiting)]

    def done(self, path: str) -> None:
        """Take the mark of a package away."""
        self._media.delete(f"{self.waiting}{path}")
