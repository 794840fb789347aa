"""The camera file: one YAML a camera, read into a frozen value that was checked."""

import hashlib
from pathlib import Path

import yaml

from vision.camera_check import Checker
from vision.camera_parts import parse_approaches, parse_ground, parse_limits, parse_planned, parse_zones
from vision.camera_values import (
    KEEP_MINUTES,
    LEAST_MINUTES,
    LIMITS,
    MOST_MINUTES,
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
# The C loader reads a file in a tenth of the time; a city has hundreds.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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
        zones=parse_zones(check, top.get("zones"), (width, height), tuple(a.id for a in approaches)),
        ground=parse_ground(check, top.get("ground"), (width, height)),
        limits=parse_limits(check, top.get("limits")),
        speed_limit_kmh=check.number(limit, "speed_limit_kmh", low=5.0, high=120.0) if limit is not None else None,
    )
    _rules_have_what_they_need(check, camera)
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
    "limits",
    "speed_limit_kmh",
}


def _clock(check: Checker, raw: object) -> tuple[int | None, float]:
    if raw is None:
        return None, 0.0
    clock = check.mapping(raw, "clock", set(), {"start", "uncertainty_s"})
    start = clock.get("start")
    return (
        None if start is None else check.moment_ms(start, "clock.start"),
        check.number(clock.get("uncertainty_s", 0.0), "clock.uncertainty_s", low=0.0),
    )


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
    if "forbidden_turn" in wanted and not any(turn.forbidden for a in camera.approaches for turn in a.turns):
        check.bad("approaches", "have no turn with forbidden: true, but rule forbidden_turn needs one")
    if "speed_screening" in wanted and (camera.speed_limit_kmh is None or not camera.ground):
        check.bad("speed_limit_kmh", "or ground is absent, but rule speed_screening needs both")
