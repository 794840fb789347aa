"""Which pictures of a camera are looked at where the machine cannot keep up with all."""

from collections.abc import Sequence

# How far pictures may lie behind before some are skipped: milliseconds → every n-th is looked at, 0 is none.
SKIP = ((60_000, 0), (20_000, 4), (8_000, 2))
# Pictures farther apart tell hardly who is who (docs/camera.md): of slow cameras fewer are skipped.
APART_MS = 350
# Once none was looked at, none is until so little is left: one long gap costs fewer road users than many short ones.
CAUGHT_UP_MS = SKIP[-1][0]


class Pace:
    """Decides for one camera, piece after piece."""

    def __init__(self) -> None:
        self._leaps = False

    def every(self, frame_ms: Sequence[int], behind_ms: int) -> int:
        """Return which pictures of a piece are looked at: every n-th; 0 is none.

        Parameters
        ----------
        frame_ms : sequence of int
            Their times.
        behind_ms : int
            How long ago the last was taken.

        Returns
        -------
        int
            0, 1, 2 or 4; of pictures so rare that the looked at would be over `APART_MS` apart, fewer are skipped.
        """
        self._leaps = behind_ms > (CAUGHT_UP_MS if self._leaps else SKIP[0][0])
        if self._leaps:
            return 0
        wanted = next((every for limit_ms, every in SKIP if behind_ms > limit_ms), 1)
        step_ms = (frame_ms[-1] - frame_ms[0]) / max(1, len(frame_ms) - 1)
        return next((every for every in (4, 2) if every <= wanted and every * step_ms <= APART_MS), 1)
