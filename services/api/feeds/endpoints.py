"""Feeds for other people's apps, and the static timetable they refer to."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from services.api.feeds.published import NAMES
from services.api.feeds.responses import OpenFeedsOut, open_feeds_out
from services.api.files import file_answer
from services.api.problems import absent
from services.api.state import ApiState, State

router = APIRouter(tags=["feeds"])
CACHE = "public, max-age=5"
ZIP_CACHE = "public, max-age=300"
Name = Annotated[str, Path(json_schema_extra={"enum": list(NAMES)})]


@router.get("/gtfs-rt/{name}.pb", response_class=Response)
def read_protobuf(state: State, request: Request, name: Name) -> Response:
    """Return a GTFS-realtime feed as protobuf."""
    return _realtime(state, request, name, "pb")


@router.get("/gtfs-rt/{name}.json", response_class=Response)
def read_json(state: State, request: Request, name: Name) -> Response:
    """Return the same feed in protobuf's JSON mapping."""
    return _realtime(state, request, name, "json")


@router.get("/gtfs/static.zip", response_class=Response)
def read_static(state: State, request: Request) -> Response:
    """Return the static GTFS that the ids of all feeds refer to; its tag is its SHA-256."""
    static = state.static.find(state.city.gtfs)
    if static is None:
        raise absent("This city has no timetable; import one with `hanoi city import --gtfs`.")
    tag = {"ETag": f'"{static.sha256}"', "Content-Disposition": 'attachment; filename="gtfs.zip"'}
    return file_answer(request, static.path, "application/zip", ZIP_CACHE, tag)


@router.get("/api/open-feeds")
def read_open_feeds(state: State) -> OpenFeedsOut:
    """Return every open feed: where it is, its standard, and the timetable its ids refer to."""
    edition = state.feeds.edition(state.now_ms)
    return open_feeds_out(edition, state.static.find(state.city.gtfs), state.timetable)


def _realtime(state: ApiState, request: Request, name: str, form: str) -> Response:
    if name not in NAMES:
        raise absent(f"There is no such feed; there are {', '.join(NAMES)}.")
    return state.feeds.edition(state.now_ms).kept(name, form).answer(request, CACHE)
