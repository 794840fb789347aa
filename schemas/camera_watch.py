"""What a camera says that a detector watched: its counts and its health, with the model that made them."""

from schemas.camera import CameraCount, CameraHealth
from schemas.units import DurationS, Sha256

# Of an interval that was watched for a smaller share than this, nothing is concluded.
LEAST_SHARE = 0.5


class CameraMinute(CameraCount, frozen=True):
    """Counts of one approach and interval, for how much of it somebody watched, and by which model.

    ``watched_s`` is how long pictures in which the camera saw followed each other without a gap; an interval of which
    a part was skipped, lost or blind is shorter watched than it is long. ``None`` where nobody said: the whole of it.
    ``model_sha256`` is the hash of the detector's weights, as in candidates; ``None`` where none counted (simulated).
    """

    watched_s: DurationS | None = None
    model_sha256: Sha256 | None = None

    @property
    def seconds(self) -> float:
        """For how long road users were counted, seconds."""
        whole_s = (self.end_ms - self.start_ms) / 1000.0
        return whole_s if self.watched_s is None else min(self.watched_s, whole_s)

    @property
    def is_watched(self) -> bool:
        """Whether enough of the interval was seen for its counts to tell how much drives there."""
        return (
            self.frames > 0
            and self.seconds > 0.0
            and self.seconds >= LEAST_SHARE * (self.end_ms - self.start_ms) / 1000.0
        )


class CameraSight(CameraHealth, frozen=True):
    """How well one camera sees, and by which model its pictures were watched.

    ``model_sha256`` is ``None`` where no model looked: what capture says of the line, a camera without usable weights,
    pictures that could not be watched; ``text`` says which.
    """

    model_sha256: Sha256 | None = None
