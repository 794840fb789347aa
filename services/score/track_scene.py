"""Frames of a rendered junction for trackers: who was there, what a detector gave, and whose each box is."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from services.score.scene_log import overlap
from vision.detector.base import Detections
from vision.scenes.arrivals import Flow
from vision.scenes.frame_times import frame_times_s
from vision.scenes.layout import Arm
from vision.scenes.noise import NOISES, NoisyEyes
from vision.scenes.pinhole import PinholeCamera, approach_camera
from vision.scenes.seen import Box, Seen, look_at
from vision.scenes.world import World

# Nearer than some 40 m: there the rules look.
LEAST_HEIGHT_PX = 36.0
# So much of somebody must be seen to be asked for at all, and for a good detector to find it nearly always.
PARTLY, WELL = 0.3, 0.5
NEAR_LINE_M = 10.0
EDGE_PX = 0.01
# A box shows its owner where both overlap so far.
SHOWS = 0.5


@dataclass(frozen=True)
class TrackCase:
    """One scene: its seed, how wrong the boxes are (a key of `NOISES`), the frame times, how many come, seconds.

    Where ``is_modal``, boxes end where somebody nearer begins.
    """

    name: str
    seed: int
    noise: str
    fps: float = 25.0
    jitter: float = 0.0
    drops: float = 0.0
    busy: float = 1.0
    arm: str = "south"
    from_s: float = 60.0
    seconds: float = 60.0
    camera: Callable[[Arm, float], PinholeCamera] = approach_camera
    is_modal: bool = False


@dataclass(frozen=True)
class Present:
    """One road user of a frame that a tracker is asked for; ``past_line_m`` is ``None`` beside the arm."""

    user_id: int
    box: Box
    visible: float
    past_line_m: float | None

    @property
    def is_near_line(self) -> bool:
        """Whether it is within some metres of the stop line."""
        return self.past_line_m is not None and abs(self.past_line_m) <= NEAR_LINE_M


@dataclass(frozen=True)
class TrackFrame:
    """One frame: who was there, what a detector gave, and what `owners_of` needs.

    ``made`` has the detector's boxes of somebody, each after its road user's number and whether it is the body;
    ``true`` has the true boxes of everybody: the whole one, and the one around what is to be seen.
    """

    time_ms: int
    truth: list[Present]
    seen: Detections
    made: list[tuple[int, bool, list[float]]]
    true: dict[int, tuple[Box, Box]]


def track_frames(case: TrackCase) -> Iterator[TrackFrame]:
    """Yield the frames of a scene.

    Parameters
    ----------
    case : TrackCase
        The scene.
    """
    flow = Flow()
    world = World(case.seed, flow=Flow({arm: rate * case.busy for arm, rate in flow.per_hour.items()}))
    arm = world.layout.arms[case.arm]
    camera = case.camera(arm, case.fps)
    eyes = NoisyEyes(replace(NOISES[case.noise], is_modal=case.is_modal), case.seed, camera.size)
    times = frame_times_s(case.fps, seed=case.seed, from_s=case.from_s, jitter=case.jitter, drops=case.drops)
    for time_s in times:
        if time_s >= case.from_s + case.seconds:
            return
        time_ms = round(time_s * 1000)
        seen = look_at(camera, world.poses(time_s))
        made = eyes.detect(time_ms, seen)
        true = {one.pose.user_id: (one.box, one.shown) for one in seen}
        yield TrackFrame(time_ms, _asked_for(seen, arm, is_modal=case.is_modal), made, list(eyes.made), true)


def owners_of(frame: TrackFrame, found: Detections) -> list[int]:
    """Return whose each box of a frame is after riders were joined, 0 for nobody's.

    Parameters
    ----------
    frame : TrackFrame
        The frame.
    found : Detections
        Its detections, riders joined.
    """
    return [_owner(box, frame.made, frame.true) for box in found.boxes.tolist()]


def _asked_for(seen: Sequence[Seen], arm: Arm, *, is_modal: bool) -> list[Present]:
    return [
        Present(one.pose.user_id, one.shown if is_modal else one.box, one.visible, _past_line_m(one, arm))
        for one in seen
        if one.visible >= PARTLY and one.height_px >= LEAST_HEIGHT_PX
    ]


def _past_line_m(one: Seen, arm: Arm) -> float | None:
    along, across = arm.frame(one.pose.x, one.pose.y)
    return along if abs(across) <= arm.half_m else None


def _owner(
    box: Sequence[float], made: Sequence[tuple[int, bool, list[float]]], true: dict[int, tuple[Box, Box]]
) -> int:
    """Return whose a joined box is: of the bodies within it the largest, where there is none of the riders.

    A box that shows its owner badly (a rider alone, a motorcycle with the rider of another) is nobody's.
    """
    best = (False, 0.0, 0)
    for user_id, is_body, (left, top, right, foot) in made:
        within = left >= box[0] - EDGE_PX and top >= box[1] - EDGE_PX
        if within and right <= box[2] + EDGE_PX and foot <= box[3] + EDGE_PX:
            best = max(best, (is_body, (right - left) * (foot - top), user_id))
    owner = best[2]
    shows = max((overlap((box[0], box[1], box[2], box[3]), each) for each in true.get(owner, ())), default=0.0)
    return owner if shows >= SHOWS else 0
