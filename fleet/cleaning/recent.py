"""What one source sent in the last ten minutes, counted in slots of ten seconds.

Counting anew what ten minutes brought, every ten seconds, costs more than tracking it once a city sends thousands of
fixes a second; slots cost the same however many there are.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

WINDOW_MS = 600_000
SLOT_MS = 10_000
DELAY_STEP_S = 0.1
MOST_DELAY_S = 3_600.0
MOST_TIMES = 1_000  # a slot, enough for a fleet that reports each second and its late ones


@dataclass(slots=True)
class Counts:
    """Fixes, those that told their speed, what the rules said and of whom, delays in tenths, moments, and who sent."""

    fixes: int = 0
    told: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    at_fault: Counter[tuple[str, str]] = field(default_factory=Counter)
    delays: Counter[int] = field(default_factory=Counter)
    times_s: set[int] = field(default_factory=set)
    vehicles: set[str] = field(default_factory=set)

    def add(self, other: "Counts") -> None:
        """Add what another slot counted."""
        self.fixes += other.fixes
        self.told += other.told
        self.rules.update(other.rules)
        self.at_fault.update(other.at_fault)
        self.times_s |= other.times_s
        self.delays.update(other.delays)
        self.vehicles |= other.vehicles

    @property
    def delay_p50_s(self) -> float:
        """The delay that half of the fixes stay below, seconds; 0 without fixes."""
        half, so_far = self.fixes // 2, 0
        for step in sorted(self.delays):
            so_far += self.delays[step]
            if so_far > half:
                return round(step * DELAY_STEP_S, 1)
        return 0.0


class Recent:
    """The slots of the last ten minutes of event time."""

    __slots__ = ("_slots",)

    def __init__(self) -> None:
        self._slots: dict[int, Counts] = {}

    def take(self, received_ms: int, vehicle_id: str, time_ms: int, *, told: bool, rules: Iterable[str]) -> None:
        """Count one fix.

        Parameters
        ----------
        received_ms : int
            When it came.
        vehicle_id : str
            Who sent it.
        time_ms : int
            When it says it was made; more than an hour under way counts as an hour, less than nothing as nothing.
        told : bool
            Whether it told its speed.
        rules : iterable of str
            What the rules said about it.
        """
        number = received_ms // SLOT_MS
        slot = self._slots.get(number)
        if slot is None:
            slot = self._slots[number] = Counts()
        slot.fixes += 1
        slot.told += told
        delay_s = (received_ms - time_ms) / 1000.0
        slot.delays[round(min(max(delay_s, 0.0), MOST_DELAY_S) / DELAY_STEP_S)] += 1
        slot.vehicles.add(vehicle_id)
        if len(slot.times_s) < MOST_TIMES:
            slot.times_s.add(time_ms // 1000)
        if rules:
            slot.rules.update(rules)
            slot.at_fault.update((vehicle_id, rule) for rule in rules)

    def counts(self, now_ms: int) -> Counts:
        """Return what the last ten minutes counted, and forget what is older."""
        oldest = (now_ms - WINDOW_MS) // SLOT_MS
        self._slots = {number: slot for number, slot in self._slots.items() if number >= oldest}
        total = Counts()
        for slot in self._slots.values():
            total.add(slot)
        return total
