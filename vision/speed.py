"""How fast a road user drove over the ground, with how sure that is; for screening only, never a measurement."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vision.ground import GroundPlane
from vision.tracks import Look

# Standard deviation of a box's foot, in heights of the box; the tracker's filter takes the same.
FOOT_SD_HEIGHTS = 0.06
WINDOW_S = 1.5
LEAST_S = 0.4
LEAST_LOOKS = 4
Z90 = 1.6449
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class GroundSpeed:
    """Metres a second over the road with its 90 % interval, and where it went: degrees clockwise from north."""

    mps: float
    low_mps: float
    high_mps: float
    bearing_deg: float


def ground_speed(plane: GroundPlane, looks: Sequence[Look], window_s: float = WINDOW_S) -> GroundSpeed | None:
    """Return the speed over the last looks of one track.

    The feet of the boxes are laid on the road and a straight line in time is drawn through them, each weighted by its
    own error (generalised least squares). Errors of single feet shrink with more looks; the plane's own error is the
    same for all of them and does not.

    Parameters
    ----------
    plane : GroundPlane
        The camera's road.
    looks : sequence of Look
        One track, in the order of time.
    window_s : float, optional
        How far back looks count, seconds of event time.

    Returns
    -------
    GroundSpeed or None
        ``None`` where there are fewer than four looks, less than 0.4 s of them, or a foot is not on the road.
    """
    recent = [look for look in looks if look.time_ms >= looks[-1].time_ms - window_s * 1000] if looks else []
    if len(recent) < LEAST_LOOKS or recent[-1].time_ms - recent[0].time_ms < LEAST_S * 1000:
        return None
    feet = np.array([look.ground for look in recent])
    places = plane.metres(feet)
    if not np.isfinite(places).all():
        return None
    times_s = np.array([(look.time_ms - recent[-1].time_ms) / 1000 for look in recent])
    heights = np.array([look.height_px for look in recent])
    by_plane, by_pixel = plane.slopes(feet)
    own = (FOOT_SD_HEIGHTS * heights / plane.scale_px) ** 2
    velocity, covariance = _line(
        times_s, places, own[:, None, None] * (by_pixel @ by_pixel.transpose(0, 2, 1)), by_plane, plane.covariance
    )
    return _as_speed(velocity, covariance)


def _line(times_s: Floats, places: Floats, own: Floats, by_plane: Floats, of_plane: Floats) -> tuple[Floats, Floats]:
    """Fit place + velocity · time; return the velocity (2) and its covariance (2 × 2)."""
    weights = np.linalg.inv(own)
    design = np.zeros((len(times_s), 2, 4))
    design[:, 0, 0] = design[:, 1, 1] = 1.0
    design[:, 0, 2] = design[:, 1, 3] = times_s
    weighted = design.transpose(0, 2, 1) @ weights
    spread = np.linalg.inv((weighted @ design).sum(axis=0))
    answer = spread @ np.einsum("nij,nj->i", weighted, places)
    misses = places - design @ answer
    excess = max(1.0, float(np.einsum("ni,nij,nj->", misses, weights, misses)) / (2 * len(times_s) - 4))
    shared = spread @ np.einsum("nij,njk->ik", weighted, by_plane)
    whole = spread * excess + shared @ of_plane @ shared.T
    return answer[2:], whole[2:, 2:]


def _as_speed(velocity: Floats, covariance: Floats) -> GroundSpeed:
    mps = float(np.hypot(*velocity))
    if mps > 0:
        along = velocity / mps
        sd = float(np.sqrt(along @ covariance @ along))
    else:
        sd = float(np.sqrt(np.linalg.eigvalsh(covariance)[-1]))
    bearing = float(np.degrees(np.arctan2(velocity[0], velocity[1]))) % 360
    return GroundSpeed(mps, max(0.0, mps - Z90 * sd), mps + Z90 * sd, bearing)
