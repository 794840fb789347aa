"""What moves, as server-sent events."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from services.api.hub import MAX_CLIENTS, Client
from services.api.problems import ProblemError
from services.api.roles import LIVE_TOPICS, PUBLIC, may
from services.api.state import COOKIE, Anyone, ApiState, State
from services.api.stream.events import Sender
from services.auth.sessions import User, find_user

router = APIRouter(tags=["live"])
HEARTBEAT_S = 10.0
HEARTBEAT = b": still here\n\n"
CHECK_EVERY_MS = 30_000
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@router.get("/api/live", response_class=StreamingResponse)
async def live(
    state: State,
    request: Request,
    user: Anyone,
    topics: Annotated[str, Query(max_length=200)] = "vehicles,clock",
    stop_id: Annotated[str | None, Query(max_length=256)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> StreamingResponse:
    """Stream what moves: first everything, then what changed, each thing at most once a second."""
    wanted = _check_topics(topics, user, stop_id, state)
    if len(state.hub.clients) >= MAX_CLIENTS:
        raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, "Too many pages listen at once; ask again in a moment.")
    client = Client(wanted, stop_id, limit, "" if user is None else user.name)
    closed = any(LIVE_TOPICS[topic] != PUBLIC for topic in wanted)
    token = request.cookies.get(COOKIE) if closed else None
    sender: Sender = request.app.state.sender
    return StreamingResponse(_events(state, sender, client, token), media_type="text/event-stream", headers=HEADERS)


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


async def _events(state: ApiState, sender: Sender, client: Client, token: str | None) -> AsyncIterator[bytes]:
    state.hub.clients.add(client)
    checked_ms = state.wall.now_ms()
    try:
        while not state.hub.closing:
            if client.must_resync:
                client.queue.clear()
                client.must_resync = False
                yield await asyncio.to_thread(sender.snapshot, client)
                continue
            if client.queue:
                waiting = b"".join(client.queue)
                client.queue.clear()
                yield waiting
                continue
            client.wake.clear()
            heard = False
            with contextlib.suppress(TimeoutError):
                heard = await asyncio.wait_for(client.wake.wait(), HEARTBEAT_S)
            if not heard:
                yield HEARTBEAT
            if token is not None and state.wall.now_ms() - checked_ms > CHECK_EVERY_MS:
                checked_ms = state.wall.now_ms()
                if await asyncio.to_thread(find_user, state.store, token, checked_ms) is None:
                    return
    finally:
        state.hub.clients.discard(client)
