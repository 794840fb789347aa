"""The doors: one body in, judged, appended, acknowledged."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlencode

import msgspec
from fastapi import Request
from fastapi.responses import Response

from schemas.feed import ClockTick
from schemas.message import decode, encode
from services.ingest import metrics
from services.ingest.body import announced_bytes, read_body
from services.ingest.guard import TOKEN_PARAMETER, Caller, authenticate
from services.ingest.intake import Intake
from services.ingest.judge import Verdict
from services.ingest.limits import InFlight, RateLimiter
from services.ingest.problems import ProblemError
from services.ingest.tokens import TokenBook
from services.ingest.writer import LogDownError, QueueFullError
from services.reports.limits import ReportLimit
from services.stream.base import Outgoing

MAX_ERRORS_TOLD = 1_000
CLOCK_SKEW_MS = 5_000
BODY_TIMEOUT_S = 30.0
TURN_AWAY_AFTER_S = 1.0
DOORS = ("ufms", "ufms-json", "gtfs-rt", "csv", "osmand", "traccar")
# Phones and Traccar can be given an address and nothing else, so their token may stand in it.
ADDRESS_ONLY = ("osmand", "traccar")
LIMITS = {"body-too-large": "size", "too-slow": "time"}


@dataclass(frozen=True)
class House:
    """What all doors share."""

    intake: Intake
    book: TokenBook
    max_body_bytes: int
    body_timeout_s: float = BODY_TIMEOUT_S
    turn_away_after_s: float = TURN_AWAY_AFTER_S
    rates: RateLimiter = field(default_factory=RateLimiter)
    in_flight: InFlight = field(default_factory=InFlight)
    reports: ReportLimit = field(default_factory=ReportLimit)


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
        202 ``{accepted, refused, errors}``; 200 at the door ``osmand``, whose clients know no other success.
    """
    caller = authenticate(request, house.book, in_query=door in ADDRESS_ONLY)
    await turn_away(house, caller)
    with house.in_flight.hold(caller, announced_bytes(request, house.max_body_bytes)):
        body = await read_limited(house, request, caller)
        if door == "osmand":
            body = _parameters(request, caller) or body
        form = "traccar-name" if door == "traccar" and request.query_params.get("vehicle") == "name" else door
        try:
            verdict, whole = await house.intake.take(caller, form, body)
        except (LogDownError, QueueFullError) as error:
            raise _when_not_taken(caller, error) from error
    house.rates.charge(caller, verdict.count)
    if whole is not None:
        where = f"door {door}, {len(body):,} bytes from {caller.name}"
        raise ProblemError("unreadable-body", f"{whole.field}: {whole.reason} ({where}).", whole.mend)
    status = 200 if door == "osmand" else 202
    return Response(msgspec.json.encode(_answer(verdict)), status, media_type="application/json")


async def turn_away(house: House, caller: Caller) -> None:
    """Answer a source that is over its rate only after a pause: whoever asks again at once waits on its own lines."""
    wait_s = house.rates.wait_s(caller)
    if wait_s > 0.0:
        await asyncio.sleep(min(wait_s, house.turn_away_after_s))
        house.rates.check(caller)


async def read_limited(house: House, request: Request, caller: Caller) -> bytes:
    """Return the body, within the limits of the doors; one that breaks them is counted against its source."""
    try:
        return await read_body(request, house.max_body_bytes, house.body_timeout_s)
    except ProblemError as problem:
        if problem.kind in LIMITS:
            metrics.LIMITED.labels(caller.name, LIMITS[problem.kind]).inc()
        raise


def _parameters(request: Request, caller: Caller) -> bytes:
    """Return the report in the address without its token, empty where there is none."""
    sent = [(name, value) for name, value in request.query_params.multi_items() if name != TOKEN_PARAMETER]
    if not sent or {name for name, _ in sent} == {"speed_unit"}:
        return b""
    mine = caller.source.vehicles or ()
    if len(mine) == 1 and not any(name in ("id", "deviceid") for name, _ in sent):
        sent.append(("id", mine[0]))
    return urlencode(sent).encode()


async def keep(house: House, caller: Caller, record: Outgoing) -> None:
    """Write one record of a source; returns once the log acknowledged it."""
    try:
        await house.intake.writer.append([record], caller.name)
    except (LogDownError, QueueFullError) as error:
        raise _when_not_taken(caller, error) from error


def _when_not_taken(caller: Caller, error: LogDownError | QueueFullError) -> ProblemError:
    """Return the problem that the log did not take what came."""
    mend = f"Send the same body again in {error.retry_after_s} s."
    headers = {"Retry-After": str(error.retry_after_s)}
    if isinstance(error, QueueFullError):
        metrics.LIMITED.labels(caller.name, "queue").inc()
        return ProblemError("too-many-reports", f"{error}; none of this body counts as taken.", mend, headers)
    reason = "The log did not acknowledge; none of this body counts as taken."
    return ProblemError("log-down", reason, mend, headers)


def _answer(verdict: Verdict) -> dict[str, object]:
    told = [
        {"index": r.index, "vehicle_id": r.vehicle_id, "field": r.field, "reason": r.reason, "mend": r.mend}
        for r in verdict.refusals[:MAX_ERRORS_TOLD]
    ]
    answer: dict[str, object] = {"accepted": len(verdict.fixes), "refused": len(verdict.refusals), "errors": told}
    if verdict.others:
        answer["others"] = Counter(message.kind for message in verdict.others)
    return answer


async def tell_source(house: House, request: Request) -> Response:
    """Tell a source how the city sees it: its limits, its clock, its vehicles with clocks of their own.

    Parameters
    ----------
    house : House
        What all doors share.
    request : Request
        Carries the source's token.

    Returns
    -------
    Response
        200, JSON.
    """
    caller = authenticate(request, house.book)
    now_ms = house.intake.clock.now_ms()
    clock = house.intake.clocks.get(caller.name)
    skew = clock.skew(now_ms) if clock is not None else None
    told = {
        "source": caller.name,
        "rate_per_s": house.rates.rate(caller),
        "wait_s": round(house.rates.wait_s(caller), 1),
        "max_body_bytes": house.max_body_bytes,
        "max_vehicles": house.intake.crowd.most,
        "vehicles": caller.source.vehicles,
        "clock_offset_s": caller.source.clock_offset_s,
        "clock": None if skew is None else {"skew_s": skew.skew_s, "text": skew.describe(caller.name, caller.name).en},
        "vehicles_off": [] if clock is None else [[name, off_s] for name, off_s in clock.list_off(now_ms)],
        "server_time_ms": house.intake.wall.now_ms(),
    }
    return Response(msgspec.json.encode(told), media_type="application/json")


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
    body = await read_limited(house, request, caller)
    if not caller.source.player:
        raise ProblemError(
            "not-a-player",
            f"{caller.name} is not marked as a player.",
            "Use a token of `hanoi token add SOURCE --player`.",
        )
    tick = read_tick(body, caller, house.intake.wall.now_ms())
    await keep(house, caller, Outgoing("city.clock", tick.source.encode(), encode(tick)))
    house.intake.clock.take(tick)
    metrics.RECORDS.labels(caller.name, "clock", "accepted").inc()
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
