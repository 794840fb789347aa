"""The parts of a camera file: approaches with their lamps and turns, zones, ground marks, limits."""

from vision.camera_check import Checker
from vision.camera_values import LIMITS, ROAD_USERS, TURNS, ZONE_KINDS, Approach, Arrow, Lamps, Line, Turn, Zone
from vision.errors import CameraFileError
from vision.ground import GroundPoint, fit_ground

Size = tuple[int, int]
_APPROACH = {"stop_line", "centre_line", "lamps", "bearing_deg", "arrows", "turns", "signal"}
_ZONE = {"travel_px", "allowed", "hours", "approach"}
_COLOURS = ("red", "yellow", "green")


def parse_approaches(check: Checker, raw: object, frame: Size) -> tuple[Approach, ...]:
    """Read the approaches of a camera with pictures."""
    made = []
    for number, item in enumerate(check.sequence(raw, "approaches")):
        key = f"approaches[{number}]"
        part = check.mapping(item, key, {"id", "travel_px"}, _APPROACH)
        if not {"id", "travel_px"} <= part.keys():
            continue
        lamps = _lamps(check, part.get("lamps"), f"{key}.lamps", frame)
        made.append(
            Approach(
                id=check.identifier(part["id"], f"{key}.id"),
                travel_px=check.direction(part["travel_px"], f"{key}.travel_px"),
                stop_line=_line(check, part["stop_line"], f"{key}.stop_line", frame) if "stop_line" in part else None,
                centre_line=check.points(
                    part.get("centre_line", []), f"{key}.centre_line", frame, at_least=2, optional=True
                ),
                lamps=lamps,
                bearing_deg=_bearing(check, part["bearing_deg"], key) if "bearing_deg" in part else None,
                arrows=_arrows(check, part.get("arrows"), f"{key}.arrows", frame, lamps.radius_px if lamps else 4.0),
                turns=_turns(check, part.get("turns"), f"{key}.turns", frame),
                signal=check.identifier(part["signal"], f"{key}.signal") if "signal" in part else None,
            )
        )
    check.unique([approach.id for approach in made], "approaches")
    return tuple(made)


def parse_planned(check: Checker, raw: object) -> tuple[Approach, ...]:
    """Read the approaches of a camera without pictures."""
    made = []
    for number, item in enumerate(check.sequence(raw, "approaches")):
        key = f"approaches[{number}]"
        part = check.mapping(item, key, {"id", "bearing_deg"}, set())
        if {"id", "bearing_deg"} <= part.keys():
            bearing_deg = _bearing(check, part["bearing_deg"], key)
            made.append(Approach(check.identifier(part["id"], f"{key}.id"), (0.0, -1.0), bearing_deg=bearing_deg))
    return tuple(made)


def parse_zones(check: Checker, raw: object, frame: Size, approaches: tuple[str, ...]) -> tuple[Zone, ...]:
    """Read the zones; the approach a zone names must be one of the file's."""
    made = []
    for number, item in enumerate(check.sequence(raw or [], "zones")):
        key = f"zones[{number}]"
        part = check.mapping(item, key, {"id", "kind", "polygon"}, _ZONE)
        kinds = check.names([part.get("kind", "")], f"{key}.kind", ZONE_KINDS)
        approach = check.names([part["approach"]], f"{key}.approach", approaches) if "approach" in part else ()
        zone = Zone(
            id=check.identifier(part.get("id"), f"{key}.id"),
            kind="".join(kinds),
            polygon=check.polygon(part.get("polygon", []), f"{key}.polygon", frame),
            travel_px=check.direction(part["travel_px"], f"{key}.travel_px") if "travel_px" in part else None,
            allowed=check.names(part.get("allowed", []), f"{key}.allowed", ROAD_USERS),
            hours=check.hours(part.get("hours", []), f"{key}.hours"),
            approach=approach[0] if approach else None,
        )
        if zone.kind == "lane" and not zone.allowed:
            check.bad(f"{key}.allowed", f"is absent; name the road users the lane is for: {', '.join(ROAD_USERS)}")
        if zone.kind == "one_way" and zone.travel_px is None:
            check.bad(f"{key}.travel_px", "is absent; give the one direction in which one may drive here")
        made.append(zone)
    check.unique([zone.id for zone in made], "zones")
    return tuple(made)


def parse_ground(check: Checker, raw: object, frame: Size) -> tuple[GroundPoint, ...]:
    """Read the ground marks, which must lie on one flat road."""
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


def parse_limits(check: Checker, raw: object) -> dict[str, float]:
    """Read the limits a camera sets for itself over the usual ones."""
    part = check.mapping(raw or {}, "limits", set(), set(LIMITS))
    known = {name: value for name, value in part.items() if name in LIMITS}
    return LIMITS | {name: check.number(value, f"limits.{name}", low=0.0) for name, value in known.items()}


def _bearing(check: Checker, raw: object, key: str) -> float:
    return check.number(raw, f"{key}.bearing_deg", low=0.0, high=360.0)


def _line(check: Checker, raw: object, key: str, frame: Size) -> Line | None:
    ends = check.points(raw, key, frame, at_least=2)
    if len(ends) > 2:
        check.bad(key, f"has {len(ends)} points; give its two ends, a bent line is none")
        return None
    if len(ends) == 2 and ends[0] == ends[1]:
        check.bad(key, f"is {raw!r}; its two ends are the same point")
        return None
    return (ends[0], ends[1]) if len(ends) == 2 else None


def _lamps(check: Checker, raw: object, key: str, frame: Size) -> Lamps | None:
    if raw is None:
        return None
    part = check.mapping(raw, key, {"red"}, {"yellow", "green", "radius_px"})
    radius = check.number(part.get("radius_px", 4), f"{key}.radius_px", low=1.0, high=100.0)
    return _lamp_places(check, part, key, frame, radius)


def _lamp_places(check: Checker, part: dict[str, object], key: str, frame: Size, radius: float) -> Lamps:
    places = {
        colour: check.points([part[colour]], f"{key}.{colour}", frame, at_least=1)
        for colour in _COLOURS
        if colour in part
    }
    return Lamps(radius, **{colour: points[0] for colour, points in places.items() if points})


def _arrows(check: Checker, raw: object, key: str, frame: Size, radius_px: float) -> tuple[Arrow, ...]:
    made = []
    for number, item in enumerate(check.sequence(raw or [], key)):
        own = f"{key}[{number}]"
        part = check.mapping(item, own, {"turn", "green"}, {"red", "yellow"})
        turn = check.names([part.get("turn", "")], f"{own}.turn", TURNS)
        made.append(Arrow("".join(turn), _lamp_places(check, part, own, frame, radius_px)))
    return tuple(made)


def _turns(check: Checker, raw: object, key: str, frame: Size) -> tuple[Turn, ...]:
    made = []
    for number, item in enumerate(check.sequence(raw or [], key)):
        own = f"{key}[{number}]"
        part = check.mapping(item, own, {"turn", "line"}, {"forbidden", "on_red"})
        turn = check.names([part.get("turn", "")], f"{own}.turn", TURNS)
        line = _line(check, part.get("line", []), f"{own}.line", frame)
        forbidden = check.boolean(part.get("forbidden", False), f"{own}.forbidden")
        on_red = check.boolean(part.get("on_red", False), f"{own}.on_red")
        if line is not None:
            made.append(Turn("".join(turn), line, forbidden, on_red))
    return tuple(made)
