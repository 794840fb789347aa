"""Asks one feed again and again, and brings what is new to the intake."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx
import structlog

from services.clock import Clock, WallClock
from services.ingest import metrics
from services.ingest.fetch.feed_state import FeedState, wait_s
from services.ingest.fetch.health import never_came
from services.ingest.fetch.http import MIB, FetchError, fetch
from services.ingest.fetch.sources import Feed
from services.ingest.guard import Caller
from services.ingest.intake import Intake
from services.ingest.last_seen import LastSeen
from services.ingest.tokens import Source
from services.ingest.writer import LogDownError, QueueFullError
from services.recordings.gtfs_rt import find_header_ms

NO_TOKEN = "0" * 64

log = structlog.get_logger("services.ingest")


@dataclass
class Puller:
    """One feed.

    ``sleep`` waits so many seconds; ``wall`` is the time for headers and ages.
    """

    feed: Feed
    intake: Intake
    client: httpx.AsyncClient
    wall: Clock = field(default_factory=WallClock)
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    chance: random.Random = field(default_factory=random.Random)
    state: FeedState = field(default_factory=FeedState)
    seen: LastSeen = field(default_factory=LastSeen)
    retry_after_s: float | None = None

    async def run(self) -> None:
        """Ask until cancelled; no failure ends it."""
        first = True
        while True:
            loop = asyncio.get_running_loop()
            began_s = loop.time()
            if first:  # not all feeds in the same moment
                await self.sleep(self.chance.uniform(0.0, min(2.0, self.feed.every_s)))
                first = False
            outcome = await self.turn()
            await self._say_health(outcome)
            metrics.PULLS.labels(self.feed.name, outcome).inc()
            pause_s = wait_s(self.feed.every_s, self.state.failures, self.retry_after_s, self.chance)
            await self.sleep(max(0.05, pause_s - (loop.time() - began_s)))

    async def turn(self) -> str:
        """Ask once and say what came of it, in one word."""
        self.retry_after_s = None
        try:
            outcome = await self._ask()
        except FetchError as error:
            self.retry_after_s = error.retry_after_s
            return self._failed(error.kind, str(error))
        except (LogDownError, QueueFullError) as error:
            self.retry_after_s = float(error.retry_after_s)
            return self._failed("log-down", f"the log did not take it: {error}")
        except Exception as error:
            log.exception("a feed could not be taken", source=self.feed.name)
            return self._failed("unexpected", type(error).__name__)
        if self.state.failures:
            log.info("the feed works again", source=self.feed.name, failures=self.state.failures)
        self._set_failures(0)
        return outcome

    async def _ask(self) -> str:
        feed, now_ms = self.feed, self.wall.now_ms()
        answer = await fetch(
            self.client,
            feed.url,
            {**feed.headers, **self.state.conditions()},
            timeout_s=feed.timeout_s,
            max_bytes=round(feed.max_mib * MIB),
            now_s=now_ms / 1000,
        )
        if answer.body is None:
            self._show_age(now_ms)
            return "unchanged"
        header_ms = find_header_ms(answer.body) if feed.format == "gtfs-rt" else None
        verdict = self.state.judge(answer.body, header_ms, now_ms)
        if verdict in ("new", "stale"):
            await self._take(answer.body)
            self.state.taken(answer.body, header_ms, answer.etag, answer.last_modified)
        self._show_age(now_ms)
        return verdict

    async def _take(self, body: bytes) -> None:
        source = Source(sha256=NO_TOKEN, clock_offset_s=self.feed.clock_offset_s)
        seen, whole = await self.intake.take_snapshot(Caller(self.feed.name, source), self.feed.format, body, self.seen)
        if whole is not None:
            raise FetchError("unreadable", f"{whole.reason}")
        self.seen = seen

    async def _say_health(self, outcome: str) -> None:
        """Say on the log that a feed never came; once it did, the tracker speaks of it."""
        if not self.state.failures or self.state.digest:
            return
        record = never_came(self.feed.name, outcome, self.state.failures, self.intake.clock.now_ms())
        if record is not None:
            with contextlib.suppress(LogDownError, QueueFullError):  # said again with the next failure
                await self.intake.writer.append([record], self.feed.name)

    def _show_age(self, now_ms: int) -> None:
        if self.state.header_ms is not None:
            metrics.FEED_AGE.labels(self.feed.name).set((now_ms - self.state.header_ms) / 1000)

    def _failed(self, kind: str, reason: str) -> str:
        self._set_failures(self.state.failures + 1)
        count = self.state.failures
        if count & (count - 1) == 0:  # the 1st, 2nd, 4th, 8th …
            log.warning("a feed fails; it is asked less and less often", source=self.feed.name, why=reason, times=count)
        return kind

    def _set_failures(self, count: int) -> None:
        self.state.failures = count
        metrics.FAILURES_RUNNING.labels(self.feed.name).set(count)
