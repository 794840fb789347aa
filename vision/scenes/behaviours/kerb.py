"""Stopping at the kerb of the arm that the cameras watch."""

from random import Random

from vision.scenes.behaviours.base import is_straight_south
from vision.scenes.layout import Layout
from vision.scenes.road_user import Halt, RoadUser

ROOM_M = 0.35


def can_stop_at_kerb(user: RoadUser, layout: Layout) -> bool:
    """Tell whether a driver may come to stop there: one that goes straight on, not a bus."""
    del layout
    return is_straight_south(user) and user.kind.name in ("motorbike", "car", "truck")


def stop_in(user: RoadUser, layout: Layout, rng: Random, kind: str, seconds: float) -> None:
    """Have a driver stop somewhere in the zone of a kind for some seconds.

    Parameters
    ----------
    user : RoadUser
        The driver.
    layout : Layout
        The junction.
    rng : Random
        The scene's own.
    kind : str
        A kind of zone.
    seconds : float
        How long.
    """
    arm = layout.arms["south"]
    zone = next(zone for zone in layout.zones if zone.kind == kind)
    along = [arm.frame(*corner)[0] for corner in zone.corners]
    room = user.look.length_m / 2 + 0.5
    across = arm.half_m - user.look.width_m / 2 - ROOM_M
    place = rng.uniform(min(along) + room, max(along) - room)
    user.intent.halts.append(Halt(place, across - user.across_m, seconds, kind))
