"""From an act to a candidate with its sealed package: waits for the recording after the act, then builds both."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from schemas.camera import CameraState
from schemas.violation import Candidate, PlateReading
from vision.camera import CameraConfig
from vision.detector.base import Detector
from vision.detector.open import canvas_sha256
from vision.errors import VisionError
from vision.evidence.clip import StoredPiece
from vision.evidence.code_hash import code_sha256
from vision.evidence.coverage import AFTER_S, BEFORE_S
from vision.evidence.parts import Beside, Parts, compose
from vision.evidence.witnesses import Witnesses
from vision.health import Sight
from vision.pipeline import Act, Outputs
from vision.plates.track import PlateSource, read_track

# So long after an act its package is made: the clip has its seconds, and a fault of the camera that began meanwhile
# has been told (a moved view after ten seconds).
SETTLE_S = 12.0
# A view is the median of eight seconds: a fault may have begun so long before it was first seen.
DOUBT_MS = 8_000
KEPT_S = 40.0
CAMERA_FAULT = "camera_fault"
NO_PLATE = PlateReading(text=None, confidence=0.0, looks=0)


@dataclass(frozen=True)
class Claim:
    """A candidate and the parts of its package; ``None`` where the recording is gone, and ``problem`` says so."""

    candidate: Candidate
    parts: Parts | None
    problem: str | None = None


@dataclass(frozen=True)
class _Fault:
    state: str
    since_ms: int
    until_ms: int | None = None

    def covers(self, moment_ms: int) -> bool:
        return self.since_ms - DOUBT_MS <= moment_ms and (self.until_ms is None or moment_ms < self.until_ms)


class Collector:
    """Holds the last recorded pieces of one camera and the acts that wait for what comes after them.

    Parameters
    ----------
    camera : CameraConfig
        The camera.
    detector : Detector
        Its hash goes into every candidate.
    plates : PlateSource, optional
        Reads plates; none: every plate is ``None``.
    versions : Mapping of str to str, optional
        Further hashes of what decides, for instance of the law catalogue.
    """

    def __init__(
        self,
        camera: CameraConfig,
        detector: Detector,
        plates: PlateSource | None = None,
        versions: Mapping[str, str] | None = None,
    ) -> None:
        self._camera, self._plates = camera, plates
        self._pieces: deque[StoredPiece] = deque()
        self._waiting: list[Act] = []
        self._witnesses = Witnesses(round(KEPT_S * 1000))
        self._faults: deque[_Fault] = deque(maxlen=8)
        self._sight: Sight | None = None
        self._versions = {
            "detector": detector.name,
            "model_sha256": detector.sha256,
            "canvas_sha256": canvas_sha256(detector),
            "camera_sha256": camera.sha256,
            "rules_sha256": code_sha256("vision.pipeline", type(detector).__module__),
            "plates_sha256": plates.sha256 if plates else "none",
            **(versions or {}),
        }

    @property
    def waiting(self) -> int:
        """How many acts wait for the recording after them."""
        return len(self._waiting)

    def take(self, piece: StoredPiece, out: Outputs, sight: Sight | None = None) -> list[Claim]:
        """Take a piece, what was found in it and how the camera saw at its end; return the claims complete now."""
        self._witnesses.see(out.looks)
        self._pieces.append(piece)
        while self._pieces[0].frame_ms[-1] < piece.frame_ms[-1] - KEPT_S * 1000:
            self._pieces.popleft()
        self._see(sight)
        self._waiting += out.acts
        until_ms = piece.frame_ms[-1] - SETTLE_S * 1000
        ready = [act for act in self._waiting if act.finding.time_ms <= until_ms]
        self._waiting = [act for act in self._waiting if act.finding.time_ms > until_ms]
        return [self._claim(act) for act in ready]

    def flush(self, acts: Sequence[Act] = ()) -> list[Claim]:
        """Return the claims of all acts that wait, with the recording as it is."""
        ready, self._waiting = [*self._waiting, *acts], []
        return [self._claim(act) for act in ready]

    def _claim(self, act: Act) -> Claim:
        moment = act.finding.time_ms
        pieces = [
            p
            for p in self._pieces
            if p.frame_ms[-1] >= moment - BEFORE_S * 1000 and p.frame_ms[0] <= moment + AFTER_S * 1000
        ]
        candidate = self._candidate(act, NO_PLATE)
        try:
            plate, crop = NO_PLATE, None
            if self._plates:
                plate, crop = read_track(self._plates, act.track, pieces, moment, act.finding.at.label)
            candidate = self._candidate(act, plate)
            from_ms, to_ms = (pieces[0].frame_ms[0], pieces[-1].frame_ms[-1]) if pieces else (moment, moment)
            others = self._witnesses.others(act.finding.track_id, from_ms, to_ms)
            beside = Beside(self._camera_state(moment), crop, others)
            return Claim(candidate, compose(candidate, self._camera, pieces, beside))
        except VisionError as error:
            return Claim(candidate, None, f"{candidate.candidate_id}: {error}")

    def _see(self, sight: Sight | None) -> None:
        if sight is None or sight == self._sight:
            return
        state, since_ms = sight.said
        if self._faults and self._faults[-1].until_ms is None:
            self._faults[-1] = replace(self._faults[-1], until_ms=since_ms)
        if state is not CameraState.OK:
            self._faults.append(_Fault(state.value, since_ms))
        self._sight = sight

    def _fault(self, moment_ms: int) -> "_Fault | None":
        """Return the fault at an act, or one that was seen so soon after it that it may have begun before."""
        return next((f for f in self._faults if f.covers(moment_ms)), None)

    def _camera_state(self, moment_ms: int) -> dict[str, object]:
        sight, fault = self._sight, self._fault(moment_ms)
        return {
            "state_when_sealed": None if sight is None else sight.state.value,
            "since_ms": None if sight is None else sight.since_ms,
            "fault_near_the_act": None if fault is None else {"state": fault.state, "since_ms": fault.since_ms},
            "clock_uncertainty_s": self._camera.uncertainty_s,
        }

    def _doubt(self, moment_ms: int) -> dict[str, str]:
        fault = self._fault(moment_ms)
        if fault is None:
            return {}
        return {CAMERA_FAULT: f"the camera was found {fault.state} near the act: look whether its lines still fit"}

    def _candidate(self, act: Act, plate: PlateReading) -> Candidate:
        finding = act.finding
        place = round(finding.at.ground[0])
        return Candidate(
            candidate_id=f"{self._camera.id}-{finding.rule}-{finding.time_ms}-{place}",
            camera_id=self._camera.id,
            rule=finding.rule,
            approach_id=finding.approach_id,
            track_id=finding.track_id,
            time_ms=finding.time_ms,
            frame=finding.at.frame,
            box=act_box(act),
            road_user=finding.at.label,
            confidence=finding.confidence,
            uncertainty_s=self._camera.uncertainty_s,
            measured=finding.measured,
            plate=plate,
            timeline=act.timeline,
            track=act.track,
            exceptions=finding.exceptions | self._doubt(finding.time_ms),
            versions=self._versions,
        )


def act_box(act: Act) -> tuple[float, float, float, float]:
    """Return the box at the act, pixels to one decimal.

    Parameters
    ----------
    act : Act
        The act.

    Returns
    -------
    tuple of float
        Left, top, right, bottom.
    """
    left, top, right, bottom = (round(v, 1) for v in act.finding.at.box)
    return left, top, right, bottom


def plain(candidate: Candidate) -> object:
    """Return a candidate as plain JSON values.

    Parameters
    ----------
    candidate : Candidate
        The candidate.

    Returns
    -------
    object
        Dictionaries, lists, texts and numbers.
    """
    return msgspec.to_builtins(candidate)
