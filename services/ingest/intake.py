"""The one way in, whatever door: a body parsed, judged, appended, acknowledged, counted."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import msgspec
import structlog
from fastapi.concurrency import run_in_threadpool

from fleet.cleaning.clocks import SourceClock
from schemas.fix import Fix
from services.clock import CityClock, Clock, WallClock
from services.ingest import metrics
from services.ingest.crowd import Crowd
from services.ingest.guard import Caller
from services.ingest.judge import Bbox, Fault, Verdict, judge
from services.ingest.last_seen import LastSeen
from services.ingest.letters import LetterLimit, dead_record, fix_records
from services.ingest.turns import Turns
from services.ingest.writer import LogWriter
from services.recordings import Item, Refusal
from services.recordings.bound import TooManyRecordsError
from services.recordings.gtfs_rt import OTHERS
from services.stream.base import Outgoing

PARSE_IN_THREAD_BYTES = 65_536
ENCODE_IN_THREAD_RECORDS = 1_000
MAX_VEHICLES = 20_000

Parse = Callable[[bytes, str, int], list[Item]]

log = structlog.get_logger("services.ingest")


@dataclass(frozen=True)
class Format:
    """How a body is read, what it is in words, and its media type."""

    parse: Parse
    expects: str
    media_type: str


@dataclass(frozen=True)
class Intake:
    """What all doors share: where reports go, and what is known of each source."""

    writer: LogWriter
    formats: Mapping[str, Format]
    clock: CityClock
    bbox: Bbox | None = None
    wall: Clock = field(default_factory=WallClock)
    crowd: Crowd = field(default_factory=lambda: Crowd(MAX_VEHICLES))
    letters: LetterLimit = field(default_factory=LetterLimit)
    clocks: dict[str, SourceClock] = field(default_factory=dict)
    turns: Turns = field(default_factory=Turns)
    long_turns: Turns = field(default_factory=Turns)

    async def take(self, caller: Caller, door: str, body: bytes) -> tuple[Verdict, Refusal | None]:
        """Take one body; return once the log acknowledged what came of it.

        Parameters
        ----------
        caller : Caller
            Whose it is.
        door : str
            One of ``formats``.
        body : bytes
            As it came, unpacked.

        Returns
        -------
        tuple of Verdict and (Refusal or None)
            What became of its records, and the refusal of the body as a whole if it could not be read at all.

        Raises
        ------
        LogDownError, QueueFullError
            Nothing of the body counts as taken.
        """
        verdict, whole = await self._judge(caller, door, body)
        await self._append(caller, door, body, verdict, whole)
        return verdict, whole

    async def take_snapshot(
        self, caller: Caller, door: str, body: bytes, seen: LastSeen
    ) -> tuple[LastSeen, Refusal | None]:
        """Take what is new in a snapshot of a whole fleet.

        Parameters
        ----------
        caller : Caller
            Whose it is.
        door : str
            One of ``formats``.
        body : bytes
            As it came, unpacked.
        seen : LastSeen
            What the snapshot before held.

        Returns
        -------
        tuple of LastSeen and (Refusal or None)
            What to remember, and the refusal of the body as a whole if it could not be read at all.
        """
        verdict, whole = await self._judge(caller, door, body)
        new, after = seen.only_new(verdict)
        await self._append(caller, door, body, new, whole)
        if verdict.count > new.count:
            metrics.RECORDS.labels(caller.name, door, "repeated").inc(verdict.count - new.count)
        return after, whole

    async def _judge(self, caller: Caller, door: str, body: bytes) -> tuple[Verdict, Refusal | None]:
        if len(body) > PARSE_IN_THREAD_BYTES:
            async with self.long_turns.of(caller.name):
                verdict = await run_in_threadpool(self.read_verdict, caller, door, body)
        else:
            async with self.turns.of(caller.name):
                verdict = self.read_verdict(caller, door, body)
        return verdict, find_whole_refusal(door, body, verdict)

    async def _append(self, caller: Caller, door: str, body: bytes, verdict: Verdict, whole: Refusal | None) -> None:
        if verdict.count > ENCODE_IN_THREAD_RECORDS:
            records = await run_in_threadpool(self._records, caller.name, door, body, verdict, whole)
        else:
            records = self._records(caller.name, door, body, verdict, whole)
        started_s = time.perf_counter()
        await self.writer.append(records, caller.name)
        metrics.APPEND_SECONDS.observe(time.perf_counter() - started_s)
        self._count(caller.name, door, verdict)

    def read_verdict(self, caller: Caller, door: str, body: bytes) -> Verdict:
        """Parse and judge one body; a parser that fails makes one refusal of the whole body.

        Parameters
        ----------
        caller : Caller
            Whose it is.
        door : str
            One of ``formats``.
        body : bytes
            As it came.

        Returns
        -------
        Verdict
            Each record once.
        """
        now_ms = self.clock.now_ms()
        form = self.formats[door]
        try:
            items = form.parse(body, caller.name, now_ms)
        except TooManyRecordsError as error:
            items = [Refusal(0, None, "body", str(error), "send fewer at once", body[:1000])]
        except Exception:
            log.exception("a body could not be parsed", door=door, source=caller.name, bytes=len(body))
            reason, mend = f"cannot be read as {form.expects}", f"send {form.expects}"
            items = [Refusal(0, None, "body", reason, mend, body[:1000])]
        return judge(self._as_agreed(caller, items), now_ms, self.bbox, partial(self._find_fault, caller))

    def _as_agreed(self, caller: Caller, items: list[Item]) -> list[Item]:
        """Take off a clock's known error; what is left of it is watched."""
        offset_ms = round(caller.source.clock_offset_s * 1000)
        if offset_ms:
            items = [
                msgspec.structs.replace(item, time_ms=item.time_ms - offset_ms) if isinstance(item, Fix) else item
                for item in items
            ]
        if not self.clock.is_played:
            clock = self.clocks.setdefault(caller.name, SourceClock())
            for item in items:
                if isinstance(item, Fix):
                    clock.take(item.vehicle_id, item.time_ms, item.received_ms)
        return items

    def _find_fault(self, caller: Caller, fix: Fix) -> Fault | None:
        mine = caller.source.vehicles
        if mine is not None and fix.vehicle_id not in mine:
            mend = f"send the vehicle it is for ({', '.join(mine[:3])}), or ask for a token of its own"
            return "vehicle_id", f"the token of {caller.name} is not for this vehicle", mend
        if self.crowd.admit(caller.name, fix.vehicle_id, time.monotonic()):
            return None
        metrics.LIMITED.labels(caller.name, "vehicles").inc()
        reason = f"{caller.name} named {self.crowd.most:,} different vehicles already since yesterday"
        mend = "send each vehicle's own lasting id; if there are more, the operator raises HANOI_INGEST_MAX_VEHICLES"
        return "vehicle_id", reason, mend

    def _records(self, source: str, door: str, body: bytes, verdict: Verdict, whole: Refusal | None) -> list[Outgoing]:
        letters = self._letters(source, door, verdict, body if whole is not None else None)
        return [*fix_records(verdict.fixes), *letters]

    def _letters(self, source: str, door: str, verdict: Verdict, body: bytes | None) -> list[Outgoing]:
        now_ms, now_s, letters = self.wall.now_ms(), time.monotonic(), []
        left_out = 0
        for refusal in verdict.refusals:
            kept = self.letters.admit(source, refusal.original if body is None else body, now_s)
            if kept is None:
                left_out += 1
                continue
            original, before = kept
            record = dead_record(refusal, original, source=source, door=door, now_ms=now_ms, left_out=before)
            letters.append(record)
        if left_out:
            metrics.LETTERS_LEFT_OUT.labels(source).inc(left_out)
        return letters

    def write_gauges(self) -> None:
        """Bring the gauges up to date, when somebody looks."""
        metrics.WAITING.set(self.writer.waiting_records)
        now_ms = self.clock.now_ms()
        for source, clock in self.clocks.items():
            skew = clock.skew(now_ms)
            if skew is not None:
                metrics.CLOCK_SKEW.labels(source).set(skew.skew_s)

    def _count(self, source: str, door: str, verdict: Verdict) -> None:
        for outcome, items in (("accepted", verdict.fixes), ("refused", verdict.refusals), ("other", verdict.others)):
            if items:
                metrics.RECORDS.labels(source, door, outcome).inc(len(items))
        for other in verdict.others:
            kind = other.kind if other.kind.startswith("MsgType_") or other.kind in OTHERS.values() else "unknown"
            metrics.OTHERS.labels(source, kind).inc()


def find_whole_refusal(door: str, body: bytes, verdict: Verdict) -> Refusal | None:
    """Return the refusal of a body as a whole, ``None`` where its records were judged one by one."""
    if verdict.count != 1 or not verdict.refusals:
        return None
    (refusal,) = verdict.refusals
    is_header = door == "csv" and refusal.original == body[:1000]
    return refusal if refusal.field == "body" or is_header else None
