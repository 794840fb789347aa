"""What we believe a bus runs, fix after fix, where its source does not say."""

import math

FORGET = 0.85
STAY = 2.5
SURPRISE = -6.0
NOTHING = -9.0
KEEP = 24
Key = tuple[int, str]


class TripBelief:
    """Log scores of the trips one bus may be running; shape and heading add up, the time is only of now."""

    __slots__ = ("_place", "chosen", "probability")

    def __init__(self) -> None:
        self._place: dict[Key, float] = {}
        self.chosen: Key | None = None
        self.probability = 0.0

    def take(self, fits: list[tuple[int, str, float, float]]) -> Key | None:
        """Weigh the trips that fit one more fix.

        Parameters
        ----------
        fits : list of (trip, start_date, place, time)
            From ``TripFitter.fit``.

        Returns
        -------
        tuple of (trip, start_date) or None
            The trip believed in, ``None`` where none fits better than nothing.
        """
        place = {key: FORGET * old + SURPRISE for key, old in self._place.items() if old > -30.0}
        total: dict[Key, float] = {}
        for trip, date, here, when in fits:
            key = (trip, date)
            place[key] = FORGET * self._place.get(key, SURPRISE / 2) + here
            total[key] = place[key] + when + (STAY if key == self.chosen else 0.0)
        best = sorted([(-score, key) for key, score in total.items()])[:KEEP]
        self._place = {key: place[key] for _, key in best}
        if self.chosen is not None and self.chosen not in total and place.get(self.chosen, NOTHING * 2) > NOTHING:
            self._place[self.chosen] = place[self.chosen]
            self.probability *= 0.7
            return self.chosen
        if not best or -best[0][0] < NOTHING:
            self.chosen, self.probability = None, 0.0
            return None
        top = best[0][0]
        weight = sum([math.exp(top - score) for score, _ in best]) + math.exp(NOTHING + top)
        self.chosen, self.probability = best[0][1], 1.0 / weight
        return self.chosen

    @property
    def place(self) -> dict[Key, float]:
        """The scores, as `restore` takes them."""
        return self._place

    def restore(self, place: list[tuple[Key, float]], chosen: Key | None, probability: float) -> None:
        """Believe what was believed elsewhere."""
        self._place, self.chosen, self.probability = dict(place), chosen, probability

    def forget(self) -> None:
        """Start anew, as after a long silence."""
        self._place, self.chosen, self.probability = {}, None, 0.0
