"""How long one stands here when nothing is wrong: survival learnt from ended stands, by place and by city."""

import math
from collections import defaultdict

STEP_S = 10.0
BINS = 60
WEIGHT = 20.0
FLOOR = 1e-4


class UsualStands:
    """Counts of ended stands by length, of each place and of all; the shape of a place leans on that of all."""

    def __init__(self) -> None:
        self._counts: dict[str, list[float]] = defaultdict(lambda: [0.0] * BINS)
        self._all = [0.0] * BINS

    def learn(self, place: str, seconds: float) -> None:
        """Take the length of one stand that ended."""
        row = min(int(seconds / STEP_S), BINS - 1)
        self._counts[place][row] += 1.0
        self._all[row] += 1.0

    def known(self, place: str) -> float:
        """Return how many stands of a place ended so far."""
        return sum(self._counts[place]) if place in self._counts else 0.0

    def longer(self, place: str, seconds: float) -> float:
        """Return the share of stands that last longer, > 0; a tail nobody has seen falls off as an exponential."""
        row = min(int(seconds / STEP_S), BINS - 1)
        whole, own = sum(self._all), self._counts.get(place)
        prior = math.exp(-seconds / 25.0)
        city = (sum(self._all[row:]) + 5.0 * prior) / (whole + 5.0)
        if own is None:
            return max(city, FLOOR)
        return max((sum(own[row:]) + WEIGHT * city) / (sum(own) + WEIGHT), FLOOR)

    def dump(self) -> dict[str, list[float]]:
        """Return what was learnt, for a file."""
        return {place: counts for place, counts in self._counts.items() if any(counts)}

    def load(self, kept: dict[str, list[float]]) -> None:
        """Take what `dump` returned; rows of another form are left out."""
        for place, counts in kept.items():
            if len(counts) == BINS:
                self._counts[place] = [float(value) for value in counts]
                self._all = [a + b for a, b in zip(self._all, self._counts[place], strict=True)]
