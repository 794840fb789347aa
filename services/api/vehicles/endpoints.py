"""Buses."""

import time

from fastapi import APIRouter, Request, Response

from services.api.problems import absent
from services.api.state import State
from services.api.vehicles.responses import (
    VehicleDetailOut,
    VehiclesOut,
    vehicle_detail_out,
)

router = APIRouter(tags=["vehicles"])


@router.get("/api/vehicles", response_model=VehiclesOut)
def read_vehicles(state: State, request: Request) -> Response:
    """Return all buses heard of in the last half hour, as they were at most a second ago."""
    return state.listing.read(state.now_ms, time.monotonic()).answer(request, "no-cache")


@router.get("/api/vehicles/{vehicle_id}")
def read_vehicle(state: State, vehicle_id: str) -> VehicleDetailOut:
    """Return one bus with its trail and its next stops."""
    with state.live.reading() as live:
        now = live.vehicles.get(vehicle_id)
        if now is None:
            raise absent("No bus of this number was heard of in the last hour.")
        return vehicle_detail_out(live, now, state.timetable)
