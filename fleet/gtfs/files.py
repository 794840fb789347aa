"""The text files of a GTFS feed, wherever they lie: in a folder, in a zip, or in one folder inside the zip."""

import zipfile
import zlib
from pathlib import Path

from fleet.gtfs.errors import GtfsError

LARGEST_BYTES = 2 << 30
# Tables of text are packed to a tenth; deflate reaches a thousandth with what says nothing.
MOST_PACKED = 200
LARGE_BYTES = 64 << 20
DAMAGED = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError)


class FeedFiles:
    """The files of one feed, read only when asked for.

    Parameters
    ----------
    path : Path
        A zip or a folder.

    Raises
    ------
    GtfsError
        If there is no such file, it is no zip, or it holds another zip instead of a feed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._zip: zipfile.ZipFile | None = None
        if path.is_dir():
            self._names = {file.name: file.name for file in path.iterdir() if file.is_file()}
            return
        self._zip = _open(path)
        found = [name for name in self._zip.namelist() if not name.endswith("/")]
        self._names = {}
        for name in sorted(found, key=lambda name: name.count("/")):
            self._names.setdefault(name.rpartition("/")[2], name)
        inner = next((name for name in sorted(self._names) if name.endswith(".zip")), None)
        if inner is not None and not self.names():
            raise GtfsError(str(path), f"it holds another zip, {inner}", "unpack the outer one and give the inner")

    def has(self, name: str) -> bool:
        """Return whether the feed has a file."""
        return name in self._names

    def all_names(self) -> list[str]:
        """Return the names of all its files, sorted."""
        return sorted(self._names)

    def names(self) -> list[str]:
        """Return the names of its text files, sorted."""
        return sorted(name for name in self._names if name.endswith(".txt") and not name.startswith("."))

    def bytes_of(self, name: str) -> bytes:
        """Return a file as it is; raises ``GtfsError`` where it cannot be read or would not end."""
        if self._zip is None:
            return (self.path / name).read_bytes()
        where = f"{self.path.name}/{name}"
        info = self._zip.getinfo(self._names[name])
        bomb = info.file_size > LARGE_BYTES and info.file_size > MOST_PACKED * info.compress_size
        if bomb or info.file_size > LARGEST_BYTES:
            size = f"{name} would unpack to {info.file_size / (1 << 20):,.0f} MiB"
            raise GtfsError(where, size, "that is no city's feed; ask its publisher")
        if info.flag_bits & 1:
            raise GtfsError(where, "it is locked with a password", "give the zip without one")
        try:
            return self._zip.read(info)
        except DAMAGED as error:
            raise GtfsError(where, f"damaged ({error})", "download it again") from error


def _open(path: Path) -> zipfile.ZipFile:
    try:
        if path.stat().st_size == 0:
            raise GtfsError(str(path), "the file is empty", "give a GTFS zip; download it again")
        return zipfile.ZipFile(path)
    except FileNotFoundError:
        raise GtfsError(str(path), "there is no such file", "give the path of a GTFS zip or folder") from None
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        problem = f"it cannot be read as a zip ({error})"
        raise GtfsError(str(path), problem, "download it again, or give another GTFS zip or folder") from error
