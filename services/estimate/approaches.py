"""Which edge each approach of each camera looks at: the one into its junction in the direction of the approach."""

from collections.abc import Iterable, Iterator

import numpy as np

from routing.network.graph import Floats, RoadNetwork
from vision.camera import Approach, CameraConfig
from vision.ground import fit_ground

# A camera hangs at its junction; a junction of two carriageways has several nodes.
NEAR_M = 80.0
ASTRAY_DEG = 40.0
LAST_LEG_M = 30.0
AHEAD_PX = 20.0


def find_edges(network: RoadNetwork, cameras: Iterable[CameraConfig]) -> dict[tuple[str, str], int]:
    """Return the edge of each camera's approaches, no edge twice for one camera.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    cameras : iterable of CameraConfig
        An approach needs its ``bearing_deg``, or a stop line and the camera's ground marks; others have no edge.

    Returns
    -------
    dict
        Edge by (camera, approach).
    """
    out: dict[tuple[str, str], int] = {}
    for camera in cameras:
        free = list(_edges_into(network, *camera.position))
        for approach in camera.approaches:
            bearing = bearing_deg(camera, approach)
            turns = [] if bearing is None else [(abs((b - bearing + 180) % 360 - 180), away, e) for b, away, e in free]
            fitting = [(turn + away_m, edge) for turn, away_m, edge in turns if turn < ASTRAY_DEG]
            if fitting:
                edge = min(fitting)[1]
                out[camera.id, approach.id] = edge
                free = [row for row in free if row[2] != edge]
    return out


def bearing_deg(camera: CameraConfig, approach: Approach) -> float | None:
    """Return the direction of travel on the ground, clockwise from north; ``None`` where nothing tells it."""
    if approach.bearing_deg is not None or approach.stop_line is None or len(camera.ground) < 4:
        return approach.bearing_deg
    at = np.mean(approach.stop_line, axis=0)
    (lon, lat), (lon_on, lat_on) = fit_ground(camera.ground).lon_lat(
        np.array([at, at + AHEAD_PX * np.array(approach.travel_px)])
    )
    east, north = (lon_on - lon) * np.cos(np.radians(lat)), lat_on - lat
    return float(np.degrees(np.arctan2(east, north)) % 360) if np.isfinite([east, north]).all() else None


def _edges_into(network: RoadNetwork, lon: float, lat: float) -> Iterator[tuple[float, float, int]]:
    """Give bearing at its end, metres from the camera, and number of each edge into the junction."""
    x, y = (float(v[0]) for v in network.to_xy(np.array([lon]), np.array([lat])))
    away = np.hypot(network.node_x_m - x, network.node_y_m - y)
    near = away <= NEAR_M
    for edge in np.flatnonzero(near[network.edge_to] & ~near[network.edge_from]).tolist():
        east, north = _last_leg(network.xy_of(edge))
        yield float(np.degrees(np.arctan2(east, north)) % 360), float(away[network.edge_to[edge]]), edge


def _last_leg(line: Floats) -> Floats:
    back = np.hypot(*(line - line[-1]).T)
    begin = np.flatnonzero(back >= LAST_LEG_M)
    return np.asarray(line[-1] - line[int(begin[-1]) if len(begin) else 0])
