"""One look at a road user: what everything behind the tracker works with."""

import msgspec

# Which labels may belong to one track. People share with two-wheelers: a rider may be all that is seen of one.
FAMILY = {"person": 0, "bicycle": 0, "motorcycle": 0, "car": 1, "bus": 1, "truck": 1} | dict.fromkeys(
    ("ambulance", "fire_engine", "police_car"), 1
)
Box = tuple[float, float, float, float]


class Look(msgspec.Struct, frozen=True, gc=False):
    """One confirmed track as seen in one frame.

    ``looks`` counts the frames it was seen in so far; ``sure_since_ms`` is since when this number has surely been one
    and the same road user; ``heads`` counts the people seen on a two-wheeler, 0 where none was seen, and
    ``bare_heads`` those of them without a helmet, ``None`` where the detector does not tell. Where ``foot_hidden``,
    the foot of the box is not where it touches the road: somebody nearer stands before it, or only the rider was seen.
    Where ``head_hidden``, its top is no head: only the two-wheeler below its riders was seen.
    """

    track_id: int
    time_ms: int
    frame: int
    box: Box
    confidence: float
    label: str
    looks: int
    sure_since_ms: int = 0
    heads: int = 0
    bare_heads: int | None = None
    foot_hidden: bool = False
    head_hidden: bool = False

    @property
    def ground(self) -> tuple[float, float]:
        """Where it touches the road: middle of the box's foot, pixels."""
        return (self.box[0] + self.box[2]) / 2, self.box[3]

    @property
    def height_px(self) -> float:
        """Height of the box."""
        return self.box[3] - self.box[1]
