"""Whether a track drove to where it stands or leapt there, and whether one that is not seen there has left."""

from collections.abc import Sequence

from vision.road import SIZE_M, Place
from vision.tracks.look import Box, Look
from vision.trails import Trail

# A stand is where its foot is, within so many metres and so many deviations along the line of sight.
SAME_M, SAME_SDS = 0.9, 3.0
# Another track's foot is the same one's within fewer of them, and aside within half a width and so much.
AGAIN_SDS, ASIDE_M = 2.0, 0.3
# Nobody who stops or starts is faster where it stands than so, over so long; a number that goes to a neighbour is.
START_MPS, STEP_MS = 4.0, 500
# Who drove to a place was so much farther off shortly before it was there, and slowed down but for so much.
FROM_M, FROM_MS, SLOWS_M = 0.6, 3_000, 0.5
# Of whom no more than such a share is covered would be seen.
COVERED = 0.3


def same_m(place: Place) -> float:
    """Return how far from its stand a foot may be and still be there, metres."""
    return max(SAME_M, SAME_SDS * place.sd_m)


def is_same(label: str, place: Place, other: Place, off_m: float) -> bool:
    """Tell whether two of a class, seen at different times, stand where only one can.

    ``off_m`` is how far their feet may be apart along the line of sight whatever their deviation.
    """
    dx, dy = (other.x - place.x) / place.per_m, (other.y - place.y) / place.per_m
    along_m = abs(dx * other.away[0] + dy * other.away[1])
    aside_m = abs(dx * other.away[1] - dy * other.away[0])
    return along_m <= max(off_m, SAME_M, AGAIN_SDS * other.sd_m) and aside_m <= SIZE_M[label][1] / 2 + ASIDE_M


def rest_of(trail: Trail) -> tuple[Place, Look]:
    """Return where a trail that stands is, and its look there: the middle one, for single boxes are off by metres."""
    pairs = [
        (at, look)
        for look, at in zip(trail.looks, trail.places, strict=True)
        if at.is_foot and look.time_ms >= trail.still_since_ms
    ]
    away = trail.place.away
    pairs.sort(key=lambda pair: pair[0].x * away[0] + pair[0].y * away[1])
    return pairs[len(pairs) // 2] if pairs else (trail.place, trail.last)


def drove_to(trail: Trail, place: Place) -> bool:
    """Tell whether a track surely drove to the place where it stands, as nobody does who was there before."""
    told = _told(trail)
    away = [k for k, (_, at) in enumerate(told) if at.metres_to(place) > same_m(at)]
    if not away or away[-1] + 1 == len(told):
        return False
    before, after = told[away[-1] :: -1], told[away[-1] :]
    if _leaps(after) or _step_m(after) > _step_m(before) + SLOWS_M:
        return False
    last_ms = before[0][0]
    return any(at.metres_to(place) > same_m(at) + FROM_M for time_ms, at in before if last_ms - FROM_MS <= time_ms)


def leapt_off(trail: Trail, place: Place) -> bool:
    """Tell whether a track left a place faster than anybody starts: its number went to a neighbour."""
    told = _told(trail)
    here = [k for k, (_, at) in enumerate(told) if at.metres_to(place) <= same_m(at)]
    return not here or _leaps(told[here[-1] :])


def covered(box: Box, others: Sequence[Box]) -> float:
    """Return which share of a box others cover at most, 1 and more where several lie over one another."""
    left, top, right, bottom = box
    area = (right - left) * (bottom - top)
    shared = 0.0
    for a, b, c, d in others:
        wide, high = min(right, c) - max(left, a), min(bottom, d) - max(top, b)
        if wide > 0 and high > 0:
            shared += wide * high
    return shared / area if area > 0 else 1.0


def _told(trail: Trail) -> list[tuple[int, Place]]:
    return [(look.time_ms, at) for look, at in zip(trail.looks, trail.places, strict=True) if at.is_told]


def _leaps(told: Sequence[tuple[int, Place]]) -> bool:
    """Tell whether one goes from the first of some places faster than who stops or starts there."""
    return _step_m(told) > START_MPS * STEP_MS / 1000


def _step_m(told: Sequence[tuple[int, Place]]) -> float:
    """Return how far one goes from the first of some places, onwards or back in time, in half a second."""
    from_ms, at = told[0]
    then_ms, then = next((one for one in told if abs(one[0] - from_ms) >= STEP_MS), told[-1])
    return at.metres_to(then) * STEP_MS / max(STEP_MS, abs(then_ms - from_ms))
