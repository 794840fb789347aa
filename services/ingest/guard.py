"""Who may come in."""

from dataclasses import dataclass

from fastapi import Request

from services.ingest.problems import ProblemError
from services.ingest.tokens import Source, TokenBook, TokenError

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="hanoi-traffic doors"'}
TOKEN_PARAMETER = "token"  # noqa: S105 - the name of a query parameter


@dataclass(frozen=True)
class Caller:
    """The source that sent a request, and its rights."""

    name: str
    source: Source


def authenticate(request: Request, book: TokenBook, *, in_query: bool = False) -> Caller:
    """Return who sent a request.

    Parameters
    ----------
    request : Request
        Carries ``Authorization: Bearer TOKEN``.
    book : TokenBook
        The sources known.
    in_query : bool
        Whether ``?token=TOKEN`` is taken too, for clients that can send an address and nothing else.

    Returns
    -------
    Caller
        The source.

    Raises
    ------
    ProblemError
        401 without a known token; 503 if the list of tokens is broken.
    """
    token = _sent_token(request, in_query=in_query)
    if not token:
        where = "`Authorization: Bearer TOKEN` header" + (" and no `?token=TOKEN` in the address" if in_query else "")
        raise ProblemError(
            "token-missing",
            f"There is no {where}.",
            "Ask the operator for a token (`hanoi token add SOURCE`).",
            CHALLENGE,
        )
    try:
        found = book.find_source(token)
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


def _sent_token(request: Request, *, in_query: bool) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    return request.query_params.get(TOKEN_PARAMETER, "").strip() if in_query else ""
