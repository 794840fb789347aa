"""What a rule found: a machine's claim with its evidence, never a verdict."""

from schemas.message import Message
from schemas.units import Count, DistanceM, DurationS, Id, Lat, Lon, Probability, Sha256, TimeMs

# Rules that may name the same act; who says so first is enough.
SAME_ACT = (
    frozenset({"wrong_side", "wrong_way"}),
    frozenset({"no_stopping", "no_parking", "bus_stop_occupied"}),
    frozenset({"forbidden_turn", "u_turn"}),
    frozenset({"red_light", "stop_line"}),
    frozenset({"lane", "bus_lane", "brt_lane"}),
)


def may_be_same_act(rule: str, other: str) -> bool:
    """Tell whether two rules may name the same act.

    Parameters
    ----------
    rule, other : str
        Names of rules.

    Returns
    -------
    bool
        Also for the same rule.
    """
    return rule == other or any(rule in group and other in group for group in SAME_ACT)


class PlateReading(Message, frozen=True):
    """A plate as read over a whole track; ``text`` is ``None`` where the reader abstained.

    ``signs`` says how sure each sign is. ``partial`` is what could be read, ``?`` for each sign in doubt; ``doubt`` why
    there is no text: ``few_looks``, ``signs``, or ``vehicle_type`` (the plate is of another kind than the vehicle).
    """

    text: str | None
    confidence: Probability
    looks: Count
    colour: str | None = None
    signs: tuple[Probability, ...] = ()
    partial: str | None = None
    doubt: str | None = None


class LampSpan(Message, frozen=True):
    """One colour of a signal's lamp over a span of event time.

    ``error_ms`` is how far its start may be off to either side; ``source`` is ``camera``, ``controller``, or ``both``
    where they agree.
    """

    colour: str
    start_ms: TimeMs
    end_ms: TimeMs
    error_ms: Count = 0
    source: str = "camera"


class TrackPoint(Message, frozen=True):
    """One box of a track: pixels from the top left of the camera's frame.

    Where the camera's ground is known, ``lon`` and ``lat`` are where its foot stood, ``error_m`` the standard deviation
    of that along its worst direction.
    """

    time_ms: TimeMs
    box: tuple[float, float, float, float]
    confidence: Probability
    lon: Lon | None = None
    lat: Lat | None = None
    error_m: DistanceM | None = None


class EvidenceRef(Message, frozen=True):
    """The sealed package in the media store and the hash of its bytes."""

    uri: Id
    sha256: Sha256
    manifest_sha256: Sha256
    key_id: str


class Candidate(Message, frozen=True):
    """One act one rule found at one camera, for an officer to look at.

    ``measured`` holds the figures the rule used with units in their names, for
    instance ``after_red_s``. ``timeline`` is the lamp around the act and
    ``track`` the road user's boxes, both in event time.
    """

    candidate_id: Id
    camera_id: Id
    rule: Id
    approach_id: str
    track_id: int
    time_ms: TimeMs
    frame: Count
    box: tuple[float, float, float, float]
    road_user: str
    confidence: Probability
    uncertainty_s: DurationS
    measured: dict[str, float]
    plate: PlateReading
    timeline: tuple[LampSpan, ...]
    track: tuple[TrackPoint, ...]
    exceptions: dict[str, str]
    versions: dict[str, str]
    evidence: EvidenceRef | None = None
