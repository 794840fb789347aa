"""Shapes that several nouns share; their own lie in each noun's ``responses.py``."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Header, Response
from pydantic import BaseModel, ConfigDict

# What the asker holds already, by its tag.
Known = Annotated[str | None, Header(alias="If-None-Match", max_length=400)]


class Model(BaseModel):
    """The base of every public response."""

    model_config = ConfigDict(from_attributes=True)


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


class AlertOut(Model):
    """Something about a bus or a trip that somebody should know."""

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


PROBLEMS: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": ProblemOut, "description": "Problem details (RFC 9457)"},
    "5XX": {"model": ProblemOut, "description": "Problem details (RFC 9457)"},
}


def tagged(body: bytes, version: str, known: str | None, *, cache: str) -> Response:
    """Return a body of JSON with its tag, or only word that the asker holds it already.

    Parameters
    ----------
    body : bytes
        JSON.
    version : str
        Changes with the body.
    known : str or None
        ``If-None-Match`` of the request.
    cache : str
        ``Cache-Control`` of the response.

    Returns
    -------
    Response
        200, or 304 without a body. The tag is a weak one: the body may be sent compressed.
    """
    tag = f'W/"{version}"'
    headers = {"ETag": tag, "Cache-Control": cache}
    if known is not None and tag in (part.strip() for part in known.split(",")):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(body, media_type="application/json", headers=headers)
