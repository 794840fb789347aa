"""What is learnt from all buses: running times of links, behaviour at terminals, and our own errors.

A lesson is used only from two minutes of event time after it became known. Lessons are added up by the minute in whole
numbers, and the last 20 minutes can still change; so neither the order in which the partitions of the log arrive nor a
lesson that comes, changes or is taken back up to 15 minutes late leaves a trace in what is known in the end.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fleet.arrivals.calibration import add_counts, prior_counts, quantiles_of, shown_shift
from fleet.arrivals.features import BETA_BEFORE, FINENESS, KINDS, SUMS, TERMS, TRIANGLE, WEIGHT_BEFORE
from fleet.arrivals.history import ALL_PRIOR_S, History, Usual
from fleet.arrivals.links import Links
from fleet.arrivals.tally import Tally, tally
from schemas.lesson import Lesson

Floats = NDArray[np.float64]
EPOCH_MS = 60_000
HOLD_MS = 120_000
HOLD_EPOCHS = 1 + HOLD_MS // EPOCH_MS
KEEP_EPOCHS = 20
USUAL_EPOCHS = 10
RECENT_FADE = float(np.exp(-1.0 / 40.0))
TERMINAL_FADE = float(np.exp(-1.0 / 600.0))
RECENT_PRIOR_S = 150.0
PIECE_PRIOR_S = 150.0
LEFT_S = 20.0
LEFT_PRIOR = 4.0
ALIKE = 30.0  # predictions of one arrival, and of one trip, err alike: so many count as one
BETA_DEVIATION = 0.3
WEIGHT_DEVIATION = 0.4
MOST_SUM = 200_000.0 * FINENESS
Identity = tuple[str, str, str, int]


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What may be used at one time; the same for every bus that asks in the same minute.

    ``ratio`` is the running time of each link now over the planned one, ``usual`` the usual one, ``noise`` its variance
    per second. ``left_s`` is how much later than it could a bus leaves each terminal. ``beta``, ``weight`` (kinds,
    terms), ``quantile`` (kinds, 3, horizons) and ``shift_s`` (kinds, horizons, spreads) are of the model. ``known`` is
    the weight of late passes of each link, planned seconds.
    """

    ratio: Floats
    usual: Floats
    noise: Floats
    left_s: Floats
    beta: Floats
    weight: Floats
    quantile: Floats
    shift_s: Floats
    known: Floats


@dataclass(frozen=True, eq=False)
class Known:
    """The sums at the end of a minute: fading ones, and ``drove`` (2, links): all that was ever added, milliseconds."""

    took_s: Floats
    planned_s: Floats
    drove: Floats
    left: Floats
    counts: Floats
    sums: Floats


class Learner:
    """Keeps what was learnt and hands out snapshots by the minute.

    Parameters
    ----------
    links : Links
        The links of the timetable.
    timezone : str
        Of the timetable.
    """

    def __init__(self, links: Links, timezone: str) -> None:
        self._links = links
        self._timezone = timezone
        self.history = History(links.count)
        none, terminals = np.zeros(links.count), len(links.terminals)
        left = np.array([[1000.0 * LEFT_S * LEFT_PRIOR], [LEFT_PRIOR]]) * np.ones(terminals)
        self._base = Known(none, none, np.zeros((2, links.count)), left, prior_counts(), np.zeros((KINDS, SUMS)))
        self._base_epoch = 0
        self._usual: dict[int, tuple[Usual, Floats]] = {}
        self._lessons: dict[int, dict[Identity, Lesson]] = {}
        self._epoch_of: dict[Identity, int] = {}
        self._tallies: dict[int, Tally] = {}
        self._known: dict[int, Known] = {}
        self._snapshots: dict[int, Snapshot] = {}
        self._newest = 0
        self.too_late = 0

    def add(self, lesson: Lesson) -> None:
        """Take one observed arrival, or what it says instead of an earlier one; it counts two minutes later."""
        epoch = lesson.known_ms // EPOCH_MS
        self._reach(epoch)
        before = self._epoch_of.get(lesson.identity)
        if epoch <= self._base_epoch:
            self.too_late += 1
            return
        if before is not None:
            if self._lessons[before].get(lesson.identity) == lesson:
                return
            del self._lessons[before][lesson.identity], self._epoch_of[lesson.identity]
            self._change(before)
        if not lesson.takes_back:
            self._lessons.setdefault(epoch, {})[lesson.identity] = lesson
            self._epoch_of[lesson.identity] = epoch
            self._change(epoch)

    def add_all(self, lessons: Iterable[Lesson]) -> None:
        """Take many observed arrivals, of hours, at once."""
        for lesson in sorted(lessons, key=lambda lesson: lesson.known_ms):
            self.add(lesson)

    def at(self, time_ms: int) -> Snapshot:
        """Return what may be used at a moment.

        Parameters
        ----------
        time_ms : int
            Event time of the fix a prediction is made from.

        Returns
        -------
        Snapshot
            Everything known two minutes before the moment's minute.
        """
        epoch = time_ms // EPOCH_MS
        self._reach(epoch)
        epoch = max(epoch, self._base_epoch + HOLD_EPOCHS)
        found = self._snapshots.get(epoch)
        if found is None:
            found = self._snapshots[epoch] = self._snapshot(self._know(epoch - HOLD_EPOCHS), epoch)
        return found

    def _change(self, epoch: int) -> None:
        self._tallies.pop(epoch, None)
        if epoch in self._known or any(later >= epoch for later in self._known):
            self._known = {e: known for e, known in self._known.items() if e < epoch}
            self._snapshots = {e: s for e, s in self._snapshots.items() if e < epoch + HOLD_EPOCHS}

    def _reach(self, epoch: int) -> None:
        """Make room for a newer minute: what is older than can change becomes the base."""
        if epoch <= self._newest:
            return
        base = epoch - KEEP_EPOCHS
        if not self._newest:
            self._base_epoch = base - 1
        self._newest = epoch
        while self._base_epoch < base:
            if any(self._lessons.values()):
                self._settle(self._base_epoch + 1)
            else:
                self._base = _fade(self._base, base - self._base_epoch)
                self._base_epoch = base
            self._freeze((self._base_epoch + KEEP_EPOCHS) // USUAL_EPOCHS)
        self._known = {e: known for e, known in self._known.items() if e > self._base_epoch}
        self._snapshots = {e: s for e, s in self._snapshots.items() if e >= self._base_epoch + HOLD_EPOCHS}

    def _freeze(self, number: int) -> None:
        """Take what is usual once in ten minutes, always with the same minutes in it."""
        if number not in self._usual:
            middle_ms = (number * USUAL_EPOCHS + USUAL_EPOCHS // 2) * EPOCH_MS
            self._usual[number] = (self.history.freeze(middle_ms, self._timezone), self._base.drove)
            self._usual = {n: usual for n, usual in self._usual.items() if n > number - 4}

    def _settle(self, epoch: int) -> None:
        self._base = self._know(epoch)
        self.history.add(self._tally(epoch), epoch * EPOCH_MS, self._timezone)
        self._base_epoch = epoch
        for lesson in self._lessons.pop(epoch, {}).values():
            self._epoch_of.pop(lesson.identity, None)
        self._tallies.pop(epoch, None)

    def _tally(self, epoch: int) -> Tally:
        found = self._tallies.get(epoch)
        if found is None:
            found = tally(self._lessons.get(epoch, {}).values(), len(self._links.terminals))
            self._tallies[epoch] = found
        return found

    def _know(self, epoch: int) -> Known:
        """Return the sums at the end of a minute that is not older than the base."""
        at = epoch
        while at > self._base_epoch and at not in self._known:
            at -= 1
        known = self._base if at <= self._base_epoch else self._known[at]
        for later in range(at + 1, epoch + 1):
            known = self._known[later] = _add(known, self._tally(later))
        return known

    def _snapshot(self, known: Known, epoch: int) -> Snapshot:
        frozen, settled = self._usual.get(epoch // USUAL_EPOCHS) or self._usual[max(self._usual)]
        usual = frozen.ratio(*((known.drove - settled) / 1000.0))
        expected = known.planned_s * usual
        today = (known.took_s.sum() + ALL_PRIOR_S) / (expected.sum() + ALL_PRIOR_S)
        pieces = self._links.pieces
        piece = (pieces.T @ known.took_s + PIECE_PRIOR_S * today) / (pieces.T @ expected + PIECE_PRIOR_S)
        road = pieces @ piece
        ratio = usual * (known.took_s + RECENT_PRIOR_S * road) / (expected + RECENT_PRIOR_S)
        count, all_count = known.left[1], known.left[1].sum()
        left = (known.left[0] + LEFT_PRIOR * known.left[0].sum() / all_count) / (count + LEFT_PRIOR) / 1000.0
        beta = np.array(
            [_solve(row[: SUMS // 2], b, BETA_DEVIATION) for row, b in zip(known.sums, BETA_BEFORE, strict=True)]
        )
        weight = np.array(
            [_solve(row[SUMS // 2 :], w, WEIGHT_DEVIATION) for row, w in zip(known.sums, WEIGHT_BEFORE, strict=True)]
        )
        quantile, shift = quantiles_of(known.counts), shown_shift(known.counts)
        return Snapshot(
            ratio, usual, frozen.noise, left, beta, np.maximum(weight, 0.0), quantile, shift, known.planned_s
        )


def _solve(sums: Floats, before: Floats, deviation: float) -> Floats:
    """Return the coefficients that fit best, drawn to what they were before anything was seen."""
    matrix = np.zeros((TERMS, TERMS))
    matrix[np.triu_indices(TERMS)] = sums[:TRIANGLE]
    matrix = matrix + matrix.T - np.diag(np.diag(matrix))
    drawn = FINENESS * ALIKE / deviation**2 * np.eye(TERMS)
    return before + np.linalg.solve(matrix + drawn, sums[TRIANGLE:] - matrix @ before)


def _add(known: Known, minute: Tally) -> Known:
    faded = _fade(known, 1)
    drove = known.drove.copy()
    for row, sums, new in ((drove[0], faded.took_s, minute.took), (drove[1], faded.planned_s, minute.planned)):
        row[minute.links] += new
        sums[minute.links] += new / 1000.0
    sums = known.sums + minute.sums
    room = np.minimum(1.0, MOST_SUM / np.maximum(sums[:, SUMS // 2], 1.0))
    counts, left = add_counts(known.counts, minute.counts), faded.left + minute.left
    return Known(faded.took_s, faded.planned_s, drove, left, counts, sums * room[:, None])


def _fade(known: Known, minutes: int) -> Known:
    recent, slow = RECENT_FADE**minutes, TERMINAL_FADE**minutes
    return Known(
        known.took_s * recent, known.planned_s * recent, known.drove, known.left * slow, known.counts, known.sums
    )
