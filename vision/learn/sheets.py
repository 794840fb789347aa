"""A plate as it leaves the stamp: signs of one alphabet on a sheet, with rim, screws, dirt and stickers."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.frames import Image
from vision.learn.alphabets import Alphabet
from vision.learn.texts import MadePlate

TALL_PX, ONE_LINE_PX = 100, 68  # of a plate of two lines; one line is lower
# Grey of paper and ink, and how often: white, yellow, blue, red signs on white.
COLOURS = ((238, 27, 0.72), (188, 27, 0.12), (83, 240, 0.11), (238, 85, 0.05))


@dataclass(frozen=True, eq=False)
class Sheet:
    """A plate's picture without slant, and the middle of each sign in shares of its width and height."""

    image: Image
    middles: NDArray[np.float32]


def draw_sheet(plate: MadePlate, alphabet: Alphabet, rng: np.random.Generator) -> Sheet:
    """Draw a plate.

    Parameters
    ----------
    plate : MadePlate
        Its signs.
    alphabet : dict
        Their shapes.
    rng : numpy.random.Generator
        Chooses colours, spaces and dirt.

    Returns
    -------
    Sheet
        The middles in the order of the signs, lines from the top.
    """
    wide, tall = _size(plate, rng)
    paper, ink = _colours(rng)
    mask = np.zeros((tall, wide), np.uint8)
    middles = _write(mask, plate, alphabet, rng)
    _rim(mask, rng)
    image = np.full((tall, wide), paper, np.float32)
    if rng.random() < 0.5:
        _shade(image, rng)
    cover = mask.astype(np.float32) * np.float32(rng.uniform(0.75, 1.0) / 255.0)
    image += (np.float32(ink) - image) * cover
    if rng.random() < 0.35:
        _dirty(image, rng)
    return Sheet(np.clip(image, 0, 255).astype(np.uint8), np.asarray(middles / [wide, tall], np.float32))


def _size(plate: MadePlate, rng: np.random.Generator) -> tuple[int, int]:
    if len(plate.lines) == 1:
        return round(ONE_LINE_PX * rng.uniform(4.0, 5.0)), ONE_LINE_PX
    return round(TALL_PX * (rng.uniform(1.25, 1.5) if plate.is_motorcycle else rng.uniform(1.5, 2.05))), TALL_PX


def _colours(rng: np.random.Generator) -> tuple[float, float]:
    paper, ink, _ = COLOURS[int(rng.choice(len(COLOURS), p=[share for *_, share in COLOURS]))]
    return min(255.0, paper + rng.normal(0, 14)), max(0.0, ink + rng.normal(0, 18))


def _write(mask: Image, plate: MadePlate, alphabet: Alphabet, rng: np.random.Generator) -> NDArray[np.float32]:
    tall = mask.shape[0]
    rows = len(plate.lines)
    share = rng.uniform(0.62, 0.80) if rows == 1 else rng.uniform(0.33, 0.42)
    gap = rng.uniform(0.10, 0.26)
    sign_px = round(share * tall)
    squeeze = rng.uniform(0.85, 1.15)
    middles: list[tuple[float, float]] = []
    for row, line in enumerate(plate.lines):
        if rows == 1:
            top = (tall - sign_px) / 2
        else:
            spare = tall - 2 * sign_px
            top = spare * rng.uniform(0.22, 0.38) + row * (sign_px + spare * rng.uniform(0.30, 0.38))
        middles += _line(mask, line, alphabet, top, sign_px, gap, squeeze, rng)
    return np.array(middles, np.float32)


def _line(
    mask: Image, line: str, alphabet: Alphabet, top: float, sign_px: int, gap: float, squeeze: float,
    rng: np.random.Generator,
) -> list[tuple[float, float]]:  # fmt: skip
    """Set one line in the middle, pressed together where it is too long; return the middles of its signs."""
    wide = mask.shape[1]
    dot = max(2, round(sign_px * rng.uniform(0.08, 0.17)))
    dash = round(sign_px * rng.uniform(0.18, 0.35))
    widths = [
        {".": dot, "-": dash, " ": round(0.35 * sign_px)}.get(c, 0) or alphabet[c].shape[1] / 64 * sign_px * squeeze
        for c in line
    ]
    space = gap * sign_px
    total = sum(widths) + space * (len(line) - 1)
    press = min(1.0, rng.uniform(0.84, 0.95) * wide / total)
    x = (wide - total * press) / 2 + rng.uniform(-0.3, 0.3) * (wide - total * press) / 2
    low = rng.uniform(0.5, 1.0) if rng.random() < 0.5 else 1.0
    middles = []
    for sign, width in zip(line, widths, strict=True):
        left, right = round(x), max(round(x) + 1, round(x + width * press))
        y = round(top)
        if sign == ".":
            foot = y + round((sign_px - dot) * low)
            mask[foot : foot + dot, left : left + dot] = 255
        elif sign == "-":
            mask[y + sign_px // 2 - dot // 3 : y + sign_px // 2 + dot // 2 + 1, left:right] = 255
        elif sign != " ":
            drawn = cv2.resize(alphabet[sign], (right - left, sign_px), interpolation=cv2.INTER_AREA)
            part = mask[y : y + sign_px, left:right]
            np.maximum(part, drawn[: part.shape[0], : part.shape[1]], out=part)
            middles.append(((left + right) / 2, y + sign_px / 2))
        x += (width + space) * press
    return middles


def _rim(mask: Image, rng: np.random.Generator) -> None:
    if rng.random() < 0.75:
        tall, wide = mask.shape[:2]
        inset, thick = int(rng.integers(0, 5)), int(rng.integers(1, 5))
        cv2.rectangle(mask, (inset, inset), (wide - 1 - inset, tall - 1 - inset), (255,), thick)
    if rng.random() < 0.4:
        tall, wide = mask.shape[:2]
        x, y, size = rng.uniform(0.08, 0.3) * wide, rng.uniform(0.05, 0.14) * tall, int(rng.integers(2, 6))
        for at in ((x, y), (wide - x, y), (x, tall - y), (wide - x, tall - y))[: int(rng.integers(1, 5))]:
            cv2.circle(mask, (round(at[0]), round(at[1])), size, (int(rng.integers(80, 255)),), -1)


def _shade(image: NDArray[np.float32], rng: np.random.Generator) -> None:
    """Let light fall from one side, or a shadow's edge lie across."""
    tall, wide = image.shape[:2]
    turn = rng.uniform(0, 2 * np.pi)
    ramp = np.linspace(-1, 1, wide)[None] * np.cos(turn) + np.linspace(-1, 1, tall)[:, None] * np.sin(turn)
    if rng.random() < 0.3:
        ramp = np.tanh((ramp - rng.uniform(-0.6, 0.6)) * rng.uniform(4, 20))
    image *= (1 + rng.uniform(0, 0.35) * (ramp - 1)).astype(np.float32)


def _dirty(image: NDArray[np.float32], rng: np.random.Generator) -> None:
    tall, wide = image.shape[:2]
    cloud = cv2.resize(rng.random((4, 7)).astype(np.float32), (wide, tall), interpolation=cv2.INTER_CUBIC)
    cover = np.clip((cloud - rng.uniform(0.5, 0.9)) * 2, 0, 1) * np.float32(rng.uniform(0.2, 0.8))
    image += cover * (np.float32(rng.uniform(20, 150)) - image)
