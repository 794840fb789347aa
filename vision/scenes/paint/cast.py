"""From a road user of the world to the thing that is painted."""

import math
import random
from functools import lru_cache

from vision.scenes.paint.cars import car
from vision.scenes.paint.cycles import bicycle, motorcycle, pedestrian
from vision.scenes.paint.large import bus, truck
from vision.scenes.paint.sight import Thing
from vision.scenes.paint.solids import Model
from vision.scenes.road_user import Look, Pose

STEP_M = 1.4
STEP_PHASES = 8


def thing_of(pose: Pose, *, lamps_on: bool) -> Thing:
    """Return what is painted for a road user.

    Parameters
    ----------
    pose : Pose
        Where it is.
    lamps_on : bool
        Whether it drives with light.

    Returns
    -------
    Thing
        See there.
    """
    look = pose.look
    step = 0
    if look.kind == "person":
        step = math.floor((pose.x + pose.y) / STEP_M * STEP_PHASES) % STEP_PHASES
    lit = {"head", "tail"} if lamps_on and look.kind != "person" else set()
    if pose.is_braking:
        lit.add("tail")
    return Thing(
        _model(look, pose.user_id, step), pose.x, pose.y, pose.heading_rad, pose.user_id, pose.speed_mps,
        frozenset(lit), (look.length_m, look.width_m),
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _model(look: Look, number: int, step: int) -> Model:
    rng = random.Random(number * 7919 + 17)  # noqa: S311 - a scene, not a secret
    if look.kind == "motorbike":
        helmets = tuple(rider.has_helmet for rider in look.riders)
        child = any(rider.is_child for rider in look.riders)
        return motorcycle(rng, helmets=helmets, plate=plate_lines(look.plate, two=True), child=child)
    if look.kind == "bicycle":
        return bicycle(rng, helmet=any(rider.has_helmet for rider in look.riders), has_rider=bool(look.riders))
    if look.kind == "person":
        return pedestrian(rng, step / STEP_PHASES)
    lines = plate_lines(look.plate, two=look.kind == "car" and rng.random() < 0.4)
    if look.kind == "car":
        return _fitted(car(rng, lines), look)
    return _fitted((bus if look.kind == "bus" else truck)(rng, lines, half=look.length_m / 2), look)


def _fitted(model: Model, look: Look) -> Model:
    length, width, height = model.size()
    return model.scaled(look.length_m / length, look.width_m / width, min(1.25, max(0.8, look.height_m / height)))


def plate_lines(text: str, *, two: bool) -> tuple[str, ...]:
    """Set a plate's signs as they stand on it.

    Parameters
    ----------
    text : str
        Signs without dots and dashes, as ``30F81553`` or ``59U116124``.
    two : bool
        Whether on two lines.

    Returns
    -------
    tuple of str
        One or two lines, none for no plate.
    """
    if not text:
        return ()
    count = 5 if len(text) >= 8 else 4
    head, number = text[:-count], text[-count:]
    dotted = f"{number[:3]}.{number[3:]}" if count == 5 else number
    if not two:
        return (f"{head}-{dotted}",)
    return (f"{head[:2]}-{head[2:]}" if len(head) > 3 else head, dotted)
