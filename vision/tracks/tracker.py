"""Detections of successive frames joined into tracks, in seconds of the frames' own clocks."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import repeat, starmap

import numba
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from vision.detector.base import Detections
from vision.detector.boxes import iou
from vision.seats import WHEELS_TOP
from vision.tracks.book import CODE, FAMILY_OF, IS_TWO_WHEELER, Book
from vision.tracks.feet import ABOVE, behind_others
from vision.tracks.look import Look
from vision.tracks.matching import FAR, OVERLAP_WEIGHT, Floats, Rows, are_others, share_out, surprise
from vision.tracks.motion import SEEN_SD, SMALLEST_PX, Motion, to_state
from vision.tracks.parts import as_whole, part_surprise

# A track that is not confirmed yields its box to one that is as good.
YOUNG = 2.0
# And one that was last seen as a rider of another yields to that.
RIDES = 10.0


@dataclass(frozen=True)
class TrackLimits:
    """When a box is a look at a track: scores and shares of one, seconds, twice the log likelihood."""

    weak_score: float = 0.1
    birth_score: float = 0.35
    lost_s: float = 2.0
    young_s: float = 0.5
    hidden_s: float = 6.0
    confirm_looks: int = 3
    most_surprise: float = -6.0
    repeat_overlap: float = 0.6
    part_share: float = 0.7
    part_foot_heights: float = 0.4
    hidden_share: float = 0.4
    sure_gap_s: float = 1.0
    due_s: float = 0.6


@dataclass(frozen=True, eq=False)
class _Seen:
    """The detections of one frame that may be looks; people, and two-wheelers without any, may be parts of one."""

    boxes: Floats
    scores: Floats
    codes: Rows
    heads: Rows
    bare_heads: tuple[int | None, ...]
    state: Floats
    noise: Floats
    is_person: NDArray[np.bool_]
    is_bare: NDArray[np.bool_]
    is_behind: NDArray[np.bool_]


class Tracker:
    """Joins the detections of successive frames into tracks; numbers are never used again.

    Parameters
    ----------
    limits : TrackLimits, optional
        When a box is a look at a track.
    """

    def __init__(self, limits: TrackLimits | None = None) -> None:
        self._limits = limits or TrackLimits()
        self._motion, self._book = Motion(), Book()
        self._held: defaultdict[int, list[Look]] = defaultdict(list)
        self._next = self._next_key = 1
        self._time_ms: int | None = None

    def step(self, time_ms: int, frame: int, found: Detections) -> list[Look]:
        """Take one frame's road users.

        Parameters
        ----------
        time_ms : int
            Event time, after the last frame's; a frame that is not later is ignored.
        frame : int
            Index of the frame.
        found : Detections
            Its road users.

        Returns
        -------
        list of Look
            Confirmed tracks seen in this frame. When a track is confirmed, the looks that led to it come too.
        """
        if self._time_ms is not None and time_ms <= self._time_ms:
            return []
        gap_s = 0.0 if self._time_ms is None else (time_ms - self._time_ms) / 1000
        self._time_ms = time_ms
        self._forget(time_ms)
        self._motion.predict(gap_s)
        seen = self._usable(found)
        rows, columns, doubtful, refused = self._match(time_ms, seen)
        hidden = self._correct(rows, seen, columns)
        doubtful |= time_ms - self._book.seen_ms[rows] > 1000 * self._limits.sure_gap_s
        self._book.take(time_ms, rows, seen.codes[columns], seen.scores[columns], doubtful)
        self._hide(rows)
        self._seat(rows)
        born, new = self._bear(time_ms, seen, rows, columns, refused)
        is_hidden = np.append(hidden, np.zeros(len(born), np.bool_))
        return self._tell(time_ms, frame, seen, np.append(rows, born), np.append(columns, new), is_hidden)

    def two_wheelers_due(self, time_ms: int) -> Floats:
        """Return the boxes (n × 4) that the two-wheelers of a moment ago should have at a time, riders included."""
        book = self._book
        if self._time_ms is None or not len(book):
            return np.zeros((0, 4))
        fresh = book.are_two_wheelers() & (book.number > 0) & (time_ms - book.seen_ms < 1000 * self._limits.due_s)
        return self._motion.boxes_in((time_ms - self._time_ms) / 1000)[fresh]

    def _usable(self, found: Detections) -> _Seen:
        index = np.flatnonzero(found.scores >= self._limits.weak_score)
        codes = np.array([CODE[label] for label in found.labels], np.int64)[index]
        boxes, scores = found.boxes[index].astype(np.float64), found.scores[index].astype(np.float64)
        state = to_state(boxes)
        weak = 1.0 + 3.0 * (1.0 - scores[:, None]) ** 2
        noise = (SEEN_SD * np.maximum(state[:, 3:], SMALLEST_PX)) ** 2 * weak
        heads = np.array(found.heads or [0] * len(found), np.int64)[index]
        bare_heads = tuple(found.bare_heads[i] for i in index.tolist()) if found.bare_heads else (None,) * len(index)
        is_bare = IS_TWO_WHEELER[codes] & (heads == 0) & bool(found.heads)
        is_person, is_behind = codes == CODE["person"], behind_others(boxes)
        return _Seen(boxes, scores, codes, heads, bare_heads, state, noise, is_person, is_bare, is_behind)

    def _correct(self, rows: Rows, seen: _Seen, columns: Rows) -> NDArray[np.bool_]:
        """Let the motion take what was seen; return whose foot was hidden: behind somebody, or a rider alone."""
        place, is_two_wheeler = self._motion.place[rows], self._book.are_two_wheelers()[rows]
        state, noise = seen.state[columns], seen.noise[columns]
        room = ABOVE * place[:, 3]
        rider = is_two_wheeler & seen.is_person[columns]
        hidden = place[:, 1] - state[:, 1] > room
        hidden &= rider | seen.is_behind[columns]
        begins_below = (state[:, 1] - state[:, 3]) - (place[:, 1] - place[:, 3]) > room
        is_part = rider | (is_two_wheeler & seen.is_bare[columns] & begins_below)
        self._motion.correct(rows, *as_whole(place, state, noise, hidden, is_part, seen.is_bare[columns]))
        return np.asarray(hidden)

    def _match(self, time_ms: int, seen: _Seen) -> tuple[Rows, Rows, NDArray[np.bool_], Rows]:
        """Return who was seen, in which boxes, whether in doubt; and the boxes that are nobody's and begin nothing.

        Those would be second boxes of others. Who is not seen for longer takes one all the same.
        """
        motion, book = self._motion, self._book
        cost = surprise(motion.place, motion.place_var, seen.state, seen.noise)
        cost -= OVERLAP_WEIGHT * iou(motion.boxes, seen.boxes)
        cost = np.minimum(cost, self._as_parts(seen))
        cost += (YOUNG * (book.number == 0) + RIDES * book.rides)[:, None]
        cost[book.family[:, None] != FAMILY_OF[seen.codes][None, :]] = FAR
        rows, columns, doubtful = share_out(cost, self._limits.most_surprise)
        refused = are_others(cost, rows, columns, book.number > 0)
        refused &= time_ms - book.seen_ms[rows] < 1000 * self._limits.sure_gap_s
        return rows[~refused], columns[~refused], doubtful[~refused], columns[refused]

    def _as_parts(self, seen: _Seen) -> Floats:
        """Return how surprising people and bare two-wheelers would be as parts of tracked two-wheelers, else `FAR`."""
        motion, book = self._motion, self._book
        cost = np.full((len(book), len(seen.codes)), FAR)
        whole = np.flatnonzero(book.are_two_wheelers() & (book.number > 0))
        x, foot, _, height = seen.state.T
        is_cut = IS_TWO_WHEELER[seen.codes] & ~seen.is_bare & seen.is_behind
        # Of a bare two-wheeler its foot is seen or, where that is hidden, its top; of others their heads.
        has_foot = seen.is_bare & ~seen.is_behind
        y, below = np.where(has_foot, foot, foot - height), np.where(has_foot, 1.0, WHEELS_TOP * seen.is_bare)
        parts, place = np.flatnonzero(seen.is_person | seen.is_bare | is_cut), motion.place[whole]
        odd = part_surprise(place, motion.place_var[whole], x[parts], y[parts], below[parts])
        # Of a two-wheeler with its rider whose foot is hidden the head is seen, and less below it than there was.
        odd[is_cut[parts] & (height[parts] >= (1 - ABOVE) * place[:, 3:])] = FAR
        cost[np.ix_(whole, parts)] = odd
        return cost

    def _bear(self, time_ms: int, seen: _Seen, rows: Rows, columns: Rows, refused: Rows) -> tuple[Rows, Rows]:
        """Begin tracks for the boxes that nobody took, but not for repeats and parts of those that were taken.

        Their rows and boxes are returned.
        """
        free = seen.scores >= self._limits.birth_score
        free[columns] = free[refused] = False
        new = np.flatnonzero(free)
        if len(new):
            new = new[~self._is_repeat(seen, new, columns) & ~self._is_part(seen, new, rows)]
        if not len(new):
            return new, new
        start = len(self._book)
        self._motion.add(seen.state[new], seen.noise[new])
        self._book.add(time_ms, seen.codes[new], seen.scores[new], self._next_key)
        self._next_key += len(new)
        return np.arange(start, len(self._book)), new

    def _is_repeat(self, seen: _Seen, new: Rows, columns: Rows) -> NDArray[np.bool_]:
        same = FAMILY_OF[seen.codes[new]][:, None] == FAMILY_OF[seen.codes[columns]][None, :]
        overlap = iou(seen.boxes[new], seen.boxes[columns])
        return np.asarray((same & (overlap > self._limits.repeat_overlap)).any(axis=1))

    def _is_part(self, seen: _Seen, new: Rows, rows: Rows) -> NDArray[np.bool_]:
        """Tell which boxes are a rider or a body of a two-wheeler that is tracked already."""
        light = (FAMILY_OF[seen.codes[new]] == 0)[:, None] & (self._book.family[rows] == 0)[None, :]
        return np.asarray((light & self._are_parts(seen.boxes[new], self._motion.boxes[rows])).any(axis=1))

    def _are_parts(self, boxes: Floats, whole: Floats) -> NDArray[np.bool_]:
        """Tell which boxes (row) lie in which others (column) and end about where those do."""
        room = self._limits.part_foot_heights * (whole[:, 3] - whole[:, 1])
        near = np.abs(boxes[:, None, 3] - whole[None, :, 3]) < room
        return np.asarray(near & (_inside(boxes, whole) > self._limits.part_share))

    def _hide(self, rows: Rows) -> None:
        """Mark who was not seen and lies behind others that were: such a one is waited for longer."""
        book = self._book
        book.hidden[:] = False
        missing = np.ones(len(book), np.bool_)
        missing[rows] = False
        lost = np.flatnonzero(missing & (book.number > 0))
        if not len(lost):
            return
        boxes = self._motion.boxes
        nearer = boxes[rows][None, :, 3] > boxes[lost][:, None, 3]
        book.hidden[lost] = (_inside(boxes[lost], boxes[rows]) * nearer).sum(axis=1) > self._limits.hidden_share

    def _seat(self, rows: Rows) -> None:
        """Mark people who were not seen where a two-wheeler was: they ride it, and what they were is soon forgotten.

        Else one road user has two numbers, and a rider alone goes to now one and now the other.
        """
        book, boxes = self._book, self._motion.boxes
        book.rides[:] = False
        missing = book.are_people()
        missing[rows] = False
        people, wheels = np.flatnonzero(missing), rows[book.are_two_wheelers()[rows]]
        book.rides[people] = self._are_parts(boxes[people], boxes[wheels]).any(axis=1)

    def _forget(self, time_ms: int) -> None:
        book, limits = self._book, self._limits
        patience = np.where(book.number > 0, limits.lost_s, limits.young_s)
        patience = np.where(book.hidden, limits.hidden_s, patience)
        patience = np.where(book.rides, limits.young_s, patience)
        stay = time_ms - book.seen_ms <= 1000 * patience
        if stay.all():
            return
        for key in book.key[~stay].tolist():
            self._held.pop(key, None)
        self._motion.keep(stay)
        book.keep(stay)

    def _tell(
        self, time_ms: int, frame: int, seen: _Seen, rows: Rows, columns: Rows, hidden: NDArray[np.bool_]
    ) -> list[Look]:
        """Return the looks at some rows, with those held back of rows that are now confirmed."""
        self._confirm(rows)
        book, codes, heads = self._book, seen.codes[columns], seen.heads[columns]
        fields = zip(
            book.number[rows].tolist(),
            repeat(time_ms),
            repeat(frame),
            map(tuple, seen.boxes[columns].tolist()),
            np.minimum(seen.scores[columns], 1.0).tolist(),
            book.labels(rows),
            book.looks[rows].tolist(),
            book.sure_ms[rows].tolist(),
            heads.tolist(),
            [seen.bare_heads[i] for i in columns.tolist()],
            hidden.tolist(),
            (IS_TWO_WHEELER[codes] & (heads == 0)).tolist(),
            strict=False,
        )
        told: list[Look] = []
        for key, look in zip(book.key[rows].tolist(), starmap(Look, fields), strict=True):
            if look.track_id and key not in self._held:
                told.append(look)
                continue
            self._held[key].append(look)
            if look.track_id:
                held = self._held.pop(key)
                told += [replace(past, track_id=look.track_id, label=look.label) for past in held]
        return told

    def _confirm(self, rows: Rows) -> None:
        """Give a number to those of some rows that were seen often enough."""
        book = self._book
        sure = rows[(book.number[rows] == 0) & (book.looks[rows] >= self._limits.confirm_looks)]
        book.number[sure] = self._next + np.arange(len(sure))
        self._next += len(sure)


@numba.njit(cache=True)
def _inside(boxes: Floats, others: Floats) -> Floats:
    """Return the share of each box that lies in each other."""
    share = np.zeros((len(boxes), len(others)))
    for i in range(len(boxes)):
        left, top, right, bottom = boxes[i]
        area = max(max(right - left, 0.0) * max(bottom - top, 0.0), 1e-6)
        for j in range(len(others)):
            wide = min(right, others[j, 2]) - max(left, others[j, 0])
            high = min(bottom, others[j, 3]) - max(top, others[j, 1])
            if wide > 0.0 and high > 0.0:
                share[i, j] = wide * high / area
    return share
