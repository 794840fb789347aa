"""What the API says about buses."""

from pydantic import Field

from schemas.prediction import TripPrediction
from services.api.live import LiveState, RunKey, VehicleNow
from services.api.responses import Model, QualityOut, TextOut
from services.api.timetable import CityTimetable

# A bus that was silent for longer is not on the map any more.
SHOWN_MS = 30 * 60_000
FUTURE_MS = 5 * 60_000


class VehicleOut(Model):
    """One bus as it is now; every figure is as old as ``time_ms``."""

    vehicle_id: str
    time_ms: int
    lon: float
    lat: float
    heading_deg: float | None
    speed_mps: float | None
    route_id: str | None
    route_short_name: str | None
    headsign: str | None
    direction_id: int | None
    trip_id: str | None
    phase: str
    probability: float
    delay_s: float | None
    distance_m: float | None
    next_stop_id: str | None
    next_stop_name: str | None
    source: str
    quality: QualityOut


class VehiclesOut(Model):
    """All buses heard of in the last half hour."""

    now_ms: int
    vehicles: list[VehicleOut]


Gaps = list[int]


class VehicleFrameOut(Model):
    """The body of an event ``vehicles``: buses in columns, each bus in a numbered slot.

    The first frame is ``whole``; each later one tells what changed since the frame whose ``seq`` is one less, and
    whoever missed one asks for the stream again. A list of slots is written as steps from one to the next (the first
    from zero). ``n`` are the buses that moved and ``t``, ``x``, ``y``, ``h``, ``v``, ``d`` their columns; every other
    column is ``[slots, values]`` of its own and only there when something in it changed. Keys without content are
    left out. Take ``gone`` first, then ``ids``, then the rest.
    """

    seq: int
    now_ms: int
    whole: bool = False
    shapes: str | None = Field(None, description="version of /api/shapes that `shape` counts in; whole frames")
    routes: list[tuple[str, str]] = Field([], description="route_id and short name of every line; whole frames")
    phases: list[str] = Field([], description="names of the phases; whole frames")
    sources: list[str] = Field([], description="names of the sources, when there are new ones")
    ids: tuple[Gaps, list[str]] | None = Field(None, description="vehicle_id of slots that are new")
    gone: Gaps = Field([], description="slots whose bus is not shown any more")
    n: Gaps = Field([], description="slots of the buses that moved")
    t: list[int] = Field([], description="milliseconds from the fix to now_ms")
    x: list[int] = Field([], description="change of longitude, 1e-5 degrees; from zero for a new bus")
    y: list[int] = Field([], description="change of latitude, 1e-5 degrees; from zero for a new bus")
    h: list[int | None] = Field([], description="heading, degrees clockwise from north")
    v: list[int | None] = Field([], description="speed, dm/s")
    d: list[int | None] = Field([], description="way along the shape, metres")
    line: tuple[Gaps, list[int | None]] | None = Field(None, description="place in `routes`")
    shape: tuple[Gaps, list[int | None]] | None = Field(None, description="place in /api/shapes")
    phase: tuple[Gaps, list[int]] | None = Field(None, description="place in `phases`")
    sure: tuple[Gaps, list[int]] | None = Field(None, description="probability of the assignment, per cent")
    delay: tuple[Gaps, list[int | None]] | None = Field(None, description="seconds late, null without a trip")
    quality: tuple[Gaps, list[int]] | None = Field(
        None, description="correct, complete, clean, live in twentieths as digits of base 21, correct first"
    )
    source: tuple[Gaps, list[int]] | None = Field(None, description="place in `sources`")


class NextStopOut(Model):
    """One stop ahead of a bus; its place is ``None`` where the timetable does not know the stop."""

    stop_id: str
    name: str
    lon: float | None
    lat: float | None
    eta_ms: int
    p10_ms: int
    p50_ms: int
    p90_ms: int


class VehicleDetailOut(VehicleOut):
    """One bus with where it was in the last five minutes and where it goes."""

    trail: list[tuple[int, float, float]]
    next_stops: list[NextStopOut]
    reason: TextOut | None


def vehicle_out(now: VehicleNow, timetable: CityTimetable) -> VehicleOut:
    """Turn a bus into what the API says of it."""
    p = now.position
    a = p.assignment
    return VehicleOut(
        vehicle_id=p.vehicle_id,
        time_ms=p.time_ms,
        lon=p.lon,
        lat=p.lat,
        heading_deg=p.heading_deg,
        speed_mps=p.speed_mps,
        route_id=a.route_id,
        route_short_name=timetable.short_name(a.route_id),
        headsign=p.headsign or timetable.headsign(a.trip_id),
        direction_id=a.direction_id,
        trip_id=a.trip_id,
        phase=a.phase.value,
        probability=a.probability,
        delay_s=p.delay_s,
        distance_m=a.distance_m,
        next_stop_id=p.next_stop_id,
        next_stop_name=timetable.stop_name(p.next_stop_id),
        source=p.source,
        quality=QualityOut.model_validate(p.quality),
    )


def is_shown(now: VehicleNow, now_ms: int) -> bool:
    """Return whether a bus was heard of lately enough, and not from the future."""
    return -FUTURE_MS <= now_ms - now.position.time_ms <= SHOWN_MS


def list_vehicles(
    state: LiveState, timetable: CityTimetable, now_ms: int, route_id: str | None = None
) -> list[VehicleOut]:
    """Return the buses that are shown, those of one line where it is given."""
    return [
        vehicle_out(now, timetable)
        for now in state.vehicles.values()
        if is_shown(now, now_ms) and (route_id is None or now.position.assignment.route_id == route_id)
    ]


def vehicle_detail_out(state: LiveState, now: VehicleNow, timetable: CityTimetable) -> VehicleDetailOut:
    """Turn a bus into all that is known about it."""
    prediction = _prediction(state, now)
    stops = () if prediction is None else prediction.stops
    return VehicleDetailOut(
        **vehicle_out(now, timetable).model_dump(),
        trail=list(now.trail),
        next_stops=[
            NextStopOut(
                stop_id=stop.stop_id,
                name=timetable.stop_name(stop.stop_id) or stop.stop_id,
                lon=lon,
                lat=lat,
                eta_ms=stop.eta_ms,
                p10_ms=stop.p10_ms,
                p50_ms=stop.p50_ms,
                p90_ms=stop.p90_ms,
            )
            for stop in stops
            for lon, lat in [timetable.stop_lonlat(stop.stop_id) or (None, None)]
        ],
        reason=None if prediction is None else TextOut.model_validate(prediction.reason),
    )


def _prediction(state: LiveState, now: VehicleNow) -> TripPrediction | None:
    a = now.position.assignment
    if a.trip_id is None or a.start_date is None:
        return None
    found = state.predictions.get(RunKey(a.trip_id, a.start_date))
    return found if found is not None and found.vehicle_id == now.position.vehicle_id else None
