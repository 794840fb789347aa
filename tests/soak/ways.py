"""How a fuzzed body reaches a door: straight into the application, by real HTTP, or by a real MQTT broker."""

import asyncio
import socket
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from services.ingest import metrics
from services.ingest.app import create_app
from services.ingest.doors import House
from services.ingest.fetch.mqtt import Listener
from services.ingest.fetch.sources import Broker
from services.ingest.server import make_server
from services.stream.base import Stream
from tests.services.ingest.fetch.mosquitto import open_mosquitto

QUIET_S = 5.0
TAKEN_BY_BROKER = 202


@dataclass(frozen=True)
class Target:
    """The doors of one run: ``name`` is the format, ``token`` of a source."""

    name: str
    house: House
    stream: Stream
    token: str


Deliver = Callable[[bytes], Awaitable[tuple[int, bytes]]]


@asynccontextmanager
async def by_app(target: Target) -> AsyncIterator[Deliver]:
    """Post straight into the application."""
    app = create_app(target.house)
    yield lambda body: ask(app, f"/v1/fixes/{target.name}", body, target.token)


@asynccontextmanager
async def by_http(target: Target) -> AsyncIterator[Deliver]:
    """Post to the server that `hanoi run` starts, over loopback."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = make_server(create_app(target.house), "127.0.0.1", port)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    headers = {"Authorization": f"Bearer {target.token}"}
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", headers=headers, trust_env=False, timeout=60
    ) as http:

        async def deliver(body: bytes) -> tuple[int, bytes]:
            answer = await http.post(f"/v1/fixes/{target.name}", content=body)
            return answer.status_code, answer.content

        yield deliver
    server.should_exit = True
    await serving


@asynccontextmanager
async def by_mqtt(target: Target) -> AsyncIterator[Deliver]:
    """Publish to a real Mosquitto with quality 1; at the end wait until nothing more comes out of it."""
    with tempfile.TemporaryDirectory(prefix="hanoi-soak-mqtt-") as folder, open_mosquitto(Path(folder)) as broker:
        url = f"mqtt://127.0.0.1:{broker.port}"
        source = Broker(name="soak-mqtt", url=url, topics=("fleet/#",), format=target.name)  # type: ignore[arg-type]
        listening = asyncio.create_task(Listener(source, target.house.intake, target.house.rates).run())
        while metrics.CONNECTED.labels(source.name)._value.get() != 1:
            await asyncio.sleep(0.02)
        client = paho.Client(CallbackAPIVersion.VERSION2)
        client.max_inflight_messages_set(1000)
        client.connect("127.0.0.1", broker.port)
        client.loop_start()

        async def deliver(body: bytes) -> tuple[int, bytes]:
            sent = client.publish("fleet/a/position", body, qos=1)
            while not sent.is_published():
                await asyncio.sleep(0.001)
            return TAKEN_BY_BROKER, b""

        yield deliver
        await _until_quiet(target.stream)
        client.disconnect()
        client.loop_stop()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def _until_quiet(stream: Stream) -> None:
    before = -1
    while (now := sum(stream.end_offsets("gps.fixes").values())) != before:
        before = now
        await asyncio.sleep(QUIET_S)


WAYS: dict[str, Callable[[Target], AbstractAsyncContextManager[Deliver]]] = {
    "app": by_app, "http": by_http, "mqtt": by_mqtt,
}  # fmt: skip


async def ask(app: Any, path: str, body: bytes, token: str) -> tuple[int, bytes]:
    """Post a body to an ASGI application as a server would; return the status and the answer."""
    sent: list[dict[str, Any]] = []
    headers = [(b"authorization", f"Bearer {token}".encode()), (b"content-length", str(len(body)).encode())]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": b"", "headers": headers,
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2), "root_path": "",
    }  # fmt: skip
    parts = [{"type": "http.request", "body": body, "more_body": False}]
    over = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if parts:
            return parts.pop()
        await over.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            over.set()

    await app(scope, receive, send)
    answer = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")
    return int(sent[0]["status"]), answer
