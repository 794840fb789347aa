"""Identities of those that cross the stop line: whether each had one number of its own around that moment."""

from collections import Counter
from collections.abc import Sequence

from services.score.track_runs import Followed
from services.score.track_scene import WELL, TrackFrame

AROUND_MS = 2000
# Who is half visible in so many of the frames around its crossing is asked for.
MOSTLY = 0.8


def errors_at_line(frames: Sequence[TrackFrame], followed: Sequence[Followed]) -> tuple[int, int]:
    """Return how many crossed the stop line in sight, and how many of them had no one number of their own around it.

    Parameters
    ----------
    frames : sequence of TrackFrame
        A scene.
    followed : sequence of Followed
        Its tracks.
    """
    asked = wrong = 0
    for user_id, time_ms in _crossings(frames):
        if time_ms - AROUND_MS < frames[0].time_ms or time_ms + AROUND_MS > frames[-1].time_ms:
            continue
        near = [k for k, frame in enumerate(frames) if abs(frame.time_ms - time_ms) <= AROUND_MS]
        if sum(_is_well_seen(frames[k], user_id) for k in near) < MOSTLY * len(near):
            continue
        asked += 1
        wrong += not _is_one([followed[k] for k in near], user_id)
    return asked, wrong


def _crossings(frames: Sequence[TrackFrame]) -> list[tuple[int, int]]:
    """Return who came over the line in the direction of travel, and when."""
    before: dict[int, float] = {}
    found = []
    for frame in frames:
        for one in frame.truth:
            if one.past_line_m is None:
                continue
            if before.get(one.user_id, 0.0) < 0 <= one.past_line_m:
                found.append((one.user_id, frame.time_ms))
            before[one.user_id] = one.past_line_m
    return found


def _is_well_seen(frame: TrackFrame, user_id: int) -> bool:
    return any(one.user_id == user_id and one.visible >= WELL for one in frame.truth)


def _is_one(near: Sequence[Followed], user_id: int) -> bool:
    """Tell whether a road user's boxes had one number and nobody else's had it."""
    given = Counter((number, one.owners[i]) for one in near for number, i in one.pairs if one.owners[i])
    numbers = {number for number, owner in given if owner == user_id}
    return len(numbers) == 1 and {owner for number, owner in given if number in numbers} == {user_id}
