"""Who is lost behind somebody and who comes out beyond are one road user, where neither can be anybody else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import atan2, degrees, hypot, pi

from msgspec.structs import replace

from vision.camera_values import Point
from vision.road import Place
from vision.tracks import Look
from vision.tracks.look import FAMILY
from vision.trails import Join, Trail, Trails

# So long nobody is hidden who drives on; so much of a way tells where it goes and how fast, and so slow tells nothing.
HIDDEN_MS = 1_200
WAY_MS, LEAST_WAY_MS, LEAST_LOOKS, LEAST_MPS = 600, 250, 3, 1.5
# It comes out as far on as it would at its mean speed, give or take so many metres and such a share of them.
OFF_M, OFF_SHARE = 1.5, 0.25
# It drives an arc: from its way in to the line between both places it turns about as much as from there to its way out.
TURN_DEG, UNEVEN_DEG, NEAR_M = 60.0, 40.0, 1.0


@dataclass(frozen=True)
class Way:
    """Where one end of a trail is, and how it drives there: metres a second east and north."""

    time_ms: int
    place: Place
    speed: Point

    @property
    def mps(self) -> float:
        """How fast it is."""
        return hypot(*self.speed)


@dataclass(frozen=True)
class _Name:
    """What the looks of one of the tracker's numbers are called."""

    track_id: int
    label: str = "person"  # for looks that show a rider alone
    sure_ms: int = 0  # since when it was sure who it is before it was lost
    fresh_ms: int = -1  # and since when after that, as the tracker tells


class Rejoiner:
    """Gives who comes out beyond somebody the number that it had before; needs a known ground.

    Both numbers change places: where the tracker finds its old one again after that, it shows somebody else.

    Parameters
    ----------
    trails : Trails
        The camera's; those of one road user become one.
    """

    def __init__(self, trails: Trails) -> None:
        self._trails = trails
        self._names: dict[int, _Name] = {}
        self._known: dict[int, int] = {}  # whose way out was told, and when: each is asked once

    def named(self, looks: Sequence[Look]) -> Sequence[Look]:
        """Return the looks of a frame with the numbers that their road users had before."""
        if not self._names:
            return looks
        return [_renamed(look, self._names.get(look.track_id)) for look in looks]

    def step(self, time_ms: int, seen: list[Trail]) -> list[Trail]:
        """Take the trails seen in a frame; return them with those that were lost before in the place of new ones."""
        if not self._trails.road.is_metric:
            return seen
        young = [trail for trail in seen if time_ms - trail.born_ms >= WAY_MS and trail.track_id not in self._known]
        found = []
        for trail in young:
            self._known[trail.track_id] = time_ms
            before = self._before(trail)
            if before is not None:
                found.append((before, trail))
        joined = {id(new): self._join(old, new) for old, new in found if sum(o is old for o, _ in found) == 1}
        if young:
            self._forget()
        return [joined.get(id(trail), trail) for trail in seen]

    def _before(self, trail: Trail) -> Trail | None:
        """Return who a new one was before, ``None`` where that is nobody or may be several."""
        out = way_out(trail)
        if out is None:
            return None
        lost = [old for old in self._trails.by_id.values() if _may_be(old, trail, out)]
        return lost[0] if len(lost) == 1 and not self._has_rival(lost[0], trail) else None

    def _has_rival(self, old: Trail, trail: Trail) -> bool:
        """Tell whether another new one may as well be who was lost."""
        others = (one for one in self._trails.by_id.values() if one is not trail and one.born_ms > old.last.time_ms)
        return any(_may_be(old, one, out) for one in others if (out := way_out(one)) is not None)

    def _join(self, old: Trail, new: Trail) -> Trail:
        name = _Name(old.track_id, old.label, old.last.sure_since_ms, new.last.sure_since_ms)
        told_old, told_new = self._told_as(old.track_id), self._told_as(new.track_id)
        self._names |= {told_new: name, told_old: _Name(new.track_id)}
        del self._trails.by_id[new.track_id], self._known[new.track_id]
        old.joins.append(Join(new.track_id, old.last.time_ms, new.born_ms))
        looks, road = [_renamed(look, name) for look in new.looks], self._trails.road
        for look, place in zip(looks, road.places(looks), strict=True):
            if place is not None:
                old.take(look, place, road)
        return old

    def _told_as(self, track_id: int) -> int:
        """Return the tracker's number of who has one here."""
        return next((i for i, name in self._names.items() if name.track_id == track_id), track_id)

    def _forget(self) -> None:
        trails = self._trails.by_id
        self._known = {i: t for i, t in self._known.items() if i in trails}
        self._names = {i: name for i, name in self._names.items() if name.track_id in trails or i in trails}


def way_in(trail: Trail) -> Way | None:
    """Return where a trail ends, ``None`` where its way cannot be told."""
    return _way(zip(reversed(trail.looks), reversed(trail.places), strict=True))


def way_out(trail: Trail) -> Way | None:
    """Return where a trail begins."""
    return _way(zip(trail.looks, trail.places, strict=True))


def _way(ends: Iterable[tuple[Look, Place]]) -> Way | None:
    """Return the way at the first of some looks, which go from there into the trail."""
    told: list[tuple[int, Place]] = []
    for look, place in ends:
        if told and abs(look.time_ms - told[0][0]) > WAY_MS:
            break
        if place.is_told:
            told.append((look.time_ms, place))
    if len(told) < LEAST_LOOKS or abs(told[-1][0] - told[0][0]) < LEAST_WAY_MS:
        return None
    (at_ms, at), (then_ms, then) = told[0], told[-1]
    seconds = (then_ms - at_ms) / 1000
    return Way(at_ms, at, ((then.x - at.x) / seconds, (then.y - at.y) / seconds))


def _may_be(old: Trail, new: Trail, out: Way) -> bool:
    """Tell whether who was lost may be who came out."""
    gap_ms = new.born_ms - old.last.time_ms
    if old is new or not 0 < gap_ms <= HIDDEN_MS or FAMILY[old.label] != FAMILY[new.label]:
        return False
    into = way_in(old)
    return into is not None and goes_on(into, out)


def goes_on(into: Way, out: Way) -> bool:
    """Tell whether one may drive on from the end of a trail to the beginning of another."""
    dx, dy = out.place.x - into.place.x, out.place.y - into.place.y
    far_m, due_m = hypot(dx, dy), (into.mps + out.mps) / 2 * (out.time_ms - into.time_ms) / 1000
    if min(into.mps, out.mps) < LEAST_MPS or abs(far_m - due_m) > OFF_M + OFF_SHARE * due_m:
        return False
    if far_m < NEAR_M:
        return abs(_turn_deg(into.speed, out.speed)) <= UNEVEN_DEG
    first, second = _turn_deg(into.speed, (dx, dy)), _turn_deg((dx, dy), out.speed)
    return max(abs(first), abs(second)) <= TURN_DEG and abs(first - second) <= UNEVEN_DEG


def _turn_deg(one: Point, other: Point) -> float:
    turn = atan2(other[1], other[0]) - atan2(one[1], one[0])
    return degrees((turn + pi) % (2 * pi) - pi)


def _renamed(look: Look, name: _Name | None) -> Look:
    if name is None:
        return look
    sure_ms = name.sure_ms if look.sure_since_ms <= name.fresh_ms else look.sure_since_ms
    label = name.label if look.label == "person" else look.label
    return replace(look, track_id=name.track_id, sure_since_ms=sure_ms, label=label)
