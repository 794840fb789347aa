"""Fuzzed messages through the real doors into a real log: no 5xx, every good record taken once, memory bounded."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from schemas.topics import get_topic
from services.context import Context
from services.ingest.pipeline import make_house
from services.ingest.tokens import add_token
from services.settings import Settings
from services.stream import open_stream
from services.stream.base import Stream
from tests.soak.doors import Door
from tests.soak.memory import rss_mib
from tests.soak.nasty import spoil_bytes
from tests.soak.ways import WAYS, Deliver, Target

AT_ONCE = 16
VEHICLES = 1000
GOOD_SHARE = 0.5
SPOILT_BODY_SHARE = 0.2


@dataclass
class FuzzOutcome:
    """What one door was sent and what it made of it."""

    door: str
    messages: int = 0
    good_sent: int = 0
    good_taken: int = 0
    good_doubled: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    rss_quarter_mib: float = 0.0
    rss_end_mib: float = 0.0
    seconds: float = 0.0


class Fuzz:
    """Sends one door's messages, seeded.

    Parameters
    ----------
    door : Door
        Which.
    folder : Path
        Takes the log and the token.
    seed : int
        Same seed, same bytes, but for the time of day.
    way : str
        How a body gets there, one of `WAYS`.
    """

    def __init__(self, door: Door, folder: Path, seed: int, way: str = "app") -> None:
        self.outcome = FuzzOutcome(door.name if way == "app" else f"{door.name} by {way}")
        self._way = WAYS[way]
        self._door = door
        self._rng = random.Random(f"{seed}:{door.name}")
        self._now_s = int(time.time())
        self._settings = Settings(
            {
                "STREAM_URL": f"sqlite:///{folder}/stream",
                "CITY_DIR": str(folder / "no-city"),
                "HANOI_RUN_VAR_DIR": str(folder),
                "HANOI_INGEST_TOKENS_FILE": str(folder / "tokens.json"),
                "HANOI_INGEST_RATE_PER_S": "1e9",
            }
        )
        self._token = add_token(self._settings, f"fuzz-{door.name}")

    def run(self, messages: int, say: Callable[[str], None] = lambda text: None) -> FuzzOutcome:
        """Send so many messages and count what came into the log."""
        begun_s = time.monotonic()
        with open_stream(self._settings.place.stream_url) as stream:
            stream.ensure_topics([get_topic("gps.fixes")])
            house = make_house(Context(self._settings, stream))
            target = Target(self._door.name, house, stream, self._token)
            with ThreadPoolExecutor(
                1
            ) as thread:  # the caller's own thread may have a loop, as after Playwright's tests
                thread.submit(asyncio.run, self._send_all(target, messages, say)).result()
            house.intake.writer.close(30.0)
            self._count(stream)
        self.outcome.seconds = round(time.monotonic() - begun_s, 1)
        return self.outcome

    async def _send_all(self, target: Target, messages: int, say: Callable[[str], None]) -> None:
        async with self._way(target) as deliver:
            await self._send_bodies(deliver, messages, say)

    async def _send_bodies(self, deliver: Deliver, messages: int, say: Callable[[str], None]) -> None:
        outcome, told = self.outcome, 0
        while outcome.messages < messages:
            await asyncio.gather(*[self._send(deliver) for _ in range(AT_ONCE)])
            outcome.rss_end_mib = rss_mib()
            if outcome.messages <= messages / 4 or not outcome.rss_quarter_mib:
                outcome.rss_quarter_mib = outcome.rss_end_mib
            if outcome.messages * 10 // messages > told:
                told = outcome.messages * 10 // messages
                say(f"{outcome.door} {outcome.messages:,}/{messages:,}  {rss_mib():.0f} MiB  {dict(outcome.answers)}")

    async def _send(self, deliver: Deliver) -> None:
        rng, door, outcome = self._rng, self._door, self.outcome
        spoil_body = rng.random() < SPOILT_BODY_SHARE
        records = []
        for _ in range(rng.randint(1, door.most)):
            outcome.messages += 1
            if not spoil_body and rng.random() < GOOD_SHARE:
                records.append(self._good())
            else:
                bad = door.make(rng, f"bad-{rng.randrange(10**6)}", self._now_s - rng.randrange(10**6))
                records.append(bad if spoil_body else door.spoil(rng, bad))
        body = door.pack(records)
        status, said = await deliver(spoil_bytes(rng, body) if spoil_body else body)
        outcome.answers[status] += 1
        if status >= 500 and len(outcome.failures) < 5:
            outcome.failures.append(f"{status} {said[:300]!r} for {body[:300]!r}")

    def _good(self) -> Any:
        number = self.outcome.good_sent
        self.outcome.good_sent += 1
        return self._door.make(self._rng, f"good-{number % VEHICLES}", self._now_s - number)

    def _count(self, stream: Stream) -> None:
        outcome, left = self.outcome, sum(stream.end_offsets("gps.fixes").values())
        seen: Counter[bytes] = Counter()
        tail = stream.tail(["gps.fixes"], since_ms=0)
        while left > 0:
            records = tail.poll(5000, 5.0)
            left -= len(records)
            seen.update(r.key for r in records if r.key is not None and r.key.startswith(b"good-"))
        wanted = Counter(f"good-{number % VEHICLES}".encode() for number in range(outcome.good_sent))
        outcome.good_taken = (seen & wanted).total()
        outcome.good_doubled = (seen - wanted).total()
