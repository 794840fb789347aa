"""Why road users change their number: each switch is named after whose the two numbers were the second before."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from services.score.track_runs import Followed
from services.score.track_scene import TrackFrame

# A number is of whom it was mostly on for so long before; so long a moment lasts at most.
MOMENT_MS = 1000
MOMENT = "a neighbour's number for a moment"
FOR_GOOD = "a neighbour's number for good"
OWN = "two numbers of its own"
ENDED = "a new number, the old one ended"
TAKEN = "a new number, the old one is another's"
NO_BOX = "a neighbour's box taken for its own by the score"
CAUSES = (MOMENT, FOR_GOOD, OWN, ENDED, TAKEN, NO_BOX)


class Switch(NamedTuple):
    """A road user that has another number than before from a frame on."""

    frame: int
    user_id: int
    before: int
    now: int


class Numbers:
    """Whose the boxes of each number are, frame by frame.

    Parameters
    ----------
    frames : sequence of TrackFrame
        A scene.
    followed : sequence of Followed
        Its tracks.
    """

    def __init__(self, frames: Sequence[TrackFrame], followed: Sequence[Followed]) -> None:
        self._times = [frame.time_ms for frame in frames]
        self._boxes: dict[int, list[tuple[int, int]]] = {}
        for k, each in enumerate(followed):
            for number, i in each.pairs:
                self._boxes.setdefault(number, []).append((k, each.owners[i]))

    def cause(self, switch: Switch) -> str:
        """Return why, one of `CAUSES`; going back to the own number has the cause of having left it."""
        frame, user, before, now = switch
        if (frame, user) not in self._boxes[now]:
            return NO_BOX
        until = self._times[frame] + MOMENT_MS
        after = {owner for k, owner in self._boxes[before] if k >= frame and self._times[k] <= until} - {0}
        if self._boxes[now][0][0] >= frame:
            return TAKEN if after else ENDED
        old, new = self._mostly(before, frame), self._mostly(now, frame)
        if old == new == user:
            return OWN
        return MOMENT if new == user or (old == user and user in after) else FOR_GOOD

    def _mostly(self, number: int, frame: int) -> int:
        """Return whose a number mostly was in the second before, else whose at last; 0 for nobody's."""
        owners = [(self._times[k], owner) for k, owner in self._boxes[number] if k < frame and owner]
        since = min(self._times[frame] - MOMENT_MS, owners[-1][0]) if owners else 0
        count = Counter(owner for time_ms, owner in owners if time_ms >= since)
        return count.most_common(1)[0][0] if count else 0


def switches_by_box(frames: Sequence[TrackFrame], followed: Sequence[Followed]) -> list[Switch]:
    """Return the switches by the true owners of boxes.

    Of two tracks on boxes of one road user (its rider and its motorcycle) the one that it had goes on.

    Parameters
    ----------
    frames : sequence of TrackFrame
        A scene.
    followed : sequence of Followed
        Its tracks.
    """
    last: dict[int, int] = {}
    found = []
    for k, (frame, each) in enumerate(zip(frames, followed, strict=True)):
        having: dict[int, list[int]] = {}
        for number, i in each.pairs:
            having.setdefault(each.owners[i], []).append(number)
        for owner in having.keys() & {one.user_id for one in frame.truth}:
            numbers = having[owner]
            if owner in last and last[owner] not in numbers:
                found.append(Switch(k, owner, last[owner], numbers[0]))
            if last.get(owner) not in numbers:
                last[owner] = numbers[0]
    return found
