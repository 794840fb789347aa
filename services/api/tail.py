"""The threads beside the event loop: one reads the log into the live state, one publishes the outbox."""

import contextlib
import threading
import time
from collections.abc import Sequence

import msgspec
import structlog

from schemas.message import Message, decode
from schemas.signal import CIRCUMSTANCE_HOLDS_MS
from schemas.topics import TOPICS
from services.api import metrics
from services.api.live import REDUCERS, Change
from services.api.state import ApiState
from services.clock import Steadiness
from services.store.errors import StoreError
from services.store.outbox import delete_outbox, list_outbox
from services.stream.base import Consumer, Outgoing, Producer, Record
from services.stream.errors import StreamError

LOG = structlog.get_logger("api")
# What is said again every few seconds, what may hold for a shift after one word, and what may hold for hours.
FAST = ("bus.positions", "bus.predictions", "bus.stop-events", "road.states", "road.forecasts")
HELD = ("camera.circumstances",)
SLOW = tuple(name for name in REDUCERS if name not in (*FAST, *HELD))
FAST_BACK_MS = 20 * 60_000
SLOW_BACK_MS = 6 * 60 * 60_000
POLL_S = 0.25
FORGET_EVERY_S = 30.0
RELAY_EVERY_S = 0.2
TRY_AGAIN_S = 1.0


def follow(state: ApiState, stop: threading.Event) -> None:
    """Keep the live state at the end of the log until told to stop; a log that fails is tried again.

    Parameters
    ----------
    state : ApiState
        Whose live state and hub are fed.
    stop : threading.Event
        Set when it shall end.
    """
    stream = state.context.stream
    while not stop.is_set():
        try:
            stream.ensure_topics([TOPICS[name] for name in REDUCERS])
            now_ms = state.wall.now_ms()
            with (
                contextlib.closing(stream.tail(HELD, since_ms=now_ms - CIRCUMSTANCE_HOLDS_MS)) as held,
                contextlib.closing(stream.tail(SLOW, since_ms=now_ms - SLOW_BACK_MS)) as slow,
                contextlib.closing(stream.tail(FAST, since_ms=now_ms - FAST_BACK_MS)) as fast,
            ):
                _follow(state, (held, slow), fast, stop)
        except StreamError as error:
            LOG.error("the log does not answer; trying again", error=str(error))
            stop.wait(TRY_AGAIN_S)


def _follow(state: ApiState, quiet: Sequence[Consumer], fast: Consumer, stop: threading.Event) -> None:
    forget_at_s, steadiness = time.monotonic() + FORGET_EVERY_S, Steadiness()
    while not stop.is_set():
        for tail in quiet:
            take_records(state, tail.poll(2000, 0.0))
        take_records(state, fast.poll(2000, POLL_S))
        if time.monotonic() >= forget_at_s:
            forget_at_s = time.monotonic() + FORGET_EVERY_S
            now_ms = state.now_ms
            steady = steadiness.look(now_ms, time.monotonic(), state.context.clock.speed)
            state.live.forget_old(now_ms, steady=steady)


def take_records(state: ApiState, records: Sequence[Record]) -> list[Change]:
    """Take records of the log into the live state and tell who listens; unreadable ones are counted and left out.

    Parameters
    ----------
    state : ApiState
        Whose live state is fed.
    records : sequence of Record
        In the order of their partitions.

    Returns
    -------
    list of Change
        What changed.
    """
    messages: list[tuple[str, Message]] = []
    for record in records:
        try:
            message = decode(TOPICS[record.topic].message, record.value)
        except msgspec.MsgspecError:
            metrics.UNREADABLE.labels(record.topic).inc()
            continue
        metrics.TAKEN.labels(record.topic).inc()
        messages.append((record.topic, message))
    if not messages:
        return []
    changes = state.live.take(messages)
    with state.live.reading() as live:
        tick = live.clock
    if tick is not None:
        state.context.clock.take(tick)
    if changes:
        state.hub.changed(changes)
    return changes


def relay(state: ApiState, stop: threading.Event) -> None:
    """Publish what waits in the outbox until told to stop; at least once, in order."""
    producer: Producer | None = None
    while not stop.is_set():
        try:
            if producer is None:
                producer = state.context.stream.producer()
            sent = relay_once(state, producer)
        except (StoreError, StreamError) as error:
            LOG.error("the outbox waits; trying again", error=str(error))
            producer = None
            stop.wait(TRY_AGAIN_S)
            continue
        if not sent:
            stop.wait(RELAY_EVERY_S)
    if producer is not None:
        producer.close()


def relay_once(state: ApiState, producer: Producer) -> int:
    """Publish one batch of the outbox; what the log has acknowledged is taken out.

    Parameters
    ----------
    state : ApiState
        Whose store is read.
    producer : Producer
        Where to.

    Returns
    -------
    int
        How many messages went out.
    """
    with state.store.reading() as session:
        waiting = list_outbox(session)
    if not waiting:
        return 0
    producer.send([Outgoing(item.topic, item.key.encode(), item.value) for item in waiting])
    producer.flush()
    with state.store.transaction() as session:
        delete_outbox(session, [item.id for item in waiting])
    return len(waiting)
