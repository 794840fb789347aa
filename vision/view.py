"""Whether a camera still looks where its file says: moved, turned or covered views are told from traffic and light."""

import io
import zipfile
from collections import deque
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.frames import Image

Floats = NDArray[np.float32]
WIDTH = 320
TILE = 64
SAMPLE_MS = 500
SAMPLES = 16  # a background is the median of so many pictures: eight seconds
JUDGE_MS = 2_000
LEARN_MS = 20_000  # the first pictures are taken for the view that the file was drawn on
# A tile is known by its edges: so strong in the reference, so well found again.
EDGES_ABOVE = 0.05
FOUND_ABOVE = 0.12
# Shares of the picture's width that a corner may be off. A shift of 2 % has 0.02, a roll of 1° 0.01; on three real
# clips without a fault traffic and light made at most 0.0006.
STILL_BELOW, MOVED_ABOVE = 0.003, 0.007
COVERED_SHARE = 0.35
SHARP_ABOVE = 0.35
LOST_SHARE = 0.25
LEAST_TILES = 4
RENEW = 0.05


@dataclass(frozen=True)
class View:
    """How the picture lies beside the one the camera file was drawn on.

    Attributes
    ----------
    covered : float
        Share of its known places that have no edges any more.
    found : float
        Share of its known places that were found again.
    shift : float
        How far its worst corner is off, in widths of the picture; ``inf`` where too little was found again.
    roll_deg : float
        How far it is turned.
    sharp : float
        How fine it is beside the one before: variance of the Laplacian over that of the picture.
    """

    covered: float = 0.0
    found: float = 1.0
    shift: float = 0.0
    roll_deg: float = 0.0
    sharp: float = 1.0

    @property
    def is_covered(self) -> bool:
        """Whether something hides much of what was there."""
        return self.covered >= COVERED_SHARE

    @property
    def is_blurred(self) -> bool:
        """Whether it lost what was fine in it."""
        return not self.is_covered and self.sharp < SHARP_ABOVE

    @property
    def is_moved(self) -> bool:
        """Whether it looks elsewhere than before."""
        return not self.is_covered and not self.is_blurred and self.shift >= MOVED_ABOVE


class ViewWatcher:
    """Compares the standing part of the pictures with what it was at the beginning.

    Traffic is taken out by a median over eight seconds; light by using edges, each relative to those around it. Tiles
    of the picture are found again by phase correlation (Kuglin and Hines 1975), a turn and a shift are laid through
    them so that no single tile decides. The reference follows slow changes of light only while the view stands still.
    """

    def __init__(self) -> None:
        self.view = View()
        self._samples: deque[NDArray[np.uint8]] = deque(maxlen=SAMPLES)
        self._sampled_ms = self._judged_ms = -(10**15)
        self._began_ms: int | None = None
        self._reference: Floats | None = None
        self._sharp = 1.0
        self._is_loaded = False

    def dump(self) -> bytes | None:
        """Return what the camera is held against, to be loaded after a restart; ``None`` while it is still learnt."""
        if self._reference is None or self._judged_ms - (self._began_ms or 0) < LEARN_MS:
            return None
        out = io.BytesIO()
        np.savez_compressed(out, edges=self._reference.astype(np.float16), sharp=np.float64(self._sharp))
        return out.getvalue()

    def load(self, data: bytes) -> None:
        """Take up what was dumped; the first pictures are judged by it. ``ValueError`` where it is none."""
        try:
            with np.load(io.BytesIO(data)) as kept:
                self._reference, self._sharp = kept["edges"].astype(np.float32), float(kept["sharp"])
        except (OSError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise ValueError(f"no view of a camera ({error})") from error
        self._is_loaded = True

    def step(self, time_ms: int, image: Image) -> View:
        """Take one frame; return what holds now.

        Parameters
        ----------
        time_ms : int
            Event time.
        image : Image
            The picture, height × width × 3 or height × width.

        Returns
        -------
        View
            The newest comparison, made each two seconds.
        """
        if time_ms - self._sampled_ms < SAMPLE_MS:
            return self.view
        self._sampled_ms = time_ms
        self._began_ms = time_ms if self._began_ms is None else self._began_ms
        self._samples.append(_small(image))
        if time_ms - self._judged_ms >= JUDGE_MS and len(self._samples) == SAMPLES:
            self._judged_ms = time_ms
            self._judge(np.median(np.stack(self._samples), axis=0).astype(np.float32), time_ms - self._began_ms)
        return self.view

    def _judge(self, background: Floats, age_ms: int) -> None:
        edges, sharp = _edges(background), _sharpness(background)
        if (
            self._reference is None
            or self._reference.shape != edges.shape
            or (age_ms < LEARN_MS and not self._is_loaded)
        ):
            self._reference, self._sharp = edges, sharp
            return
        self.view = replace(compare(self._reference, edges), sharp=sharp / max(self._sharp, 1e-6))
        if self.view.shift < STILL_BELOW and not self.view.is_covered:
            self._reference = (1 - RENEW) * self._reference + RENEW * edges


def compare(reference: Floats, edges: Floats) -> View:
    """Lay one picture of edges over another.

    Parameters
    ----------
    reference, edges : Floats
        Two pictures of edges of the same size.

    Returns
    -------
    View
        How the second lies.
    """
    places, shifts, known, covered = [], [], 0, 0
    window = cv2.createHanningWindow((TILE, TILE), cv2.CV_32F)
    for top, left in _corners(reference.shape):
        old, new = (each[top : top + TILE, left : left + TILE] for each in (reference, edges))
        strength = float(old.std())
        if strength < EDGES_ABOVE:
            continue
        known += 1
        if float(new.std()) < 0.35 * strength:
            covered += 1
            continue
        shift, found = cv2.phaseCorrelate(old - old.mean(), new - new.mean(), window)
        if found >= FOUND_ABOVE:
            places.append((left + TILE / 2, top + TILE / 2))
            shifts.append(shift)
    if known < LEAST_TILES:
        return View()
    return _laid(np.array(places), np.array(shifts), known, covered / known, reference.shape)


def _laid(
    places: NDArray[np.float64], shifts: NDArray[np.float64], known: int, covered: float, shape: tuple[int, ...]
) -> View:
    found = len(places) / known
    if len(places) < LEAST_TILES or found < LOST_SHARE * (1 - covered):
        return View(covered, found, np.inf)
    matrix, inliers = cv2.estimateAffinePartial2D(places, places + shifts, ransacReprojThreshold=1.0)
    if matrix is None or inliers.sum() < max(LEAST_TILES, len(places) / 2):
        return View(covered, found, np.inf)
    height, width = shape
    corners = np.array([[0, 0], [width, 0], [0, height], [width, height]], np.float64)
    off = corners @ matrix[:, :2].T + matrix[:, 2] - corners
    roll_deg = float(np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0])))
    return View(covered, found, float(np.hypot(*off.T).max() / width), roll_deg)


def _corners(shape: tuple[int, ...]) -> list[tuple[int, int]]:
    step = TILE // 2
    return [(y, x) for y in range(0, shape[0] - TILE + 1, step) for x in range(0, shape[1] - TILE + 1, step)]


def _small(image: Image) -> NDArray[np.uint8]:
    height = round(WIDTH * image.shape[0] / image.shape[1])
    small = cv2.resize(image, (WIDTH, height), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY) if image.ndim == 3 else small, np.uint8)


def _edges(gray: Floats) -> Floats:
    """Return how strong the edges are, each relative to those around it, so that light cancels out."""
    size = np.hypot(cv2.Sobel(gray, cv2.CV_32F, 1, 0), cv2.Sobel(gray, cv2.CV_32F, 0, 1))
    around = cv2.GaussianBlur(size, (0, 0), 12.0)
    return np.asarray(size / (size + around + 12.0), np.float32)


def _sharpness(gray: Floats) -> float:
    return float(cv2.Laplacian(gray, cv2.CV_32F).var() / max(float(gray.var()), 1.0))
