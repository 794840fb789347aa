"""Three or more people on one motorbike."""

from vision.rules.base import Finding, Scene
from vision.rules.riders import RiderRule
from vision.tracks import Look
from vision.trails import Trail

TOO_MANY = 3


class TooManyRiders(RiderRule):
    """At least three people joined to a motorbike in most of ``riders_looks`` or more good looks of one track."""

    name = "too_many_riders"
    least_share = 0.6

    def count(self, look: Look) -> int | None:
        """Return how many people a look shows on the motorbike, ``None`` where it shows none."""
        return look.heads or None

    def judge(self, trail: Trail, scene: Scene) -> Finding | None:
        """Return the act of one rider, ``None`` while there is none."""
        return self.tell(trail, scene, TOO_MANY, "riders_looks", "riders")
