"""From an act to a candidate with its sealed package: waits for the recording after the act, then builds both."""

import functools
import hashlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from schemas.violation import Candidate, PlateReading
from vision.camera import CameraConfig
from vision.detector.base import Detector
from vision.errors import VisionError
from vision.evidence.clip import StoredPiece
from vision.evidence.keys import SealingKey
from vision.evidence.package import Sealed, seal
from vision.pipeline import Act
from vision.plates.track import PlateSource, read_track

BEFORE_S, AFTER_S = 4.0, 3.0
KEPT_S = 40.0
NO_PLATE = PlateReading(text=None, confidence=0.0, looks=0)


@dataclass(frozen=True)
class Claim:
    """A candidate and its package; ``sealed`` is ``None`` where the recording is gone, and ``problem`` says so."""

    candidate: Candidate
    sealed: Sealed | None
    problem: str | None = None


class Collector:
    """Holds the last recorded pieces of one camera and the acts that wait for what comes after them.

    Parameters
    ----------
    camera : CameraConfig
        The camera.
    detector : Detector
        Its hash goes into every candidate.
    key : SealingKey
        Seals the packages.
    plates : PlateSource, optional
        Reads plates; none: every plate is ``None``.
    """

    def __init__(
        self, camera: CameraConfig, detector: Detector, key: SealingKey, plates: PlateSource | None = None
    ) -> None:
        self._camera, self._key, self._plates = camera, key, plates
        self._pieces: deque[StoredPiece] = deque()
        self._waiting: list[Act] = []
        self._versions = {
            "detector": detector.name,
            "model_sha256": detector.sha256,
            "camera_sha256": camera.sha256,
            "rules_sha256": rules_sha256(),
            "plates_sha256": plates.sha256 if plates else "none",
        }

    @property
    def waiting(self) -> int:
        """How many acts wait for the recording after them."""
        return len(self._waiting)

    def take(self, piece: StoredPiece, acts: Sequence[Act]) -> list[Claim]:
        """Take a piece and the acts found in it; return the claims that are complete now."""
        self._pieces.append(piece)
        while self._pieces[0].frame_ms[-1] < piece.frame_ms[-1] - KEPT_S * 1000:
            self._pieces.popleft()
        self._waiting += acts
        until_ms = piece.frame_ms[-1] - AFTER_S * 1000
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
            plate, crop = read_track(self._plates, act.track, pieces, moment) if self._plates else (NO_PLATE, None)
            candidate = self._candidate(act, plate)
            return Claim(candidate, seal(candidate, self._camera, pieces, self._key, plate_crop=crop))
        except VisionError as error:
            return Claim(candidate, None, f"{candidate.candidate_id}: {error}")

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
            exceptions=finding.exceptions,
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


@functools.cache
def rules_sha256() -> str:
    """Return the SHA-256 of the code that decides: tracks, riders, signals, places and rules.

    Returns
    -------
    str
        Lower-case hexadecimal.
    """
    here = Path(__file__).parents[1]
    digest = hashlib.sha256()
    names = ("circumstances", "lights", "observer", "riders", "road", "signals", "tracks", "trails")
    for path in [*(here / f"{name}.py" for name in names), *sorted((here / "rules").glob("*.py"))]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


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
