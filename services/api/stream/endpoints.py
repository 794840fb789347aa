"""What moves, as server-sent events."""

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from services.api.hub import MAX_CLIENTS, Client
from services.api.problems import ProblemError
from services.api.roles import LIVE_TOPICS, PUBLIC, may
from services.api.state import COOKIE, Anyone, ApiState, State
from services.api.stream.events import ResumeOut, Sender
from services.api.stream.journal import KEPT
from services.api.stream.packed import GZIP_HEADER, event
from services.api.stream.some_buses import Wanted
from services.api.vehicles.responses import VehicleFrameOut
from services.auth.sessions import User, find_user

router = APIRouter(tags=["live"])
CHECK_EVERY_MS = 30_000
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "Vary": "Accept-Encoding"}


class EventStream(StreamingResponse):
    """Server-sent events."""

    media_type = "text/event-stream"


@router.get("/api/live", response_class=EventStream, responses={200: {"model": VehicleFrameOut}})
async def live(
    state: State,
    request: Request,
    user: Anyone,
    topics: Annotated[str, Query(max_length=200)] = "vehicles,clock",
    stop_id: Annotated[str | None, Query(max_length=256)] = None,
    route_id: Annotated[str | None, Query(max_length=256)] = None,
    vehicle_ids: Annotated[str, Query(max_length=2000)] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> EventStream:
    """Stream what moves: first everything, then what changed, each thing at most once a second.

    ``vehicles`` are frames of all buses (``VehicleFrameOut``); ``buses`` those of a line or of some ids, in full.
    With the header ``Last-Event-ID`` the event ``resume`` comes first: ``{"resumed": true}`` and what was missed
    follows, or ``false`` and everything.
    """
    wanted = _check_topics(topics, user, stop_id, state)
    some = Wanted(route_id, frozenset(filter(None, vehicle_ids.split(","))))
    if "buses" in wanted and not (some.route_id or some.vehicle_ids):
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "buses: give a route_id, or vehicle_ids with commas")
    if len(state.hub.clients) >= MAX_CLIENTS:
        raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, "Too many pages listen at once; ask again in a moment.")
    packs = "gzip" in request.headers.get("accept-encoding", "")
    client = Client(wanted, stop_id, limit, "" if user is None else user.name, packs)
    client.buses = some if "buses" in wanted else None
    closed = any(LIVE_TOPICS[topic] != PUBLIC for topic in wanted)
    token = request.cookies.get(COOKIE) if closed else None
    sender: Sender = request.app.state.sender
    headers = {**HEADERS, "Content-Encoding": "gzip"} if packs else HEADERS
    last_id = request.headers.get("last-event-id", "")[:64]
    return EventStream(_events(state, sender, client, token, last_id), headers=headers)


def _check_topics(topics: str, user: User | None, stop_id: str | None, state: ApiState) -> frozenset[str]:
    wanted = frozenset(topic for topic in topics.split(",") if topic)
    strange = sorted(wanted - LIVE_TOPICS.keys())
    if strange or not wanted:
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, f"topics: some of {', '.join(LIVE_TOPICS)}")
    if "arrivals" in wanted and (stop_id is None or stop_id not in state.timetable.place_of):
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "arrivals: give the stop_id of a stop of this city")
    for topic in wanted:
        allowed = LIVE_TOPICS[topic]
        if allowed == PUBLIC:
            continue
        if user is None:
            raise ProblemError(HTTPStatus.UNAUTHORIZED, "Log in first.")
        if not may(user.roles, allowed):
            raise ProblemError(HTTPStatus.FORBIDDEN, "Your account may not listen to this.")
    return wanted


async def _begin(sender: Sender, client: Client, last_id: str) -> bytes:
    """Return what comes first: what was missed since an id, or that this is not known any more."""
    missed = sender.resume(client, last_id)
    if missed is None:
        return client.bytes_of(event("resume", ResumeOut(resumed=False)))
    client.must_resync = False  # from here on what changes is queued behind what was missed
    rest = client.topics - KEPT
    missed += await asyncio.to_thread(sender.snapshot, client, rest) if rest else []
    return b"".join(map(client.bytes_of, missed))


async def _events(
    state: ApiState, sender: Sender, client: Client, token: str | None, last_id: str
) -> AsyncIterator[bytes]:
    state.hub.clients.add(client)
    checked_ms = state.wall.now_ms()
    if client.packs:
        yield GZIP_HEADER
    try:
        if last_id:
            yield await _begin(sender, client, last_id)
        while not state.hub.closing:
            if client.must_resync:
                client.queue.clear()
                client.must_resync = False
                reached = sender.journal.mark()
                parts = await asyncio.to_thread(sender.snapshot, client)
                yield b"".join(map(client.bytes_of, [*parts, reached]))
                continue
            if client.queue:
                waiting = b"".join(map(client.bytes_of, client.queue))
                client.queue.clear()
                yield waiting
                continue
            client.wake.clear()
            # No time limit, which would cost a task each turn: the clock wakes everybody every five seconds.
            await client.wake.wait()
            if token is not None and state.wall.now_ms() - checked_ms > CHECK_EVERY_MS:
                checked_ms = state.wall.now_ms()
                if await asyncio.to_thread(find_user, state.store, token, checked_ms) is None:
                    return
    finally:
        state.hub.clients.discard(client)
        sender.left(client)
