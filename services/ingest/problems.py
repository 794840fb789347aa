"""RFC 9457 problem details: every error a door gives, in one table."""

from collections.abc import Mapping

import msgspec
from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"

# kind → (status, title)
KINDS: dict[str, tuple[int, str]] = {
    "unreadable-body": (400, "The body cannot be read"),
    "no-http": (400, "The request cannot be read"),
    "cut-off": (400, "The body was cut off"),
    "bad-clock": (400, "The clock tick cannot be used"),
    "bad-report": (400, "The report cannot be used"),
    "token-missing": (401, "A token is needed"),
    "token-wrong": (401, "The token is not known"),
    "not-a-player": (403, "This source may not set the clock"),
    "no-such-door": (404, "There is no such door"),
    "wrong-method": (405, "The doors take POST"),
    "body-too-large": (413, "The body is too large"),
    "too-slow": (408, "The body came too slowly"),
    "packed-body": (415, "This packing is not taken"),
    "too-many-reports": (429, "Too many reports"),
    "unexpected": (500, "Something went wrong here"),
    "log-down": (503, "The log takes no reports now"),
    "tokens-unreadable": (503, "The list of tokens cannot be read"),
}


class ProblemError(Exception):
    """A request that ends in a problem document.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    detail : str
        What and where.
    mend : str
        What the sender can do about it.
    headers : mapping of str to str, optional
        Further response headers.
    """

    def __init__(self, kind: str, detail: str, mend: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.mend = mend
        self.headers = dict(headers or {})


def problem_response(problem: ProblemError, path: str) -> Response:
    """Turn a problem into its HTTP response.

    Parameters
    ----------
    problem : ProblemError
        What went wrong.
    path : str
        Where, the door's path.

    Returns
    -------
    Response
        ``application/problem+json``.
    """
    status, title = KINDS[problem.kind]
    body = {
        "type": f"urn:hanoi-traffic:problem:{problem.kind}",
        "title": title,
        "status": status,
        "detail": problem.detail,
        "instance": path,
        "mend": problem.mend,
    }
    return Response(msgspec.json.encode(body), status, headers=problem.headers, media_type=MEDIA_TYPE)


async def on_problem(request: Request, error: Exception) -> Response:
    """Answer a `ProblemError`."""
    assert isinstance(error, ProblemError)
    return problem_response(error, request.url.path)


async def on_http_error(request: Request, error: Exception) -> Response:
    """Answer what the router itself refuses."""
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        problem = ProblemError(
            "wrong-method", f"{request.method} is not taken here.", "Send POST with the body.", error.headers
        )
    else:
        problem = ProblemError("no-such-door", "Nothing listens here.", "The doors are listed under /docs.")
    return problem_response(problem, request.url.path)


async def on_unexpected(request: Request, error: Exception) -> Response:
    """Answer anything else without telling the client what it was."""
    del error
    problem = ProblemError("unexpected", "The fault is ours and was written down.", "Send the same body again later.")
    return problem_response(problem, request.url.path)
