"""Whether a bus that drives along its trip serves it, from the stops that it leaves without having stood there."""

import math
from dataclasses import dataclass, field

from fleet.stop_events.call import TELLING_MS, Call
from fleet.stop_events.watch import StopWatch
from schemas.stop_event import StopEvent

# Before anything was seen of a bus it is taken to stand at one stop in five, as if five had been seen.
PRIOR_STOOD, PRIOR_LEFT = 1.0, 5.0
# A bus in service would leave so many stops in a row less often than this.
LEAST_CHANCE = 0.01
# How full buses are changes over a day: older calls weigh half each time that so many have been seen.
MOST_LEFT = 40.0
# Nobody stands so surely that fewer tell anything.
LEAST_ROW = 2


@dataclass(slots=True)
class Serving:
    """The calls of one bus: at how many of the stops that it ``left`` it ``stood``, and how many it left since.

    ``row`` are the stops that it left in a row without a sign of standing, the first at ``since_ms``; they are not yet
    among the others. ``held`` are its calls there while it is taken to drive empty: they are told if it is not.
    """

    stood: float = 0.0
    left: float = 0.0
    row: int = 0
    since_ms: int = 0
    held: list[Call] = field(default_factory=list)

    def note(self, event: StopEvent, took_ms: int, *, told: bool) -> None:
        """Take a call that is over.

        Parameters
        ----------
        event : StopEvent
            With its departure.
        took_ms : int
            Time between the reports around it.
        told : bool
            Whether both of them tell a speed.
        """
        if event.stopped:
            self._settle(1.0)
        elif told and took_ms <= TELLING_MS:
            self.since_ms = self.since_ms if self.row else event.arrival_ms
            self.row += 1

    def begin(self) -> None:
        """Leave the first stop of a trip: what comes is another way than what was."""
        if not self.is_empty:
            self._settle(0.0)
        self.row = 0
        self.held.clear()

    def sift(self, watch: StopWatch, events: list[StopEvent], *, was_empty: bool) -> list[StopEvent]:
        """Return what to say of the newest calls: nothing while the bus drives empty, all once it was not.

        Parameters
        ----------
        watch : StopWatch
            Told the calls; keeps those that stand.
        events : list of StopEvent
            The newest.
        was_empty : bool
            Whether the bus was taken to be empty before them.

        Returns
        -------
        list of StopEvent
            Calls of the row are withdrawn when it is found to be empty, and told again if it stands after all.
        """
        if not self.is_empty:
            back, self.held = self.held, []
            watch.told.update((call[0], call) for call in back)
            return [*(watch.tell(call) for call in back), *events]
        new = {event.stop_sequence for event in events if event.departure_ms is None}
        self.held += [call for call in watch.told.values() if call[1] >= self.since_ms and call[2] is not None]
        gone = watch.take_back(self.since_ms)
        return [] if was_empty else [event for event in gone if event.stop_sequence not in new]

    @property
    def is_empty(self) -> bool:
        """Whether a bus that stands at stops as often as this one did would hardly have passed so many."""
        if self.row < LEAST_ROW:  # as nearly always
            return False
        stands = (self.stood + PRIOR_STOOD) / (self.left + PRIOR_LEFT)
        return self.row * math.log1p(-stands) < math.log(LEAST_CHANCE)

    def _settle(self, stood: float) -> None:
        """Count the stops of the row, unless nobody can have waited there, and one where it stood."""
        if not self.is_empty:
            self.left += self.row
        self.left += stood
        self.stood += stood
        self.row = 0
        if self.left > MOST_LEFT:
            self.left, self.stood = self.left / 2.0, self.stood / 2.0
