"""Who else was in the picture: the tracks of all road users of the last seconds, for the redacted copy."""

from collections import deque
from collections.abc import Iterable

from vision.privacy import BEYOND_MS, OtherTrack
from vision.tracks import Look


class Witnesses:
    """Keeps the looks of one camera for some seconds.

    Parameters
    ----------
    kept_ms : int
        For how long.
    """

    def __init__(self, kept_ms: int) -> None:
        self._kept_ms = kept_ms
        self._looks: deque[Look] = deque()

    def see(self, looks: Iterable[Look]) -> None:
        """Take looks, oldest first."""
        self._looks.extend(looks)
        while self._looks and self._looks[0].time_ms < self._looks[-1].time_ms - self._kept_ms:
            self._looks.popleft()

    def others(self, track_id: int, from_ms: int, to_ms: int) -> list[OtherTrack]:
        """Return the tracks of all but one, with what lies so little outside of a time that it may reach into it."""
        tracks: dict[int, list[Look]] = {}
        for look in self._looks:
            if look.track_id != track_id and from_ms - BEYOND_MS <= look.time_ms <= to_ms + BEYOND_MS:
                tracks.setdefault(look.track_id, []).append(look)
        return [_track(number, looks) for number, looks in sorted(tracks.items())]


def _track(number: int, looks: list[Look]) -> OtherTrack:
    ordered = sorted(looks, key=lambda look: look.time_ms)
    return OtherTrack(
        track_id=number,
        label=ordered[-1].label,
        time_ms=tuple(look.time_ms for look in ordered),
        boxes=tuple((round(x1), round(y1), round(x2), round(y2)) for x1, y1, x2, y2 in (look.box for look in ordered)),
    )
