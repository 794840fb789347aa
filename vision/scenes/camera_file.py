"""The camera file of a scene, written from its geometry as a careful person would draw it."""

import numpy as np
import shapely

from vision.scenes.arrivals import leave_by
from vision.scenes.lamp_places import LAMP_M, SignalHead, signal_head
from vision.scenes.layout import Arm, GroundZone, Layout, Place
from vision.scenes.phases import SignalPlan
from vision.scenes.pinhole import PinholeCamera

# Marks that a person would click, metres along and across the arm that is watched.
MARKS = (
    (0.0, 0.0),
    (0.0, 3.5),
    (0.0, 6.8),
    (0.0, 13.1),
    (-12.0, 3.5),
    (-12.0, 10.1),
    (-18.0, 6.8),
    (5.5, 0.0),
    (5.5, 13.1),
)
NEAREST_M = 2.0
# How far back the centre line may be drawn: as far as it is to be seen.
CENTRE_LINE_M = (-90.0, -60.0, -40.0, -20.0, -16.0, -12.0, -8.0)
# How far in front of its stop line an arm's outbound mouth is.
MOUTH_M = 5.0
TURN_NAMES = {"left": "left", "straight": "straight", "right": "right", "uturn": "u_turn"}


def camera_yaml(
    camera: PinholeCamera,
    layout: Layout,
    *,
    arm: str = "south",
    camera_id: str = "SC-01",
    name: tuple[str, str] = ("Nút giao dựng hình", "Rendered junction"),
    source: str = "scene://street?seed=1",
    rules: tuple[str, ...] = ("red_light", "stop_line"),
    with_signal: bool = True,
    plan: SignalPlan | None = None,
) -> str:
    """Write the camera file.

    Parameters
    ----------
    camera : PinholeCamera
        The camera.
    layout : Layout
        The junction.
    arm : str, optional
        The arm that it watches.
    camera_id : str, optional
        For instance ``"SC-01"``.
    name : tuple of str, optional
        In Vietnamese and in English.
    source : str, optional
        Where the pictures come from.
    rules : tuple of str, optional
        Rules to watch.
    with_signal : bool, optional
        Whether it sees the stop line and the lamps.
    plan : SignalPlan, optional
        Tells which arrows there are.

    Returns
    -------
    str
        YAML that `vision.camera.parse_camera` reads.
    """
    lon, lat = layout.lon_lat(*camera.place_m[:2])
    lines = [
        "# A junction drawn by code: written from its geometry.",
        f"id: {camera_id}",
        f'name: {{vi: "{name[0]}", en: "{name[1]}"}}',
        f"position: [{lon:.7f}, {lat:.7f}]",
        f"source: {source}",
        f"frame: [{camera.size[0]}, {camera.size[1]}]",
        "approaches:",
        *_approach(camera, layout, plan or SignalPlan(), layout.arms[arm], with_signal=with_signal),
        *_zones(camera, layout, arm),
        "ground:",
        *_marks(camera, layout, arm),
        f"rules: [{', '.join(rules)}]",
        f"speed_limit_kmh: {layout.limit_mps * 3.6:.0f}",
    ]
    return "\n".join(lines) + "\n"


def on_picture(camera: PinholeCamera, corners: tuple[Place, ...]) -> list[tuple[float, float]]:
    """Return an area of the road as a polygon of the picture, cut at its edges; empty where it is not to be seen."""
    x0, y0, _ = camera.place_m
    fx, fy = camera.axes[2][:2] / np.hypot(*camera.axes[2][:2])
    far = 400.0
    ahead = shapely.Polygon(
        [
            (x0 + fx * NEAREST_M - fy * far, y0 + fy * NEAREST_M + fx * far),
            (x0 + fx * far - fy * far, y0 + fy * far + fx * far),
            (x0 + fx * far + fy * far, y0 + fy * far - fx * far),
            (x0 + fx * NEAREST_M + fy * far, y0 + fy * NEAREST_M - fx * far),
        ]
    )
    part = shapely.Polygon(corners).intersection(ahead)
    if part.is_empty or part.geom_type != "Polygon":
        return []
    pixels, _ = camera.pixels([(x, y, 0.0) for x, y in list(part.exterior.coords)[:-1]])
    inside = shapely.Polygon(pixels).intersection(shapely.box(0, 0, *camera.size))
    if inside.is_empty or inside.geom_type != "Polygon" or inside.area < 200:
        return []
    return [(round(x, 1), round(y, 1)) for x, y in list(inside.exterior.coords)[:-1]]


def _approach(camera: PinholeCamera, layout: Layout, plan: SignalPlan, arm: Arm, *, with_signal: bool) -> list[str]:
    ends, _ = camera.pixels([(*arm.place(0.0, 0.2), 0.0), (*arm.place(0.0, arm.half_m - 0.1), 0.0)])
    lines = [f"  - id: {arm.name}", f"    travel_px: {_point(_travel(camera, arm), 4)}"]
    lines.append(f"    bearing_deg: {(arm.bearing_deg + 180) % 360:g}")
    if _is_inside(camera, ends):
        lines.append(f"    stop_line: {_points(ends)}")
    for far_m in CENTRE_LINE_M:
        centre, _ = camera.pixels([(*arm.place(-1.0, 0.0), 0.0), (*arm.place(far_m, 0.0), 0.0)])
        if _is_inside(camera, centre):
            lines.append(f"    centre_line: {_points(centre)}")
            break
    if with_signal:
        head = signal_head(arm)
        places, depth = camera.pixels(list(head.lamps.values()))
        radius = LAMP_M / 2 * camera.focal_px / depth[0]
        lamps = [f"{colour}: {_point(at)}" for colour, at in zip(head.lamps, places, strict=True)]
        lines.append(f"    lamps: {{{', '.join(lamps)}, radius_px: {max(1.0, radius * 0.8):.1f}}}")
        lines += _arrows(camera, head, plan)
        lines += _turns(camera, layout, arm)
    return lines


def _arrows(camera: PinholeCamera, head: SignalHead, plan: SignalPlan) -> list[str]:
    used = {turn for phase in plan.phases for turn in phase.arrows.get(head.arm, ())}
    made = []
    for turn in sorted(used):
        pixel, _ = camera.pixels([head.arrows[turn]])
        made.append(f"{{turn: {turn}, green: {_point(pixel[0])}}}")
    return [f"    arrows: [{', '.join(made)}]"] if made else []


def _turns(camera: PinholeCamera, layout: Layout, arm: Arm) -> list[str]:
    """Return the lines of the ways out that the picture shows: across the mouth of each arm, outbound side."""
    made = []
    for turn, name in TURN_NAMES.items():
        leave = layout.arms[leave_by(arm.name, turn)]
        mouth_m = MOUTH_M if turn != "uturn" else 0.6
        ends, depth = camera.pixels(
            [(*leave.place(mouth_m, -leave.half_m - 2.0), 0.0), (*leave.place(mouth_m, -0.3), 0.0)]
        )
        if (depth > NEAREST_M).all() and _is_inside(camera, ends):
            forbidden = ", forbidden: true" if turn in layout.forbidden.get(arm.name, ()) else ""
            made.append(f"      - {{turn: {name}, line: {_points(ends)}{forbidden}}}")
    return ["    turns:", *made] if made else []


def _is_inside(camera: PinholeCamera, points: np.ndarray) -> bool:
    return bool(((points >= 0) & (points <= np.array(camera.size))).all())


def _zones(camera: PinholeCamera, layout: Layout, arm: str) -> list[str]:
    made = []
    for zone in layout.zones:
        polygon = on_picture(camera, zone.corners) if zone.arm == arm else []
        if polygon:
            made.append(_zone(camera, layout.arms[arm], zone, polygon))
    return ["zones:", *made] if made else []


def _zone(camera: PinholeCamera, arm: Arm, zone: GroundZone, polygon: list[tuple[float, float]]) -> str:
    corners = ", ".join(_point(point) for point in polygon)
    more = f", allowed: [{', '.join(zone.allowed)}]" if zone.allowed else ""
    if zone.kind not in ("junction", "no_u_turn"):
        more += f", travel_px: {_point(_travel(camera, arm), 4)}"
    return f"  - {{id: {zone.id}, kind: {zone.kind}, polygon: [{corners}], approach: {arm.name}{more}}}"


def _travel(camera: PinholeCamera, arm: Arm) -> np.ndarray:
    way, _ = camera.pixels([(*arm.place(along, arm.half_m / 2), 0.0) for along in (-8.0, 2.0)])
    return np.asarray((way[1] - way[0]) / np.hypot(*(way[1] - way[0])))


def _marks(camera: PinholeCamera, layout: Layout, arm: str) -> list[str]:
    made = []
    for shift in (0.0, -45.0, -70.0):
        for along, across in MARKS:
            x, y = layout.arms[arm].place(along + shift, across)
            pixel, depth = camera.pixels([(x, y, 0.0)])
            if depth[0] > NEAREST_M and _is_inside(camera, pixel):
                lon, lat = layout.lon_lat(x, y)
                made.append(f"  - {{px: {_point(pixel[0])}, at: [{lon:.8f}, {lat:.8f}]}}")
    return made


def _points(points: np.ndarray) -> str:
    return f"[{', '.join(_point(point) for point in points)}]"


def _point(point: object, digits: int = 1) -> str:
    x, y = np.asarray(point).tolist()
    return f"[{x:.{digits}f}, {y:.{digits}f}]"
