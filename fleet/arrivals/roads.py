"""What the states of roads say of links: a jam that no bus has driven yet moves the forecast.

The states come from outside, with their own event time; what holds in a minute follows from the states of the minutes
before it, in whatever order they came. Of what traffic loses beside its usual time, as far as that is surer than its
own deviation, buses lose a share, which is learnt: the states may be made from the very buses that are foreseen.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fleet.arrivals.ways import Ways
from schemas.edge import EdgeState, RoadStates
from schemas.lesson import Lesson

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
EPOCH_MS = 60_000
# The estimator tells an edge anew when it changes and each five minutes, and that it knows nothing any more after ten.
FRESH_EPOCHS = 10
KEPT_EPOCHS = 60
MINUTES = 80
LEAST_MPS = 0.3
# A state that names no deviation is worth one bus.
SD_SHARE = 0.3
# The variance of what is told doubles in each half life, as at the estimator.
HALF_LIFE_S = 150.0
# Where nobody tells the usual speed of an edge it is the mean of what was told of it, drawn to what is told now.
USUAL_PRIOR = 10.0
USUAL_FADE = 0.5 ** (1.0 / 240.0)
# The share of the traffic's loss that buses have: before anything was seen, and how far it may lie from that (a
# variance of 600 s² of a running time over a deviation of 0.3, of all links, and of one link from all).
SHARE_BEFORE = 0.7
SHARE_PRIOR = 600.0 / 0.3**2
MOST_SHARE = 1.5
LEAST_S = 2.0
MOST_TOOK_S = 1200.0
PACE, VARIANCE, USUAL, TOLD = range(4)


@dataclass(frozen=True, eq=False)
class Traffic:
    """What traffic loses on each link in one minute.

    ``excess_s`` is seconds beside the usual, as far as they are sure, negative where traffic is faster; ``told_ms`` the
    time of the newest state of any of its edges, 0 where there is none.
    """

    excess_s: Floats
    told_ms: Floats


@dataclass(frozen=True, eq=False)
class _Frozen:
    """What was learnt until a moment: sums of paces of each edge and their count, and each link's share."""

    pace: Floats
    share: Floats


class Roads:
    """Keeps the states of the last hour and what buses make of them.

    Parameters
    ----------
    ways : Ways
        The edges of each link.
    """

    def __init__(self, ways: Ways) -> None:
        self._ways = ways
        links, edges = ways.metres.shape
        self._minutes: dict[int, Floats] = {}
        self._traffic: dict[int, Traffic] = {}
        self._silent = Traffic(np.zeros(links), np.zeros(links))
        self._pace = np.zeros((2, edges))
        self.sums = np.zeros((2, links))
        self._frozen: dict[int, _Frozen] = {}
        self._epochs = np.full(MINUTES, -1, dtype=np.int64)
        self._base = np.zeros((MINUTES, links), dtype=np.float32)
        self._moved = np.zeros((MINUTES, links), dtype=np.float32)

    def take(self, told: Iterable[RoadStates], newest: int) -> int | None:
        """Take states of roads.

        Parameters
        ----------
        told : iterable of RoadStates
            In any order; of edges that no link runs over nothing is kept.
        newest : int
            The minute of the newest fix, 0 before the first; what is an hour older or five minutes newer is left out.

        Returns
        -------
        int or None
            The first minute for which something changed.
        """
        changed: int | None = None
        for state in (state for message in told for state in message.states):
            column, epoch = self._ways.number.get(state.edge_id), state.time_ms // EPOCH_MS
            if column is None or (newest and not newest - KEPT_EPOCHS < epoch <= newest + 5):
                continue
            minute = self._minutes.get(epoch)
            if minute is None:
                minute = self._minutes[epoch] = np.full((4, self._pace.shape[1]), np.nan)
            row = _row_of(state)
            # Of two states of one moment the same one counts in any order.
            if not tuple(minute[::-1, column]) >= row[::-1]:
                minute[:, column] = row
                changed = epoch if changed is None else min(changed, epoch)
        if changed is not None:
            self._traffic = {e: traffic for e, traffic in self._traffic.items() if e <= changed}
            self._minutes = dict(sorted(self._minutes.items())[-KEPT_EPOCHS:])
        return changed

    def at(self, epoch: int) -> Traffic:
        """Return what traffic loses on each link, known at the beginning of a minute."""
        found = self._traffic.get(epoch)
        if found is None:
            recent = [e for e in range(epoch - FRESH_EPOCHS, epoch) if e in self._minutes]
            found = self._traffic[epoch] = self._work_out(recent, epoch) if recent else self._silent
        return found

    def _work_out(self, recent: list[int], epoch: int) -> Traffic:
        state = self._minutes[recent[0]].copy()
        for later in recent[1:]:
            np.copyto(state, self._minutes[later], where=~np.isnan(self._minutes[later][TOLD]))
        known = state[PACE] > 0.0  # neither never told nor "no data"
        pace = np.where(known, state[PACE], 0.0)
        learnt = self._frozen_at(epoch).pace
        usual = (learnt[0] + USUAL_PRIOR * pace) / (learnt[1] + USUAL_PRIOR)
        usual = np.where(state[USUAL] > 0.0, state[USUAL], usual)
        aged_s = np.where(known, epoch * EPOCH_MS - state[TOLD], 0.0) / 1000.0
        deviation = np.where(known, np.sqrt(state[VARIANCE] * np.exp2(aged_s / HALF_LIFE_S)), 0.0)
        metres = self._ways.metres
        beyond = np.where(known, pace - usual, 0.0)
        excess = metres @ beyond
        variance = (metres @ deviation) ** 2 + self._ways.elsewhere @ beyond**2
        sure = np.maximum(0.0, 1.0 - variance / np.maximum(excess**2, 1e-9))
        told = np.where(known, state[TOLD], 0.0)
        newest = np.zeros(len(excess))
        some = np.diff(metres.indptr) > 0
        newest[some] = np.maximum.reduceat(told[metres.indices], metres.indptr[:-1][some]) if some.any() else 0.0
        return Traffic(excess * sure, newest)

    def moves(self, epoch: int, known: Floats) -> Floats:
        """Return by how much the states move the ratio of each link, before buses' share of it.

        Parameters
        ----------
        epoch : int
            The minute.
        known : array
            What is in the ratio already, since the last buses met it.
        """
        traffic = self.at(epoch)
        out: Floats = np.where(traffic.told_ms > 0, traffic.excess_s / self._ways.planned_s - known, 0.0)
        return out

    def share_at(self, epoch: int) -> Floats:
        """Return the share of the traffic's loss that buses have on each link."""
        return self._frozen_at(epoch).share

    def know(self, epoch: int, base: Floats, moved: Floats) -> None:
        """Remember, of a minute that will not change any more, the ratios without the states and their moves."""
        row = epoch % MINUTES
        self._epochs[row], self._base[row], self._moved[row] = epoch, base, moved

    def met_s(self, lessons: Iterable[Lesson]) -> Floats:
        """Return the seconds of excess that buses met on the links which they drove in a minute."""
        met = np.zeros(len(self._silent.excess_s))
        for lesson in sorted((one for one in lessons if one.link >= 0), key=lambda one: one.identity):
            middle_ms = lesson.known_ms - round(500 * min(lesson.took_s, MOST_TOOK_S))
            met[lesson.link] += self.at(middle_ms // EPOCH_MS + 1).excess_s[lesson.link]
        return met

    def settle(self, epoch: int, lessons: Iterable[Lesson]) -> None:
        """Learn from a minute that will not change any more: which share buses had, and what is usual."""
        for lesson in lessons:
            entered = (lesson.known_ms - round(1000 * lesson.took_s)) // EPOCH_MS
            row = entered % MINUTES
            if lesson.link < 0 or self._epochs[row] != entered:
                continue
            most = 4.0 * lesson.planned_s + 120.0
            told = lesson.planned_s * float(self._moved[row, lesson.link])
            if abs(told) >= LEAST_S:
                beyond = min(lesson.took_s, most) - lesson.planned_s * float(self._base[row, lesson.link])
                self.sums[:, lesson.link] += np.rint((told * told, told * beyond))
        minute = self._minutes.get(epoch)
        if minute is not None:
            known = minute[PACE] > 0.0
            self._pace *= USUAL_FADE
            self._pace[0, known] += minute[PACE, known]
            self._pace[1, known] += 1.0
        oldest = epoch - FRESH_EPOCHS - round(MOST_TOOK_S) // 120
        self._minutes = {e: minute for e, minute in self._minutes.items() if e >= oldest}
        self._traffic = {e: traffic for e, traffic in self._traffic.items() if e > oldest}

    def freeze(self, number: int) -> None:
        """Take what was learnt as known for ten minutes, always with the same minutes in it."""
        if number not in self._frozen:
            self._frozen[number] = _Frozen(self._pace.copy(), self._share())
            self._frozen = {n: frozen for n, frozen in self._frozen.items() if n > number - 5}

    def load(self, sums: Floats) -> None:
        """Begin with what was learnt before of buses' share."""
        self.sums = sums
        self._frozen.clear()

    def _share(self) -> Floats:
        told, beyond = self.sums
        of_all = (beyond.sum() + SHARE_PRIOR * SHARE_BEFORE) / (told.sum() + SHARE_PRIOR)
        out: Floats = np.clip((beyond + SHARE_PRIOR * of_all) / (told + SHARE_PRIOR), 0.0, MOST_SHARE)
        return out

    def _frozen_at(self, epoch: int) -> _Frozen:
        if not self._frozen:
            return _Frozen(self._pace, self._share())
        return self._frozen.get(epoch // 10) or self._frozen[min(self._frozen)]


def _row_of(state: EdgeState) -> tuple[float, ...]:
    """Return pace, its variance, usual pace and time of a state; pace 0 says that nothing is known any more."""
    if state.speed_mps is None or state.imputed:
        return 0.0, 0.0, 0.0, float(state.time_ms)
    speed = max(state.speed_mps, LEAST_MPS)
    sd = state.sd_mps if state.sd_mps is not None else SD_SHARE * speed
    usual = 1.0 / max(state.usual_mps, LEAST_MPS) if state.usual_mps is not None else 0.0
    return 1.0 / speed, (sd / speed**2) ** 2, usual, float(state.time_ms)
