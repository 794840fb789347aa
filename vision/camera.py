"""The camera file: one YAML a camera, read into a frozen value that was checked."""

import hashlib
from math import hypot
from pathlib import Path
from typing import Any

import yaml

from schemas.earth import metres_between
from vision.camera_check import Checker
from vision.camera_parts import parse_approaches, parse_ground, parse_limits, parse_planned, parse_zones
from vision.camera_values import (
    CAPACITY,
    KEEP_MINUTES,
    LEAST_MINUTES,
    LIMITS,
    MOST_MINUTES,
    REAL_TIME,
    RULES,
    ZONES_OF,
    Approach,
    Arrow,
    CameraConfig,
    Lamps,
    Line,
    Point,
    Turn,
    Zone,
)  # fmt: skip
from vision.errors import CameraFileError

__all__ = [
    "LIMITS", "RULES", "Approach", "Arrow", "CameraConfig", "Lamps", "Line", "Point", "Turn", "Zone", "parse_camera",
    "read_camera", "with_source",
]  # fmt: skip
# How far the times of a camera may be off that nobody has said anything of: its line delays by up to a second.
UNKNOWN_CLOCK_S = 1.0
# An approach whose direction of travel is nearer to that of its stop line is crossed by nobody: a sine.
ALONG = 0.17
# Ground marks farther from the camera's place were not seen by it.
MARKS_M = 1_000.0


# The C loader reads a file in a tenth of the time; a city has hundreds.
class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Refuses a key that stands twice in one mapping, where YAML's own loaders silently take the last."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """Return a mapping."""
        seen = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise yaml.YAMLError(f"{key.value!r} stands twice, again in line {key.start_mark.line + 1}")
            seen.add(key.value)
        made: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return made


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
    start_ms, uncertainty_s = _clock(check, top.get("clock"), is_rendered=str(top.get("source")).startswith("scene://"))
    width, height = (0, 0) if planned else check.size(top["frame"], "frame")
    limit, raw = top.get("speed_limit_kmh"), top["approaches"]
    approaches = parse_planned(check, raw) if planned else parse_approaches(check, raw, (width, height))
    camera = CameraConfig(
        id=check.identifier(top["id"], "id"),
        name=check.text(top.get("name", top["id"]), "name"),
        position=check.lon_lat(top.get("position"), "position"),
        source="" if planned else check.string(top["source"], "source"),
        frame=(width, height),
        approaches=approaches,
        rules=check.names(top.get("rules", []), "rules", RULES),
        sha256=hashlib.sha256(data).hexdigest(),
        start_ms=start_ms,
        uncertainty_s=uncertainty_s,
        loop=check.boolean(top.get("loop", False), "loop"),
        keep_minutes=check.number(
            top.get("keep_minutes", KEEP_MINUTES), "keep_minutes", low=LEAST_MINUTES, high=MOST_MINUTES
        ),
        mode=check.choice(top.get("mode"), "mode", (REAL_TIME, CAPACITY)),
        zones=parse_zones(check, top.get("zones"), (width, height), tuple(a.id for a in approaches)),
        ground=parse_ground(check, top.get("ground"), (width, height)),
        limits=parse_limits(check, top.get("limits")),
        speed_limit_kmh=check.number(limit, "speed_limit_kmh", low=5.0, high=120.0) if limit is not None else None,
    )
    _rules_have_what_they_need(check, camera)
    _fits_together(check, camera)
    check.stop_if_bad()
    return camera


_NEEDED = {"id", "source", "frame", "approaches"}
_NEEDED_PLANNED = {"id", "position", "approaches"}
_OPTIONAL = {
    "name",
    "position",
    "clock",
    "zones",
    "ground",
    "rules",
    "loop",
    "keep_minutes",
    "mode",
    "limits",
    "speed_limit_kmh",
}


def _clock(check: Checker, raw: object, *, is_rendered: bool) -> tuple[int | None, float]:
    """Return the beginning, and by how much times may be off: nobody's word means doubt, but for what code renders."""
    unknown_s = 0.0 if is_rendered else UNKNOWN_CLOCK_S
    if raw is None:
        return None, unknown_s
    clock = check.mapping(raw, "clock", set(), {"start", "uncertainty_s"})
    start = clock.get("start")
    return (
        None if start is None else check.moment_ms(start, "clock.start"),
        check.number(clock.get("uncertainty_s", unknown_s), "clock.uncertainty_s", low=0.0),
    )


def _fits_together(check: Checker, camera: CameraConfig) -> None:
    for approach in camera.approaches:
        if approach.stop_line is None:
            continue
        (x, y), (to_x, to_y) = approach.stop_line
        across = approach.travel_px[0] * (to_y - y) - approach.travel_px[1] * (to_x - x)
        if abs(across) < ALONG * hypot(to_x - x, to_y - y):
            check.bad(
                f"approaches[{approach.id}].travel_px",
                "runs along the stop line, which nobody would ever cross; give the direction across it",
            )
    if away_m := [metres_between(camera.position, mark.at) for mark in camera.ground]:
        number = away_m.index(max(away_m))
        if away_m[number] > MARKS_M:
            away = f"lies {away_m[number] / 1000:.1f} km from position"
            check.bad(f"ground[{number}].at", f"{away}; mend whichever of the two is wrong")


def _rules_have_what_they_need(check: Checker, camera: CameraConfig) -> None:
    wanted = set(camera.rules)
    for approach in camera.approaches:
        lit = {"red_light", "stop_line"} & wanted
        if lit and approach.stop_line is not None and approach.lamps is None and approach.signal is None:
            check.bad(f"approaches[{approach.id}].lamps", f"is absent, but rule {min(lit)} needs the lamp's places")
    if {"red_light", "stop_line"} & wanted and not any(a.stop_line for a in camera.approaches):
        check.bad("approaches", "have no stop_line, but the rules need one; draw it or take the rule out")
    kinds = {zone.kind for zone in camera.zones}
    for rule in camera.rules:
        needed = ZONES_OF.get(rule, ())
        if needed and not kinds & set(needed):
            check.bad("zones", f"have none of kind {' or '.join(needed)}, but rule {rule} needs one")
    if "wrong_side" in wanted and not any(a.centre_line for a in camera.approaches):
        check.bad("approaches", "have no centre_line, but rule wrong_side needs one; draw it or take the rule out")
    if "forbidden_turn" in wanted and not any(turn.forbidden for a in camera.approaches for turn in a.turns):
        check.bad("approaches", "have no turn with forbidden: true, but rule forbidden_turn needs one")
    if "speed_screening" in wanted and (camera.speed_limit_kmh is None or not camera.ground):
        check.bad("speed_limit_kmh", "or ground is absent, but rule speed_screening needs both")
