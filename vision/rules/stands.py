"""Who stands where and since when, over lost tracks, and whether it could have driven on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from vision.camera_values import Point
from vision.road import SIZE_M, Place
from vision.rules.approach import ApproachView
from vision.rules.base import FOUR_WHEELS, Scene
from vision.rules.presence import COVERED, covered, drove_to, is_same, leapt_off, rest_of, same_m
from vision.tracks.look import Box
from vision.trails import Trail

STEP_MS = 500
# Who stands for so long is taken into the book.
STOOD_S = 3.0
# Who moves so far within a second no more stands.
CREEP_M = 0.3
# Another track where one was lost is the same vehicle; one that was lost for longer has left unseen, and so has one
# whose place was seen for so long with nobody there.
LOST_MS, LOST_MOST_MS = 30_000, 300_000
EMPTY_S = 20.0
# Whoever stands or drives so near ahead in the same lane is in the way; moving off takes its time after green.
GAP_M, LANE_M = 7.0, 1.4
# Riders queue beside one another: for them whoever is ahead within so much is in the way.
CROWD_M = 3.0
LINE_M, START_MS = 5.0, 6_000
# How far beside the ends of a line somebody still stands before it: at the kerb.
BESIDE_M = 3.0
PASS_M = 8.0
# Who is mostly held adds up no free way from moments in which whoever holds it was not seen.
LEAK = 0.1
# Who stands behind one that is parked could turn out, as others do: if it does not for long, it is parked too.
ROW_SHARE = 0.1
# With so much room behind it, four-wheeled or two, the parked one is not in its way at all: it turns out in one go.
ROOM_FOUR_M, ROOM_TWO_M = 4.5, 2.0
# Parked is whose way was free for so long while so many drove past.
PARKED_FREE_S, PASSED_FOUR, PASSED_TWO = 12.0, 2, 10


@dataclass(eq=False)
class Stand:
    """One vehicle that stands.

    Attributes
    ----------
    free_s : float
        For how long nobody and no red light was in its way.
    passed : dict of int to str
        Who drove past it in its direction meanwhile, with their classes.
    is_passed : bool
        Whether they are so many that its lane, or the one beside, flows.
    is_gone : bool
        Whether it has left, or was lost for so long that nobody knows.
    told : set of str
        What rules told of it; they name that themselves.
    known_ms : int
        Since when it may have been here: who stood in its place and was lost was the same, its clock begun anew.
    """

    trail: Trail
    place: Place
    label: str
    since_ms: int
    seen_ms: int
    free_s: float = 0.0
    passed: dict[int, str] = field(default_factory=dict)
    is_passed: bool = False
    is_gone: bool = False
    told: set[str] = field(default_factory=set)
    known_ms: int = 0
    box: Box = (0.0, 0.0, 0.0, 0.0)  # of when it was taken into the book
    empty_s: float = 0.0  # for how long nobody has been seen in that box, nor could cover it
    still_ms: int = 0  # since when its trail stood when it was last told to be here
    behind: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.known_ms = self.since_ms

    @property
    def is_parked(self) -> bool:
        """Whether it could have driven on."""
        return self.free_s >= PARKED_FREE_S and self.is_passed

    @property
    def stood_s(self) -> float:
        """For how long it has stood, seconds up to when it was last seen."""
        return (self.seen_ms - self.since_ms) / 1000

    @property
    def off_m(self) -> float:
        """How much farther away what is left of its box may end while it is covered, metres: its length."""
        return SIZE_M[self.label][0] if self.label in FOUR_WHEELS else 0.0

    def may_be(self, label: str, place: Place, off_m: float = 0.0) -> bool:
        """Whether one of a class that stands at a place may be this one; see `is_same`."""
        same_kind = (label in FOUR_WHEELS) == (self.label in FOUR_WHEELS)
        return same_kind and is_same(label, self.place, place, off_m)

    def see(self, trail: Trail) -> None:
        """Take its trail in one frame."""
        off_m = self.place.metres_to(trail.place)
        if off_m <= same_m(trail.place):
            self.still_ms = trail.still_since_ms
        if off_m <= same_m(trail.place) + self.off_m or not trail.place.is_told:
            self.seen_ms, self.label, self.empty_s = trail.last.time_ms, trail.label, 0.0

    def has_left(self, trail: Trail) -> bool:
        """Tell whether its trail stands elsewhere, or drives: no single box that leaps."""
        if not trail.place.is_foot or self.place.metres_to(trail.place) <= same_m(trail.place):
            return False
        return trail.still_since_ms != self.still_ms and (trail.still_s() >= STOOD_S or trail.moved_m(1.0) > CREEP_M)

    def inherit(self, lost: "Stand") -> None:
        """Take what was told of one that was lost while this one stood in the same place."""
        self.told |= lost.told
        self.known_ms = min(self.known_ms, lost.known_ms)

    def note_pass(self, trail: Trail) -> None:
        """Take somebody that drove past."""
        self.passed[trail.track_id] = trail.label
        fours = sum(label in FOUR_WHEELS for label in self.passed.values())
        self.is_passed = fours >= PASSED_FOUR or len(self.passed) - fours >= PASSED_TWO


class StandBook:
    """All that stand before one camera; rules of standing share it.

    Parameters
    ----------
    views : sequence of ApproachView
        The approaches, whose lines and directions tell who waits.
    """

    def __init__(self, views: Sequence[ApproachView]) -> None:
        self._views = views
        self.stands: list[Stand] = []
        self._of: dict[int, Stand] = {}  # by the track that was last seen to be it
        self._past: list[Stand] = []  # those whose track drove off, until that is sure
        self._step_ms = 0

    def step(self, scene: Scene) -> None:
        """Take one frame; every half second is enough."""
        gap_ms = scene.time_ms - self._step_ms
        if gap_ms < STEP_MS:
            return
        self._step_ms = scene.time_ms
        for trail in scene.seen:
            if trail.label != "person":
                self._follow(trail)
        gap_s = min(gap_ms, 2 * STEP_MS) / 1000
        self._miss(scene, gap_s)
        for stand in self.stands:
            self._watch(stand, scene, gap_s)

    def find(self, trail: Trail) -> Stand | None:
        """Return the stand of a trail, ``None`` while it drives."""
        return self._of.get(trail.track_id)

    def waits_for_light(self, trail: Trail, scene: Scene) -> bool:
        """Tell whether a road user is before a line whose light does not let it go."""
        for view in self._views:
            if view.approach.stop_line is None or not view.line.is_before(trail.last, trail.place, BESIDE_M):
                continue
            light = scene.lights.get(view.id)
            span = light.span_at(light.seen_until_ms) if light is not None else None
            return span is None or span.colour != "green" or scene.time_ms - span.start_ms < START_MS
        return False

    def _follow(self, trail: Trail) -> None:
        stand = self._of.get(trail.track_id)
        if stand is not None and stand.has_left(trail):
            del self._of[trail.track_id]
            if not leapt_off(trail, stand.place):
                self.stands.remove(stand)
                self._past.append(stand)
            stand = None
        if stand is not None:
            stand.see(trail)
        elif trail.still_s() >= STOOD_S and trail.place.is_foot:
            self._begin(trail)

    def _begin(self, trail: Trail) -> None:
        """Take one that begins to stand: who was lost there, or another."""
        place, look = rest_of(trail)
        here = [one for one in (*self.stands, *self._past) if one.may_be(trail.label, place)]
        lost = [one for one in here if one.seen_ms <= trail.still_since_ms]
        if drove_to(trail, place):
            for one in lost:
                one.is_gone = True
        known = [one for one in lost if one in self.stands and not one.is_gone]
        stand = min(known, key=lambda one: one.place.metres_to(place), default=None)
        if stand is None:
            stand = Stand(trail, place, trail.label, trail.still_since_ms, trail.last.time_ms, box=look.box)
            self.stands.append(stand)
        elif self._of.get(stand.trail.track_id) is stand:
            del self._of[stand.trail.track_id]
        stand.trail, self._of[trail.track_id] = trail, stand
        stand.see(trail)

    def _miss(self, scene: Scene, gap_s: float) -> None:
        """Doubt those that are not seen: who is not covered either has left, who stands in their place is they."""
        boxes = [trail.last.box for trail in scene.seen]
        seen = [stand for stand in self.stands if stand.seen_ms == scene.time_ms]
        for stand in (*self.stands, *self._past):
            if stand.seen_ms == scene.time_ms or stand.is_gone:
                continue
            unseen_ms = scene.time_ms - stand.seen_ms
            there = (one for one in seen if stand.may_be(one.label, one.place, min(stand.off_m, one.off_m)))
            heir = next(there, None) if unseen_ms >= STOOD_S * 1000 else None
            if heir is not None:
                heir.inherit(stand)
            if covered(stand.box, boxes) <= COVERED:
                stand.empty_s += gap_s
            stand.is_gone = heir is not None or unseen_ms > _patience_ms(stand) or stand.empty_s >= EMPTY_S
        self.stands = [stand for stand in self.stands if not stand.is_gone]
        self._past = [stand for stand in self._past if not stand.is_gone]
        self._of = {i: stand for i, stand in self._of.items() if not stand.is_gone}

    def _watch(self, stand: Stand, scene: Scene, gap_s: float) -> None:
        view = self._view_of(stand)
        heading = view.line.travel if view is not None else stand.trail.heading
        if heading is None:
            return
        # The first at a line may be kept there by a jam behind the junction, whatever its light shows.
        is_held = view is not None and view.line.past(stand.trail.last, stand.place).nose_m > -LINE_M
        is_behind = False
        for trail in scene.seen:
            # Of a rider in a crowd only the head may be seen.
            is_walker = trail.label == "person" and trail.place.is_foot
            if trail is stand.trail or is_walker:
                continue
            other = self.find(trail)
            at = trail.place if other is None else other.place  # what is left of a covered box ends elsewhere
            ahead_m, aside_m = _beside(stand.place, at, heading)
            if trail.label != "person":
                self._note_pass(stand, trail, ahead_m, aside_m)
            is_parked = other is not None and other.is_parked
            if _is_in_way(stand, trail.label, ahead_m, aside_m, is_parked=is_parked):
                is_held, is_behind = is_held or not is_parked, is_behind or is_parked
        for other in self._hidden_ahead(stand, heading):
            is_held, is_behind = is_held or not other.is_parked, True
        if is_held:
            stand.free_s = max(0.0, stand.free_s - LEAK * gap_s)
        elif stand.seen_ms >= scene.time_ms - STEP_MS:
            stand.free_s += ROW_SHARE * gap_s if is_behind else gap_s

    def _hidden_ahead(self, stand: Stand, heading: Point) -> Iterator[Stand]:
        """Go through those that stand in its way, also if they are not seen at this moment."""
        for other in self.stands:
            ahead_m, aside_m = _beside(stand.place, other.place, heading)
            if other is not stand and _is_in_way(stand, other.label, ahead_m, aside_m, is_parked=other.is_parked):
                yield other

    def _note_pass(self, stand: Stand, trail: Trail, ahead_m: float, aside_m: float) -> None:
        if aside_m > PASS_M:
            return
        if ahead_m < -2.0:
            stand.behind.add(trail.track_id)
        elif ahead_m > 3.0 and trail.track_id in stand.behind:
            stand.behind.discard(trail.track_id)
            stand.note_pass(trail)

    def _view_of(self, stand: Stand) -> ApproachView | None:
        """Return the approach before whose line it stands."""
        for view in self._views:
            if view.approach.stop_line and view.line.is_before(stand.trail.last, stand.place, BESIDE_M):
                return view
        return None


def _beside(place: Place, other: Place, heading: Point) -> tuple[float, float]:
    """Return how far another place is ahead along a heading and aside of it, metres."""
    dx, dy = (other.x - place.x) / place.per_m, (other.y - place.y) / place.per_m
    return dx * heading[0] + dy * heading[1], abs(dx * heading[1] - dy * heading[0])


def _is_in_way(stand: Stand, other: str, ahead_m: float, aside_m: float, *, is_parked: bool) -> bool:
    """Return whether one of a class, so far ahead and aside, keeps somebody from driving on."""
    gap_m = (ROOM_FOUR_M if stand.label in FOUR_WHEELS else ROOM_TWO_M) if is_parked else GAP_M
    reach_m = max(SIZE_M[stand.label][0], SIZE_M[other][0]) + gap_m  # from foot to foot, whichever end is seen
    return 0.5 < ahead_m <= reach_m and aside_m <= _lane_m(stand.label, other)


def _lane_m(label: str, other: str) -> float:
    return LANE_M + SIZE_M[other][1] / 2 if label in FOUR_WHEELS else CROWD_M


def _patience_ms(stand: Stand) -> float:
    return min(LOST_MOST_MS, max(LOST_MS, stand.seen_ms - stand.known_ms))
