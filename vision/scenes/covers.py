"""What covers a lens with edges of its own: a cloth, leaves, a poster, the side of a lorry that parks before it."""

import random
from collections.abc import Callable, Sequence

import cv2
import numpy as np

from vision.frames import Image
from vision.scenes.nuisance import lorry_side

# Draws one from a seed in a picture's size (width, height).
Cover = Callable[[int, tuple[int, int]], Image]
LEAVES, RECTANGLES, LINES = 260, 14, 10
LETTERS = "ABDEHKLMNORSTU "


def cloth(seed: int, size: tuple[int, int]) -> Image:
    """Draw a checked cloth in folds.

    Parameters
    ----------
    seed : int
        Of its pattern.
    size : tuple of int
        Width and height, pixels.

    Returns
    -------
    ndarray
        Height × width × 3.
    """
    rng, (width, height) = random.Random(seed), size  # noqa: S311 - a scene, not a secret
    y, x = np.mgrid[:height, :width].astype(np.float32)
    check, fold, turn = width * rng.uniform(0.02, 0.06), width * rng.uniform(0.1, 0.25), rng.uniform(-0.5, 0.5)
    share = sum((np.sin(2 * np.pi / check * axis) > 0).astype(np.float32) for axis in (x, y)) / 2
    along = x * np.cos(turn) + y * np.sin(turn) + width / 80 * np.sin(y * 16 / width)
    first, second = np.array(_tones(rng, 40, 200)), np.array(_tones(rng, 40, 200))
    woven = first + (second - first) * share[..., None]
    return _soft(woven * (1 + 0.35 * np.sin(2 * np.pi / fold * along))[..., None], width)


def leaves(seed: int, size: tuple[int, int]) -> Image:
    """Draw a branch close to the lens: leaves before a dark ground; parameters and result as of `cloth`."""
    rng, (width, height) = random.Random(seed), size  # noqa: S311 - a scene, not a secret
    made = np.full((height, width, 3), 30, np.uint8)
    for _ in range(LEAVES):
        tone, place = rng.uniform(40, 190), (rng.randrange(width), rng.randrange(height))
        green = (tone * rng.uniform(0.2, 0.5), tone, tone * rng.uniform(0.4, 0.8))
        axes = (round(width * rng.uniform(0.02, 0.07)), round(width * rng.uniform(0.008, 0.025)))
        cv2.ellipse(made, place, axes, rng.uniform(0, 180), 0, 360, green, -1, cv2.LINE_AA)
    return _soft(made, width)


def poster(seed: int, size: tuple[int, int]) -> Image:
    """Draw a poster: rectangles and lines of letters; parameters and result as of `cloth`."""
    rng, (width, height) = random.Random(seed), size  # noqa: S311 - a scene, not a secret
    made = np.full((height, width, 3), _tones(rng, 90, 240), np.uint8)
    for _ in range(RECTANGLES):
        x, y = rng.randrange(width), rng.randrange(height)
        corner = (x + round(width * rng.uniform(0.05, 0.3)), y + round(height * rng.uniform(0.05, 0.3)))
        cv2.rectangle(made, (x, y), corner, _tones(rng, 0, 255), -1)
    for number in range(LINES):
        words = "".join(rng.choice(LETTERS) for _ in range(14))
        place = (rng.randrange(-width // 4, width // 2), round(height * (number + 0.7) / LINES))
        scale, thick = width / 640 * rng.uniform(0.8, 2), max(1, width // 213)
        cv2.putText(made, words, place, cv2.FONT_HERSHEY_SIMPLEX, scale, _tones(rng, 0, 255), thick)
    return _soft(made, width)


def lorry(seed: int, size: tuple[int, int]) -> Image:
    """Draw the ribbed side of a lorry; parameters and result as of `cloth`."""
    side = cv2.resize(lorry_side(random.Random(seed)), size)  # noqa: S311 - a scene, not a secret
    return np.asarray(np.repeat(side[..., None], 3, axis=2), np.uint8)


def _tones(rng: random.Random, least: int, most: int) -> Sequence[float]:
    return [float(rng.randint(least, most)) for _ in range(3)]


def _soft(made: np.ndarray, width: int) -> Image:
    """Blur a little: a lens sees what is close less sharp than the street."""
    return np.asarray(np.clip(cv2.GaussianBlur(made, (0, 0), width / 560), 0, 255), np.uint8)
