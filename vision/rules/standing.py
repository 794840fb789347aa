"""What rules of standing share: told from queueing by free road ahead, green lights and others that drive past."""

from collections.abc import Mapping
from typing import ClassVar

from vision.road import SIZE_M, Road
from vision.rules.base import DRIVERS, Finding, Rule, Scene
from vision.rules.excuses import exceptions_of, excused
from vision.rules.presence import SAME_M
from vision.rules.stands import Stand, StandBook
from vision.rules.zone import ZoneView

# Enough others drove past, or the road ahead was free for so long although nobody came.
EMPTY_ROAD_FREE_S = 120.0
# Who begins to stand where one of its kind was told of, so soon around when that one was last seen there, is that one:
# its number went to a neighbour. Later the book of stands knows.
TOLD_MS = 10_000


class StandingRule(Rule):
    """Says once for each vehicle that stood in the zone long enough, though it could have driven on.

    Parameters
    ----------
    zone : ZoneView
        The zone.
    road : Road
        The camera's road.
    book : StandBook
        Who stands.
    limits : Mapping of str to float
        ``free_s`` and the rule's own length of time.
    """

    exempt: ClassVar[frozenset[str]] = frozenset()
    limit: ClassVar[str]

    def __init__(self, zone: ZoneView, road: Road, book: StandBook, limits: Mapping[str, float]) -> None:
        self._zone, self._road, self._book, self._limits = zone, road, book, limits
        self._said: list[Stand] = []
        self._key = f"{self.name} {zone.id}"

    def step(self, scene: Scene) -> list[Finding]:
        """Take one frame and return the acts that became certain."""
        found = []
        for stand in self._book.stands:
            if self._key in stand.told or not self._is_act(stand, scene):
                continue
            is_told = any(_is_same(stand, said) for said in self._said)
            self._said = [s for s in self._said if scene.time_ms - s.seen_ms < 600_000]
            self._said.append(stand)
            stand.told.add(self._key)
            if not is_told and excused(scene, self._zone.id, stand.trail.track_id, scene.time_ms) is None:
                found.append(self._finding(stand))
        return found

    def _is_act(self, stand: Stand, scene: Scene) -> bool:
        is_seen = stand.seen_ms == scene.time_ms and stand.trail.place.is_foot
        # Its foot may only pass through the zone as it drives off, or its number may just have gone to who drives by.
        if not is_seen or stand.trail.still_s() <= 0 or stand.stood_s < self._limits[self.limit]:
            return False
        if stand.label not in DRIVERS or stand.label in self.exempt or stand.label in self._zone.zone.allowed:
            return False
        if stand.free_s < self._limits["free_s"] or not self._zone.is_on(scene.time_ms):
            return False
        if not stand.is_passed and stand.free_s < EMPTY_ROAD_FREE_S:
            return False
        # As it drives off it is elsewhere already than where it stood.
        return self._zone.is_surely_in(stand.trail) and self._zone.holds(stand.trail, stand.place)

    def _finding(self, stand: Stand) -> Finding:
        look = stand.trail.last
        return Finding(
            rule=self.name,
            approach_id=self._zone.id,
            track_id=stand.trail.track_id,
            at=look,
            time_ms=look.time_ms,
            confidence=round(min(0.99, look.confidence), 4),
            measured={
                "stood_s": round(stand.stood_s, 3),
                "free_road_s": round(stand.free_s, 1),
                "passed_by": float(len(stand.passed)),
                "inside_m": round(self._zone.depth_m(stand.trail), 2),
            },
            exceptions=exceptions_of(self._road),
            since_ms=stand.since_ms,
        )


def _is_same(stand: Stand, said: Stand) -> bool:
    if abs(stand.since_ms - said.seen_ms) > TOLD_MS:
        return False
    is_same_track = stand.trail.track_id == said.trail.track_id
    off_m = SAME_M + SIZE_M[stand.label][0] if is_same_track else stand.off_m
    return said.may_be(stand.label, stand.place, off_m)
