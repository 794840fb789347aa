"""A request's body: read within a size and a time, unpacked within the same size."""

import asyncio
import zlib

from fastapi import Request
from starlette.requests import ClientDisconnect

from services.ingest.problems import ProblemError

GZIP = 16 + zlib.MAX_WBITS


def announced_bytes(request: Request, limit_bytes: int) -> int:
    """Return the most bytes a request's body can have once unpacked.

    Parameters
    ----------
    request : Request
        The request.
    limit_bytes : int
        Largest body taken.

    Returns
    -------
    int
        Its announced length; the limit where it announces none or is packed.

    Raises
    ------
    ProblemError
        413 where it announces more than the limit.
    """
    text = request.headers.get("content-length", "")
    if not (text.isascii() and text.isdigit()):
        return limit_bytes
    if len(text) > 15 or int(text) > limit_bytes:
        raise _too_large(limit_bytes, {"Connection": "close"})
    return limit_bytes if packing(request) else int(text)


def packing(request: Request) -> str:
    """Return ``gzip`` or nothing; 415 for any other content encoding."""
    encoding = request.headers.get("content-encoding", "").strip().lower()
    if encoding in ("", "identity"):
        return ""
    if encoding in ("gzip", "x-gzip"):
        return "gzip"
    raise ProblemError("packed-body", f"Content-Encoding {encoding[:40]!r} is not known.", "Send it plain or as gzip.")


async def read_body(request: Request, limit_bytes: int, timeout_s: float) -> bytes:
    """Read a request's body, but no more than the limit, and not for longer than the time.

    Parameters
    ----------
    request : Request
        The request.
    limit_bytes : int
        Largest body taken, unpacked.
    timeout_s : float
        How long a body may take to come in.

    Returns
    -------
    bytes
        The body, unpacked.

    Raises
    ------
    ProblemError
        413 as soon as it passes the limit; 408 if it comes too slowly; 415 for an unknown packing; 400 if
        the packing is broken.
    """
    unpack = Gunzip(limit_bytes) if packing(request) else None
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(timeout_s):
            async for chunk in request.stream():
                plain = chunk if unpack is None else unpack.feed(chunk)
                size += len(plain)
                if size > limit_bytes:
                    raise _too_large(limit_bytes, {"Connection": "close"})
                chunks.append(plain)
    except TimeoutError:
        what = f"The body did not come within {timeout_s:g} s."
        raise ProblemError("too-slow", what, "Send smaller bodies.", {"Connection": "close"}) from None
    except ClientDisconnect:
        raise ProblemError("cut-off", "The body was cut off.", "Send it again.") from None
    if unpack is not None:
        unpack.finish()
    return b"".join(chunks)


class Gunzip:
    """Unpacks gzip piece by piece and never holds more than its limit.

    Parameters
    ----------
    limit_bytes : int
        The most it unpacks; 413 beyond.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._left = limit_bytes
        self._zip = zlib.decompressobj(GZIP)
        self._fed = False

    def feed(self, data: bytes) -> bytes:
        """Unpack one piece.

        Parameters
        ----------
        data : bytes
            Packed; members one after another are one stream.

        Returns
        -------
        bytes
            Unpacked.
        """
        out: list[bytes] = []
        while data:
            if self._zip.eof:
                self._zip = zlib.decompressobj(GZIP)
            self._fed = True
            try:
                plain = self._zip.decompress(data, self._left + 1)
            except zlib.error as error:
                raise _broken(str(error)) from None
            self._left -= len(plain)
            if self._left < 0:
                raise _too_large(self._limit_bytes, {"Connection": "close"})
            out.append(plain)
            data = self._zip.unused_data
        return b"".join(out)

    def finish(self) -> None:
        """Say so where the stream was cut off."""
        if self._fed and not self._zip.eof:
            raise _broken("it is cut off")


def _broken(why: str) -> ProblemError:
    return ProblemError("unreadable-body", f"The gzip body cannot be unpacked: {why}.", "Send whole gzip, or plain.")


def _too_large(limit_bytes: int, headers: dict[str, str]) -> ProblemError:
    return ProblemError(
        "body-too-large", f"The body is longer than {limit_bytes:,} bytes.", "Send fewer reports at once.", headers
    )
