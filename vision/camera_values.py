"""What a camera file says, as frozen values; `vision.camera` reads and checks them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.text import Text
from vision.ground import GroundPoint

Point = tuple[float, float]
Line = tuple[Point, Point]
ROAD_USERS = (
    "person", "bicycle", "motorcycle", "car", "bus", "truck", "ambulance", "fire_engine", "police_car",
)  # fmt: skip
RULES = (
    "red_light", "stop_line", "wrong_side", "wrong_way", "forbidden_turn", "u_turn", "lane", "bus_lane", "brt_lane",
    "bus_lane_intrusion", "no_stopping", "no_parking", "bus_stop_occupied", "junction_blocking", "pavement_riding",
    "speed_screening", "helmet", "too_many_riders",
)  # fmt: skip
# Live segments are kept for so long; an act's recording lies in its package by then.
KEEP_MINUTES, LEAST_MINUTES, MOST_MINUTES = 15.0, 2.0, 1440.0
# Whether pictures are skipped (and counted) where the machine cannot keep up, or all are looked at.
REAL_TIME, CAPACITY = "real_time", "capacity"
TURNS = ("left", "right", "straight", "u_turn")
ZONE_KINDS = (
    "brt_lane", "bus_lane", "lane", "no_stopping", "no_parking", "bus_stop", "pavement", "junction", "no_u_turn",
    "one_way",
)  # fmt: skip
# The kinds of zone a rule watches; without one of them it has nothing to do.
ZONES_OF: dict[str, tuple[str, ...]] = {
    "wrong_way": ("one_way",),
    "u_turn": ("no_u_turn",),
    "lane": ("lane",),
    "bus_lane": ("bus_lane",),
    "brt_lane": ("brt_lane",),
    "bus_lane_intrusion": ("bus_lane", "brt_lane"),
    "no_stopping": ("no_stopping",),
    "no_parking": ("no_parking",),
    "bus_stop_occupied": ("bus_stop",),
    "junction_blocking": ("junction",),
    "pavement_riding": ("pavement",),
}
# Seconds of event time and metres on the road; a camera file may set its own under ``limits``.
LIMITS: dict[str, float] = {
    "grace_s": 0.2,
    "early_start_s": 1.5,
    "standing_s": 2.0,
    "past_line_m": 1.0,
    "wrong_side_s": 1.0,
    "wrong_way_m": 8.0,
    "lane_s": 2.0,
    "pavement_m": 5.0,
    "stopping_s": 30.0,
    "parking_s": 300.0,
    "free_s": 12.0,
    "bus_stop_s": 20.0,
    "blocking_s": 8.0,
    "held_s": 4.0,
    "helmet_looks": 6.0,
    "riders_looks": 6.0,
}


@dataclass(frozen=True)
class Lamps:
    """Where a signal head's lamps are in the picture, in pixels."""

    radius_px: float
    red: Point | None = None
    yellow: Point | None = None
    green: Point | None = None


@dataclass(frozen=True)
class Arrow:
    """A signal's arrow for one turn, with the places of its lamps in the picture."""

    turn: str
    lamps: Lamps


@dataclass(frozen=True)
class Turn:
    """A way out of the junction: who came over the stop line and then crosses ``line`` (pixels) took this turn.

    ``on_red`` is a sign that allows the turn while the lamp is red.
    """

    turn: str
    line: Line
    forbidden: bool = False
    on_red: bool = False


@dataclass(frozen=True)
class Approach:
    """One way into the junction: ``travel_px`` is the direction of legal travel in the picture, length 1.

    ``bearing_deg`` is the same direction on the ground, clockwise from north, where it is known; a camera without
    pictures has nothing else. ``signal`` is the group's name in the controller's feed.
    """

    id: str
    travel_px: Point
    stop_line: Line | None = None
    centre_line: tuple[Point, ...] = ()
    lamps: Lamps | None = None
    bearing_deg: float | None = None
    arrows: tuple[Arrow, ...] = ()
    turns: tuple[Turn, ...] = ()
    signal: str | None = None


@dataclass(frozen=True)
class Zone:
    """A polygon in the picture with a meaning.

    ``travel_px`` is the direction of legal travel in it, ``allowed`` the road users a lane is for, ``hours`` when its
    rule holds, in minutes of Hanoi's day (all day where there are none), ``approach`` the approach whose signal
    rules the traffic in it.
    """

    id: str
    kind: str
    polygon: tuple[Point, ...]
    travel_px: Point | None = None
    allowed: tuple[str, ...] = ()
    hours: tuple[tuple[int, int], ...] = ()
    approach: str | None = None


@dataclass(frozen=True)
class CameraConfig:
    """One camera; pixels count from the top left of a picture of ``frame`` = width, height.

    A camera that is planned, or only counts, has no ``source``: a place and approaches, no pictures and no rules.
    ``start_ms`` is the event time of the recording's first instant where the
    stream carries no clock of its own; ``sha256`` is of the file's bytes. Live segments are kept for ``keep_minutes``.
    ``mode`` is ``real_time`` or ``capacity``; ``None``: real time for live pictures, capacity for recordings.
    """

    id: str
    name: Text
    position: Point
    source: str
    frame: tuple[int, int]
    approaches: tuple[Approach, ...]
    rules: tuple[str, ...]
    sha256: str
    start_ms: int | None = None
    uncertainty_s: float = 0.0
    loop: bool = False
    keep_minutes: float = KEEP_MINUTES
    mode: str | None = None
    zones: tuple[Zone, ...] = ()
    ground: tuple[GroundPoint, ...] = ()
    limits: Mapping[str, float] = field(default_factory=lambda: dict(LIMITS))
    speed_limit_kmh: float | None = None

    @property
    def is_scene(self) -> bool:
        """Whether the pictures are rendered by code."""
        return self.source.startswith("scene://")

    def is_real_time(self, *, is_live: bool) -> bool:
        """Whether pictures are skipped where the machine cannot keep up with them."""
        return is_live if self.mode is None else self.mode == REAL_TIME

    @property
    def has_pictures(self) -> bool:
        """Whether it has a source; one without is planned, or only counts."""
        return self.source != ""
