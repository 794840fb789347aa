"""Faults of cameras laid over good pictures, with the state that must be told and how soon."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from schemas.camera import CameraState
from vision.frames import Image
from vision.scenes.covers import Cover, cloth, leaves, lorry, poster

# A picture, how many milliseconds the fault lasts already, and the last picture before it.
Change = Callable[[Image, int, Image], Image]


@dataclass(frozen=True)
class Fault:
    """One fault: what it does to pictures, what must be told, and within how many seconds."""

    change: Change
    states: frozenset[CameraState]
    within_s: float


def _turned(*, shift: float = 0.0, roll_deg: float = 0.0, zoom: float = 1.0) -> Change:
    def change(image: Image, _since_ms: int, _last: Image) -> Image:
        height, width = image.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), roll_deg, zoom)
        matrix[0, 2] += shift * width
        made = cv2.warpAffine(image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        return np.asarray(made, np.uint8)

    return change


def _blurred(share: float) -> Change:
    return lambda image, _since_ms, _last: np.asarray(cv2.GaussianBlur(image, (0, 0), share * image.shape[1]), np.uint8)


def covered(cover: Cover, share: float, *, seed: int = 1, over_s: float = 0.0) -> Change:
    """Return what slides something before the lens from the left.

    Parameters
    ----------
    cover : callable
        Draws it.
    share : float
        So much of the picture's width it hides in the end.
    seed : int, optional
        Of its looks.
    over_s : float, optional
        So long it takes to come; 0: it is there at once.

    Returns
    -------
    callable
        The change.
    """
    drawn: dict[tuple[int, int], Image] = {}

    def change(image: Image, since_ms: int, _last: Image) -> Image:
        height, width = image.shape[:2]
        side = drawn.get((width, height))
        if side is None:
            side = drawn[width, height] = cover(seed, (width, height))
        hidden = round(width * share * min(1.0, since_ms / 1000 / over_s if over_s else 1.0))
        made = image.copy()
        made[:, :hidden] = side[:, :hidden]
        return _grained(made, since_ms)

    return change


def _plain(grey: int) -> Cover:
    return lambda _seed, size: np.full((size[1], size[0], 3), grey, np.uint8)


def _grained(image: NDArray[Any], since_ms: int) -> Image:
    grain = np.random.default_rng(since_ms).integers(-3, 4, (*image.shape[:2], 1), np.int16)
    return np.asarray(np.clip(image + grain, 0, 255), np.uint8)


def _dark(gain: float) -> Change:
    def change(image: Image, since_ms: int, _last: Image) -> Image:
        grain = np.random.default_rng(since_ms).integers(-3, 4, image.shape, np.int16)
        return np.asarray(np.clip(image * gain + grain, 0, 255), np.uint8)

    return change


def _frozen(image: Image, _since_ms: int, last: Image) -> Image:
    del image
    return last


def _again(image: Image, since_ms: int, last: Image) -> Image:
    """Repeat the last picture, each two seconds as a key frame that is coded anew."""
    del image
    _, data = cv2.imencode(".jpg", last, [cv2.IMWRITE_JPEG_QUALITY, 92 - 2 * (since_ms // 2000 % 2)])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


MOVED, BLOCKED = frozenset({CameraState.MOVED}), frozenset({CameraState.BLOCKED})
# Who covers the whole lens takes all that is fine from it too, and light.
GONE = frozenset({CameraState.BLOCKED, CameraState.BLURRED, CameraState.DARK})
FAULTS: Mapping[str, Fault] = {
    "moved 2 % right": Fault(_turned(shift=0.02), MOVED, 30),
    "moved 2 % left": Fault(_turned(shift=-0.02), MOVED, 30),
    "moved 15 %": Fault(_turned(shift=0.15), MOVED, 30),
    "moved 30 %": Fault(_turned(shift=0.3), MOVED, 30),
    "roll 1 degree": Fault(_turned(roll_deg=1.0), MOVED, 30),
    "roll -1 degree": Fault(_turned(roll_deg=-1.0), MOVED, 30),
    "roll 5 degrees": Fault(_turned(roll_deg=5.0), MOVED, 30),
    "roll 12 degrees": Fault(_turned(roll_deg=12.0), MOVED, 30),
    "zoom 3 %": Fault(_turned(zoom=1.03), MOVED, 30),
    "blocked 60 %": Fault(covered(_plain(35), 0.6), GONE, 60),
    "blocked 100 %": Fault(covered(_plain(60), 1.0), GONE, 60),
    "lorry 50 %": Fault(covered(lorry, 0.5, seed=1), BLOCKED, 60),
    "lorry 60 %": Fault(covered(lorry, 0.6, seed=2), BLOCKED, 60),
    "lorry 70 %": Fault(covered(lorry, 0.7, seed=3), BLOCKED, 60),
    "lorry 85 %": Fault(covered(lorry, 0.85, seed=4), BLOCKED, 60),
    "cloth 60 %": Fault(covered(cloth, 0.6, seed=1), BLOCKED, 60),
    "cloth 100 %": Fault(covered(cloth, 1.0, seed=2), GONE, 60),
    "cloth, in 40 s": Fault(covered(cloth, 1.0, seed=3, over_s=40.0), GONE, 90),
    "leaves 75 %": Fault(covered(leaves, 0.75, seed=1), BLOCKED, 60),
    "leaves 100 %": Fault(covered(leaves, 1.0, seed=2), GONE, 60),
    "poster 60 %": Fault(covered(poster, 0.6, seed=1), BLOCKED, 60),
    "poster 100 %": Fault(covered(poster, 1.0, seed=2), GONE, 60),
    "blurred 1 %": Fault(_blurred(0.01), frozenset({CameraState.BLURRED}), 30),
    "blurred 3 %": Fault(_blurred(0.03), frozenset({CameraState.BLURRED}), 30),
    "dark": Fault(_dark(0.06), frozenset({CameraState.DARK}), 10),
    "frozen": Fault(_frozen, frozenset({CameraState.FROZEN}), 5),
    "frozen, coded anew": Fault(_again, frozenset({CameraState.FROZEN}), 5),
}
