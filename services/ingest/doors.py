"""The doors: one body in, judged, appended, acknowledged."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec
import structlog
from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from schemas.feed import ClockTick
from schemas.message import decode, encode
from services.clock import CityClock, Clock, WallClock
from services.ingest.guard import Caller, RateLimiter, authenticate, read_body
from services.ingest.judge import Bbox, Verdict, judge
from services.ingest.letters import dead_record, fix_records
from services.ingest.metrics import IngestMetrics
from services.ingest.problems import ProblemError
from services.ingest.tokens import TokenBook
from services.ingest.writer import LogDownError, LogWriter
from services.recordings import Item, Refusal, parse_csv, parse_gtfs_rt, parse_ufms, parse_ufms_json
from services.stream.base import Outgoing

MIB = 1024 * 1024
PARSE_IN_THREAD_BYTES = 65_536
MAX_ERRORS_TOLD = 1_000
CLOCK_SKEW_MS = 5_000

Parse = Callable[[bytes, str, int], list[Item]]
# door → (parser, what its body is)
DOORS: dict[str, tuple[Parse, str]] = {
    "ufms": (parse_ufms, "tracker messages (BaseMessage of ufms.proto), one or length-delimited, protobuf"),
    "ufms-json": (parse_ufms_json, "one tracker message (MsgType_BusWayPoint) or an array of them, JSON"),
    "gtfs-rt": (parse_gtfs_rt, "a GTFS-realtime FeedMessage, protobuf"),
    "csv": (parse_csv, "CSV with a header: vehicle_id,timestamp,latitude,longitude,…"),
}

log = structlog.get_logger("services.ingest")


@dataclass(frozen=True)
class House:
    """What all doors share."""

    writer: LogWriter
    book: TokenBook
    clock: CityClock
    max_body_bytes: int
    bbox: Bbox | None
    wall: Clock = field(default_factory=WallClock)
    metrics: IngestMetrics = field(default_factory=IngestMetrics)
    rates: RateLimiter = field(default_factory=RateLimiter)


async def take_fixes(house: House, request: Request, door: str) -> Response:
    """Take one body of reports; answered once the log acknowledged them.

    Parameters
    ----------
    house : House
        What all doors share.
    request : Request
        The request.
    door : str
        One of `DOORS`.

    Returns
    -------
    Response
        202 ``{accepted, refused, errors}``.
    """
    caller = authenticate(request, house.book)
    body = await read_body(request, house.max_body_bytes)
    if len(body) > PARSE_IN_THREAD_BYTES:
        verdict = await run_in_threadpool(read_verdict, house, door, body, caller.name)
    else:
        verdict = read_verdict(house, door, body, caller.name)
    house.rates.take(caller, verdict.count)
    whole = find_whole_refusal(door, body, verdict)
    now_ms = house.wall.now_ms()
    letters = [
        dead_record(refusal, body if whole else refusal.original, source=caller.name, door=door, now_ms=now_ms)
        for refusal in verdict.refusals
    ]
    await _append(house, [*fix_records(verdict.fixes), *letters])
    house.metrics.records.labels(caller.name, door, "accepted").inc(len(verdict.fixes))
    house.metrics.records.labels(caller.name, door, "refused").inc(len(verdict.refusals))
    house.metrics.records.labels(caller.name, door, "other").inc(len(verdict.others))
    if whole is not None:
        where = f"door {door}, {len(body):,} bytes from {caller.name}"
        raise ProblemError("unreadable-body", f"{whole.field}: {whole.reason} ({where}).", whole.mend)
    return Response(msgspec.json.encode(_answer(verdict)), 202, media_type="application/json")


def read_verdict(house: House, door: str, body: bytes, source: str) -> Verdict:
    """Parse and judge one body; a parser that fails makes one refusal of the whole body."""
    now_ms = house.clock.now_ms()
    parse, expected = DOORS[door]
    items: list[Item]
    try:
        items = parse(body, source, now_ms)
    except Exception:
        log.exception("a body could not be parsed", door=door, source=source, bytes=len(body))
        items = [Refusal(0, None, "body", f"cannot be read as {expected}", f"send {expected}", body[:1000])]
    return judge(items, now_ms, house.bbox)


def find_whole_refusal(door: str, body: bytes, verdict: Verdict) -> Refusal | None:
    """Return the refusal of a body as a whole, ``None`` where its records were judged one by one."""
    if verdict.count != 1 or not verdict.refusals:
        return None
    (refusal,) = verdict.refusals
    is_header = door == "csv" and refusal.original == body[:1000]
    return refusal if refusal.field == "body" or is_header else None


def _answer(verdict: Verdict) -> dict[str, object]:
    told = [
        {"index": r.index, "vehicle_id": r.vehicle_id, "field": r.field, "reason": r.reason, "mend": r.mend}
        for r in verdict.refusals[:MAX_ERRORS_TOLD]
    ]
    answer: dict[str, object] = {"accepted": len(verdict.fixes), "refused": len(verdict.refusals), "errors": told}
    if verdict.others:
        answer["others"] = Counter(message.kind for message in verdict.others)
    return answer


async def take_clock(house: House, request: Request) -> Response:
    """Take one tick of a played day's clock; only from sources marked as players.

    Parameters
    ----------
    house : House
        What all doors share.
    request : Request
        The request.

    Returns
    -------
    Response
        202 ``{accepted, refused, errors}``.
    """
    caller = authenticate(request, house.book)
    body = await read_body(request, house.max_body_bytes)
    if not caller.source.player:
        raise ProblemError(
            "not-a-player",
            f"{caller.name} is not marked as a player.",
            "Use a token of `hanoi token add SOURCE --player`.",
        )
    tick = read_tick(body, caller, house.wall.now_ms())
    await _append(house, [Outgoing("city.clock", tick.source.encode(), encode(tick))])
    house.clock.take(tick)
    house.metrics.records.labels(caller.name, "clock", "accepted").inc()
    return Response(b'{"accepted":1,"refused":0,"errors":[]}', 202, media_type="application/json")


def read_tick(body: bytes, caller: Caller, wall_ms: int) -> ClockTick:
    """Read a tick; its source is the token's, and its wall time is ours where the sender's clock is off.

    Parameters
    ----------
    body : bytes
        An encoded `ClockTick`.
    caller : Caller
        Who sent it.
    wall_ms : int
        Our wall time.

    Returns
    -------
    ClockTick
        The tick as it goes into the log.
    """
    try:
        tick = decode(ClockTick, body)
    except msgspec.MsgspecError as error:
        raise ProblemError("bad-clock", f"{error}.", "Send {event_ms, wall_ms, speed, source}.") from error
    if not 0.0 <= tick.speed <= 10_000.0:
        raise ProblemError("bad-clock", f"speed {tick.speed:g} is outside 0 to 10,000.", "Send seconds per second.")
    off = abs(tick.wall_ms - wall_ms) > CLOCK_SKEW_MS
    return msgspec.structs.replace(tick, source=caller.name, wall_ms=wall_ms if off else tick.wall_ms)


async def _append(house: House, records: list[Outgoing]) -> None:
    house.metrics.waiting.set(house.writer.waiting_records)
    started_s = time.perf_counter()
    try:
        await house.writer.append(records)
    except LogDownError as error:
        raise ProblemError(
            "log-down",
            "The log did not acknowledge; none of this body counts as taken.",
            f"Send the same body again in {error.retry_after_s} s.",
            {"Retry-After": str(error.retry_after_s)},
        ) from error
    house.metrics.append_seconds.observe(time.perf_counter() - started_s)
