"""Shapes that several nouns share; their own lie in each noun's ``responses.py``."""

import gzip
import hashlib
from email.utils import formatdate, parsedate_to_datetime
from functools import cached_property
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field


class Model(BaseModel):
    """The base of every public response."""

    model_config = ConfigDict(from_attributes=True)


class Asked(BaseModel):
    """The base of what clients send: neither a boolean nor a text is taken for a number."""

    model_config = ConfigDict(strict=True)


# JSON has no values of a fixed list, only texts.
Listed = Field(strict=False)


class TextOut(Model):
    """One sentence in Vietnamese and in English."""

    vi: str
    en: str


class QualityOut(Model):
    """Correct, complete, clean, live: 0 worst to 1 best."""

    correct: float
    complete: float
    clean: float
    live: float


class DetourOut(Model):
    """The way of a detour, lon and lat from leaving the line to coming back, and the stops left out."""

    line: list[tuple[float, float]]
    missed_stop_ids: list[str]


class AlertOut(Model):
    """Something about a bus, a trip or a line that somebody should know.

    ``expected_ms``: when what is foreseen comes about; ``hold_s``: hold the bus at ``stop_id`` so long, so that it does
    not.
    """

    alert_id: str
    kind: str
    started_ms: int
    updated_ms: int
    ended_ms: int | None
    text: TextOut
    vehicle_id: str | None
    route_id: str | None
    trip_id: str | None
    lon: float | None
    lat: float | None
    stop_id: str | None = None
    expected_ms: int | None = None
    hold_s: float | None = None
    detour: DetourOut | None = None


class StopHit(Model):
    """One place where buses stop; ``routes`` are the short names that serve it."""

    stop_id: str
    name: str
    lon: float
    lat: float
    routes: list[str]
    distance_m: float | None = None


class RouteHit(Model):
    """One line."""

    route_id: str
    short_name: str
    long_name: str
    color: str


class ProblemOut(Model):
    """RFC 9457 problem details."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


_PROBLEM = {
    "description": "Problem details (RFC 9457)",
    "content": {"application/problem+json": {"schema": ProblemOut.model_json_schema()}},
}
PROBLEMS: dict[int | str, dict[str, Any]] = {"4XX": _PROBLEM, "5XX": _PROBLEM}


class Kept:
    """A body that many ask for: encoded, packed and tagged once.

    Parameters
    ----------
    body : bytes
        What is sent.
    media_type : str
        What it is.
    modified_ms : int, optional
        When it was made, milliseconds since 1970, UTC; then it can be asked for by ``If-Modified-Since`` too.
    """

    def __init__(self, body: bytes, media_type: str = "application/json", modified_ms: int | None = None) -> None:
        self.body = body
        self.media_type = media_type
        self.modified_s = None if modified_ms is None else modified_ms // 1000

    @cached_property
    def packed(self) -> bytes:
        """The body as gzip."""
        return gzip.compress(self.body, compresslevel=6, mtime=0)

    @cached_property
    def version(self) -> str:
        """Changes with the body."""
        return hashlib.blake2b(self.body, digest_size=9).hexdigest()

    def answer(self, request: Request, cache: str) -> Response:
        """Return the body, or only word that the asker holds it already.

        Parameters
        ----------
        request : Request
            Its ``If-None-Match``, ``If-Modified-Since`` and ``Accept-Encoding`` are read.
        cache : str
            ``Cache-Control`` of the response.

        Returns
        -------
        Response
            200, or 304 without a body. The tag is a weak one: the body may be sent packed.
        """
        headers = {"ETag": f'W/"{self.version}"', "Cache-Control": cache, "Vary": "Accept-Encoding"}
        if self.modified_s is not None:
            headers["Last-Modified"] = formatdate(self.modified_s, usegmt=True)
        if self._is_held(request):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(self.packed, media_type=self.media_type, headers=headers)
        return Response(self.body, media_type=self.media_type, headers=headers)

    def _is_held(self, request: Request) -> bool:
        tags = request.headers.get("if-none-match")
        if tags is not None:
            return f'W/"{self.version}"' in (part.strip() for part in tags.split(","))
        since = request.headers.get("if-modified-since")
        if since is None or self.modified_s is None:
            return False
        try:
            return self.modified_s <= parsedate_to_datetime(since).timestamp()
        except ValueError:
            return False
