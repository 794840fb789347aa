"""What one observed arrival teaches every tracker of the city."""

from schemas.message import Message
from schemas.units import Count, DurationS, Id, SignedS, TimeMs


class Lesson(Message, frozen=True):
    """How long a link took, and what the bus had been up to, so that each tracker sees how right it was foreseen.

    A lesson replaces an earlier one of the same `identity`; one with link -1, no facts and no terminal takes it back.
    ``link``, ``trip``, ``stop`` and ``terminal`` are numbers of the timetable that ``timetable`` is the fingerprint of,
    ``link`` -1 where the bus was not seen on the whole link; ``took_s`` and ``planned_s`` are its running times.
    ``facts`` are the situations of the bus before, eleven numbers each, all from its own fixes; the trip was due to
    begin at ``start_ms``, and the bus came to the stop at ``arrival_ms``. At the first stop of a trip ``left_s`` is how
    much later the bus left ``terminal`` than it could. ``tracker`` is who told it.
    """

    known_ms: TimeMs
    vehicle_id: Id
    stop_sequence: Count
    trip_id: Id
    link: int
    planned_s: float
    took_s: DurationS
    timetable: str = ""
    tracker: str = ""
    start_date: str = ""
    trip: Count = 0
    stop: Count = 0
    start_ms: int = 0
    arrival_ms: int = 0
    facts: tuple[float, ...] = ()
    terminal: Count | None = None
    left_s: SignedS | None = None

    @property
    def identity(self) -> tuple[str, str, str, int]:
        """Which arrival it is of; two lessons of one are not both true."""
        return self.vehicle_id, self.trip_id, self.start_date, self.stop_sequence

    @property
    def takes_back(self) -> bool:
        """Whether it only says that an earlier one was wrong."""
        return self.link < 0 and not self.facts and self.terminal is None
