"""Whether a camera still looks where its file says: moved, turned or covered views are told from traffic and light."""

import io
import zipfile
from collections import deque
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.elsewhere import find_elsewhere
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
# A lorry over 30 % of the width hides 0.36 of what is known at most, one over half of it 0.42 at least.
COVERED_SHARE = 0.39
# A picture out of focus by 0.3 % of its width (sigma) keeps less of what is fine than this; on four clips and three
# scenes one that was shaken by up to 0.5 % kept 0.29 and more, and from day to night at least half of that.
SHARP_ABOVE = 0.12
# One so much out of focus that its tiles are not found keeps 0.01; beside a lorry over 85 % of it 0.03 is left.
FOGGED_BELOW = 0.02
# Fewer tiles than these, or than half of those found, say nothing of the whole view; so near they agree with it.
LOST_SHARE = 0.25
LEAST_TILES = 4
AGREE_PX = 1.5
# A view that stands explains so much of what a turn does: one tile more that fits by chance turns a strip. A roll of 1°
# leaves 0.55 at most in place.
STANDS_SHARE = 0.75
# A place is covered where so little is left of its edges, or so little and none of it where it was: what covers a lens
# has a sensor's noise of its own.
GONE_BELOW, FADED_BELOW = 0.35, 0.6
# What is around an edge: so far, looked at so much coarser.
AROUND_PX, COARSE = 12.0, 4
# The reference takes up so much of what is now, so often: light changes within minutes.
RENEW, RENEW_MS = 0.4, 20_000
# What has other edges than it had is remembered as it was for so long: a cover that comes slowly takes less, a shadow
# that stays longer.
REMEMBER_MS = 600_000
# How fine a picture is follows within ten minutes: dusk lasts longer, a lens that fogs takes less.
RENEW_SHARP = 0.03

Doubles = NDArray[np.float64]
IN_PLACE: Doubles = np.eye(2, 3)
NEVER = np.array(10**15, np.int64)


@dataclass(frozen=True)
class View:
    """How the picture lies beside the one the camera file was drawn on.

    Attributes
    ----------
    covered : float
        Share of its known places that are not where they were, while nothing says that they are elsewhere.
    shift : float
        How far the worst corner of what was found again is off, in widths of the picture; the median of its corners
        where tiles are too small to find it.
    roll_deg : float
        How far it is turned.
    sharp : float
        How fine it is beside the one before: variance of the Laplacian over that of the picture.
    """

    covered: float = 0.0
    shift: float = 0.0
    roll_deg: float = 0.0
    sharp: float = 1.0

    @property
    def is_covered(self) -> bool:
        """Whether something hides much of what was there."""
        return self._is_hidden and not self.is_blurred and not self.is_moved

    @property
    def is_blurred(self) -> bool:
        """Whether it lost what was fine in it."""
        return self.sharp < (FOGGED_BELOW if self._is_hidden else SHARP_ABOVE)

    @property
    def is_moved(self) -> bool:
        """Whether it looks elsewhere than before."""
        return not self.is_blurred and self.shift >= MOVED_ABOVE

    @property
    def _is_hidden(self) -> bool:
        return self.covered >= COVERED_SHARE


@dataclass(frozen=True, eq=False)
class Laid:
    """One picture over another: how it lies, which tiles have no edges any more, which have other ones."""

    view: View
    gone: NDArray[np.bool_]
    lost: NDArray[np.bool_]


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
        self._lost_ms = NEVER  # since when each tile has other edges
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
            self._reference, self._sharp, self._lost_ms = now, sharp, NEVER
            return
        laid = compare(reference, now)
        self.view = replace(laid.view, sharp=sharp / max(self._sharp, 1e-6))
        self._lost_ms = np.where(laid.lost, np.minimum(self._lost_ms, time_ms), NEVER)
        is_still = self.view.shift < STILL_BELOW and not self.view.is_covered and not self.view.is_blurred
        if is_still and time_ms - self._renewed_ms >= RENEW_MS:
            self._renewed_ms = time_ms
            share = RENEW * _seen(now, laid.gone | (time_ms - self._lost_ms < REMEMBER_MS) & laid.lost)
            self._reference = cut((1 - share) * reference.picture + share * now.picture)
            self._sharp += RENEW_SHARP * (sharp - self._sharp)


def compare(reference: Tiles, now: Tiles) -> Laid:
    """Lay one picture of edges over another.

    A view is moved where it is found elsewhere: most of its tiles agree in one turn and push, or the picture as a whole
    is found. Else what is not where it was is covered, whether plain or with edges of its own.

    Parameters
    ----------
    reference, now : Tiles
        Two pictures of edges of the same size.

    Returns
    -------
    Laid
        How the second lies.
    """
    known = reference.strength >= EDGES_ABOVE
    if known.sum() < LEAST_TILES:
        return Laid(View(), np.zeros_like(known), np.zeros_like(known))
    pushed = push(reference, now)
    is_found = pushed.found >= FOUND_ABOVE
    gone = known & (now.strength < np.where(is_found, GONE_BELOW, FADED_BELOW) * reference.strength)
    sure, places = known & ~gone & is_found, reference.middles.astype(np.float64)
    turn, width = _find_turn(places[sure], pushed.shift[sure], LOST_SHARE * int(known.sum())), now.picture.shape[1]
    if turn is None:
        elsewhere = find_elsewhere(reference.picture, now.picture)
        if elsewhere is not None and elsewhere.off_px >= MOVED_ABOVE * width:
            return Laid(View(0.0, elsewhere.off_px / width, elsewhere.roll_deg), gone, known & ~gone)
        turn = IN_PLACE
    held, still = (sure & (np.hypot(*(_off(one, places) - pushed.shift).T) < AGREE_PX) for one in (turn, IN_PLACE))
    shift = _farthest(turn, places[held]) / width
    if shift >= MOVED_ABOVE and still.sum() >= STANDS_SHARE * held.sum():
        turn, held, shift = IN_PLACE, still, 0.0
    covered = 1 - float(held.sum() / known.sum())
    roll_deg = float(np.degrees(np.arctan2(turn[1, 0], turn[0, 0])))
    return Laid(View(covered, shift, roll_deg), gone, known & ~gone & ~held)


def _find_turn(places: Doubles, shifts: Doubles, least: float) -> Doubles | None:
    """Return the turn and push in which most of some tiles agree, where so many do."""
    if len(places) < max(LEAST_TILES, least):
        return None
    matrix, inliers = cv2.estimateAffinePartial2D(places, places + shifts, ransacReprojThreshold=1.0)
    if matrix is None or inliers.sum() < max(LEAST_TILES, least, len(places) / 2):
        return None
    return np.asarray(matrix, np.float64)


def _off(turn: Doubles, places: Doubles) -> Doubles:
    return np.asarray(places @ turn[:, :2].T + turn[:, 2] - places, np.float64)


def _farthest(turn: Doubles, places: Doubles) -> float:
    """Return how far the worst corner of what these tiles span is off: beyond them a turn is only guessed."""
    if not len(places):
        return 0.0
    (left, top), (right, bottom) = places.min(0) - TILE / 2, places.max(0) + TILE / 2
    corners = np.array([[left, top], [right, top], [left, bottom], [right, bottom]])
    return float(np.hypot(*_off(turn, corners).T).max())


def _seen(now: Tiles, hidden: NDArray[np.bool_]) -> Floats:
    """Return 1 at each pixel that no hidden tile holds, else 0: what is hidden is remembered as it was."""
    seen = np.ones_like(now.picture)
    half = TILE // 2
    for x, y in now.middles[hidden].tolist():
        seen[y - half : y + half, x - half : x + half] = 0.0
    return seen


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
