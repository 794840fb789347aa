"""A road in metres seen by a camera on a mast: written-down drives become looks, and the rules say what they find."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from msgspec import structs

from schemas.text import Text
from schemas.violation import LampSpan
from tests.vision.builders import START_MS
from tests.vision.pinhole import MARKS, Pinhole, pairs
from vision.camera import LIMITS, Approach, CameraConfig, Zone
from vision.observer import Observer
from vision.road import SIZE_M
from vision.rules import Finding
from vision.tracks import Look

SIZE = (1280, 720)
CAMERA = Pinhole(8.0, 22.0)
# How high the body of a motorcycle or bicycle is; its driver sits on the middle of it.
BODY_M = 1.0
# Metres east, metres north of the mast, degrees clockwise from north; None while it is not there.
Pose = tuple[float, float, float] | None
Path = Callable[[float], Pose]


@dataclass(frozen=True)
class Actor:
    """One road user: what it is, where it is when, what is seen on it, which share of its box hides from below."""

    label: str
    path: Path
    size: float = 1.0  # of the usual length and width
    extra: Mapping[str, object] = dataclasses.field(default_factory=dict)
    covered: Callable[[float], float] = lambda _: 0.0


def px(*east_north: tuple[float, float]) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in CAMERA.pixels(np.array(east_north))]


def going(name: str = "away", line_m: float = 22.0, **more: object) -> Approach:
    """Make an approach whose traffic drives away from the camera, or comes, over a line across the road."""
    travel = (0.0, -1.0) if name == "away" else (0.0, 1.0)
    ends = px((-6.0, line_m), (6.0, line_m))
    return Approach(name, travel, stop_line=(ends[0], ends[1]), signal="K1", **more)  # type: ignore[arg-type]


def zone(kind: str, *corners: tuple[float, float], **more: object) -> Zone:
    return Zone(f"z-{kind}", kind, tuple(px(*corners)), **more)  # type: ignore[arg-type]


def camera(
    rules: Sequence[str],
    approaches: Sequence[Approach],
    zones: Sequence[Zone] = (),
    *,
    speed_limit_kmh: float | None = None,
    **limits: float,
) -> CameraConfig:
    return CameraConfig(
        "S-1", Text(vi="S", en="S"), (105.85, 21.02), "none.mp4", SIZE, tuple(approaches), tuple(rules), "0" * 64,
        zones=tuple(zones), ground=tuple(pairs(CAMERA, MARKS)), limits=LIMITS | limits, speed_limit_kmh=speed_limit_kmh,
    )  # fmt: skip


def straight(start: tuple[float, float], heading_deg: float, mps: float, begin_s: float = 0.0) -> Path:
    """Drive on at one speed."""
    turn = np.radians(heading_deg)

    def path(t: float) -> Pose:
        along = (t - begin_s) * mps
        return (start[0] + along * np.sin(turn), start[1] + along * np.cos(turn), heading_deg) if t >= begin_s else None

    return path


def stops(at: tuple[float, float], heading_deg: float, mps: float, until_s: float, begin_s: float = 0.0) -> Path:
    """Come straight on, stand at a place, and drive on at a moment; three seconds each to slow down and to be off."""
    turn = np.radians(heading_deg)
    slow_m = mps * 1.5

    def path(t: float) -> Pose:
        if t < begin_s:
            return None
        left = 12.0 / mps + 3.0 - (t - begin_s)
        if left > 3.0:
            along = -slow_m - (left - 3.0) * mps
        elif left > 0.0:
            along = -mps / 6.0 * left**2
        elif t < until_s:
            along = 0.0
        else:
            gone = t - until_s
            along = mps / 6.0 * gone**2 if gone < 3.0 else slow_m + (gone - 3.0) * mps
        return at[0] + along * np.sin(turn), at[1] + along * np.cos(turn), heading_deg

    return path


def box_of(label: str, pose: tuple[float, float, float], size: float = 1.0) -> tuple[float, float, float, float] | None:
    """Return the picture's box of a road user of usual size whose middle is at a pose; none outside the picture."""
    (length, width, height), heading = SIZE_M[label], np.radians(pose[2])
    is_ridden = label in {"motorcycle", "bicycle"}
    corners = [(f, s, z) for f in (-0.5, 0.5) for s in (-0.5, 0.5) for z in (0.0, BODY_M if is_ridden else height)]
    shape = np.array([*corners, (0.0, 0.0, height)] if is_ridden else corners) * [length * size, width * size, 1.0]
    ahead, aside, high = shape.T
    e = pose[0] + ahead * np.sin(heading) + aside * np.cos(heading)
    n = pose[1] + ahead * np.cos(heading) - aside * np.sin(heading)
    down = CAMERA.height_m - high
    deep = n * np.cos(CAMERA.tilt) + down * np.sin(CAMERA.tilt)
    below = down * np.cos(CAMERA.tilt) - n * np.sin(CAMERA.tilt)
    if (deep < 1.0).any():
        return None
    x, y = 640 + 900 * e / deep, 360 + 900 * below / deep
    box = float(x.min()), float(y.min()), float(x.max()), float(y.max())
    return box if box[0] >= 0 and box[1] >= 0 and box[2] <= SIZE[0] and box[3] <= SIZE[1] else None


def play(
    config: CameraConfig,
    actors: Sequence[Actor],
    seconds: float,
    light: Callable[[float], str] = lambda _: "green",
    *,
    fps: float = 25.0,
    noise: float = 0.0,
    seed: int = 1,
    before: Callable[[Observer], None] = lambda _: None,
) -> list[Finding]:
    """Let actors drive and return what the rules find; ``noise`` is a box's deviation in shares of its height."""
    observer = Observer(config)
    before(observer)
    found: list[Finding] = []
    for time_ms, looks in frames(actors, seconds, fps=fps, noise=noise, seed=seed):
        colour = light((time_ms - START_MS) / 1000)
        for each in observer.lights.values():
            span = LampSpan(colour=colour, start_ms=time_ms, end_ms=time_ms + round(1000 / fps), source="controller")
            each.tell(span)
        found += observer.step(time_ms, looks)
    return found + observer.finish(START_MS + round((seconds - 1 / fps) * 1000))


def frames(
    actors: Sequence[Actor], seconds: float, *, fps: float = 25.0, noise: float = 0.0, seed: int = 1
) -> Iterator[tuple[int, list[Look]]]:
    """Yield the times of frames and whom they show."""
    rng = np.random.default_rng(seed)
    looks_of: dict[int, int] = {}
    for frame in range(round(seconds * fps)):
        t = frame / fps
        time_ms = START_MS + round(t * 1000)
        looks = []
        for number, actor in enumerate(actors, start=1):
            pose = actor.path(t)
            box = box_of(actor.label, pose, actor.size) if pose is not None else None
            if box is None:
                continue
            shake = rng.normal(0, noise * (box[3] - box[1]), 4) if noise else np.zeros(4)
            looks_of[number] = looks_of.get(number, 0) + 1
            left, top, right, bottom = (float(v) for v in np.array(box) + shake)
            bottom -= actor.covered(t) * (bottom - top)
            look = Look(number, time_ms, frame, (left, top, right, bottom), 0.9, actor.label, looks_of[number])
            looks.append(structs.replace(look, **actor.extra))
        yield time_ms, looks
