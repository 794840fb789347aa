"""Somebody rides a motorbike without a helmet, seen in several looks; without a model that knows helmets: nothing."""

from vision.rules.base import Finding, Scene
from vision.rules.riders import RiderRule
from vision.tracks import Look
from vision.trails import Trail


class Helmet(RiderRule):
    """A bare head in nearly all of ``helmet_looks`` or more good looks of one track.

    A look whose detector does not tell helmets (``bare_heads`` is ``None``) says nothing.
    """

    name = "helmet"
    least_share = 0.8

    def count(self, look: Look) -> int | None:
        """Return how many bare heads a look shows."""
        return look.bare_heads

    def judge(self, trail: Trail, scene: Scene) -> Finding | None:
        """Return the act of one rider, ``None`` while there is none."""
        return self.tell(trail, scene, 1, "helmet_looks", "bare_heads")
