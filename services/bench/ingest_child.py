"""A server for `hanoi bench ingest`, alone on one core: our doors, or the plainest thing that could work."""

import argparse
import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from schemas.topics import TOPICS
from services.clock import CityClock
from services.stream import open_stream
from services.stream.base import Outgoing, Stream


def make_doors(stream: Stream, tokens: Path, rate_per_s: float) -> uvicorn.Server:
    """Return our doors as they are served."""
    from services.ingest.app import create_app
    from services.ingest.doors import House
    from services.ingest.formats import make_formats
    from services.ingest.intake import Intake
    from services.ingest.limits import MIB, RateLimiter
    from services.ingest.server import make_server
    from services.ingest.tokens import TokenBook
    from services.ingest.writer import LogWriter

    intake = Intake(LogWriter(stream), make_formats(), CityClock())
    house = House(intake, TokenBook(tokens), 8 * MIB, rates=RateLimiter(rate_per_s))
    return make_server(create_app(house), "127.0.0.1", 0)


def make_naive(stream: Stream) -> uvicorn.Server:
    """Return a handler that reads JSON and appends one record after another, nothing checked, nobody asked."""
    producer = stream.producer()

    async def take(request: Request) -> JSONResponse:
        records = msgspec.json.decode(await request.body())
        for record in records:
            key = record["msgBusWayPoint"]["vehicle"].encode()
            producer.send([Outgoing("gps.fixes", key, msgspec.json.encode(record))])
            producer.flush()
        return JSONResponse({"accepted": len(records)}, 202)

    app = Starlette(routes=[Route("/{path:path}", take, methods=["POST"])])
    return uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, access_log=False))


async def serve(server: uvicorn.Server, tell: Callable[[int], Any]) -> None:
    """Serve, and tell the port once there is one."""
    task = asyncio.create_task(server.serve())
    while not server.started and not task.done():
        await asyncio.sleep(0.01)
    if server.started:
        tell(server.servers[0].sockets[0].getsockname()[1])
    await task


def main() -> None:
    """Serve on a free port, told on the console, until the process is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["doors", "naive"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rate", type=float, default=1e12)
    asked = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        with suppress(OSError):
            os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with open_stream(f"sqlite:///{asked.folder}/{asked.kind}") as stream:
        stream.ensure_topics([TOPICS["gps.fixes"]])
        tokens = asked.folder / "tokens.json"
        server = make_naive(stream) if asked.kind == "naive" else make_doors(stream, tokens, asked.rate)
        with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
            runner.run(serve(server, lambda port: print(port, flush=True)))  # noqa: T201 - how the port is told


if __name__ == "__main__":
    main()
