"""What is remembered of every road user in sight: its looks of the last half minute and where it stood."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import hypot

import numba
import numpy as np
from numpy.typing import NDArray

from vision.camera_values import Point
from vision.road import SIZE_M, Place, Road
from vision.tracks import Look

KEPT_MS = 30_000
# A direction is told once it moved so far, and by so many deviations of its foot.
HEADING_M, HEADING_SDS = 1.0, 4.0
STILL_M, STILL_SDS = 0.5, 4.0
# Boxes jump for single frames; who is away for so long has moved.
AWAY_MS = 500
# A box that is so much shorter than this road user's others, or than those of its class, ends where somebody nearer
# begins. What is usual for it follows taller boxes fast and shorter ones slowly: who waits may be covered for minutes.
WHOLE_SHARE, LEAST_TALL = 0.82, 0.6
# A box that nobody can cover, and that is shorter than usual all the same, shows that others were too tall: of two.
GROWS_S, SHRINKS_S, FREE_S = 0.3, 60.0, 10.0
# A box that somebody may cover, whose foot is farther away than its head says by so many deviations, is cut; by more
# of them while its head is only known to be as high as usual.
SHORT_SDS, UNLIKE_SDS = 1.0, 2.5
# Somebody nearer covers a foot at most so far below the end of a box, heights of it.
BELOW = 0.4
# How high a head is, is the mean over so long; beyond such a share of its class's usual height boxes are of two.
HEAD_S, ODD = 1.0, 0.15


@dataclass(frozen=True)
class Join:
    """A track that was found to be another's road user, lost from ``lost_ms`` to ``found_ms``."""

    track_id: int
    lost_ms: int
    found_ms: int


@dataclass
class Trail:
    """One track.

    Attributes
    ----------
    last : Look
        The last look.
    place : Place
        Where it was last seen.
    label : str
        What kind of road user most looks said it is.
    looks, places : deque
        Of the last half minute, one place a look.
    heading : tuple of float or None
        Where it last drove, length 1, in units of places.
    still_since_ms : int
        Since when it has stood where it stands.
    tall : float
        How tall its whole box is beside what is usual of its class.
    head_m : float or None
        How high its head is above the road, metres, once it was seen whole; known ground only.
    joins : list of Join
        Tracks that became this one.
    """

    track_id: int
    born_ms: int
    last: Look = field(init=False)
    place: Place = field(init=False)
    label: str = field(init=False)
    looks: deque[Look] = field(default_factory=deque)
    places: deque[Place] = field(default_factory=deque)
    heading: Point | None = None
    still_since_ms: int = 0
    tall: float = 0.0
    head_m: float | None = None
    joins: list[Join] = field(default_factory=list)
    _mark: Place | None = None
    _stand: Place | None = None
    _away_ms: int | None = None

    def still_s(self) -> float:
        """Return for how long it has stood, seconds up to its last look; 0 while its foot was never seen."""
        if self._stand is None or self._away_ms is not None:
            return 0.0
        return (self.last.time_ms - self.still_since_ms) / 1000

    def take(self, look: Look, place: Place, road: Road, *, is_free: bool = False) -> None:
        """Remember a look, and where it stands: by its foot, or by its head where its foot is hidden.

        ``is_free``: nobody nearer is where its foot should be.
        """
        gap_s = (look.time_ms - self.last.time_ms) / 1000 if self.looks else 1.0
        is_whole = not road.is_cut(look) and self._is_whole(
            gap_s, road.tallness(look, place, self.heading), is_free=is_free
        )
        is_cut = look.foot_hidden or not is_whole
        if is_cut or not is_free:
            by_head = road.by_head(look, place, self.heading, self.head_m or SIZE_M[look.label][2])
            room_sds = SHORT_SDS if self.head_m is not None else UNLIKE_SDS
            place = by_head if is_cut or _is_short(place, by_head, room_sds) else place
        elif self.heading is not None:
            self._learn_head(look, place, gap_s, road)
        self.last, self.place, self.label = look, place, look.label
        self.looks.append(look)
        self.places.append(place)
        while self.looks[0].time_ms < look.time_ms - KEPT_MS:
            self.looks.popleft()
            self.places.popleft()
        if place.is_told:
            self._turn(place)
        if place.is_foot:
            self._rest(look.time_ms, place)

    def _learn_head(self, look: Look, place: Place, gap_s: float, road: Road) -> None:
        """Learn how high its head is above the road, by looks of which nobody can cover a part."""
        head_m, usual_m = road.head_m(look, place, self.heading), SIZE_M[look.label][2]
        if head_m is not None:
            head_m = min(max(head_m, usual_m * (1 - ODD)), usual_m * (1 + ODD))
            self.head_m = (self.head_m or usual_m) + (head_m - (self.head_m or usual_m)) * min(1.0, gap_s / HEAD_S)

    def _is_whole(self, gap_s: float, tallness: float, *, is_free: bool) -> bool:
        within_s = GROWS_S if tallness > self.tall else FREE_S if is_free else SHRINKS_S
        self.tall += (tallness - self.tall) * (min(1.0, gap_s / within_s) if self.tall else 1.0)
        return tallness >= max(WHOLE_SHARE * self.tall, LEAST_TALL)

    def _turn(self, place: Place) -> None:
        if self._mark is None:
            self._mark = place
            return
        moved_m = self._mark.metres_to(place)
        if moved_m >= max(HEADING_M, HEADING_SDS * place.sd_m):
            length = hypot(place.x - self._mark.x, place.y - self._mark.y)
            self.heading = ((place.x - self._mark.x) / length, (place.y - self._mark.y) / length)
            self._mark = place

    def _rest(self, time_ms: int, place: Place) -> None:
        if self._stand is None:
            self._stand, self.still_since_ms = place, time_ms
        elif self._stand.metres_to(place) <= max(STILL_M, STILL_SDS * place.sd_m):
            self._away_ms = None
        elif self._away_ms is None:
            self._away_ms = time_ms
        elif time_ms - self._away_ms >= AWAY_MS:
            self._stand, self.still_since_ms, self._away_ms = place, time_ms, None

    def moved_m(self, within_s: float) -> float:
        """Return how far it is from where it was so many seconds before its last look."""
        place = self.places[0]
        from_ms = self.last.time_ms - within_s * 1000
        for look, at in zip(reversed(self.looks), reversed(self.places), strict=True):
            place = at
            if look.time_ms <= from_ms:
                break
        return place.metres_to(self.places[-1])


class Trails:
    """The trails of one camera; who was not seen for half a minute is forgotten.

    Parameters
    ----------
    road : Road
        The camera's road.
    """

    def __init__(self, road: Road) -> None:
        self.road = road
        self.by_id: dict[int, Trail] = {}

    def step(self, time_ms: int, looks: Sequence[Look]) -> list[Trail]:
        """Take the looks of one frame, and earlier ones of tracks that were just confirmed.

        Parameters
        ----------
        time_ms : int
            The frame's time.
        looks : sequence of Look
            What the tracker gave.

        Returns
        -------
        list of Trail
            Of those seen in this frame.
        """
        known = [look for look in looks if look.label in SIZE_M]
        seen: list[Trail] = []
        places = self.road.places(known) if known else []
        for look, place, is_free in zip(known, places, _are_free(known), strict=True):
            if place is None:
                continue
            trail = self.by_id.get(look.track_id)
            if trail is None:
                trail = self.by_id[look.track_id] = Trail(look.track_id, look.time_ms)
            trail.take(look, place, self.road, is_free=is_free)
            if look.time_ms == time_ms:
                seen.append(trail)
        self._forget(time_ms)
        return seen

    def _forget(self, time_ms: int) -> None:
        for gone in [i for i, trail in self.by_id.items() if trail.last.time_ms < time_ms - KEPT_MS]:
            del self.by_id[gone]

    def near(self, place: Place, within_m: float, trails: Iterable[Trail]) -> list[Trail]:
        """Return those of some trails that are within some metres of a place."""
        return [trail for trail in trails if trail.place.metres_to(place) <= within_m]


def _is_short(by_foot: Place, by_head: Place, room_sds: float) -> bool:
    """Tell whether a box ends above its foot: it seems to stand farther away than its head says."""
    farther = (by_foot.x - by_head.x) * by_foot.away[0] + (by_foot.y - by_head.y) * by_foot.away[1]
    return by_head.is_told and farther > room_sds * by_foot.sd_m


def _are_free(looks: Sequence[Look]) -> list[bool]:
    """Tell of each look of a frame whether nobody nearer is where its foot should be."""
    return list(_free(np.array([look.box for look in looks]).reshape(-1, 4)).tolist())


@numba.njit(cache=True)
def _free(boxes: NDArray[np.float64]) -> NDArray[np.bool_]:
    free = np.ones(len(boxes), np.bool_)
    for i in range(len(boxes)):
        left, top, right, foot = boxes[i]
        lowest = foot + BELOW * (foot - top)
        for j in range(len(boxes)):
            is_below = boxes[j, 1] < lowest and boxes[j, 3] > foot
            if is_below and boxes[j, 0] < right and boxes[j, 2] > left:
                free[i] = False
                break
    return free
