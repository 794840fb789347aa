"""Somebody in the buses' lane makes a bus slow down: kept for the bus's delay."""

from collections.abc import Mapping

from vision.road import Road
from vision.rules.base import DRIVERS, Finding, Scene
from vision.rules.excuses import exceptions_of
from vision.rules.inside import InsideZone
from vision.rules.stands import StandBook
from vision.rules.zone import ZoneView
from vision.trails import Trail

BEHIND_M, HELD_MPS = 20.0, 2.5
SERVICE = "kept for the delay of the bus"


class BusLaneIntrusion(InsideZone):
    """Is in a bus or BRT lane just ahead of a bus that has crept or stood behind it for ``held_s``, its light aside.

    Parameters
    ----------
    zone : ZoneView
        The lane.
    road : Road
        The camera's road.
    book : StandBook
        Who waits at a line.
    limits : Mapping of str to float
        ``held_s``.
    """

    name = "bus_lane_intrusion"
    users = DRIVERS - {"bus"}

    def __init__(self, zone: ZoneView, road: Road, book: StandBook, limits: Mapping[str, float]) -> None:
        super().__init__(zone, road)
        self._book, self._least_s = book, limits["held_s"]
        self._held: dict[tuple[int, int], tuple[int, int]] = {}

    def judge(self, trail: Trail, scene: Scene) -> Finding | None:
        """Return the act of one road user, ``None`` while there is none."""
        visit = self.visit(trail)
        if visit is None or trail.label in self.zone.zone.allowed:
            return None
        for bus in scene.seen:
            behind_m = self._behind_m(trail, bus)
            pair = (trail.track_id, bus.track_id)
            if behind_m is None or self._book.waits_for_light(trail, scene):
                self._held.pop(pair, None)
                continue
            since_ms, _ = self._held.get(pair, (scene.time_ms, 0))
            self._held[pair] = (since_ms, scene.time_ms)
            held_s = (scene.time_ms - since_ms) / 1000
            if held_s >= self._least_s:
                self._held = {p: h for p, h in self._held.items() if scene.time_ms - h[1] < 60_000}
                measured = {"held_s": round(held_s, 2), "bus_behind_m": round(behind_m, 1)}
                return self.finding(trail, visit, measured, exceptions_of(self.road) | {"bus_service": SERVICE})
        return None

    def _behind_m(self, trail: Trail, bus: Trail) -> float | None:
        """Return how far behind a road user a bus creeps in the lane, ``None`` where it does not."""
        if bus.label != "bus" or bus is trail or bus.moved_m(1.0) > HELD_MPS or self.zone.depth_m(bus) < 0:
            return None
        heading = self.zone.travel or bus.heading
        if heading is None:
            return None
        dx, dy = trail.place.x - bus.place.x, trail.place.y - bus.place.y
        ahead_m = (dx * heading[0] + dy * heading[1]) / trail.place.per_m
        return ahead_m if 0.0 < ahead_m <= BEHIND_M else None
