"""What an answer of a pulled feed means, and when to ask again. Pure."""

import hashlib
import random
from dataclasses import dataclass

STALE_MS = 90_000  # GTFS-realtime best practice: positions are not older than 90 s
OLDER_TAKEN_AFTER = 5  # a publisher whose clock was set back stays older; a mirror that lags comes and goes
MOST_WAIT_S = 300.0
MOST_RETRY_AFTER_S = 3_600.0
JITTER = 0.1


@dataclass
class FeedState:
    """What is remembered of one feed between two askings."""

    etag: str | None = None
    last_modified: str | None = None
    digest: bytes = b""
    header_ms: int | None = None
    older: int = 0
    failures: int = 0

    def conditions(self) -> dict[str, str]:
        """Return the request headers that let the server say that nothing is new."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in asked.items() if value is not None}

    def judge(self, body: bytes, header_ms: int | None, now_ms: int) -> str:
        """Say what a body is; `taken` tells what was done with it.

        Parameters
        ----------
        body : bytes
            The feed.
        header_ms : int or None
            When it says it was made.
        now_ms : int
            Now.

        Returns
        -------
        str
            ``unchanged``, ``older`` (both are left), ``stale`` (taken, but said) or ``new``.
        """
        if hashlib.sha256(body).digest() == self.digest:
            return "unchanged"
        if header_ms is not None and self.header_ms is not None and header_ms < self.header_ms:
            self.older += 1
            if self.older < OLDER_TAKEN_AFTER:
                return "older"
        return "stale" if header_ms is not None and now_ms - header_ms > STALE_MS else "new"

    def taken(self, body: bytes, header_ms: int | None, etag: str | None, last_modified: str | None) -> None:
        """Remember a body once the log acknowledged it; before that it would be lost by a condition."""
        self.digest, self.header_ms, self.older = hashlib.sha256(body).digest(), header_ms, 0
        self.etag, self.last_modified = etag, last_modified


def wait_s(every_s: float, failures: int, retry_after_s: float | None, chance: random.Random) -> float:
    """Return how long after the last asking to ask again.

    Parameters
    ----------
    every_s : float
        How often the feed is asked while it works.
    failures : int
        Failures since it last worked.
    retry_after_s : float or None
        What the server asked for.
    chance : random.Random
        Spreads many askers.

    Returns
    -------
    float
        Seconds; doubled with each failure up to five minutes, or up to ``every_s`` where that is longer.
    """
    if failures == 0:
        return every_s * chance.uniform(1.0 - JITTER, 1.0 + JITTER)
    backed_off = min(every_s * 2.0 ** min(failures, 20), max(MOST_WAIT_S, every_s)) * chance.uniform(0.5, 1.0)
    return max(backed_off, min(retry_after_s or 0.0, MOST_RETRY_AFTER_S), min(every_s, 1.0))
