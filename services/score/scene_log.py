"""Whom a scene's camera saw when, and which of them a candidate's track is."""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Sequence

from vision.pipeline import Act
from vision.scenes.seen import Box, Seen

SAMPLE_MS = 100
KEPT_FRAMES = 800
LEAST_IOU = 0.3
# Hidden more than half, or smaller than this, nobody can judge what it did.
VISIBLE, HEIGHT_PX = 0.5, 24.0
# A candidate is of whom its track shows so long before and after what it says happened.
OWNER_MS = 2_000


class SceneLog:
    """Keeps the true boxes of the last frames, and for each road user when it was well to be seen."""

    def __init__(self) -> None:
        self._frames: dict[int, list[tuple[int, Box, Box]]] = {}
        self._order: deque[int] = deque()
        self._well: dict[int, list[tuple[int, bool]]] = defaultdict(list)
        self._samples: list[int] = []

    def add(self, time_ms: int, seen: Sequence[Seen]) -> None:
        """Take one frame."""
        self._frames[time_ms] = [(one.pose.user_id, one.box, one.shown) for one in seen]
        self._order.append(time_ms)
        if len(self._order) > KEPT_FRAMES:
            del self._frames[self._order.popleft()]
        if not self._samples or time_ms - self._samples[-1] >= SAMPLE_MS:
            self._samples.append(time_ms)
            for one in seen:
                is_well = one.visible >= VISIBLE and one.height_px >= HEIGHT_PX
                self._well[one.pose.user_id].append((time_ms, is_well))

    def user_at(self, time_ms: int, box: Box) -> int | None:
        """Return who stands in a box of a frame, ``None`` where it fits nobody."""
        near = [
            (max(overlap(box, whole), overlap(box, shown)), user_id)
            for user_id, whole, shown in self._frames.get(time_ms, ())
        ]
        share, user_id = max(near, default=(0.0, None))
        return user_id if share >= LEAST_IOU else None

    def seen_share(self, user_id: int, from_ms: int, to_ms: int) -> float:
        """Return the share of a stretch of time in which a road user was well to be seen."""
        looks = [well for time_ms, well in self._well.get(user_id, ()) if from_ms <= time_ms <= to_ms]
        due = bisect_right(self._samples, to_ms) - bisect_left(self._samples, from_ms)
        return sum(looks) / due if due else 0.0

    def forget(self, before_ms: int) -> None:
        """Forget road users that were not seen since a time."""
        for gone in [i for i, looks in self._well.items() if looks[-1][0] < before_ms]:
            del self._well[gone]


def owner_of(act: Act, user_at: Callable[[int, int, Box], int | None]) -> int | None:
    """Return who truly stands in most boxes of a candidate's track around its act.

    Parameters
    ----------
    act : Act
        The candidate. One box alone may show somebody who covers its road user just then.
    user_at : callable
        Takes track, event time in milliseconds and box; gives who stands there, ``None`` for nobody.

    Returns
    -------
    int or None
        ``None`` where most boxes fit nobody.
    """
    finding = act.finding
    from_ms = min(finding.since_ms or finding.time_ms, finding.at.time_ms, finding.time_ms) - OWNER_MS
    until_ms = max(finding.at.time_ms, finding.time_ms) + OWNER_MS
    boxes = [(point.time_ms, point.box) for point in act.track if from_ms <= point.time_ms <= until_ms]
    looked = boxes or [(finding.at.time_ms, finding.at.box)]
    owners = Counter(user_at(finding.track_id, time_ms, box) for time_ms, box in looked)
    return owners.most_common(1)[0][0]


def overlap(a: Box, b: Box) -> float:
    """Return the share of two boxes' union that both cover."""
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    if wide <= 0 or high <= 0:
        return 0.0
    both = wide * high
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)
