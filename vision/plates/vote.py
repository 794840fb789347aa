"""Looks at one plate vote on each of its signs: what fewer than three looks say, or what they dispute, is in doubt."""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.violation import PlateReading
from vision.frames import Image
from vision.plates.grammar import is_plate, suits
from vision.plates.looks import PlateLook

# One look alone names no plate, however sure it is, and two that follow one another are wrong together too often.
FEWEST_LOOKS = 3
LEAST_CONFIDENCE, LEAST_SHARE = 0.72, 0.7
UNKNOWN = "?"


@dataclass(frozen=True)
class Sign:
    """One place of a plate: the sign with the most weight, its share of the weight, how many looks say so, how sure."""

    sign: str
    share: float
    looks: int
    confidence: float

    @property
    def is_sure(self) -> bool:
        """Whether it may stand in a plate."""
        enough = self.looks >= FEWEST_LOOKS and self.share >= LEAST_SHARE
        return enough and self.confidence >= LEAST_CONFIDENCE


def vote(looks: Sequence[PlateLook], road_user: str = "") -> tuple[PlateReading, Image | None]:
    """Let the looks of one track vote.

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
    colour = max(sorted(set(colours)), key=colours.count) if colours else None
    ballots = _of_one_form(looks)
    signs = [_count(ballots, place) for place in range(len(ballots[0].text or "") if ballots else 0)]
    text = "".join(sign.sign for sign in signs)
    whole = [look for look in ballots if look.text == text]
    best = max(whole or ballots or looks, key=lambda look: (look.confidence, look.box[2] - look.box[0]))
    doubt = _doubt(signs, whole, text, road_user)
    reading = PlateReading(
        text=None if doubt else text,
        confidence=0.0 if doubt else round(min(sign.confidence * sign.share for sign in signs), 4),
        looks=len(looks) if doubt else len(whole),
        colour=colour,
        signs=tuple(round(sign.confidence * sign.share, 3) for sign in signs),
        partial="".join(s.sign if s.is_sure else UNKNOWN for s in signs) if doubt and signs else None,
        doubt=doubt,
    )
    return reading, best.crop


def _doubt(signs: Sequence[Sign], whole: Sequence[PlateLook], text: str, road_user: str) -> str | None:
    if len(whole) < FEWEST_LOOKS:
        return "few_looks"
    if not all(sign.is_sure for sign in signs) or not is_plate(text):
        return "signs"
    fitting = sum(suits(text, look.upper, road_user) for look in whole)
    return None if 2 * fitting > len(whole) else "vehicle_type"


def _of_one_form(looks: Sequence[PlateLook]) -> list[PlateLook]:
    """Return the looks whose plates have the number of signs that most of the weight is for."""
    weight: dict[int, float] = {}
    for look in looks:
        if look.text:
            weight[len(look.text)] = weight.get(len(look.text), 0.0) + look.confidence
    length = max(sorted(weight), key=lambda n: weight[n], default=None)
    return [look for look in looks if look.text and len(look.text) == length]


def _count(ballots: Sequence[PlateLook], place: int) -> Sign:
    given: dict[str, list[float]] = {}
    for look in ballots:
        # A reading that other views did not bear out is no surer in any of its signs.
        each = min(look.each[place], look.confidence) if len(look.each) == len(look.text or "") else look.confidence
        given.setdefault((look.text or "")[place], []).append(each)
    winner = max(sorted(given), key=lambda sign: sum(given[sign]))
    surest = sorted(given[winner], reverse=True)[:FEWEST_LOOKS]
    total = sum(sum(each) for each in given.values())
    return Sign(winner, sum(given[winner]) / total if total else 0.0, len(given[winner]), sum(surest) / len(surest))
