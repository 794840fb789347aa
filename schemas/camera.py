"""What a camera recorded, counted and how well it sees."""

import enum

from schemas.message import Message
from schemas.text import Text
from schemas.units import Count, DistanceM, DurationS, Id, Probability, Score, Sha256, TimeMs


class CameraSegment(Message, frozen=True):
    """About two seconds of one camera's recording, stored once and referred to here.

    ``frame_ms`` holds one event time a frame: the camera's own clock where it
    is known, else the time of reception; ``uncertainty_s`` is its error, ``clock_off_ms`` how far the camera's clock
    went off (positive: fell behind) since the recording began.
    """

    camera_id: Id
    segment: Count
    uri: Id
    sha256: Sha256
    start_ms: TimeMs
    end_ms: TimeMs
    received_ms: TimeMs
    frame_ms: tuple[int, ...]
    width: Count
    height: Count
    codec: str
    clock: str
    uncertainty_s: DurationS
    gap_before_s: DurationS = 0.0
    clock_off_ms: int = 0


class CameraState(enum.StrEnum):
    """Whether a camera's rules may run."""

    OK = "ok"
    DARK = "dark"
    BLURRED = "blurred"
    FROZEN = "frozen"
    MOVED = "moved"
    BLOCKED = "blocked"
    CLOCK = "clock"
    LOST = "lost"


class CameraHealth(Message, frozen=True):
    """How well one camera sees, and since when."""

    camera_id: Id
    time_ms: TimeMs
    state: CameraState
    since_ms: TimeMs
    frames: Count
    skipped: Count
    live: Score
    text: Text


class CameraCount(Message, frozen=True):
    """Road users of one class that crossed one approach in one interval.

    ``occupancy`` is the mean share of the view that was covered, ``standing_s`` the longest time that a vehicle
    in it had been standing; ``edge_id`` the edge that the approach lies on. ``turns`` has those that were seen to take
    a way out, by turn and class. ``stopped`` is how many stood at one time at most; ``queue_m`` how far back from the
    line the standing queue reached and ``queue_vehicles`` how many stood in it at most, ``queue_since_ms`` since when
    the longest had been there.
    """

    camera_id: Id
    approach_id: Id
    start_ms: TimeMs
    end_ms: TimeMs
    counts: dict[str, int]
    frames: Count
    occupancy: Probability | None = None
    standing_s: DurationS | None = None
    edge_id: str | None = None
    turns: dict[str, dict[str, int]] | None = None
    stopped: Count | None = None
    queue_m: DistanceM | None = None
    queue_vehicles: Count | None = None
    queue_since_ms: TimeMs | None = None
