"""Who may come in, how much at once, and how fast."""

import time
from dataclasses import dataclass

from fastapi import Request

from services.ingest.problems import ProblemError
from services.ingest.tokens import Source, TokenBook, TokenError

BURST_S = 10.0
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="hanoi-traffic doors"'}


@dataclass(frozen=True)
class Caller:
    """The source that sent a request, and its rights."""

    name: str
    source: Source


def authenticate(request: Request, book: TokenBook) -> Caller:
    """Return who sent a request.

    Parameters
    ----------
    request : Request
        Carries ``Authorization: Bearer TOKEN``.
    book : TokenBook
        The sources known.

    Returns
    -------
    Caller
        The source.

    Raises
    ------
    ProblemError
        401 without a known token; 503 if the list of tokens is broken.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise ProblemError(
            "token-missing",
            "There is no `Authorization: Bearer TOKEN` header.",
            "Ask the operator for a token (`hanoi token add SOURCE`).",
            CHALLENGE,
        )
    try:
        found = book.find_source(token.strip())
    except TokenError as error:
        raise ProblemError(
            "tokens-unreadable", "tokens.json is broken.", "Tell the operator.", {"Retry-After": "30"}
        ) from error
    if found is None:
        raise ProblemError(
            "token-wrong",
            "No source has this token.",
            "Check it for missing characters, or ask for a new one (`hanoi token add SOURCE`).",
            CHALLENGE,
        )
    return Caller(*found)


async def read_body(request: Request, limit_bytes: int) -> bytes:
    """Read a request's body, but no more than the limit.

    Parameters
    ----------
    request : Request
        The request.
    limit_bytes : int
        Largest body taken.

    Returns
    -------
    bytes
        The body.

    Raises
    ------
    ProblemError
        413 as soon as the announced or the read length passes the limit; 415 for a packed body.
    """
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise ProblemError("packed-body", "The body has a Content-Encoding.", "Send it unpacked.")
    announced = request.headers.get("content-length", "")
    too_large = ProblemError(
        "body-too-large",
        f"The body is longer than {limit_bytes:,} bytes.",
        "Send fewer reports at once.",
        {} if announced else {"Connection": "close"},
    )
    if announced.isdigit() and int(announced) > limit_bytes:
        raise too_large
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit_bytes:
            raise too_large
        chunks.append(chunk)
    return b"".join(chunks)


class RateLimiter:
    """Lets each limited source send its rate, with ten seconds' worth at once."""

    def __init__(self) -> None:
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, caller: Caller, records: int, now_s: float | None = None) -> None:
        """Count a source's records against its rate.

        Parameters
        ----------
        caller : Caller
            Who sends.
        records : int
            How many.
        now_s : float, optional
            Monotonic seconds.

        Raises
        ------
        ProblemError
            429 with ``Retry-After`` where it sends too much; nothing is counted then.
        """
        rate = caller.source.rate_per_s
        if rate is None:
            return
        now_s = time.monotonic() if now_s is None else now_s
        most = max(1.0, rate * BURST_S)
        left, since_s = self._buckets.get(caller.name, (most, now_s))
        left = min(most, left + (now_s - since_s) * rate)
        # A single body larger than a full bucket passes when the bucket is full, and empties it below zero.
        if left < min(records, most):
            wait_s = int((min(records, most) - left) / rate) + 1
            raise ProblemError(
                "too-many-reports",
                f"{caller.name} may send {rate:g} reports a second.",
                f"Send the same body again in {wait_s} s.",
                {"Retry-After": str(wait_s)},
            )
        self._buckets[caller.name] = (left - records, now_s)
