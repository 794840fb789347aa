"""The seam below the media store: whole files by path, in a folder or in a bucket."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: its path below the root, its bytes, and when it was written (seconds since 1970)."""

    path: str
    size: int
    written_s: float


class Files(Protocol):
    """Whole files; a path is relative, clean and separated by ``/``.

    Every method raises ``OSError`` where the place fails, with ``errno`` ``ENOSPC`` where it is full.
    """

    def place(self, path: str) -> str:
        """Return the address of a path, for messages."""
        ...

    def write(self, path: str, data: bytes) -> None:
        """Write a file, whole or not at all; an older one is replaced."""
        ...

    def create(self, path: str, data: bytes) -> bool:
        """Write a file, whole, only where there is none; of several who try one succeeds and has ``True``."""
        ...

    def read(self, path: str) -> bytes:
        """Return a file's bytes; ``FileNotFoundError`` if there is none."""
        ...

    def exists(self, path: str) -> bool:
        """Return whether there is a file."""
        ...

    def delete(self, path: str) -> None:
        """Remove a file; one that is absent stays absent."""
        ...

    def entries(self, below: str = "") -> Iterator[Entry]:
        """Go through all files below a folder."""
        ...

    def local(self, path: str) -> Path | None:
        """Return where a file lies on this machine, ``None`` where it does not."""
        ...
