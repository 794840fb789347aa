"""Files in a local folder.

Names stay strings here. `pathlib` interns every part of a path, and cameras write new names all day: the table of
interned strings was built anew after half an hour, two MiB at once.
"""

# ruff: noqa: PTH103, PTH105, PTH108, PTH113, PTH123

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from services.media.files import Entry

NEW = ".new"
# What a killed process left half written; nobody writes one file for longer.
LEFT_OVER_S = 3600.0


class Folder:
    """A folder of this machine; it is made when the first file comes.

    Parameters
    ----------
    root : Path
        Absolute.
    """

    def __init__(self, root: Path) -> None:
        self._root = str(root)

    def place(self, path: str) -> str:
        """Return where a file lies, for messages too."""
        return f"{self._root}/{path}"

    def write(self, path: str, data: bytes) -> None:
        """Write beside the place, then move into it: a reader sees the old file or the new one."""
        with self._beside(path, data) as (new, place):
            os.replace(new, place)

    def create(self, path: str, data: bytes) -> bool:
        """Write beside the place, then link it there: whoever is first wins."""
        with self._beside(path, data) as (new, place):
            try:
                os.link(new, place)
            except FileExistsError:
                return False
        return True

    @contextmanager
    def _beside(self, path: str, data: bytes) -> Iterator[tuple[str, str]]:
        place = self.place(path)
        folder, _, name = place.rpartition("/")
        os.makedirs(folder, exist_ok=True)
        new = f"{folder}/.{name}.{uuid.uuid4().hex[:8]}{NEW}"
        try:
            with open(new, "wb") as file:
                file.write(data)
            yield new, place
        finally:
            _unlink(new)

    def read(self, path: str) -> bytes:
        """Return a file's bytes; ``FileNotFoundError`` if there is none."""
        with open(self.place(path), "rb") as file:
            return file.read()

    def exists(self, path: str) -> bool:
        """Return whether there is a file."""
        return os.path.isfile(self.place(path))

    def delete(self, path: str) -> None:
        """Remove a file; one that is absent stays absent."""
        _unlink(self.place(path))

    def entries(self, below: str = "") -> Iterator[Entry]:
        """Go through all files below a folder; what a killed process left half written is swept out."""
        waiting = [self.place(below)]
        while waiting:
            try:
                found = list(os.scandir(waiting.pop()))
            except FileNotFoundError:
                continue
            for item in found:
                if item.is_dir(follow_symlinks=False):
                    waiting.append(item.path)
                elif (entry := self._entry(item)) is not None:
                    yield entry

    def _entry(self, item: "os.DirEntry[str]") -> Entry | None:
        try:
            about = item.stat(follow_symlinks=False)
        except FileNotFoundError:
            return None
        if item.name.startswith(".") and item.name.endswith(NEW):
            if about.st_mtime < time.time() - LEFT_OVER_S:
                _unlink(item.path)
            return None
        return Entry(os.path.relpath(item.path, self._root), about.st_size, about.st_mtime)

    def local(self, path: str) -> Path | None:
        """Return where a file lies."""
        return Path(self.place(path))


def _unlink(place: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(place)
