"""Keeps one task for each source of ``sources.yaml``, and follows the file when it changes."""

import asyncio
import fcntl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import httpx
import structlog

from services.ingest import metrics
from services.ingest.fetch.pull import Puller
from services.ingest.fetch.sources import Feed, Fetched, SourcesError, read_sources_file
from services.ingest.intake import Intake
from services.ingest.limits import RateLimiter

LOOK_EVERY_S = 2.0

log = structlog.get_logger("services.ingest")


@dataclass
class Fetching:
    """The sources this process asks itself.

    ``lock`` is a file that one process of a machine holds while it fetches, so that several workers do not ask twice.
    """

    path: Path
    lock: Path
    intake: Intake
    rates: RateLimiter
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    tasks: dict[str, tuple[Fetched, "asyncio.Task[None]"]] = field(default_factory=dict)
    _seen: tuple[int, int] | None = None

    async def run(self) -> None:
        """Fetch until cancelled."""
        held = await self._hold_lock()
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
        try:
            async with httpx.AsyncClient(follow_redirects=True, max_redirects=5, timeout=None, limits=limits) as client:  # noqa: S113 - each asking has a limit of its own, for everything together
                while True:
                    self.follow(client)
                    await self.sleep(LOOK_EVERY_S)
        finally:
            await self._end([task for _, task in self.tasks.values()])
            held.close()

    async def _hold_lock(self) -> IO[str]:
        self.lock.parent.mkdir(parents=True, exist_ok=True)
        file = self.lock.open("w")
        try:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    await self.sleep(LOOK_EVERY_S)
                else:
                    return file
        except asyncio.CancelledError:
            file.close()
            raise

    def follow(self, client: httpx.AsyncClient) -> None:
        """Start what is new in the file, end what is gone, leave the rest alone; a broken file changes nothing."""
        try:
            stat = self.path.stat()
            seen = (stat.st_mtime_ns, stat.st_size)
        except OSError:
            seen = None
        if seen == self._seen and (seen is not None or not self.tasks):
            return
        self._seen = seen
        try:
            wanted = {source.name: source for source in read_sources_file(self.path)}
        except SourcesError as error:
            log.error("the list of sources cannot be used; the sources of before go on", problem=str(error))
            return
        for name in [name for name, (source, _) in self.tasks.items() if wanted.get(name) != source]:
            self.tasks.pop(name)[1].cancel()
            metrics.FAILURES_RUNNING.labels(name).set(0)
        for name, source in wanted.items():
            if name not in self.tasks:
                self.tasks[name] = (source, asyncio.create_task(self._run_one(source, client), name=f"source {name}"))
        log.info("sources are fetched", names=sorted(self.tasks))

    async def _run_one(self, source: Fetched, client: httpx.AsyncClient) -> None:
        try:
            if isinstance(source, Feed):
                await Puller(source, self.intake, client).run()
            else:
                from services.ingest.fetch.mqtt import Listener

                await Listener(source, self.intake, self.rates).run()
        except Exception:
            log.exception("a source ended; mend its entry in sources.yaml", source=source.name)

    @staticmethod
    async def _end(tasks: list["asyncio.Task[None]"]) -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
