"""What is learnt from all buses: running times of links, behaviour at terminals, and our own errors.

A lesson is used only from two minutes of event time after it became known. Lessons are added up by the minute in whole
numbers, and the last 20 minutes can still change; so neither the order in which the partitions of the log arrive nor a
lesson that comes, changes or is taken back up to 15 minutes late leaves a trace in what is known in the end.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fleet.arrivals.headway import add_gaps, headways
from fleet.arrivals.history import ALL_PRIOR_S, History, Usual, slot_of
from fleet.arrivals.links import Links
from fleet.arrivals.remembered import MODEL, ROADS, hour_part, model_part, roads_part, take_parts, take_roads
from fleet.arrivals.roads import Roads
from fleet.arrivals.selfcheck import MINUTES, SelfCheck
from fleet.arrivals.snapshot import Calibration, Snapshot
from fleet.arrivals.tally import Tally, believe, tally
from schemas.edge import RoadStates
from schemas.lesson import Lesson

Floats = NDArray[np.float64]
EPOCH_MS = 60_000
HOLD_MS = 120_000
HOLD_EPOCHS = 1 + HOLD_MS // EPOCH_MS
KEEP_EPOCHS = 20
USUAL_EPOCHS = 10
RECENT_FADE = float(np.exp(-1.0 / 60.0))
LATELY_FADE = float(np.exp(-1.0 / 8.0))
TERMINAL_FADE = float(np.exp(-1.0 / 600.0))
RECENT_PRIOR_S = 150.0
PIECE_PRIOR_S = 150.0
LATELY_PRIOR_S = 1200.0
LEFT_S = 20.0
LEFT_PRIOR = 4.0
LEAST_OF_USUAL = 0.3
NOTHING = np.zeros(0)
Identity = tuple[str, str, str, int]


@dataclass(frozen=True, eq=False)
class Known:
    """The sums at the end of a minute.

    ``took_s`` and ``planned_s`` fade, ``lately`` (2, links) fades faster, seconds; ``drove`` (2, links) is all that was
    ever added, milliseconds, ``seen_ms`` the end of the last minute with a bus on each link; ``met_s`` is what traffic
    lost, by the states of roads, when those buses drove; it fades as ``took_s`` does.
    ``gaps`` (2, links) is the seconds between buses on a link and their number, fading slowly; ``rests`` (2, links)
    is what buses took far beyond the plan in the last hour, seconds, and how many they were.
    """

    took_s: Floats
    planned_s: Floats
    lately: Floats
    drove: Floats
    left: Floats
    seen_ms: Floats
    met_s: Floats
    gaps: Floats
    rests: Floats


class Learner:
    """Keeps what was learnt and hands out snapshots by the minute.

    Parameters
    ----------
    links : Links
        The links of the timetable.
    timezone : str
        Of the timetable.
    roads : Roads, optional
        Takes the states of roads.
    """

    def __init__(self, links: Links, timezone: str, roads: Roads | None = None) -> None:
        self._links = links
        self._timezone = timezone
        self._roads = roads
        self.history = History(links.count)
        self.check = SelfCheck(links, with_roads=roads is not None)
        none, terminals = np.zeros(links.count), len(links.terminals)
        twice = np.zeros((2, links.count))
        self._base = Known(none, none, twice, twice, np.zeros((2, terminals)), none, none, twice, twice)
        self._base_epoch = 0
        self._newest = 0
        self._usual: dict[int, tuple[Usual, Floats]] = {}
        self._calibrations: dict[int, Calibration] = {}
        self._lessons: dict[int, dict[Identity, Lesson]] = {}
        self._epoch_of: dict[Identity, int] = {}
        self._tallies: dict[int, Tally] = {}
        self._known: dict[int, Known] = {}
        self._snapshots: dict[int, Snapshot] = {}
        self._left_before = np.zeros((2, terminals))
        self._taken_until_ms = 0
        self._slots: set[int] = set()
        self.too_late = 0

    def dump(self, *, whole: bool = False) -> dict[str, bytes]:
        """Return what was learnt over days by name: the parts that changed since the last time, or all."""
        slots = np.flatnonzero(self.history.planned_s.any(axis=1)).tolist() if whole else sorted(self._slots)
        parts = {f"hour-{slot}": hour_part(self.history, self._links, slot) for slot in slots}
        self._slots.clear()
        if self._roads is not None:
            parts[ROADS] = roads_part(self._roads.sums, self._links, self.history.until_ms)
        return parts | {MODEL: model_part(self.history, self.check, self._links, self._base.left)}

    def load(self, parts: Mapping[str, bytes]) -> None:
        """Begin with what was learnt before; lessons that are in it already count only as the day's latest."""
        self._left_before = take_parts(parts, self.history, self.check, self._links)
        if self._roads is not None and ROADS in parts:
            self._roads.load(take_roads(parts[ROADS], self._links))
        self._taken_until_ms = self.history.until_ms
        self._usual.clear()
        self._calibrations = dict.fromkeys(self._calibrations, self.check.calibration)
        self._snapshots.clear()

    def finish(self) -> None:
        """Let everything be settled, as at the end of a recording."""
        self._reach(self._newest + KEEP_EPOCHS)

    def add(self, lesson: Lesson) -> None:
        """Take one observed arrival, or what it says instead of an earlier one; it counts two minutes later."""
        epoch = lesson.known_ms // EPOCH_MS
        self._reach(epoch)
        if epoch <= self._base_epoch:
            self.too_late += 1
            return
        before = self._epoch_of.get(lesson.identity)
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

    def take_roads(self, told: Iterable[RoadStates]) -> None:
        """Take states of roads, in any order; they count from the minute after."""
        changed = self._roads.take(told, self._newest) if self._roads is not None else None
        if changed is not None:
            self._known = {e: known for e, known in self._known.items() if e < changed}
            self._snapshots = {e: snapshot for e, snapshot in self._snapshots.items() if e <= changed}

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
        found = self._snapshots.get(epoch)
        if found is None:
            self._reach(epoch)
            epoch = max(epoch, self._base_epoch + HOLD_EPOCHS)
            found = self._snapshots.get(epoch) or self._snapshot(epoch)
        return found

    def _change(self, epoch: int) -> None:
        self._tallies.pop(epoch, None)
        for later in [e for e in self._known if e >= epoch]:
            del self._known[later]
        for later in [e for e in self._snapshots if e >= epoch + HOLD_EPOCHS]:
            del self._snapshots[later]

    def _reach(self, epoch: int) -> None:
        """Make room for a newer minute: what is older than can change becomes the base."""
        if epoch <= self._newest:
            return
        base = epoch - KEEP_EPOCHS
        if not self._newest:
            self._base_epoch = base - 1
        self._newest = epoch
        while self._base_epoch < base:
            if not any(self._lessons.values()) and base - self._base_epoch > MINUTES:
                self._base = _fade(self._base, base - MINUTES - self._base_epoch)
                self._base_epoch = base - MINUTES
            self._settle(self._base_epoch + 1)
        self._known = {e: known for e, known in self._known.items() if e > self._base_epoch}
        self._snapshots = {e: s for e, s in self._snapshots.items() if e >= self._base_epoch + HOLD_EPOCHS}

    def _settle(self, epoch: int) -> None:
        """Make the minute after the base part of it."""
        self._base = self._know(epoch)
        self._base_epoch = epoch
        new = epoch * EPOCH_MS >= self._taken_until_ms
        if new and len(self._tally(epoch).links):
            self.history.add(believe(self._tally(epoch), self._base.rests[1]), epoch * EPOCH_MS, self._timezone)
            self._slots.add(slot_of(epoch * EPOCH_MS, self._timezone)[0])
        lessons = self._lessons.pop(epoch, {})
        for identity in lessons:
            self._epoch_of.pop(identity, None)
        self._tallies.pop(epoch, None)
        self._freeze((epoch + KEEP_EPOCHS) // USUAL_EPOCHS)
        if new:
            self.check.settle(lessons.values())
            if self._roads is not None:
                self._roads.settle(epoch, lessons.values())
        ahead = epoch + KEEP_EPOCHS
        self._calibrations[ahead] = self.check.calibration
        self._calibrations.pop(ahead - 2 * KEEP_EPOCHS, None)
        final = self._snapshots.get(epoch + HOLD_EPOCHS) or self._snapshot(epoch + HOLD_EPOCHS)
        self.check.know(epoch + HOLD_EPOCHS, final)

    def _freeze(self, number: int) -> None:
        """Take what is usual once in ten minutes, always with the same minutes in it."""
        if number not in self._usual:
            middle_ms = (number * USUAL_EPOCHS + USUAL_EPOCHS // 2) * EPOCH_MS
            self._usual[number] = (self.history.freeze(middle_ms, self._timezone), self._base.drove)
            self._usual = {n: usual for n, usual in self._usual.items() if n > number - 5}
            if self._roads is not None:
                self._roads.freeze(number)

    def _tally(self, epoch: int) -> Tally:
        found = self._tallies.get(epoch)
        if found is None:
            found = tally(self._lessons.get(epoch, {}).values(), self._links, self._hold_at(epoch))
            self._tallies[epoch] = found
        return found

    def _hold_at(self, epoch: int) -> Floats:
        """Return which share of its earliness a bus waits before each link, by what was settled long before."""
        frozen = self._usual.get(epoch // USUAL_EPOCHS)
        return frozen[0].hold if frozen is not None else np.zeros(self._links.count)

    def _know(self, epoch: int) -> Known:
        """Return the sums at the end of a minute that is not older than the base."""
        at = epoch
        while at > self._base_epoch and at not in self._known:
            at -= 1
        known = self._base if at <= self._base_epoch else self._known[at]
        for later in range(at + 1, epoch + 1):
            known = _add(known, self._tally(later), (later + 1) * EPOCH_MS)
            if self._roads is not None:
                known.met_s[:] += self._roads.met_s(self._lessons.get(later, {}).values())
            self._known[later] = known
        return known

    def _snapshot(self, epoch: int) -> Snapshot:
        known = self._know(epoch - HOLD_EPOCHS)
        frozen, settled = self._usual.get(epoch // USUAL_EPOCHS) or self._usual[min(self._usual)]
        usual = frozen.ratio(*((known.drove - settled) / 1000.0))
        expected = known.planned_s * usual
        took_s = known.took_s - known.rests[0] / np.maximum(known.rests[1], 1.0)  # one rest is no road's
        today = (took_s.sum() + ALL_PRIOR_S) / (expected.sum() + ALL_PRIOR_S)
        pieces = self._links.pieces
        piece = (pieces.T @ took_s + PIECE_PRIOR_S * today) / (pieces.T @ expected + PIECE_PRIOR_S)
        road = pieces @ piece
        ratio = usual * (took_s + RECENT_PRIOR_S * road) / (expected + RECENT_PRIOR_S)
        # The rush hour comes and goes everywhere at once: faster than one link alone could tell.
        ratio *= (known.lately[0].sum() + LATELY_PRIOR_S) / (float(known.lately[1] @ ratio) + LATELY_PRIOR_S)
        moved, told_ms = self._move(epoch, ratio, usual, usual * known.met_s / (expected + RECENT_PRIOR_S))
        # The prior never fades: else it would matter which minute was the first that anybody asked about.
        all_left = _mean((known.left + self._left_before).sum(axis=1), 1000.0 * LEFT_S)
        left = _mean(known.left, _mean(self._left_before, all_left)) / 1000.0
        calibration = self._calibrations.get(epoch) or self._calibrations[min(self._calibrations)]
        made = self._snapshots[epoch] = Snapshot(
            ratio,
            usual,
            frozen.noise,
            frozen.hold,
            known.seen_ms,
            left,
            headways(known.gaps, known.seen_ms, epoch * EPOCH_MS),
            calibration,
            moved,
            told_ms,
        )
        return made

    def _move(self, epoch: int, ratio: Floats, usual: Floats, known: Floats) -> tuple[Floats, Floats]:
        """Move the ratios by what the states of roads tell beyond what the last buses met; return by how much."""
        if self._roads is None:
            return NOTHING, NOTHING
        told = self._roads.moves(epoch, known)
        self._roads.know(epoch, ratio, told)
        moved = np.maximum(ratio + self._roads.share_at(epoch) * told, LEAST_OF_USUAL * usual) - ratio
        ratio += moved
        return moved, self._roads.at(epoch).told_ms


def _mean(sums: Floats, before: Floats | float) -> Floats:
    out: Floats = (sums[0] + LEFT_PRIOR * before) / (sums[1] + LEFT_PRIOR)
    return out


def _add(known: Known, minute: Tally, end_ms: int) -> Known:
    faded = _fade(known, 1)
    drove, seen_ms = known.drove.copy(), known.seen_ms.copy()
    add_gaps(faded.gaps, minute.links, seen_ms, end_ms)
    seen_ms[minute.links] = end_ms
    faded.rests[:, minute.links] += np.stack([(minute.took - minute.calm) / 1000.0, minute.slow])
    drove[:, minute.links] += np.stack([believe(minute, faded.rests[1]).took, minute.planned])
    faded.took_s[minute.links] += minute.took / 1000.0
    faded.planned_s[minute.links] += minute.planned / 1000.0
    # What moves all links must be no bus's own, nor one place's.
    faded.lately[:, minute.links] += np.stack([minute.calm, minute.planned]) / 1000.0
    return Known(
        faded.took_s,
        faded.planned_s,
        faded.lately,
        drove,
        faded.left + minute.left,
        seen_ms,
        faded.met_s,
        faded.gaps,
        faded.rests,
    )


def _fade(known: Known, minutes: int) -> Known:
    recent, lately, slow = RECENT_FADE**minutes, LATELY_FADE**minutes, TERMINAL_FADE**minutes
    return Known(
        known.took_s * recent, known.planned_s * recent, known.lately * lately, known.drove, known.left * slow,
        known.seen_ms, known.met_s * recent, known.gaps * slow, known.rests * recent,
    )  # fmt: skip
