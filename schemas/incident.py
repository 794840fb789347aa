"""Something that hurts traffic, from its detection to its end."""

import enum

from schemas.message import Message
from schemas.text import Text
from schemas.units import Id, Lat, Lon, Probability, SpeedMps, TimeMs


class IncidentState(enum.StrEnum):
    """Where an incident stands in its life."""

    DETECTED = "detected"
    VERIFIED = "verified"
    RESPONDING = "responding"
    CLEARED = "cleared"
    CLOSED = "closed"
    DISMISSED = "dismissed"


class FloodDepth(enum.StrEnum):
    """How deep water stands on a road: up to 10, 20, 40 cm, or deeper."""

    WET = "wet"
    SHALLOW = "shallow"
    KNEE = "knee"
    DEEP = "deep"


class Finding(Message, frozen=True):
    """One kind of evidence in a sentence, and by how much it raises the natural logarithm of the odds."""

    kind: Id
    text: Text
    log_odds: float


class IncidentEvidence(Message, frozen=True):
    """Why the machine believes it: which edges, which buses, how slow against usual."""

    edge_ids: tuple[str, ...] = ()
    vehicle_ids: tuple[str, ...] = ()
    route_ids: tuple[str, ...] = ()
    camera_ids: tuple[str, ...] = ()
    speed_mps: SpeedMps | None = None
    usual_mps: SpeedMps | None = None
    findings: tuple[Finding, ...] = ()


class Incident(Message, frozen=True):
    """The newest state of one incident; the topic keeps every earlier one. ``reason``: why it was dismissed.

    ``flood`` is how deep the water is where the kind is ``flood``. ``learnt``: whether detection may learn from
    what staff said of it.
    """

    incident_id: Id
    state: IncidentState
    kind: Id
    lon: Lon
    lat: Lat
    started_ms: TimeMs
    updated_ms: TimeMs
    probability: Probability
    title: Text
    why: Text
    evidence: IncidentEvidence
    source: Id
    closed_edge_ids: tuple[str, ...] = ()
    reason: str | None = None
    flood: FloodDepth | None = None
    learnt: bool = True
