"""Figures for Prometheus; every name and its meaning stands here."""

import time

from prometheus_client import REGISTRY, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TAKEN = Counter("hanoi_api_messages", "Messages of the log taken into the live state", ["topic"])
UNREADABLE = Counter("hanoi_api_unreadable", "Messages of the log that could not be read", ["topic"])
CLIENTS = Gauge("hanoi_api_live_clients", "Open streams of server-sent events")
VEHICLES = Gauge("hanoi_api_vehicles", "Vehicles in the live state")
REQUEST_S = Histogram(
    "hanoi_api_request_seconds",
    "Time from a request to the start of its response",
    ["method", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0),
)


def exposition() -> bytes:
    """Return all figures as Prometheus text."""
    return generate_latest(REGISTRY)


class Timing:
    """Measures the time from each request to the start of its response."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and measure."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start_s = time.perf_counter()

        async def measured(message: Message) -> None:
            if message["type"] == "http.response.start":
                REQUEST_S.labels(scope["method"], str(message["status"])).observe(time.perf_counter() - start_s)
            await send(message)

        await self.app(scope, receive, measured)
