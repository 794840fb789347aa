"""Single painted vehicles with their plates' corners and their riders' boxes: examples for plate finder and helmets."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from vision.frames import Image
from vision.scenes.made_up import some_plate
from vision.scenes.one_vehicle import Approach, Sight
from vision.scenes.paint.cars import car
from vision.scenes.paint.cast import plate_lines
from vision.scenes.paint.cycles import motorcycle
from vision.scenes.paint.large import bus, truck
from vision.scenes.paint.light import HOURS
from vision.scenes.paint.solids import Floats, Model
from vision.scenes.plate_looks import plate_part, with_paper

SIGNS_PX = (2.5, 18.0)
# Half the length of lorries and buses, metres.
LARGE = {"truck": (truck, 3.6), "bus": (bus, 5.5)}
Box = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Rider:
    """Somebody on a motorcycle: the box of the whole person, and whether it wears a helmet."""

    box: Box
    has_helmet: bool


@dataclass(frozen=True, eq=False)
class VehicleLook:
    """A vehicle's picture, its box, the corners of its plate (``None``: none is seen) and who rides on it."""

    image: Image
    label: str
    box: Box
    corners: Floats | None
    riders: tuple[Rider, ...]


def vehicle_looks(seed: int, count: int) -> Iterator[VehicleLook]:
    """Paint vehicles from behind and before; the same seed gives the same ones.

    Parameters
    ----------
    seed : int
        The seed.
    count : int
        How many.

    Yields
    ------
    VehicleLook
        Motorcycles with one to three people, half of them with helmets, cars, lorries and buses.
    """
    for number in range(count):
        look = _look(random.Random(seed * 1_000_003 + number))  # noqa: S311 - a scene, not a secret
        if look is not None:
            yield look


def _look(rng: random.Random) -> VehicleLook | None:
    label = rng.choices(("motorcycle", "car", "truck", "bus"), (0.65, 0.25, 0.06, 0.04))[0]
    text = some_plate("motorbike" if label == "motorcycle" else "car", rng)
    lines = plate_lines(text, two=label == "motorcycle" or rng.random() < 0.5)
    helmets = tuple(rng.random() < 0.5 for _ in range(rng.choices((1, 2, 3), (0.5, 0.35, 0.15))[0]))
    model = _model(rng, label, lines, helmets)
    approach = Approach(
        rng, model, len(lines), rng.choices(HOURS, (0.5, 0.2, 0.3))[0], comes=rng.random() < 0.4, signs_px=SIGNS_PX
    )
    sight = approach.see(approach.near_m)
    if sight is None:
        return None
    part = plate_part(sight.seen)
    corners = sight.seen.pixels[model.corners[part]] if part is not None else None
    riders = _riders(sight, helmets) if label == "motorcycle" else ()
    return VehicleLook(approach.picture(sight), label, sight.seen.box(), corners, riders)


def _model(rng: random.Random, label: str, lines: tuple[str, ...], helmets: tuple[bool, ...]) -> Model:
    if label == "motorcycle":
        return motorcycle(rng, helmets=helmets, plate=lines, child=rng.random() < 0.3)
    if label == "car":
        return with_paper(car(rng, lines), "yellow" if rng.random() < 0.25 else "white")
    build, half_m = LARGE[label]
    return build(rng, lines, half=half_m)


def _riders(sight: Sight, helmets: tuple[bool, ...]) -> tuple[Rider, ...]:
    return tuple(Rider(sight.seen.box_of(number), helmet) for number, helmet in enumerate(helmets, 1))
