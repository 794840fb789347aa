"""One folder or bucket for video and evidence.

A URI is ``media:PATH``, relative to the root, so that what was stored stays readable
when the folder moves or the bucket is renamed.
"""

import errno
import hashlib
from pathlib import Path

from services.media.bucket import Bucket
from services.media.errors import MediaAbsentError, MediaChangedError, MediaError
from services.media.files import Files
from services.media.folder import Folder
from services.media.room import HOLDS, Room, refuse_disk

SCHEME = "media:"


class MediaStore:
    """Files below one root; made by `open_media`.

    Parameters
    ----------
    files : Files
        Where they lie.
    limit_bytes : int, optional
        What they may take together before the oldest that nobody holds go; no limit by default.
    """

    def __init__(self, files: Files, limit_bytes: int | None = None) -> None:
        self._files = files
        self._room = Room(files, limit_bytes)

    def put(self, path: str, data: bytes) -> str:
        """Keep bytes under a path, whole or not at all, and return the URI; an older file is replaced.

        Parameters
        ----------
        path : str
            Relative to the root, for instance ``"C-058/2026-11-22/000012.mp4"``.
        data : bytes
            What to keep.

        Returns
        -------
        str
            The URI for `read`.

        Raises
        ------
        MediaFullError
            If there is no room for it, even after all went that may go.
        MediaError
            If the path leaves the root or the bytes cannot be written.
        """
        clean = _clean(path)
        self._room.make(len(data), clean)
        try:
            self._write(clean, data)
        except OSError as error:
            raise MediaError(f"{self._files.place(clean)} cannot be written: {error}") from error
        return SCHEME + clean

    def create(self, path: str, data: bytes) -> bool:
        """Keep bytes under a path where there is none yet, and return whether there was none; a path is tried once.

        Raises
        ------
        MediaFullError
            If there is no room for it.
        MediaError
            If the path leaves the root or the bytes cannot be written.
        """
        clean = _clean(path)
        self._room.make(len(data), clean)
        try:
            return self._files.create(clean, data)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise refuse_disk(self._files.place(clean), error) from error
            raise MediaError(f"{self._files.place(clean)} cannot be written: {error}") from error

    def list_below(self, folder: str) -> list[str]:
        """Return the paths of all files below a folder, in order."""
        clean = _clean(folder)
        try:
            return sorted(entry.path for entry in self._files.entries(f"{clean}/"))
        except OSError as error:
            raise MediaError(f"{self._files.place(clean)} cannot be listed: {error}") from error

    def list_written(self, folder: str) -> list[tuple[str, int]]:
        """Return the path of each file below a folder and when it was written, milliseconds since 1970, by path."""
        clean = _clean(folder)
        try:
            return sorted((entry.path, round(entry.written_s * 1000)) for entry in self._files.entries(f"{clean}/"))
        except OSError as error:
            raise MediaError(f"{self._files.place(clean)} cannot be listed: {error}") from error

    def _write(self, clean: str, data: bytes) -> None:
        try:
            self._files.write(clean, data)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            self._room.free_disk(len(data))
            try:
                self._files.write(clean, data)
            except OSError as again:
                raise refuse_disk(self._files.place(clean), again) from again

    def read(self, uri: str, sha256: str | None = None) -> bytes:
        """Return the bytes of a URI.

        Parameters
        ----------
        uri : str
            As `put` returned it.
        sha256 : str, optional
            What its message announced, in hex; checked if given.

        Raises
        ------
        MediaChangedError
            If the bytes are not those announced.
        MediaAbsentError
            If there is no such file.
        MediaError
            If the store cannot be read.
        """
        clean = _clean(uri)
        place = self._files.place(clean)
        try:
            data = self._files.read(clean)
        except FileNotFoundError:
            raise MediaAbsentError(f"{place} is absent: it was deleted, or MEDIA_URL points elsewhere") from None
        except OSError as error:
            raise MediaError(f"{place} cannot be read: {error}") from error
        if sha256 is not None and hashlib.sha256(data).hexdigest() != sha256:
            raise MediaChangedError(f"{uri}: its bytes do not have the announced SHA-256; it was changed or cut")
        return data

    def put_back(self, path: str, data: bytes) -> None:
        """Write a file of a backup, markers of holds among them, whatever the limit."""
        is_hold = path.startswith(HOLDS)
        self._mark(f"{HOLDS}{_clean(path.removeprefix(HOLDS))}" if is_hold else _clean(path), data)

    def hold(self, uri: str, who: str) -> None:
        """Keep a file from going by itself until `release`; it may be held before it is there, and by several."""
        self._mark(_hold(uri, who))

    def _mark(self, path: str, data: bytes = b"") -> None:
        try:
            self._files.write(path, data)
        except OSError as error:
            raise MediaError(f"{self._files.place(path)} cannot be written: {error}") from error

    def release(self, uri: str, who: str) -> None:
        """Take a hold back; one that is absent stays absent."""
        self._delete(_hold(uri, who))

    def list_holders(self, uri: str) -> list[str]:
        """Return who holds a file."""
        return sorted(entry.path.rpartition("/")[2] for entry in self._files.entries(f"{HOLDS}{_clean(uri)}"))

    def local_path(self, uri: str) -> Path | None:
        """Return where the file lies on this machine, ``None`` where the store is elsewhere."""
        return self._files.local(_clean(uri))

    def exists(self, uri: str) -> bool:
        """Return whether there is a file under this URI."""
        clean = _clean(uri)
        try:
            return self._files.exists(clean)
        except OSError as error:
            raise MediaError(f"{self._files.place(clean)} cannot be looked at: {error}") from error

    def delete(self, uri: str) -> None:
        """Remove a file; one that is absent stays absent."""
        self._delete(_clean(uri))

    def _delete(self, path: str) -> None:
        try:
            self._files.delete(path)
        except OSError as error:
            raise MediaError(f"{self._files.place(path)} cannot be deleted: {error}") from error

    def list_files(self) -> list[tuple[str, int]]:
        """Return the path and the bytes of every file, by path; markers of holds among them."""
        return sorted((entry.path, entry.size) for entry in self._files.entries())

    def used_bytes(self) -> int:
        """Return how many bytes all files take together."""
        return self._room.count().used


def _clean(path: str) -> str:
    relative = path.removeprefix(SCHEME)
    parts = [part for part in relative.split("/") if part not in {"", "."}]
    strange = relative.startswith("/") or ".." in parts or "\\" in relative or "\0" in relative
    if not parts or strange or parts[0] == HOLDS.rstrip("/"):
        raise MediaError(f"{path!r} is no path inside the media store: it must be relative and without '..'")
    return "/".join(parts)


def _hold(uri: str, who: str) -> str:
    if not who or "/" in who or _clean(who) != who:
        raise MediaError(f"{who!r} cannot hold a file: a name without '/' is needed")
    return f"{HOLDS}{_clean(uri)}/{who}"


def open_media(url: str, limit_gib: float | None = None) -> MediaStore:
    """Open the media store.

    Parameters
    ----------
    url : str
        ``file://FOLDER`` (relative folders are allowed), or ``s3://BUCKET/PREFIX``, ``gs://…``, ``az://…``.
    limit_gib : float, optional
        GiB after which the oldest files that nobody holds go; no limit by default.

    Returns
    -------
    MediaStore
        The store; a local folder is made when the first file comes.

    Raises
    ------
    MediaError
        If the address is of no known kind.
    """
    limit_bytes = None if limit_gib is None else int(limit_gib * 2**30)
    if url.startswith("file://"):
        return MediaStore(Folder(Path(url.removeprefix("file://")).absolute()), limit_bytes)
    return MediaStore(Bucket(url), limit_bytes)
