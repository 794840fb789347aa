"""Files in a bucket: S3 and what speaks like it, Google and Azure; the one door to obstore.

Keys, region and end point come from the environment as everywhere (``AWS_ACCESS_KEY_ID``,
``AWS_SECRET_ACCESS_KEY``, ``AWS_REGION``, ``AWS_ENDPOINT_URL``).
"""

import errno
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import from_url

from services.media.errors import MediaError
from services.media.files import Entry

T = TypeVar("T")
# A bucket that is away is said soon; who asked tries again.
RETRY = {"max_retries": 3, "retry_timeout": timedelta(seconds=10)}
# Where a server of one's own has no room left (MinIO: XMinioStorageFull, Ceph: QuotaExceeded), as HTTP and by name.
FULL = ("507 ", "StorageFull", "QuotaExceeded")


class Bucket:
    """A bucket, or what lies below a prefix of it.

    Parameters
    ----------
    url : str
        ``s3://BUCKET/PREFIX``, ``gs://…``, ``az://…`` or ``memory://``.

    Raises
    ------
    MediaError
        If the address is of no known kind or lacks something.
    """

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        try:
            memory = url.startswith("memory://")
            client = {"timeout": "30s", "connect_timeout": "5s", "allow_http": True}
            self._store: Any = (
                from_url(url) if memory else from_url(url, client_options=client, retry_config=RETRY)  # type: ignore[call-overload]
            )
        except (BaseError, ValueError) as error:
            raise MediaError(f"MEDIA_URL {url!r} cannot be opened: {_first_line(error)}") from error

    def place(self, path: str) -> str:
        """Return the address of a path, for messages."""
        return f"{self._url}/{path}"

    def write(self, path: str, data: bytes) -> None:
        """Put an object; it is there whole or not at all."""
        self._try(lambda: obstore.put(self._store, path, data, use_multipart=False))

    def create(self, path: str, data: bytes) -> bool:
        """Put an object where there is none; the bucket itself sees that one who tries succeeds."""
        try:
            self._try(lambda: obstore.put(self._store, path, data, use_multipart=False, mode="create"))
        except FileExistsError:
            return False
        return True

    def read(self, path: str) -> bytes:
        """Return an object's bytes; ``FileNotFoundError`` if there is none."""
        return self._try(lambda: obstore.get(self._store, path).bytes().to_bytes())

    def exists(self, path: str) -> bool:
        """Return whether there is an object."""
        try:
            self._try(lambda: obstore.head(self._store, path))
        except FileNotFoundError:
            return False
        return True

    def delete(self, path: str) -> None:
        """Remove an object; one that is absent stays absent."""
        try:
            self._try(lambda: obstore.delete(self._store, path))
        except FileNotFoundError:
            return

    def entries(self, below: str = "") -> Iterator[Entry]:
        """Go through all objects below a prefix, a thousand at a time."""
        pages = iter(obstore.list(self._store, prefix=below or None))
        while True:
            try:
                page = self._try(lambda: next(pages, None))
            except FileNotFoundError:
                return
            if page is None:
                return
            for found in page:
                yield Entry(found["path"], found["size"], found["last_modified"].timestamp())

    def local(self, path: str) -> Path | None:
        """Return nothing: objects do not lie on this machine."""
        del path
        return None

    def _try(self, act: Callable[[], T]) -> T:
        try:
            return act()
        except (FileNotFoundError, OSError):
            raise
        except AlreadyExistsError as error:
            raise FileExistsError(errno.EEXIST, _first_line(error)) from error
        except BaseError as error:
            said = _first_line(error)
            full = any(word in str(error) for word in FULL)
            raise OSError(errno.ENOSPC if full else errno.EIO, said) from error


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
