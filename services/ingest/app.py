"""The HTTP application of the doors."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.ingest import doors, metrics
from services.ingest.problems import ProblemError, on_http_error, on_problem, on_unexpected
from services.ingest.reports import take_report


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
    for door in doors.DOORS:
        form = house.intake.formats[door]
        for method in ("GET", "POST") if door == "osmand" else ("POST",):
            app.add_api_route(
                f"/v1/fixes/{door}",
                _fix_endpoint(house, door, method),
                methods=[method],
                status_code=200 if door == "osmand" else 202,
                summary=f"Reports as {form.expects}",
                openapi_extra=_body_of(form.media_type) if method == "POST" else None,
            )

    @app.post("/v1/clock", status_code=202, openapi_extra=_body_of("application/json"))
    async def clock(request: Request) -> Response:
        """Take one tick of a played day's clock."""
        return await doors.take_clock(house, request)

    @app.post("/v1/reports", status_code=202, openapi_extra=_body_of("application/json"))
    async def report(request: Request) -> Response:
        """Take what a bus driver says of the road."""
        return await take_report(house, request)

    @app.get("/v1/source")
    async def source(request: Request) -> Response:
        """Tell the source of a token its limits and how its clocks stand."""
        return await doors.tell_source(house, request)

    _add_watching(app, house)
    app.add_middleware(Counting)
    app.add_exception_handler(ProblemError, on_problem)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(Exception, on_unexpected)
    return app


def _add_watching(app: FastAPI, house: doors.House) -> None:
    @app.get("/healthz")
    async def healthz() -> Response:
        """Say that the doors are alive, whether the log takes reports, and which fetched sources fail."""
        writer = house.intake.writer
        state = {
            "ok": True,
            "log": "down" if writer.is_down else "ok",
            "waiting": writer.waiting_records,
            "failing": metrics.list_failing(),
        }
        return Response(msgspec.json.encode(state), media_type="application/json")

    @app.get("/metrics")
    async def figures() -> Response:
        """Give every figure in Prometheus's text format."""
        house.intake.write_gauges()
        return Response(metrics.text(), media_type=metrics.MEDIA_TYPE)


class Counting:
    """Counts the answers of each door; plain ASGI, because it stands in every report's way.

    Parameters
    ----------
    app : ASGI application
        What answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer and count."""
        door = str(scope.get("path", "")).rpartition("/")[2]
        if door not in doors.DOORS and door != "clock":
            await self._app(scope, receive, send)
            return

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                metrics.REQUESTS.labels(door, str(message["status"])).inc()
            await send(message)

        await self._app(scope, receive, counted)


def _fix_endpoint(house: doors.House, door: str, method: str) -> Callable[[Request], Awaitable[Response]]:
    async def take(request: Request) -> Response:
        return await doors.take_fixes(house, request, door)

    take.__name__ = f"{method.lower()}_{door.replace('-', '_')}"
    return take


def _body_of(media_type: str) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {media_type: {"schema": {"type": "string"}}}}}
