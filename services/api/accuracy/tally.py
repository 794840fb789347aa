"""What was said of each call, kept until the bus was seen there, then counted by line, time ahead and quarter hour.

Each call is asked for every two minutes of its last quarter of an hour: the same questions whatever the answers.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from fleet.arrivals.score import EAB_BANDS_S, EAB_BINS_S
from schemas.message import Message
from schemas.prediction import TripPrediction
from schemas.stop_event import StopEvent

ASK_EVERY_MS = 120_000
FARTHEST_MS = EAB_BINS_S[-1][1] * 1000
SLOT_MS = 15 * 60_000
KEEP_MS = 6 * 3_600_000
# A bus that was not seen at a stop for so long after it was last foreseen there will not be.
WAIT_MS = 45 * 60_000


class Said(NamedTuple):
    """What riders were told of one call at one moment."""

    made_ms: int
    eta_ms: int
    p10_ms: int
    p90_ms: int


@dataclass
class Count:
    """How many answers there were, how many were accurate, within the range, too early a bus for; and summed errors."""

    answers: int = 0
    accurate: int = 0
    covered: int = 0
    missed: int = 0
    late_s: float = 0.0

    def add(self, other: "Count") -> None:
        """Take in the counts of another."""
        self.answers += other.answers
        self.accurate += other.accurate
        self.covered += other.covered
        self.missed += other.missed
        self.late_s += other.late_s


Trip = tuple[str, str, str]


@dataclass
class Tally:
    """Answers that wait for their bus by trip and stop, and the counts of those whose bus came."""

    waiting: dict[Trip, dict[int, list[Said]]] = field(default_factory=dict)
    counts: dict[tuple[int, str, int], Count] = field(default_factory=dict)

    def take(self, message: Message) -> None:
        """Take a prediction or a call; anything else says nothing here."""
        if isinstance(message, TripPrediction):
            self._ask(message)
        elif isinstance(message, StopEvent) and not message.withdrawn:
            self._answer(message)

    def _ask(self, told: TripPrediction) -> None:
        of_trip = self.waiting.setdefault((told.vehicle_id, told.trip_id, told.start_date), {})
        for stop in told.stops:
            if stop.eta_ms - told.made_at_ms > FARTHEST_MS:
                break
            answers = of_trip.setdefault(stop.stop_sequence, [])
            if not answers or told.made_at_ms - answers[-1].made_ms >= ASK_EVERY_MS:
                answers.append(Said(told.made_at_ms, stop.eta_ms, stop.p10_ms, stop.p90_ms))

    def _answer(self, call: StopEvent) -> None:
        """Count what was said before a call; a call is told twice, and counts once."""
        of_trip = self.waiting.get((call.vehicle_id, call.trip_id, call.start_date), {})
        for said in of_trip.pop(call.stop_sequence, ()):
            number = bin_of((call.arrival_ms - said.made_ms) / 1000)
            if number is not None:
                key = call.arrival_ms // SLOT_MS, call.route_id, number
                self.counts.setdefault(key, Count()).add(judged(said, call.arrival_ms, number))

    def forget(self, now_ms: int) -> None:
        """Let go of counts of six hours ago and of answers whose bus was never seen there."""
        for key in [key for key in self.counts if not -SLOT_MS <= now_ms - key[0] * SLOT_MS <= KEEP_MS]:
            del self.counts[key]
        for trip, of_trip in list(self.waiting.items()):
            for stop in [s for s, answers in of_trip.items() if abs(now_ms - answers[-1].eta_ms) > WAIT_MS]:
                del of_trip[stop]
            if not of_trip:
                del self.waiting[trip]

    def clear(self) -> None:
        """Forget everything: another day is played."""
        self.waiting.clear()
        self.counts.clear()

    def since(self, from_ms: int) -> Iterator[tuple[str, int, Count]]:
        """Give line, bin and count of every quarter of an hour that ends after a moment."""
        for (slot, route_id, number), count in self.counts.items():
            if (slot + 1) * SLOT_MS > from_ms:
                yield route_id, number, count


def bin_of(ahead_s: float) -> int | None:
    """Return which bin of the ETA Accuracy Benchmark a time before the arrival lies in, ``None`` in none."""
    return next((number for number, (low, high) in enumerate(EAB_BINS_S) if low <= ahead_s < high), None)


def judged(said: Said, arrival_ms: int, number: int) -> Count:
    """Return the count of one answer, by the bands of the ETA Accuracy Benchmark."""
    error_s = (arrival_ms - said.eta_ms) / 1000
    early_s, late_s = EAB_BANDS_S[number]
    return Count(
        answers=1,
        accurate=int(early_s <= error_s <= late_s),
        covered=int(said.p10_ms <= arrival_ms <= said.p90_ms),
        missed=int(error_s < early_s),
        late_s=error_s,
    )
