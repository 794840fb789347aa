"""Whether a camera still looks where its file says: moved, turned or covered views are told from traffic and light."""

import io
import zipfile
from collections import deque
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.frames import Image
from vision.median import COUNT, median
from vision.tiles import TILE, Floats, Tiles, cut, push

WIDTH = 320
SAMPLE_MS = 500  # a background is the median of sixteen pictures: eight seconds
JUDGE_MS = 2_000
LEARN_MS = 20_000  # the first pictures are taken for the view that the file was drawn on
# A tile is known by its edges: so strong in the reference, so well found again.
EDGES_ABOVE = 0.05
FOUND_ABOVE = 0.12
# Shares of the picture's width that a corner may be off. A shift of 2 % has 0.02, a roll of 1° 0.01; on three real
# clips without a fault traffic and light made at most 0.0006.
STILL_BELOW, MOVED_ABOVE = 0.003, 0.007
COVERED_SHARE = 0.35
# A picture out of focus by 0.3 % of its width (sigma) keeps less of what is fine than this; on four clips and three
# scenes one that was shaken by up to 0.5 % kept 0.29 and more, and from day to night at least half of that.
SHARP_ABOVE = 0.12
LOST_SHARE = 0.25
LEAST_TILES = 4
# A place is covered where so little is left of its edges, or so little and none of it where it was: what covers a lens
# has a sensor's noise of its own.
GONE_BELOW, FADED_BELOW = 0.35, 0.6
# What is around an edge: so far, looked at so much coarser.
AROUND_PX, COARSE = 12.0, 4
# The reference takes up so much of what is now, so often: light changes within minutes.
RENEW, RENEW_MS = 0.4, 20_000
# How fine a picture is follows within ten minutes: dusk lasts longer, a lens that fogs takes less.
RENEW_SHARP = 0.03


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
    of the picture are found again by phase correlation, a turn and a shift are laid through
    them so that no single tile decides. The reference follows slow changes of light only while the view stands still.
    """

    def __init__(self) -> None:
        self.view = View()
        self._samples: deque[NDArray[np.uint8]] = deque(maxlen=COUNT)
        self._sampled_ms = self._judged_ms = self._renewed_ms = -(10**15)
        self._began_ms: int | None = None
        self._reference: Tiles | None = None
        self._sharp = 1.0
        self._is_loaded = False

    def dump(self) -> bytes | None:
        """Return what the camera is held against, to be loaded after a restart; ``None`` while it is still learnt."""
        if self._reference is None or self._judged_ms - (self._began_ms or 0) < LEARN_MS:
            return None
        out = io.BytesIO()
        np.savez_compressed(out, edges=self._reference.picture.astype(np.float16), sharp=np.float64(self._sharp))
        return out.getvalue()

    def load(self, data: bytes) -> None:
        """Take up what was dumped; the first pictures are judged by it. ``ValueError`` where it is none."""
        try:
            with np.load(io.BytesIO(data)) as kept:
                self._reference, self._sharp = cut(kept["edges"].astype(np.float32)), float(kept["sharp"])
        except (OSError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise ValueError(f"no view of a camera ({error})") from error
        self._is_loaded = True

    def step(self, time_ms: int, small: Image) -> View:
        """Take one picture; return what holds now.

        Parameters
        ----------
        time_ms : int
            Event time.
        small : Image
            The picture as `shrink` returns it.

        Returns
        -------
        View
            The newest comparison, made each two seconds.
        """
        if time_ms - self._sampled_ms < SAMPLE_MS:
            return self.view
        self._sampled_ms = time_ms
        self._began_ms = time_ms if self._began_ms is None else self._began_ms
        if self._samples and self._samples[0].shape != small.shape:
            self._samples.clear()
        self._samples.append(small)
        if time_ms - self._judged_ms >= JUDGE_MS and len(self._samples) == COUNT:
            self._judged_ms = time_ms
            self._judge(time_ms, median(self._samples), time_ms - self._began_ms)
        return self.view

    def _judge(self, time_ms: int, background: Floats, age_ms: int) -> None:
        now, sharp = cut(_edges(background)), _sharpness(background)
        reference = self._reference
        is_learning = age_ms < LEARN_MS and not self._is_loaded
        if reference is None or reference.picture.shape != now.picture.shape or is_learning:
            self._reference, self._sharp = now, sharp
            return
        view, gone = compare(reference, now)
        self.view = replace(view, sharp=sharp / max(self._sharp, 1e-6))
        is_still = self.view.shift < STILL_BELOW and not self.view.is_covered
        if is_still and time_ms - self._renewed_ms >= RENEW_MS:
            self._renewed_ms = time_ms
            share = RENEW * _seen(now, gone)
            self._reference = cut((1 - share) * reference.picture + share * now.picture)
            self._sharp += RENEW_SHARP * (sharp - self._sharp)


def compare(reference: Tiles, now: Tiles) -> tuple[View, NDArray[np.bool_]]:
    """Lay one picture of edges over another.

    Parameters
    ----------
    reference, now : Tiles
        Two pictures of edges of the same size.

    Returns
    -------
    view : View
        How the second lies.
    gone : ndarray
        Which of its tiles are covered.
    """
    known = reference.strength >= EDGES_ABOVE
    if known.sum() < LEAST_TILES:
        return View(), np.zeros_like(known)
    pushed = push(reference, now)
    is_found = pushed.found >= FOUND_ABOVE
    gone = known & (now.strength < np.where(is_found, GONE_BELOW, FADED_BELOW) * reference.strength)
    sure, covered = known & ~gone & is_found, float(gone.sum() / known.sum())
    places = reference.middles[sure].astype(np.float64)
    return _laid(places, pushed.shift[sure], int(known.sum()), covered, now.picture.shape), gone


def _seen(now: Tiles, gone: NDArray[np.bool_]) -> Floats:
    """Return 1 at each pixel that no covered tile holds, else 0: what is covered is remembered as it was."""
    seen = np.ones_like(now.picture)
    half = TILE // 2
    for x, y in now.middles[gone].tolist():
        seen[y - half : y + half, x - half : x + half] = 0.0
    return seen


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


def shrink(image: Image) -> Image:
    """Return a picture in grey, 320 wide: what health is judged by.

    Parameters
    ----------
    image : ndarray
        Height × width × 3 or height × width.

    Returns
    -------
    ndarray
        Height × width.
    """
    height = round(WIDTH * image.shape[0] / image.shape[1])
    small = cv2.resize(image, (WIDTH, height), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY) if image.ndim == 3 else small, np.uint8)


def _edges(gray: Floats) -> Floats:
    """Return how strong the edges are, each relative to those around it, so that light cancels out."""
    size = cv2.magnitude(cv2.Sobel(gray, cv2.CV_32F, 1, 0), cv2.Sobel(gray, cv2.CV_32F, 0, 1))
    height, width = size.shape
    coarse = cv2.resize(size, (max(1, width // COARSE), max(1, height // COARSE)), interpolation=cv2.INTER_AREA)
    around = cv2.resize(cv2.GaussianBlur(coarse, (0, 0), AROUND_PX / COARSE), (width, height))
    return np.asarray(size / (size + around + 12.0), np.float32)


def _sharpness(gray: Floats) -> float:
    return float(cv2.Laplacian(gray, cv2.CV_32F).var() / max(float(gray.var()), 1.0))
