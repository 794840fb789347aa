"""Buses."""

from fastapi import APIRouter

from services.api.problems import absent
from services.api.state import State
from services.api.vehicles.responses import (
    VehicleDetailOut,
    VehiclesOut,
    list_vehicles,
    vehicle_detail_out,
)

router = APIRouter(tags=["vehicles"])


@router.get("/api/vehicles")
def read_vehicles(state: State) -> VehiclesOut:
    """Return all buses heard of in the last half hour."""
    now_ms = state.now_ms
    with state.live.reading() as live:
        return VehiclesOut(now_ms=now_ms, vehicles=list_vehicles(live, state.timetable, now_ms))


@router.get("/api/vehicles/{vehicle_id}")
def read_vehicle(state: State, vehicle_id: str) -> VehicleDetailOut:
    """Return one bus with its trail and its next stops."""
    with state.live.reading() as live:
        now = live.vehicles.get(vehicle_id)
        if now is None:
            raise absent("No bus of this number was heard of in the last hour.")
        return vehicle_detail_out(live, now, state.timetable)
