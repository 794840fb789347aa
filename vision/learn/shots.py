"""A plate as a camera sees it: slanted, small, blurred, grainy, packed, cut out roughly."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.frames import Image
from vision.learn.alphabets import Alphabet
from vision.learn.sheets import Sheet, draw_sheet
from vision.learn.texts import MadePlate, made_plate
from vision.plates.own import TALL, WIDE
from vision.plates.slots import PLACES, SIGNS

SMALLEST_PX, LARGEST_PX = 32.0, 200.0


@dataclass(frozen=True, eq=False)
class Shot:
    """One example.

    ``grey`` is 48 × 128, ``places`` nine indexes into `SIGNS`, ``middles`` 9 × 2 shares of width and height of the
    picture (-1 where nothing stands), ``corners`` 4 × 2 shares, ``rows`` 1 or 2 lines.
    """

    grey: Image
    places: NDArray[np.int64]
    middles: NDArray[np.float32]
    corners: NDArray[np.float32]
    rows: int


def take_shot(alphabets: list[Alphabet], rng: np.random.Generator, smallest_px: float = SMALLEST_PX) -> Shot:
    """Make one example up.

    Parameters
    ----------
    alphabets : list of dict
        One is chosen.
    rng : numpy.random.Generator
        Chooses.
    smallest_px : float
        How wide a plate is at least.

    Returns
    -------
    Shot
        See there.
    """
    plate = made_plate(rng)
    sheet = draw_sheet(plate, alphabets[int(rng.integers(len(alphabets)))], rng)
    wide_px = float(np.exp(rng.uniform(np.log(smallest_px), np.log(LARGEST_PX))))
    corners = _corners(sheet, wide_px, rng)
    low, high = corners.min(0), corners.max(0)
    fine = 2
    room = (high - low).max() * 0.5 + 8
    size = np.ceil((high - low + 2 * room) * fine).astype(int)
    placed = ((corners - low + room) * fine).astype(np.float32)
    scene = _warped(sheet, placed, (int(size[0]), int(size[1])), rng)
    seen = cv2.resize(scene, (int(size[0]) // fine, int(size[1]) // fine), interpolation=cv2.INTER_AREA)
    seen = spoilt(np.asarray(seen, np.uint8), wide_px, rng)
    return _cut(seen, placed / fine, sheet, plate, rng)


def _corners(sheet: Sheet, wide_px: float, rng: np.random.Generator) -> NDArray[np.float64]:
    tall, wide = sheet.image.shape[:2]
    box = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float64) * [wide_px, wide_px * tall / wide]
    box[:, 0] *= rng.uniform(0.6, 1.0) if rng.random() < 0.5 else 1.0
    box[:, 1] *= rng.uniform(0.75, 1.3)
    turn, lean = np.radians(rng.normal(0, 5)), rng.normal(0, 0.10)
    steep = rng.normal(0, 0.10)
    box[:, 0] += lean * box[:, 1]
    box[:, 1] += steep * box[:, 0]
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    reach = min(np.ptp(box[:, 0]), np.ptp(box[:, 1]))
    return np.asarray(box @ spin.T + rng.normal(0, 0.03, (4, 2)) * reach)


def _warped(sheet: Sheet, placed: NDArray[np.float32], size: tuple[int, int], rng: np.random.Generator) -> Image:
    tall, wide = sheet.image.shape[:2]
    around = _surroundings(size, placed, rng)
    image = sheet.image
    shrink = float(np.linalg.norm(placed[1] - placed[0])) / wide
    if shrink < 0.6:
        # Else strokes are lost between the pixels.
        image = _resized(image, shrink * 1.5)
        tall, wide = image.shape[:2]
    flat = np.array([[0, 0], [wide, 0], [wide, tall], [0, tall]], np.float32)
    turn = cv2.getPerspectiveTransform(flat, placed)
    cv2.warpPerspective(image, turn, size, around, cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT)
    return around


def _resized(image: Image, scale: float) -> Image:
    return np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _surroundings(size: tuple[int, int], placed: NDArray[np.float32], rng: np.random.Generator) -> Image:
    """Return what is behind a plate: a body's colours, edges, a frame."""
    base = rng.integers(0, 256, (int(rng.integers(2, 6)), int(rng.integers(2, 6)))).astype(np.float32)
    base = base * rng.uniform(0.2, 1.0) + rng.uniform(0, 120)
    around = np.clip(cv2.resize(base, size, interpolation=cv2.INTER_CUBIC), 0, 255).astype(np.uint8)
    for _ in range(int(rng.integers(0, 6))):
        ends = rng.integers(0, max(size), (2, 2))
        cv2.line(around, ends[0].tolist(), ends[1].tolist(), (int(rng.integers(0, 256)),), int(rng.integers(1, 8)))
    if rng.random() < 0.6:
        middle = placed.mean(0)
        grown = middle + (placed - middle) * rng.uniform(1.02, 1.25, (1, 2)).astype(np.float32)
        dark = int(rng.integers(0, 90)) if rng.random() < 0.75 else int(rng.integers(90, 256))
        cv2.fillConvexPoly(around, np.rint(grown).astype(np.int32), (dark,), cv2.LINE_AA)
    return np.asarray(around, np.uint8)


def spoilt(seen: Image, wide_px: float, rng: np.random.Generator) -> Image:
    """Return a grey picture as a poor camera gives it: smeared, soft, dark, grainy, sharpened, packed."""
    image = seen.astype(np.float32)
    if rng.random() < 0.45:
        longest = 0.035 * wide_px + 0.8 if rng.random() < 0.65 else 0.11 * wide_px
        image = _smeared(image, rng.uniform(0.5, longest), rng)
    if rng.random() < 0.6:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 0.010 * wide_px + 0.6)), np.float32)
    if rng.random() < 0.1:
        image += rng.uniform(0, 0.4) * cv2.GaussianBlur(image, (0, 0), min(8.0, 0.2 * wide_px))
    light = rng.uniform(0.25, 1.15)
    curve = 255 * np.linspace(0, 1, 256) ** rng.uniform(0.6, 1.7) * light + rng.uniform(0, 60) * (rng.random() < 0.5)
    image = curve.astype(np.float32)[np.clip(image, 0, 255).astype(np.uint8)]
    noise = rng.uniform(0.3, 4.5) * (light if rng.random() < 0.7 else 1.0)
    image += rng.standard_normal(image.shape, np.float32) * np.float32(noise)
    if rng.random() < 0.4:
        soft = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.8, 1.6))
        image = image + rng.uniform(0.3, 1.8) * (image - soft)
    packed = np.clip(image, 0, 255).astype(np.uint8)
    if rng.random() >= 0.8:
        return packed
    jpeg = cv2.imencode(".jpg", packed, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 96))])[1]
    return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_GRAYSCALE), np.uint8)


def _smeared(image: NDArray[np.float32], length: float, rng: np.random.Generator) -> NDArray[np.float32]:
    size = 2 * int(np.ceil(length / 2)) + 1
    kernel = np.zeros((size, size), np.float32)
    turn, half = rng.uniform(0, np.pi), length / 2
    for step in np.linspace(-half, half, 4 * size):
        x, y = size // 2 + step * np.cos(turn), size // 2 + step * np.sin(turn)
        x0, y0 = int(np.floor(x)), int(np.floor(y))
        for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
            if 0 <= x0 + dx < size and 0 <= y0 + dy < size:
                kernel[y0 + dy, x0 + dx] += (1 - abs(x - x0 - dx)) * (1 - abs(y - y0 - dy))
    return np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum()), np.float32)


def _cut(seen: Image, corners: NDArray[np.float32], sheet: Sheet, plate: MadePlate, rng: np.random.Generator) -> Shot:
    """Cut the plate out as a detector would, a little off, and bring it to the network's size."""
    low, high = corners.min(0), corners.max(0)
    size = high - low
    edges = rng.normal(0.04, 0.06, (2, 2)).clip(-0.05, 0.3) * size
    if rng.random() < 0.15:
        edges += rng.uniform(0, 0.25, (2, 2)) * size
    limit = np.array([seen.shape[1], seen.shape[0]])
    first = np.clip(np.floor(low - edges[0]), 0, limit - 8).astype(int)
    last = np.clip(np.ceil(high + edges[1]), first + 8, limit).astype(int)
    part = seen[first[1] : last[1], first[0] : last[0]]
    way = cv2.INTER_AREA if part.shape[1] > WIDE and part.shape[0] > TALL else cv2.INTER_LINEAR
    grey = cv2.resize(part, (WIDE, TALL), interpolation=way)
    flat = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    turn = cv2.getPerspectiveTransform(flat, corners.astype(np.float32))
    middles = cv2.perspectiveTransform(sheet.middles[None], turn)[0]
    share = np.array(last - first, np.float32)
    places = np.array([SIGNS.index(c) for c in plate.places], np.int64)
    where = np.full((PLACES, 2), -1.0, np.float32)
    where[places > 0] = (middles - first) / share
    return Shot(
        np.asarray(grey, np.uint8), places, where, ((corners - first) / share).astype(np.float32), len(plate.lines)
    )
