"""Files in a local folder."""

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
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
        self._root = root

    def place(self, path: str) -> str:
        """Return the address of a path, for messages."""
        return str(self._root / path)

    def write(self, path: str, data: bytes) -> None:
        """Write beside the place, then move into it: a reader sees the old file or the new one."""
        with self._beside(path, data) as (new, place):
            new.replace(place)

    def create(self, path: str, data: bytes) -> bool:
        """Write beside the place, then link it there: whoever is first wins."""
        with self._beside(path, data) as (new, place):
            try:
                os.link(new, place)
            except FileExistsError:
                return False
        return True

    @contextmanager
    def _beside(self, path: str, data: bytes) -> Iterator[tuple[Path, Path]]:
        place = self._root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        new = place.with_name(f".{place.name}.{uuid.uuid4().hex[:8]}{NEW}")
        try:
            new.write_bytes(data)
            yield new, place
        finally:
            new.unlink(missing_ok=True)

    def read(self, path: str) -> bytes:
        """Return a file's bytes; ``FileNotFoundError`` if there is none."""
        return (self._root / path).read_bytes()

    def exists(self, path: str) -> bool:
        """Return whether there is a file."""
        return (self._root / path).is_file()

    def delete(self, path: str) -> None:
        """Remove a file; one that is absent stays absent."""
        (self._root / path).unlink(missing_ok=True)

    def entries(self, below: str = "") -> Iterator[Entry]:
        """Go through all files below a folder; what a killed process left half written is swept out."""
        waiting = [self._root / below]
        while waiting:
            try:
                found = list(os.scandir(waiting.pop()))
            except FileNotFoundError:
                continue
            for item in found:
                if item.is_dir(follow_symlinks=False):
                    waiting.append(Path(item.path))
                elif (entry := self._entry(item)) is not None:
                    yield entry

    def _entry(self, item: "os.DirEntry[str]") -> Entry | None:
        try:
            about = item.stat(follow_symlinks=False)
        except FileNotFoundError:
            return None
        if item.name.startswith(".") and item.name.endswith(NEW):
            if about.st_mtime < time.time() - LEFT_OVER_S:
                Path(item.path).unlink(missing_ok=True)
            return None
        return Entry(Path(item.path).relative_to(self._root).as_posix(), about.st_size, about.st_mtime)

    def local(self, path: str) -> Path | None:
        """Return where a file lies."""
        return self._root / path
