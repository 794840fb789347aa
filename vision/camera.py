"""The camera file: one YAML a camera, read into a frozen value that was checked."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from schemas.text import Text
from vision.camera_check import Checker
from vision.errors import CameraFileError
from vision.ground import GroundPoint, fit_ground

# The C loader reads a file in a tenth of the time; a city has hundreds.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Point = tuple[float, float]
Line = tuple[Point, Point]
RULES = ("red_light", "stop_line", "wrong_side")
ZONE_KINDS = ("brt_lane", "no_stopping", "bus_stop", "pavement", "junction")
# Seconds of event time and shares of a box's height; a camera file may set its own under ``limits``.
LIMITS: dict[str, float] = {
    "grace_s": 0.5,
    "early_start_s": 1.5,
    "standing_s": 2.0,
    "past_line_heights": 0.6,
    "wrong_side_s": 1.0,
}


@dataclass(frozen=True)
class Lamps:
    """Where a signal head's lamps are in the picture, in pixels."""

    radius_px: float
    red: Point | None = None
    yellow: Point | None = None
    green: Point | None = None


@dataclass(frozen=True)
class Approach:
    """One way into the junction: ``travel_px`` is the direction of legal travel in the picture, length 1.

    ``bearing_deg`` is the same direction on the ground, clockwise from north, where it is known; a camera without
    pictures has nothing else.
    """

    id: str
    travel_px: Point
    stop_line: Line | None = None
    centre_line: tuple[Point, ...] = ()
    lamps: Lamps | None = None
    bearing_deg: float | None = None


@dataclass(frozen=True)
class Zone:
    """A polygon in the picture with a meaning."""

    id: str
    kind: str
    polygon: tuple[Point, ...]


@dataclass(frozen=True)
class CameraConfig:
    """One camera; pixels count from the top left of a picture of ``frame`` = width, height.

    A camera that is planned, or only counts, has no ``source``: a place and approaches, no pictures and no rules.
    ``start_ms`` is the event time of the recording's first instant where the
    stream carries no clock of its own; ``sha256`` is of the file's bytes.
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
    zones: tuple[Zone, ...] = ()
    ground: tuple[GroundPoint, ...] = ()
    limits: Mapping[str, float] = field(default_factory=lambda: dict(LIMITS))

    @property
    def is_scene(self) -> bool:
        """Whether the pictures are rendered by code."""
        return self.source.startswith("scene://")

    @property
    def has_pictures(self) -> bool:
        """Whether it has a source; one without is planned, or only counts."""
        return self.source != ""


def read_camera(path: Path) -> CameraConfig:
    """Read a camera file; a relative ``source`` is taken from the file's own folder.

    Parameters
    ----------
    path : Path
        The YAML file.

    Returns
    -------
    CameraConfig
        The camera.

    Raises
    ------
    CameraFileError
        If the file is absent or wrong; all keys at fault at once.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CameraFileError(f"{path}: cannot be read ({error.strerror}); give the path of a camera file") from error
    camera = parse_camera(data, str(path))
    if not camera.has_pictures or "://" in camera.source or Path(camera.source).is_absolute():
        return camera
    return with_source(camera, str(path.parent / camera.source))


def with_source(camera: CameraConfig, source: str) -> CameraConfig:
    """Return the same camera with its pictures from elsewhere.

    Parameters
    ----------
    camera : CameraConfig
        The camera.
    source : str
        A path or an address.

    Returns
    -------
    CameraConfig
        A copy; ``sha256`` stays that of the file.
    """
    return CameraConfig(**{**camera.__dict__, "source": source})


def parse_camera(data: bytes, where: str = "camera file") -> CameraConfig:
    """Turn the bytes of a camera file into a checked camera.

    Parameters
    ----------
    data : bytes
        YAML, UTF-8.
    where : str
        Name for error texts.

    Returns
    -------
    CameraConfig
        The camera.

    Raises
    ------
    CameraFileError
        If anything is wrong; the text lists every key at fault and how to mend it.
    """
    try:
        raw = yaml.load(data, _Loader)  # noqa: S506 - the safe loader, in C where there is one
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        raise CameraFileError(f"{where}: is no YAML ({error}); docs/camera.md shows a whole one") from error
    check = Checker(where)
    planned = isinstance(raw, dict) and "source" not in raw and "frame" not in raw
    needed, optional = (_NEEDED_PLANNED, {"name"}) if planned else (_NEEDED, _OPTIONAL)
    top = check.mapping(raw, "", needed, optional)
    if not needed <= top.keys():
        check.stop_if_bad()
    start_ms, uncertainty_s = _clock(check, top.get("clock"))
    width, height = (0, 0) if planned else check.size(top["frame"], "frame")
    camera = CameraConfig(
        id=check.identifier(top["id"], "id"),
        name=check.text(top.get("name", top["id"]), "name"),
        position=check.lon_lat(top.get("position"), "position"),
        source="" if planned else check.string(top["source"], "source"),
        frame=(width, height),
        approaches=(
            _planned_approaches(check, top["approaches"])
            if planned
            else _approaches(check, top["approaches"], (width, height))
        ),
        rules=check.names(top.get("rules", []), "rules", RULES),
        sha256=hashlib.sha256(data).hexdigest(),
        start_ms=start_ms,
        uncertainty_s=uncertainty_s,
        loop=check.boolean(top.get("loop", False), "loop"),
        zones=_zones(check, top.get("zones"), (width, height)),
        ground=_ground(check, top.get("ground"), (width, height)),
        limits=_limits(check, top.get("limits")),
    )
    _rules_have_what_they_need(check, camera)
    check.stop_if_bad()
    return camera


_NEEDED = {"id", "source", "frame", "approaches"}
_NEEDED_PLANNED = {"id", "position", "approaches"}
_OPTIONAL = {"name", "position", "clock", "zones", "ground", "rules", "loop", "limits"}


def _clock(check: Checker, raw: object) -> tuple[int | None, float]:
    if raw is None:
        return None, 0.0
    clock = check.mapping(raw, "clock", set(), {"start", "uncertainty_s"})
    start = clock.get("start")
    return (
        None if start is None else check.moment_ms(start, "clock.start"),
        check.number(clock.get("uncertainty_s", 0.0), "clock.uncertainty_s", low=0.0),
    )


def _approaches(check: Checker, raw: object, frame: tuple[int, int]) -> tuple[Approach, ...]:
    made = []
    for number, item in enumerate(check.sequence(raw, "approaches")):
        key = f"approaches[{number}]"
        part = check.mapping(item, key, {"id", "travel_px"}, {"stop_line", "centre_line", "lamps", "bearing_deg"})
        if not {"id", "travel_px"} <= part.keys():
            continue
        line = check.points(part.get("stop_line", []), f"{key}.stop_line", frame, at_least=2, optional=True)
        made.append(
            Approach(
                id=check.identifier(part["id"], f"{key}.id"),
                travel_px=check.direction(part["travel_px"], f"{key}.travel_px"),
                stop_line=(line[0], line[1]) if len(line) >= 2 else None,
                centre_line=check.points(
                    part.get("centre_line", []), f"{key}.centre_line", frame, at_least=2, optional=True
                ),
                lamps=_lamps(check, part.get("lamps"), f"{key}.lamps", frame),
                bearing_deg=_bearing(check, part["bearing_deg"], key) if "bearing_deg" in part else None,
            )
        )
    return tuple(made)


def _planned_approaches(check: Checker, raw: object) -> tuple[Approach, ...]:
    made = []
    for number, item in enumerate(check.sequence(raw, "approaches")):
        key = f"approaches[{number}]"
        part = check.mapping(item, key, {"id", "bearing_deg"}, set())
        if {"id", "bearing_deg"} <= part.keys():
            bearing_deg = _bearing(check, part["bearing_deg"], key)
            made.append(Approach(check.identifier(part["id"], f"{key}.id"), (0.0, -1.0), bearing_deg=bearing_deg))
    return tuple(made)


def _bearing(check: Checker, raw: object, key: str) -> float:
    return check.number(raw, f"{key}.bearing_deg", low=0.0, high=360.0)


def _lamps(check: Checker, raw: object, key: str, frame: tuple[int, int]) -> Lamps | None:
    if raw is None:
        return None
    part = check.mapping(raw, key, {"red"}, {"yellow", "green", "radius_px"})
    places = {
        colour: check.points([part[colour]], f"{key}.{colour}", frame, at_least=1)
        for colour in ("red", "yellow", "green")
        if colour in part
    }
    radius = check.number(part.get("radius_px", 4), f"{key}.radius_px", low=1.0, high=100.0)
    return Lamps(radius, **{colour: points[0] for colour, points in places.items() if points})


def _zones(check: Checker, raw: object, frame: tuple[int, int]) -> tuple[Zone, ...]:
    made = []
    for number, item in enumerate(check.sequence(raw or [], "zones")):
        key = f"zones[{number}]"
        part = check.mapping(item, key, {"id", "kind", "polygon"}, set())
        kinds = check.names([part.get("kind", "")], f"{key}.kind", ZONE_KINDS)
        polygon = check.polygon(part.get("polygon", []), f"{key}.polygon", frame)
        made.append(Zone(check.identifier(part.get("id"), f"{key}.id"), "".join(kinds), polygon))
    return tuple(made)


def _ground(check: Checker, raw: object, frame: tuple[int, int]) -> tuple[GroundPoint, ...]:
    items = check.sequence(raw or [], "ground")
    made = []
    for number, item in enumerate(items):
        part = check.mapping(item, f"ground[{number}]", {"px", "at"}, set())
        px = check.points([part.get("px")], f"ground[{number}].px", frame, at_least=1)
        at = check.lon_lat(part.get("at"), f"ground[{number}].at")
        if px:
            made.append(GroundPoint(px[0], at))
    if items and len(made) == len(items):
        try:
            fit_ground(made)
        except CameraFileError as error:
            check.bad("", str(error))
    return tuple(made)


def _limits(check: Checker, raw: object) -> dict[str, float]:
    part = check.mapping(raw or {}, "limits", set(), set(LIMITS))
    return LIMITS | {name: check.number(value, f"limits.{name}", low=0.0) for name, value in part.items()}


def _rules_have_what_they_need(check: Checker, camera: CameraConfig) -> None:
    for approach in camera.approaches:
        lit = {"red_light", "stop_line"} & set(camera.rules)
        if lit and approach.stop_line is not None and approach.lamps is None:
            check.bad(f"approaches[{approach.id}].lamps", f"is absent, but rule {min(lit)} needs the lamp's places")
    if {"red_light", "stop_line"} & set(camera.rules) and not any(a.stop_line for a in camera.approaches):
        check.bad("approaches", "have no stop_line, but the rules need one; draw it or take the rule out")
