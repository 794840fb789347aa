"""Errors as RFC 9457 problem details; the status of each kind of error stands in one table."""

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from services.api.roles import methods_at
from services.auth.errors import AuthError, LoginRefusedError, SetupRefusedError, TooManyAttemptsError
from services.cases.lifecycle import CaseError
from services.incidents.lifecycle import LifecycleError
from services.media.errors import MediaError
from services.store.errors import StoreError

LOG = structlog.get_logger("api")
MEDIA_TYPE = "application/problem+json"

# Kind of error → status, and what a client is told; ``None`` is the error's own sentence, made for people.
STATUS: dict[type[Exception], tuple[HTTPStatus, str | None]] = {
    TooManyAttemptsError: (HTTPStatus.TOO_MANY_REQUESTS, None),
    LoginRefusedError: (HTTPStatus.UNAUTHORIZED, None),
    SetupRefusedError: (HTTPStatus.FORBIDDEN, None),
    AuthError: (HTTPStatus.UNPROCESSABLE_ENTITY, None),
    LifecycleError: (HTTPStatus.CONFLICT, None),
    CaseError: (HTTPStatus.CONFLICT, None),
    MediaError: (HTTPStatus.NOT_FOUND, "The file is not in the media store any more."),
    StoreError: (HTTPStatus.SERVICE_UNAVAILABLE, "The database does not answer; try again in a moment."),
}
UNEXPECTED = "Something went wrong on our side; it was written to the log."


class ProblemError(Exception):
    """An answer that is a problem: status, one sentence for the person who asked, perhaps further headers."""

    def __init__(self, status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers


def absent(what: str) -> ProblemError:
    """Return the problem that something is not there."""
    return ProblemError(HTTPStatus.NOT_FOUND, what)


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return problem details as a response.

    Parameters
    ----------
    status : int
        HTTP status.
    detail : str
        One sentence for the person who asked.
    headers : mapping of str to str, optional
        More headers.

    Returns
    -------
    Response
        ``application/problem+json``.
    """
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": int(status), "detail": detail}
    return Response(msgspec.json.encode(body), status, dict(headers or {}), MEDIA_TYPE)


def _known(request: Request, error: Exception) -> Response:
    kind = next(kind for kind in STATUS if isinstance(error, kind))
    status, told = STATUS[kind]
    if told is not None:
        LOG.warning("answered with a problem", path=request.url.path, status=int(status), error=str(error))
    headers = {"Retry-After": str(error.wait_s)} if isinstance(error, TooManyAttemptsError) else None
    return problem(status, told or str(error), headers)


def _invalid(request: Request, error: Exception) -> Response:
    del request
    assert isinstance(error, RequestValidationError)
    parts = [f"{'.'.join(str(p) for p in item['loc'][1:]) or item['loc'][0]}: {item['msg']}" for item in error.errors()]
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(parts)[:1000])


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        # The framework names the methods of one handler; an address may have several.
        headers = {"Allow": ", ".join(methods_at(request.url.path)) or headers.get("Allow", "GET")}
    return problem(error.status_code, str(error.detail), headers)


def _own(request: Request, error: Exception) -> Response:
    del request
    assert isinstance(error, ProblemError)
    return problem(error.status, error.detail, error.headers)


def _unexpected(request: Request, error: Exception) -> Response:
    LOG.error("unexpected error", path=request.url.path, method=request.method, exc_info=error)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, UNEXPECTED)


def add_problem_handlers(app: FastAPI) -> None:
    """Make every error of an app a problem."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(ProblemError, _own)
    for kind in STATUS:
        app.add_exception_handler(kind, _known)
    app.add_exception_handler(Exception, _unexpected)
