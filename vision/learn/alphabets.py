"""Alphabets of plate signs: strokes bent at random, and a folder's fonts, so that no one shape is learnt by heart."""

from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.plates.slots import SIGNS as SLOT_SIGNS
from vision.scenes.paint.signs import STROKES, WIDTHS

Mask: TypeAlias = NDArray[np.uint8]
Alphabet: TypeAlias = dict[str, Mask]
SIGNS = SLOT_SIGNS.strip()  # without the blank
TALL_PX = 64
FONT_SIZE = 90


def stroke_alphabet(rng: np.random.Generator) -> Alphabet:
    """Draw every sign by the painter's strokes with another width, weight, roundness and slightly bent.

    Parameters
    ----------
    rng : numpy.random.Generator
        Chooses.

    Returns
    -------
    dict of str to ndarray
        Masks 64 pixels high, as wide as the sign.
    """
    wide, weight = rng.uniform(0.40, 0.62), rng.uniform(0.08, 0.19)
    bend, end = rng.uniform(0.0, 0.035), rng.random() < 0.5
    return {sign: _drawn(sign, wide, weight, bend, rng, round_end=end) for sign in SIGNS}


def _drawn(sign: str, wide: float, weight: float, bend: float, rng: np.random.Generator, *, round_end: bool) -> Mask:
    width = max(weight * 1.3, WIDTHS.get(sign, 0.46) / 0.46 * wide)
    scale, thick = TALL_PX * 4, round(weight * TALL_PX * 4)
    sheet = np.zeros((scale, round(width * scale)), np.uint8)
    waves = rng.normal(0.0, bend, (2, 2, 3))
    for stroke in STROKES[sign]:
        points = np.array(stroke)
        basis = np.stack([np.ones(len(points)), np.sin(3 * points[:, 1] + 1), np.sin(4 * points[:, 0] + 2)])
        moved = points + np.stack([waves[0, 0] @ basis, waves[1, 0] @ basis], axis=1)
        room = np.array([sheet.shape[1] - thick, sheet.shape[0] - thick])
        pixels = np.rint(moved * room + thick / 2).astype(np.int32)
        cv2.polylines(sheet, [pixels], isClosed=False, color=(255,), thickness=thick)
        if not round_end:
            _square_ends(sheet, pixels, thick)
    return _tight(sheet)


def _square_ends(sheet: Mask, pixels: NDArray[np.int32], thick: int) -> None:
    for x, y in (pixels[0].tolist(), pixels[-1].tolist()):
        half = thick // 2
        cv2.rectangle(sheet, (x - half, y - half), (x + half, y + half), (255,), -1)


def font_alphabet(path: Path) -> Alphabet | None:
    """Draw every sign in a font.

    Parameters
    ----------
    path : Path
        A ``.ttf`` or ``.otf``.

    Returns
    -------
    dict of str to ndarray or None
        Masks 64 pixels high; ``None`` where the font cannot be read or lacks a sign.
    """
    try:
        face = cv2.FontFace(str(path))
    except cv2.error:
        return None
    made: Alphabet = {}
    for sign in SIGNS:
        sheet = np.zeros((FONT_SIZE * 2, FONT_SIZE * 2), np.uint8)
        cv2.putText(sheet, sign, (FONT_SIZE // 2, FONT_SIZE * 3 // 2), (255,), face, FONT_SIZE)
        if int(np.count_nonzero(sheet > 127)) < FONT_SIZE:
            return None
        made[sign] = _tight(sheet)
    return made


def _tight(sheet: Mask) -> Mask:
    x, y, wide, tall = cv2.boundingRect((sheet > 40).astype(np.uint8))
    cut = sheet[y : y + tall, x : x + wide]
    width = max(3, round(wide * TALL_PX / max(1, tall)))
    return np.asarray(cv2.resize(cut, (width, TALL_PX), interpolation=cv2.INTER_AREA), np.uint8)


def alphabets(rng: np.random.Generator, bent: int, fonts: Path | None) -> list[Alphabet]:
    """Return so many bent alphabets and those of a folder's fonts.

    Parameters
    ----------
    rng : numpy.random.Generator
        Chooses.
    bent : int
        How many of strokes.
    fonts : Path or None
        Looked through with what lies in it.

    Returns
    -------
    list of dict
        At least ``bent``.
    """
    made = [stroke_alphabet(rng) for _ in range(bent)]
    paths = sorted(p for p in (fonts.rglob("*") if fonts else ()) if p.suffix.lower() in {".ttf", ".otf"})
    return made + [one for one in map(font_alphabet, paths) if one is not None]
