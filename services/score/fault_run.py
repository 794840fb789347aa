"""One fault laid over one camera's pictures: when it is told, and whether the cases of that time say so."""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.camera import CameraState
from vision.camera import parse_camera
from vision.detector.base import NOTHING, Detections
from vision.evidence.clip import StoredPiece
from vision.evidence.collector import CAMERA_FAULT, Claim, Collector
from vision.frames import Frame, Image
from vision.health import HealthWatcher
from vision.pipeline import Act, Outputs
from vision.rules import Finding
from vision.scenes.faults import Fault
from vision.scenes.street import street_camera_yaml
from vision.tracks import Look

START_MS = 1_700_000_000_000
LOOK_MS = 500
WELL_MS = 35_000
PIECE = 4  # looks: two seconds, as capture cuts


@dataclass(frozen=True)
class Told:
    """What came of one fault.

    ``after_s`` is when a fitting state was told, counted from the fault's first picture, ``None`` if never; ``state``
    the last one; ``before`` what was told while nothing was wrong; ``bare`` how many acts between the fault's first
    picture and its being told, one each half second, neither fell into resting rules nor were flagged, in the sealed
    package or by what was told later; ``later`` how many were flagged only so.
    """

    after_s: float | None
    state: CameraState
    before: int
    bare: int
    later: int = 0


class _NoDetector:
    name, sha256 = "none", "0" * 64

    def detect(self, frame: Frame) -> Detections:
        """Find nothing."""
        del frame
        return NOTHING


def tell(pictures: Sequence[Image], fault: Fault, *, clock_off_ms: Sequence[int] = ()) -> Told:
    """Show pictures two a second, changed from 35 s on, and watch what is told.

    Parameters
    ----------
    pictures : sequence of ndarray
        Good ones; shown from the first to the last and begun again.
    fault : Fault
        What is laid over them.
    clock_off_ms : sequence of int, optional
        How far the clock is told to be off at each look.

    Returns
    -------
    Told
        What came of it.
    """
    health, cases = HealthWatcher(), _Cases()
    after_s, before = None, 0
    looks = round((WELL_MS + (fault.within_s + 15) * 1000) / LOOK_MS)
    last = pictures[0]
    for number in range(looks):
        at_ms = number * LOOK_MS
        image, since_ms = pictures[number % len(pictures)], at_ms - WELL_MS
        if since_ms < 0:
            last = image
        else:
            image = fault.change(image, since_ms, last)
        if clock_off_ms:
            health.clock_off_ms = clock_off_ms[number]
        sight = health.step(START_MS + at_ms, image)
        before += since_ms < 0 and sight.is_blind
        if after_s is None and since_ms >= 0 and sight.state in fault.states:
            after_s = since_ms / 1000
        cases.see(START_MS + at_ms, health, is_faulty=since_ms >= 0 and after_s is None)
    bare, later = cases.unsealed()
    return Told(after_s, health.sight.state, before, bare, later)


class _Cases:
    """Has one act at every look of a fault that is not told yet, unless rules rest, and reads what its case says."""

    def __init__(self) -> None:
        camera = parse_camera(street_camera_yaml("F-1", ("Thử", "Score"), (105.85, 21.02)).encode(), "score")
        self._collector = Collector(camera, _NoDetector())
        self._times: list[int] = []
        self._acts: list[Act] = []
        self._claims: list[Claim] = []
        self._told: list[tuple[int, int]] = []

    def see(self, time_ms: int, health: HealthWatcher, *, is_faulty: bool) -> None:
        """Take one look."""
        self._times.append(time_ms)
        if health.sight.is_blind:
            self._told.append((health.sight.since_ms, time_ms))
        if is_faulty and not health.sight.is_blind:
            look = Look(1, time_ms, 0, (10.0, 10.0, 40.0, 60.0), 0.9, "motorcycle", 20)
            self._acts.append(Act(Finding("red_light", "south", 1, look, time_ms, 0.9, {}, {}), (), ()))
        if len(self._times) == PIECE:
            piece, out = StoredPiece(b"", tuple(self._times)), Outputs(acts=self._acts)
            self._times, self._acts = [], []
            self._claims += self._collector.take(piece, out, health.sight)

    def unsealed(self) -> tuple[int, int]:
        """Return how many cases never say that the camera was at fault, and how many do so only after sealing."""
        claims = [*self._claims, *self._collector.flush(self._acts)]
        acts = [c.candidate.time_ms for c in claims if CAMERA_FAULT not in c.candidate.exceptions]
        later = sum(any(since <= act <= told for since, told in self._told) for act in acts)
        return len(acts) - later, later
