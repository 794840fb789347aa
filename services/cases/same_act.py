"""Two cameras that saw one act: told by the plate, or by place and time."""

from math import hypot

from schemas.earth import metres_between
from schemas.violation import Candidate, may_be_same_act

# A plate read twice within a minute about one junction; a place within its errors and this, a time within its own.
SAME_PLATE_MS, SAME_PLATE_M, SAME_MS, SAME_M = 60_000, 120.0, 1_000, 2.0


def is_same_act(one: Candidate, other: Candidate) -> bool:
    """Tell whether two candidates, of whichever cameras, are one act.

    The same plate, read by both, within a minute and not at another junction; or the same kind of road user at the
    same place and time, each within what both are unsure of. Two different plates are two acts wherever they are.

    Parameters
    ----------
    one, other : Candidate
        Two candidates.

    Returns
    -------
    bool
        Whether one case is enough for both.
    """
    gap_ms = abs(one.time_ms - other.time_ms)
    if not may_be_same_act(one.rule, other.rule) or gap_ms > SAME_PLATE_MS:
        return False
    apart_m, error_m = _apart(one, other)
    if one.plate.text is not None and other.plate.text is not None:
        return one.plate.text == other.plate.text and (apart_m is None or apart_m <= SAME_PLATE_M + 2 * error_m)
    if gap_ms > SAME_MS + 1000 * (one.uncertainty_s + other.uncertainty_s) or one.road_user != other.road_user:
        return False
    return apart_m is not None and apart_m <= SAME_M + 2 * error_m


def _apart(one: Candidate, other: Candidate) -> tuple[float | None, float]:
    """Return how far apart two acts were and the error of that, metres; ``None`` where a place is not known."""
    here, there = _place(one), _place(other)
    if here is None or there is None:
        return None, 0.0
    return metres_between(here[:2], there[:2]), hypot(here[2], there[2])


def _place(candidate: Candidate) -> tuple[float, float, float] | None:
    """Return lon, lat and error (metres) of the track's point nearest in time to the act."""
    places = [
        (abs(point.time_ms - candidate.time_ms), point.lon, point.lat, point.error_m)
        for point in candidate.track
        if point.lon is not None and point.lat is not None and point.error_m is not None
    ]
    return min(places)[1:] if places else None
