"""Listens to an MQTT broker: a message is acknowledged to the broker only once the log acknowledged it."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as paho
import structlog
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from services.ingest import metrics
from services.ingest.fetch.sources import Broker
from services.ingest.guard import Caller
from services.ingest.intake import Intake
from services.ingest.limits import MIB, RateLimiter
from services.ingest.tokens import Source
from services.ingest.writer import LogDownError, QueueFullError

AT_LEAST_ONCE = 1
BATCH = 200
RECEIVE_MAXIMUM = 400  # messages a broker may have on the way to us without an acknowledgement
MOST_WITHOUT_PROMISE = 4_000  # of quality 0 that wait; more are left out, and counted
SESSION_S = 7 * 24 * 3600  # how long the broker keeps what we did not take, if it agrees
FIRST_RETRY_S, MOST_RETRY_S = 1, 60
PORTS = {"mqtt": 1883, "mqtts": 8883}
NO_TOKEN = "0" * 64

log = structlog.get_logger("services.ingest")


@dataclass(frozen=True)
class _Message:
    payload: bytes
    mid: int
    qos: int
    session: int


@dataclass
class Listener:
    """One broker.

    ``sleep`` waits so many seconds while the source is over its rate or the log is away.
    """

    broker: Broker
    intake: Intake
    rates: RateLimiter
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    _queue: "asyncio.Queue[_Message]" = field(default_factory=asyncio.Queue)
    _session: int = 0  # counts connections: an acknowledgement belongs to the one its message came by

    async def run(self) -> None:
        """Listen until cancelled; reconnecting is the library's own, with back-off."""
        loop = asyncio.get_running_loop()
        client = make_client(self.broker)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_message = lambda _client, _data, message: self._on_message(loop, message)
        connect(client, self.broker)
        client.loop_start()
        try:
            while True:
                await self._take(client, await self._next_batch())
        finally:
            metrics.CONNECTED.labels(self.broker.name).set(0)
            client.disconnect()
            await asyncio.shield(asyncio.to_thread(client.loop_stop))

    async def _next_batch(self) -> list[_Message]:
        batch = [await self._queue.get()]
        while len(batch) < BATCH and not self._queue.empty():
            batch.append(self._queue.get_nowait())
        return batch

    async def _take(self, client: paho.Client, batch: Sequence[_Message]) -> None:
        """Bring a batch to the log in order, again and again while the log is away, then acknowledge in order."""
        caller = self._caller()
        waiting, kept = list(batch), set()
        while waiting:
            await self.sleep(self.rates.wait_s(caller))
            taken = await asyncio.gather(
                *(self.intake.take(caller, self.broker.format, message.payload) for message in waiting),
                return_exceptions=True,
            )
            again = []
            for message, outcome in zip(waiting, taken, strict=True):
                if isinstance(outcome, LogDownError | QueueFullError):
                    again.append(message)
                    continue
                if isinstance(outcome, BaseException):  # not acknowledged: it comes again with the next connection
                    log.error("a message could not be taken", source=self.broker.name, kind=type(outcome).__name__)
                    continue
                kept.add(id(message))
                self.rates.charge(caller, outcome[0].count)
            if again:
                await self.sleep(float(FIRST_RETRY_S))
            waiting = again
        for message in batch:
            if message.qos and id(message) in kept and message.session == self._session:
                client.ack(message.mid, message.qos)

    def _caller(self) -> Caller:
        broker = self.broker
        rights = Source(sha256=NO_TOKEN, rate_per_s=broker.rate_per_s, clock_offset_s=broker.clock_offset_s)
        return Caller(broker.name, rights)

    def _on_message(self, loop: asyncio.AbstractEventLoop, message: paho.MQTTMessage) -> None:
        if message.qos == 0 and self._queue.qsize() >= MOST_WITHOUT_PROMISE:
            metrics.LIMITED.labels(self.broker.name, "queue").inc()
            return
        item = _Message(bytes(message.payload), message.mid, message.qos, self._session)
        with contextlib.suppress(RuntimeError):  # the loop has ended; unacknowledged, it comes again
            loop.call_soon_threadsafe(self._queue.put_nowait, item)

    def _on_connect(self, client: paho.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            self._failed(f"the broker lets us not in: {reason}")
            return
        self._session += 1
        client.subscribe([(topic, AT_LEAST_ONCE) for topic in self.broker.topics])

    def _on_subscribe(self, _client: Any, _data: Any, _mid: Any, reasons: Sequence[Any], _properties: Any) -> None:
        refused = [topic for topic, reason in zip(self.broker.topics, reasons, strict=False) if reason.is_failure]
        if refused:
            self._failed(f"the broker refuses the topics {', '.join(refused)}")
            return
        metrics.CONNECTED.labels(self.broker.name).set(1)
        metrics.FAILURES_RUNNING.labels(self.broker.name).set(0)
        log.info("a broker is listened to", source=self.broker.name, topics=list(self.broker.topics))

    def _on_disconnect(self, _client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        metrics.CONNECTED.labels(self.broker.name).set(0)
        if reason.is_failure:
            self._failed(f"the connection to the broker was lost: {reason}")

    def _failed(self, why: str) -> None:
        metrics.FAILURES_RUNNING.labels(self.broker.name).inc()
        log.warning("a broker fails; it is tried again", source=self.broker.name, why=why)


def make_client(broker: Broker) -> paho.Client:
    """Return a client that acknowledges by hand and whose session outlives its connection.

    Parameters
    ----------
    broker : Broker
        Address, name and password.

    Returns
    -------
    paho.mqtt.client.Client
        Not connected yet.
    """
    parts = urlsplit(broker.url)
    is_new = broker.protocol == "5"
    client = paho.Client(
        CallbackAPIVersion.VERSION2,
        client_id=broker.client_id or f"hanoi-traffic-{broker.name}",
        clean_session=None if is_new else False,
        protocol=MQTTProtocolVersion.MQTTv5 if is_new else MQTTProtocolVersion.MQTTv311,
        manual_ack=True,
    )
    name = broker.username or (unquote(parts.username) if parts.username else None)
    if name is not None:
        client.username_pw_set(name, broker.password or (unquote(parts.password) if parts.password else None))
    if parts.scheme == "mqtts":
        client.tls_set()
    client.reconnect_delay_set(FIRST_RETRY_S, MOST_RETRY_S)
    return client


def connect(client: paho.Client, broker: Broker) -> None:
    """Say where to connect to; the client's own thread does it, and does it again when the connection is lost."""
    parts = urlsplit(broker.url)
    host, port = str(parts.hostname), parts.port or PORTS[parts.scheme]
    if broker.protocol != "5":
        client.connect_async(host, port)
        return
    wanted = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    wanted.SessionExpiryInterval = SESSION_S
    wanted.ReceiveMaximum = RECEIVE_MAXIMUM
    wanted.MaximumPacketSize = round(broker.max_mib * MIB)
    client.connect_async(host, port, clean_start=False, properties=wanted)
