"""One asking of a feed by HTTP: within a time, within a size, every way to fail named."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpx

from services.ingest.body import Gunzip
from services.ingest.problems import ProblemError

AGENT = "hanoi-traffic (+GTFS-realtime pull)"
MIB = 1024 * 1024


class FetchError(Exception):
    """A feed that did not answer with a body; ``kind`` is one word for the metrics."""

    def __init__(self, kind: str, reason: str, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.kind = kind
        self.retry_after_s = retry_after_s


@dataclass(frozen=True)
class Answer:
    """A body, or nothing where the server says that nothing changed."""

    body: bytes | None
    etag: str | None = None
    last_modified: str | None = None


async def fetch(
    client: httpx.AsyncClient, url: str, headers: Mapping[str, str], *, timeout_s: float, max_bytes: int, now_s: float
) -> Answer:
    """Ask once.

    Parameters
    ----------
    client : httpx.AsyncClient
        Keeps connections.
    url : str
        Where.
    headers : Mapping of str to str
        The source's own, and the conditions.
    timeout_s : float
        For everything together.
    max_bytes : int
        Largest body taken, unpacked.
    now_s : float
        Seconds since 1970, to read a ``Retry-After`` date.

    Returns
    -------
    Answer
        The body, or that nothing changed.

    Raises
    ------
    FetchError
        Timeout, no connection, a bad status, a page instead of a feed, too large, cut off.
    """
    sent = {"User-Agent": AGENT, "Accept-Encoding": "gzip", **headers}
    try:
        async with asyncio.timeout(timeout_s), client.stream("GET", url, headers=sent) as response:
            if response.status_code == httpx.codes.NOT_MODIFIED:
                return Answer(None)
            _check(response, now_s)
            body = await _read(response, max_bytes)
            return Answer(body, response.headers.get("etag"), response.headers.get("last-modified"))
    except TimeoutError:
        raise FetchError("timeout", f"no whole answer within {timeout_s:g} s") from None
    except httpx.RemoteProtocolError as error:
        raise FetchError("cut-off", f"the answer was cut off ({error})") from error
    except httpx.TooManyRedirects as error:
        raise FetchError("redirects", "it is redirected again and again") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise FetchError("connection", f"no connection ({error or type(error).__name__})") from error


def _check(response: httpx.Response, now_s: float) -> None:
    status, kind = response.status_code, response.headers.get("content-type", "")
    if status != httpx.codes.OK:
        raise FetchError(f"status-{status // 100}xx", f"status {status}", retry_after(response.headers, now_s))
    if kind.partition(";")[0].strip().lower() in ("text/html", "application/xhtml+xml"):
        raise FetchError("wrong-type", f"a web page came instead of a feed (Content-Type {kind[:60]})")


async def _read(response: httpx.Response, max_bytes: int) -> bytes:
    too_large = FetchError("too-large", f"it is larger than {max_bytes / MIB:g} MiB (max_mib)")
    packed = response.headers.get("content-encoding", "identity").lower()
    if packed not in ("identity", "", "gzip", "x-gzip"):
        raise FetchError("wrong-type", f"Content-Encoding {packed[:40]} was not asked for")
    unpack = Gunzip(max_bytes) if packed.endswith("gzip") else None
    chunks: list[bytes] = []
    size = 0
    try:
        async for chunk in response.aiter_raw():
            chunks.append(chunk if unpack is None else unpack.feed(chunk))
            size += len(chunks[-1])
            if size > max_bytes:
                raise too_large
        if unpack is not None:
            unpack.finish()
    except ProblemError as problem:
        raise (too_large if problem.kind == "body-too-large" else FetchError("cut-off", problem.detail)) from None
    return b"".join(chunks)


def retry_after(headers: Mapping[str, str], now_s: float) -> float | None:
    """Return how long a server asks to wait, given as seconds or as a date; ``None`` where it does not say."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now_s)
    except (ValueError, OverflowError):
        return None
