"""What one observed arrival teaches every tracker of the city."""

from schemas.message import Message
from schemas.units import Count, DurationS, Id, SignedS, TimeMs


class Lesson(Message, frozen=True, order=True):
    """How long a link took, and how wrong each earlier prediction of the arrival was.

    Lessons are taken in the order of (time, vehicle, stop). ``link`` is a number of the timetable that ``timetable`` is
    the fingerprint of, -1 where the bus was not seen on the whole link; ``took_s`` and ``planned_s`` are its running
    times. ``kinds``, ``horizons_s`` and ``errors_s`` have one entry a prediction. ``tracker`` is who told it.
    """

    known_ms: TimeMs
    vehicle_id: Id
    stop_sequence: Count
    trip_id: Id
    link: int
    planned_s: float
    took_s: DurationS
    kinds: tuple[int, ...]
    horizons_s: tuple[float, ...]
    errors_s: tuple[SignedS, ...]
    timetable: str = ""
    tracker: str = ""

    @property
    def identity(self) -> tuple[int, str, int, str]:
        """Which arrival it is of; two lessons of one are the same."""
        return self.known_ms, self.vehicle_id, self.stop_sequence, self.trip_id
