"""Plates of living traffic as a narrow view over one arm sees them: neighbours hide them, boxes are off, H.264 packs.

The picture is the street scene's own, seen through a long lens, so plates are as large as a camera that means to read
them makes them. Only pictures in which somebody's plate shows anew are painted.
"""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from vision.evidence.clip import StoredPiece, read_piece
from vision.frames import Image
from vision.plates.track import MOST_LOOKS, part_around
from vision.scenes.layout import Layout
from vision.scenes.paint.brush import draw_ids
from vision.scenes.paint.light import HOURS
from vision.scenes.paint.picture import MARGIN_PX, Painter, Setting, way_of
from vision.scenes.paint.plates import SIGN_SHARE
from vision.scenes.paint.sensor import Flaws
from vision.scenes.paint.sight import Seen
from vision.scenes.paint.solids import Floats
from vision.scenes.pinhole import PinholeCamera
from vision.scenes.plate_looks import PaintedLook, PaintedTrack, ShownPlate, detected, plate_part, plate_tall, turn_deg
from vision.scenes.road_user import Pose
from vision.scenes.seen import Box, look_at
from vision.scenes.street import BEGIN_S, SHARES
from vision.scenes.world import World
from vision.segments import encode

SIZE = (1600, 1400)
STEP_S = 0.1
PIECE = 20  # pictures packed together
# A look is new when its vehicle moved so far; of one that stands so many are taken.
MOVED_M, STANDING_LOOKS = 0.3, 5
MOTORBIKE_SIGN_M = 0.14 * SIGN_SHARE[2]


@dataclass(eq=False)
class _Passing:
    """One vehicle's looks so far."""

    pose: Pose
    looks: list[PaintedLook] = field(default_factory=list)
    lines: int = 1
    at: tuple[float, float] = (math.inf, math.inf)
    stood: int = 0


@dataclass(frozen=True, eq=False)
class _Shown:
    """Where a vehicle is in a picture, and its plate."""

    user_id: int
    box: Box
    corners: Floats
    lines: int
    plate: ShownPlate


class PlateGate:
    """A camera with a long lens over the southern arm, behind the traffic.

    Parameters
    ----------
    seed : int
        Of traffic, place, lens, light, weather and compression; the same gives the same tracks on one machine.
    """

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)  # noqa: S311 - a scene, not a secret
        self.hour = self._rng.choices(HOURS, (0.5, 0.2, 0.3))[0]
        self._world = World(seed, SHARES)
        self.camera = _camera(self._world.layout, self._rng)
        rain = self._rng.uniform(0.1, 0.8) if self._rng.random() < 0.2 else 0.0
        flaws = Flaws(
            noise=3.5 if self.hour == "night" else 1.5, soft_px=int(self._rng.random() < 0.2),
            exposure_s=1 / self._rng.choice((500, 250, 120) if self.hour == "day" else (250, 120, 60)),
        )  # fmt: skip
        self._crf = self._rng.randint(20, 30)
        self._painter = Painter(self._world.layout, self.camera, Setting(self.hour, rain, flaws, seed))

    def tracks(self, seconds: float) -> list[PaintedTrack]:
        """Watch so long; return whose plates showed, in the order in which they came.

        Parameters
        ----------
        seconds : float
            Of the scene.

        Returns
        -------
        list of PaintedTrack
            Up to `MOST_LOOKS` looks each: the largest, as `read_track` takes them.
        """
        passing: dict[int, _Passing] = {}
        images: list[Image] = []
        shown: list[list[_Shown]] = []
        for frame in range(round(seconds / STEP_S)):
            time_s = BEGIN_S + frame * STEP_S
            poses = self._world.poses(time_s)
            due = self._due(poses, passing)
            if due:
                image, places = self._paint(poses, due, time_s, frame)
                images.append(image)
                shown.append(places)
            if len(images) == PIECE:
                self._pack(images, shown, passing)
                images, shown = [], []
        self._pack(images, shown, passing)
        return [_track(one, self.hour) for one in passing.values() if one.looks]

    def _due(self, poses: Sequence[Pose], passing: dict[int, _Passing]) -> set[int]:
        """Return the boxes of those whose plate may show anew."""
        due = set()
        for one in look_at(self.camera, poses):
            pose = one.pose
            if not pose.look.plate or _is_cut(one.box):
                continue
            known = passing.setdefault(pose.user_id, _Passing(pose))
            if math.dist(known.at, (pose.x, pose.y)) >= MOVED_M:
                known.at, known.stood = (pose.x, pose.y), 0
            known.stood += 1
            if known.stood <= STANDING_LOOKS:
                due.add(pose.user_id)
        return due

    def _paint(self, poses: Sequence[Pose], due: set[int], time_s: float, frame: int) -> tuple[Image, list[_Shown]]:
        lamps = {name: self._world.lamp(name, time_s) for name in self._world.layout.arms}
        seen = self._painter.see(poses, lamps)
        places = [
            place
            for k, one in enumerate(seen)
            if one.thing.number in due and (place := self._place(one, seen[k + 1 :])) is not None
        ]
        return self._painter.develop(self._painter.compose(seen), frame), places

    def _place(self, one: Seen, nearer: Sequence[Seen]) -> _Shown | None:
        part = plate_part(one)
        if part is None:
            return None
        corners, lines = one.pixels[one.thing.model.corners[part]], len(one.thing.model.parts[part].text)
        soft_px = 2.0 * self._painter.setting.flaws.soft_px
        plate = ShownPlate(
            plate_tall(corners) * SIGN_SHARE[lines],
            math.hypot(*way_of(one, self._painter.lens, self._painter.setting.flaws.exposure_s), soft_px),
            turn_deg(one, part),
            _hidden(corners, nearer),
        )
        left, top, right, bottom = detected(one.box(), self._rng)
        box = left - MARGIN_PX, top - MARGIN_PX, right - MARGIN_PX, bottom - MARGIN_PX
        return _Shown(one.thing.number, box, corners - MARGIN_PX, lines, plate)

    def _pack(self, images: list[Image], shown: list[list[_Shown]], passing: dict[int, _Passing]) -> None:
        """Send pictures through H.264 and cut the vehicles out of what comes."""
        if not images:
            return
        piece = encode(images, [k * STEP_S for k in range(len(images))], preset="ultrafast", crf=self._crf)
        frame_ms = tuple(round(1000 * k * STEP_S) for k in range(len(images)))
        for got, places in zip(read_piece(StoredPiece(piece.data, frame_ms)), shown, strict=True):
            for place in places:
                one = passing[place.user_id]
                image, at = part_around(got.image, place.box)
                one.looks.append(PaintedLook(image, place.corners - np.array(at), place.plate))
                one.looks.sort(key=lambda look: -look.image.size)
                del one.looks[MOST_LOOKS:]


def gate_tracks(seed: int, gates: int, seconds: float) -> Iterator[PaintedTrack]:
    """Watch narrow views over living junctions one after another.

    Parameters
    ----------
    seed : int
        Of the first; the others have the numbers after it.
    gates : int
        How many cameras.
    seconds : float
        How long each watches.

    Yields
    ------
    PaintedTrack
        Vehicles whose plate showed, from behind.
    """
    for number in range(seed, seed + gates):
        yield from PlateGate(number).tracks(seconds)


def _camera(layout: Layout, rng: random.Random) -> PinholeCamera:
    """Hang a camera above an arm so that a motorbike's signs are 12 to 23 pixels tall where it looks."""
    arm = layout.arms["south"]
    along_m, across_m = rng.uniform(-45.0, -8.0), rng.uniform(0.3, 0.9) * arm.half_m
    back_m, up_m = rng.uniform(14.0, 24.0), rng.uniform(5.0, 8.0)
    (x, y), (to_x, to_y) = arm.place(along_m - back_m, across_m + rng.uniform(-4.0, 4.0)), arm.place(along_m, across_m)
    ahead_m = math.dist((x, y), (to_x, to_y))
    sign_px = math.exp(rng.uniform(math.log(12.0), math.log(23.0)))
    return PinholeCamera(
        (x, y, up_m), math.degrees(math.atan2(to_x - x, to_y - y)), math.degrees(math.atan2(up_m - 0.6, ahead_m)),
        sign_px / MOTORBIKE_SIGN_M * math.hypot(ahead_m, up_m - 0.6), size=SIZE, roll_deg=rng.gauss(0, 2.0),
    )  # fmt: skip


def _is_cut(box: Box) -> bool:
    return box[0] <= 0 or box[1] <= 0 or box[2] >= SIZE[0] or box[3] >= SIZE[1]


def _hidden(corners: Floats, nearer: Sequence[Seen]) -> float:
    """Return which share of a plate is covered by those painted after its vehicle."""
    low, high = np.floor(corners.min(0)).astype(int), np.ceil(corners.max(0)).astype(int) + 1
    sheet = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
    for one in nearer:
        left, top, right, bottom = one.box()
        if left < high[0] and right > low[0] and top < high[1] and bottom > low[1]:
            draw_ids(sheet, one, dict.fromkeys(one.thing.model.owners, 1), (int(low[0]), int(low[1])))
    return float(np.count_nonzero(sheet)) / sheet.size


def _track(one: _Passing, hour: str) -> PaintedTrack:
    look = one.pose.look
    return PaintedTrack(look.plate, one.lines, one.pose.label, look.plate_colour, hour, tuple(one.looks))
