"""One folder or bucket for video and evidence, behind fsspec.

A URI is ``media:PATH``, relative to the root, so that what was stored stays readable
when the folder moves or the bucket is renamed.
"""

import posixpath
import uuid
from pathlib import Path, PurePosixPath

import fsspec
from fsspec.implementations.local import LocalFileSystem

from services.media.errors import MediaError

SCHEME = "media:"


class MediaStore:
    """Files below one root; made by `open_media`.

    Parameters
    ----------
    filesystem : fsspec.AbstractFileSystem
        Where the files lie.
    root : str
        The folder or bucket, without a slash at its end.
    """

    def __init__(self, filesystem: fsspec.AbstractFileSystem, root: str) -> None:
        self._files = filesystem
        self._root = root
        self._is_local = isinstance(filesystem, LocalFileSystem)

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
        MediaError
            If the path leaves the root or the bytes cannot be written.
        """
        clean = _clean(path)
        place = self._place(clean)
        try:
            if self._is_local:
                self._put_local(Path(place), data)
            else:
                self._files.makedirs(posixpath.dirname(place), exist_ok=True)
                self._files.pipe_file(place, data)
        except OSError as error:
            raise MediaError(f"{place} cannot be written: {error}") from error
        return SCHEME + clean

    def _put_local(self, place: Path, data: bytes) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        new = place.with_name(f".{place.name}.{uuid.uuid4().hex[:8]}.new")
        try:
            new.write_bytes(data)
            new.replace(place)
        finally:
            new.unlink(missing_ok=True)

    def read(self, uri: str) -> bytes:
        """Return the bytes of a URI; ``MediaError`` if it is absent."""
        place = self._place(_clean(uri))
        try:
            data = self._files.cat_file(place)
        except FileNotFoundError:
            raise MediaError(f"{place} is absent: it was deleted, or MEDIA_URL points elsewhere") from None
        except OSError as error:
            raise MediaError(f"{place} cannot be read: {error}") from error
        assert isinstance(data, bytes)
        return data

    def local_path(self, uri: str) -> Path | None:
        """Return where the file lies on this machine, ``None`` where the store is elsewhere."""
        return Path(self._place(_clean(uri))) if self._is_local else None

    def exists(self, uri: str) -> bool:
        """Return whether there is a file under this URI."""
        return bool(self._files.isfile(self._place(_clean(uri))))

    def delete(self, uri: str) -> None:
        """Remove a file; one that is absent stays absent."""
        try:
            self._files.rm_file(self._place(_clean(uri)))
        except FileNotFoundError:
            return
        except OSError as error:
            raise MediaError(f"{uri} cannot be deleted: {error}") from error

    def used_bytes(self) -> int:
        """Return how many bytes all files take together."""
        if not self._files.exists(self._root):
            return 0
        return int(sum(self._files.du(self._root, total=False).values()))

    def _place(self, clean: str) -> str:
        return f"{self._root}/{clean}"


def _clean(path: str) -> str:
    relative = path.removeprefix(SCHEME)
    parts = PurePosixPath(relative).parts
    if not parts or relative.startswith("/") or ".." in parts or "\\" in relative or "\0" in relative:
        raise MediaError(f"{path!r} is no path inside the media store: it must be relative and without '..'")
    return "/".join(parts)


def open_media(url: str) -> MediaStore:
    """Open the media store.

    Parameters
    ----------
    url : str
        ``file://FOLDER`` (relative folders are allowed), or any fsspec address.

    Returns
    -------
    MediaStore
        The store; a local folder is made when the first file comes.

    Raises
    ------
    MediaError
        If the address is of a kind that is not installed.
    """
    if url.startswith("file://"):
        return MediaStore(LocalFileSystem(), str(Path(url.removeprefix("file://")).absolute()))
    try:
        filesystem, root = fsspec.core.url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise MediaError(f"MEDIA_URL {url!r} cannot be opened: {error}") from error
    return MediaStore(filesystem, root.rstrip("/"))
