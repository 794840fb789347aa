"""One zone as rules see it: who stands or drives in it, and how deep inside."""

import datetime as dt
from math import hypot, isfinite
from zoneinfo import ZoneInfo

from vision.camera_values import Point, Zone
from vision.road import Place, Road
from vision.trails import Trail

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
# How far aside of the line of sight the middle of a road user may be from that of its box.
ASIDE_M = 0.3


class ZoneView:
    """The area of one zone on the road.

    Parameters
    ----------
    zone : Zone
        The zone.
    road : Road
        Lays places on the road.
    """

    def __init__(self, zone: Zone, road: Road) -> None:
        self.zone, self._road = zone, road
        corners = road.points(zone.polygon)
        # A corner beyond the horizon has no place; the picture's own polygon then tells who is in it.
        self._on_road = all(isfinite(x) and isfinite(y) for x, y in corners)
        self.corners = corners if self._on_road else list(zone.polygon)
        middle = (sum(x for x, _ in zone.polygon) / len(corners), sum(y for _, y in zone.polygon) / len(corners))
        self.travel = road.direction(middle, zone.travel_px) if zone.travel_px is not None else None

    @property
    def id(self) -> str:
        """The zone's id."""
        return self.zone.id

    def depth_m(self, trail: Trail) -> float:
        """Return how far inside a road user's middle is, metres; negative outside."""
        at, per_m = self._middle(trail)
        return depth(self.corners, at) / per_m

    def holds(self, trail: Trail, place: Place) -> bool:
        """Tell whether a road user's middle is inside when it stands at a place; yes where the road is not known."""
        return not self._on_road or depth(self.corners, self._road.middle(trail.label, place, trail.heading)) > 0

    def is_surely_in(self, trail: Trail) -> bool:
        """Tell whether its middle is inside by two deviations along the line of sight, and by less aside of it.

        A box tells far better which way than how far away its road user stands: along a narrow strip that leads away
        from the camera it is inside though its distance may be metres off.
        """
        (x, y), per_m = self._middle(trail)
        far = 2 * trail.place.sd_m * per_m
        (dx, dy), aside = trail.place.away, ASIDE_M * per_m
        around = ((far * dx, far * dy), (-far * dx, -far * dy), (aside * dy, -aside * dx), (-aside * dy, aside * dx))
        return all(depth(self.corners, (x + off_x, y + off_y)) > 0 for off_x, off_y in around)

    def _middle(self, trail: Trail) -> tuple[Point, float]:
        if self._on_road:
            return self._road.middle(trail.label, trail.place, trail.heading), trail.place.per_m
        return trail.last.ground, max(trail.last.height_px, 1.0) / 1.65

    def is_on(self, time_ms: int) -> bool:
        """Tell whether its rule holds at a moment, by Hanoi's time of day."""
        if not self.zone.hours:
            return True
        moment = dt.datetime.fromtimestamp(time_ms / 1000, HANOI)
        minute = 60 * moment.hour + moment.minute
        return any(
            start <= minute < end if start <= end else minute >= start or minute < end for start, end in self.zone.hours
        )


def depth(corners: list[Point], at: Point) -> float:
    """Return how far inside an area a point is, in the units of both; negative is outside."""
    x, y = at
    inside, nearest = False, float("inf")
    x0, y0 = corners[-1]
    for x1, y1 in corners:
        if (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0:
            inside = not inside
        dx, dy = x1 - x0, y1 - y0
        length_2 = dx * dx + dy * dy
        share = min(1.0, max(0.0, ((x - x0) * dx + (y - y0) * dy) / length_2)) if length_2 else 0.0
        nearest = min(nearest, hypot(x - x0 - share * dx, y - y0 - share * dy))
        x0, y0 = x1, y1
    return nearest if inside else -nearest
