"""What the API says of ways, areas and closures."""

from typing import Any

from pydantic import Field

from services.api.responses import Model, RouteHit


class WayOut(Model):
    """A way through the network; ``duration_s`` at the present speeds where they are known, else at free flow."""

    distance_m: float
    duration_s: float
    line: list[tuple[float, float]]
    edges: list[int]


class PathOut(WayOut):
    """The fastest way, and others worth a look.

    ``forecast``: speeds change on the way as is foretold; else they are the present ones all the way.
    """

    depart_ms: int
    arrive_ms: int
    forecast: bool
    alternatives: list[WayOut] = Field(default_factory=list)


class AreaOut(Model):
    """What is reached within some minutes: a GeoJSON geometry, lon before lat."""

    minutes: int
    geometry: dict[str, Any]


class IsochroneOut(Model):
    """Areas around a place, the smallest first; ``forecast``: whether speeds foretold for then were used."""

    now_ms: int
    depart_ms: int
    forecast: bool
    areas: list[AreaOut]


class PlaceOut(Model):
    """A place that a name was found to mean."""

    name: str
    kind: str
    lon: float
    lat: float


class TravelTimeOut(Model):
    """A fastest way between two named places; ``free_s`` is its time in light traffic, ``forecast`` as in a path."""

    depart_ms: int
    arrive_ms: int
    forecast: bool
    now_ms: int
    start: PlaceOut
    end: PlaceOut
    duration_s: float
    free_s: float
    distance_m: float
    line: list[tuple[float, float]]


class MissedStopOut(Model):
    """A stop that a line would not serve."""

    stop_id: str
    name: str


class LineDetourOut(Model):
    """One direction of a line round a closure; ``extra_s`` is ``None`` where there is no way round."""

    route: RouteHit
    direction_id: int | None
    trips_next_hour: int
    extra_s: float | None
    leaves_at: str | None
    returns_at: str | None
    missed_stops: list[MissedStopOut]
    line: list[tuple[float, float]]


class AroundOut(Model):
    """How other traffic goes round; ``extra_s`` is ``None`` where there is no way round."""

    vehicle: str
    extra_s: float | None
    line: list[tuple[float, float]]


class WhatIfOut(Model):
    """What a closure would do; ``undrawn`` lines have no shape, so nobody knows whether they pass."""

    now_ms: int
    lines: list[LineDetourOut]
    around: list[AroundOut]
    undrawn: int


class BottleneckOut(Model):
    """A street where time is lost: vehicle-independent seconds beyond free flow, and over how many metres."""

    name: str
    edge_indexes: list[int]
    lost_s: float
    length_m: float
    speed_mps: float
    free_flow_mps: float
    lon: float
    lat: float


class BottlenecksOut(Model):
    """Streets by the time lost on each metre of lane, now or so many minutes ahead, the worst first."""

    now_ms: int
    at_min: int
    streets: list[BottleneckOut]
