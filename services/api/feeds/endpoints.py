"""GTFS-realtime for other people's apps."""

from fastapi import APIRouter, Response

from services.api.feeds.gtfs_rt import trip_updates, vehicle_positions
from services.api.state import State

router = APIRouter(tags=["gtfs-realtime"])
MEDIA_TYPE = "application/x-protobuf"
HEADERS = {"Cache-Control": "public, max-age=5"}


@router.get("/gtfs-rt/vehicle-positions.pb", response_class=Response)
def read_vehicle_positions(state: State) -> Response:
    """Return the newest position of each bus."""
    with state.live.reading() as live:
        data = vehicle_positions(live, state.timetable, state.now_ms)
    return Response(data, media_type=MEDIA_TYPE, headers=HEADERS)


@router.get("/gtfs-rt/trip-updates.pb", response_class=Response)
def read_trip_updates(state: State) -> Response:
    """Return what is predicted from fresh fixes."""
    with state.live.reading() as live:
        data = trip_updates(live, state.timetable, state.now_ms)
    return Response(data, media_type=MEDIA_TYPE, headers=HEADERS)
