"""Who stands where and since when, over lost tracks, and whether it could have driven on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from vision.camera_values import Point
from vision.road import SIZE_M, Place
from vision.rules.approach import ApproachView
from vision.rules.base import FOUR_WHEELS, Scene
from vision.trails import Trail

STEP_MS = 500
# Who stands for so long is taken into the book.
STOOD_S = 3.0
# Another track where one was lost is the same vehicle; one that was lost for longer has left unseen.
SAME_M, SAME_SDS = 0.9, 3.0
LOST_MS, LOST_MOST_MS = 30_000, 300_000
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


@dataclass
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
    """

    trail: Trail
    place: Place
    label: str
    since_ms: int
    seen_ms: int
    free_s: float = 0.0
    passed: dict[int, str] = field(default_factory=dict)
    is_passed: bool = False
    still_ms: int = 0  # since when its trail stood when it was last told to be here
    behind: set[int] = field(default_factory=set)

    @property
    def is_parked(self) -> bool:
        """Whether it could have driven on."""
        return self.free_s >= PARKED_FREE_S and self.is_passed

    @property
    def stood_s(self) -> float:
        """For how long it has stood, seconds up to when it was last seen."""
        return (self.seen_ms - self.since_ms) / 1000

    def may_be(self, label: str, place: Place, off_m: float = 0.0) -> bool:
        """Whether one of a class that stands at a place may be this one, whose foot may be so far off."""
        same_kind = (label in FOUR_WHEELS) == (self.label in FOUR_WHEELS)
        return same_kind and self.place.metres_to(place) <= max(off_m, _same_m(place))

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
        self.stands: dict[int, Stand] = {}
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
        self.stands = {i: s for i, s in self.stands.items() if scene.time_ms - s.seen_ms <= _patience_ms(s)}
        if not self.stands:
            return
        for stand in self.stands.values():
            self._watch(stand, scene, min(gap_ms, 2 * STEP_MS) / 1000)

    def find(self, trail: Trail) -> Stand | None:
        """Return the stand of a trail, ``None`` while it drives."""
        return self.stands.get(trail.track_id)

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
        stand = self.stands.get(trail.track_id)
        if stand is None:
            if trail.still_s() < STOOD_S:
                return
            stand = self._again(trail) or Stand(
                trail, trail.place, trail.label, trail.still_since_ms, trail.last.time_ms
            )
            stand.trail, self.stands[trail.track_id] = trail, stand
        if trail.place.is_foot and not stand.place.is_foot:
            stand.place = trail.place  # it was covered when it was taken into the book
        if stand.place.metres_to(trail.place) <= _same_m(trail.place):
            stand.still_ms = trail.still_since_ms
        elif trail.place.is_foot and trail.still_since_ms != stand.still_ms:  # no single box that leaps
            if trail.still_s() >= STOOD_S:
                self.stands[trail.track_id] = Stand(
                    trail, trail.place, trail.label, trail.still_since_ms, trail.last.time_ms
                )
                return
            if trail.moved_m(1.0) > 0.3:
                del self.stands[trail.track_id]
                return
        stand.seen_ms, stand.label = trail.last.time_ms, trail.label

    def _again(self, trail: Trail) -> Stand | None:
        """Return the stand of a lost track where this one stands now."""
        for number, stand in self.stands.items():
            if stand.seen_ms < trail.born_ms and stand.may_be(trail.label, trail.place):
                return self.stands.pop(number)
        return None

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
        for other in self.stands.values():
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


def _same_m(place: Place) -> float:
    return max(SAME_M, SAME_SDS * place.sd_m)


def _patience_ms(stand: Stand) -> float:
    return min(LOST_MOST_MS, max(LOST_MS, stand.stood_s * 1000))
