"""Looks at one plate speak together on each of its places; what they leave in doubt stays open."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from schemas.violation import PlateReading
from vision.frames import Image
from vision.plates.grammar import suits
from vision.plates.looks import PlateLook
from vision.plates.slots import SIGNS, likeliest

# So many looks must read the plate whole by themselves: one alone names none. Looks that follow one another are wrong
# together, so each counts for a third of a look that knows nothing of the others.
FEWEST_LOOKS = 3
WEIGHT = 0.35
LEAST_CHANCE = 0.999  # of every sign, after all looks
# No look is so sure that others could not outweigh it.
FLOOR = 1e-5
UNKNOWN = "?"


@dataclass(frozen=True)
class Sign:
    """One sign of a plate, how likely it stands there after all looks, and how many of them say so by themselves."""

    sign: str
    chance: float
    looks: int

    @property
    def is_sure(self) -> bool:
        """Whether it may stand in a plate."""
        return self.chance >= LEAST_CHANCE and self.looks >= FEWEST_LOOKS


def vote(looks: Sequence[PlateLook], road_user: str = "") -> tuple[PlateReading, Image | None]:
    """Let the looks of one track speak together.

    Parameters
    ----------
    looks : sequence of PlateLook
        In any order.
    road_user : str
        What the detector calls the vehicle; a plate of another kind is in doubt.

    Returns
    -------
    reading : PlateReading
        The plate where each of its signs is sure and several looks read it whole; else ``text`` is ``None``.
    crop : ndarray or None
        The best look's picture.
    """
    if not looks:
        return PlateReading(text=None, confidence=0.0, looks=0, doubt="few_looks"), None
    colours = [look.colour for look in looks if look.colour]
    signs = _together(looks)
    text = "".join(sign.sign for sign in signs)
    whole = [look for look in looks if text and look.text == text]
    best = max(whole or looks, key=lambda look: (look.confidence, look.box[2] - look.box[0]))
    doubt = _doubt(signs, whole, text, road_user)
    reading = PlateReading(
        text=None if doubt else text,
        confidence=0.0 if doubt else round(min(sign.chance for sign in signs), 4),
        looks=len(looks) if doubt else len(whole),
        colour=max(sorted(set(colours)), key=colours.count) if colours else None,
        signs=tuple(round(sign.chance, 3) for sign in signs),
        partial="".join(s.sign if s.is_sure else UNKNOWN for s in signs) if doubt and signs else None,
        doubt=doubt,
    )
    return reading, best.crop


def _together(looks: Sequence[PlateLook]) -> list[Sign]:
    """Return the likeliest plate of the law after all looks; none where no look could be read."""
    read = [np.log(np.maximum(look.chances, FLOOR)) for look in looks if look.chances is not None]
    if not read:
        return []
    logs = WEIGHT * np.sum(read, axis=0)
    chances = np.exp(logs - logs.max(axis=1, keepdims=True))
    found = likeliest(np.asarray(chances / chances.sum(axis=1, keepdims=True), np.float32))
    if found is None:
        return []
    text, sure = found
    alone = np.argmax(read, axis=2)
    return [
        Sign(sign, float(sure[i]), int((alone[:, i] == SIGNS.index(sign)).sum()))
        for i, sign in enumerate(text)
        if sign != " "
    ]


def _doubt(signs: Sequence[Sign], whole: Sequence[PlateLook], text: str, road_user: str) -> str | None:
    if len(whole) < FEWEST_LOOKS:
        return "few_looks"
    if not all(sign.is_sure for sign in signs):
        return "signs"
    fitting = sum(suits(text, look.upper, road_user) for look in whole)
    return None if 2 * fitting > len(whole) else "vehicle_type"
