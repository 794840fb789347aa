"""uvicorn, with a limit on how long a connection may take to say what it wants."""

import asyncio
from typing import Any

import uvicorn
from starlette.responses import Response

from services.ingest.problems import ProblemError, problem_response
from services.problem_protocol import UNREADABLE, ProblemProtocol

HEADERS_TIMEOUT_S = 10.0
MAX_CONNECTIONS = 5_000


class PatientProtocol(ProblemProtocol):
    """Hangs up on who sends its headers byte by byte; bodies have a limit of their own."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Start the clock of the first request."""
        super().connection_made(transport)
        self._start()

    def data_received(self, data: bytes) -> None:
        """Start the clock of a further request with its first byte."""
        if self._deadline is None and (self.cycle is None or self.cycle.response_complete):
            self._start()
        super().data_received(data)

    def on_headers_complete(self) -> None:
        """Stop the clock: the headers are all there."""
        self._stop()
        super().on_headers_complete()

    def unreadable(self) -> Response:
        """Return the answer to what is no HTTP."""
        mend = "Send HTTP/1.1; the doors are listed under /docs."
        return problem_response(ProblemError("no-http", UNREADABLE, mend), "")

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop()
        super().connection_lost(exc)

    def _start(self) -> None:
        self._deadline = self.loop.call_later(HEADERS_TIMEOUT_S, self._hang_up)

    def _stop(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _hang_up(self) -> None:
        self._deadline = None
        if not self.transport.is_closing():
            self.transport.close()


def make_server(app: Any, host: str, port: int) -> uvicorn.Server:
    """Return a server that is ready to serve, takes no signals and writes no access log.

    Parameters
    ----------
    app : ASGI application
        What it serves.
    host : str
        Address to listen on.
    port : int
        Port to listen on.

    Returns
    -------
    uvicorn.Server
        To be awaited with ``serve()``.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=PatientProtocol,
        log_config=None,
        access_log=False,
        lifespan="off",
        limit_concurrency=MAX_CONNECTIONS,
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)
