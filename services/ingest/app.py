"""The HTTP application of the doors."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from services.ingest import doors, metrics
from services.ingest.problems import ProblemError, on_http_error, on_problem, on_unexpected

MEDIA = {
    "ufms": "application/x-protobuf",
    "ufms-json": "application/json",
    "gtfs-rt": "application/x-protobuf",
    "csv": "text/csv",
}


def create_app(house: doors.House) -> FastAPI:
    """Make the application.

    Parameters
    ----------
    house : House
        What all doors share.

    Returns
    -------
    FastAPI
        Ready to be served.
    """
    app = FastAPI(title="hanoi-traffic doors", version="1", redoc_url=None)
    for door, (_, expected) in doors.DOORS.items():
        app.add_api_route(
            f"/v1/fixes/{door}",
            _fix_endpoint(house, door),
            methods=["POST"],
            status_code=202,
            summary=f"Reports as {expected}",
            openapi_extra=_body_of(MEDIA[door]),
        )

    @app.post("/v1/clock", status_code=202, openapi_extra=_body_of("application/json"))
    async def clock(request: Request) -> Response:
        """Take one tick of a played day's clock."""
        return await doors.take_clock(house, request)

    @app.get("/healthz")
    async def healthz() -> Response:
        """Say that the doors are alive, and whether the log takes reports."""
        state = {"ok": True, "log": "down" if house.writer.is_down else "ok", "waiting": house.writer.waiting_records}
        return Response(msgspec.json.encode(state), media_type="application/json")

    @app.get("/metrics")
    async def figures() -> Response:
        """Give every figure in Prometheus's text format."""
        house.metrics.waiting.set(house.writer.waiting_records)
        return Response(house.metrics.text(), media_type=metrics.MEDIA_TYPE)

    @app.middleware("http")
    async def count(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        door = request.url.path.rpartition("/")[2]
        if request.method == "POST" and (door in doors.DOORS or door == "clock"):
            house.metrics.requests.labels(door, str(response.status_code)).inc()
        return response

    app.add_exception_handler(ProblemError, on_problem)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(Exception, on_unexpected)
    return app


def _fix_endpoint(house: doors.House, door: str) -> Callable[[Request], Awaitable[Response]]:
    async def take(request: Request) -> Response:
        return await doors.take_fixes(house, request, door)

    take.__name__ = f"take_{door.replace('-', '_')}"
    return take


def _body_of(media_type: str) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {media_type: {"schema": {"type": "string"}}}}}
