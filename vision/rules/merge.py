"""One act of one camera is one finding: by its track, by place and time, or where its road user came out again."""

from schemas.violation import may_be_same_act
from vision.rules.base import Finding
from vision.tracks.look import FAMILY
from vision.trails import Trails

SAME_TRACK_MS, SAME_MS, SAME_M = 60_000, 2_000, 1.2


class Merger:
    """Lets one finding of each act of one camera through.

    Parameters
    ----------
    trails : Trails
        Where the tracks are.
    """

    def __init__(self, trails: Trails) -> None:
        self._trails = trails
        self._said: list[Finding] = []

    def take(self, findings: list[Finding]) -> list[Finding]:
        """Return those that are no repetition."""
        fresh = []
        for finding in findings:
            if any(self._is_same(finding, said) for said in self._said):
                continue
            self._said = [s for s in self._said if finding.time_ms - s.time_ms <= SAME_TRACK_MS]
            self._said.append(finding)
            fresh.append(finding)
        return fresh

    def _is_same(self, one: Finding, other: Finding) -> bool:
        if not may_be_same_act(one.rule, other.rule):
            return False
        gap_ms = abs(one.time_ms - other.time_ms)
        if one.track_id == other.track_id or self._came_out(other.track_id, one.track_id):
            return gap_ms <= SAME_TRACK_MS
        if gap_ms > SAME_MS or one.rule != other.rule or self._were_apart(one.track_id, other.track_id):
            return False
        here, there = self._trails.road.places([one.at, other.at])
        return here is not None and there is not None and here.metres_to(there) <= SAME_M

    def _came_out(self, lost_id: int, fresh_id: int) -> bool:
        """Tell whether one is first seen where another of its kind was last seen, and not before that.

        Who stands covered comes out where it was covered, under a number of its own; nobody else can be there.
        """
        lost, fresh = self._trails.by_id.get(lost_id), self._trails.by_id.get(fresh_id)
        if lost is None or fresh is None or FAMILY[lost.label] != FAMILY[fresh.label]:
            return False
        return lost.last.time_ms < fresh.looks[0].time_ms and lost.place.metres_to(fresh.places[0]) <= SAME_M

    def _were_apart(self, one_id: int, other_id: int) -> bool:
        """Tell whether both were seen in one frame, farther apart than two boxes of one road user are."""
        one, other = self._trails.by_id.get(one_id), self._trails.by_id.get(other_id)
        if one is None or other is None:
            return False
        then = dict(zip((look.time_ms for look in one.looks), one.places, strict=True))
        pairs = zip(other.looks, other.places, strict=True)
        return any(look.time_ms in then and then[look.time_ms].metres_to(at) > SAME_M for look, at in pairs)
