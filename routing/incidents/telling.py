"""From what is known of a place to the message about it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from routing.incidents.odds import Piece
from routing.incidents.settings import IncidentSettings
from routing.incidents.words import NOTHING_LEFT, join, long_weak, sentence_of, title_of
from routing.network.graph import RoadNetwork
from schemas.incident import Finding, Incident, IncidentEvidence, IncidentState
from schemas.text import Text

KIND = "unusual_slowness"
SOURCE = "estimate"
MAX_PROBABILITY = 0.98


@dataclass
class Open:
    """A candidate that is not over: its edge, what is one place with it, the edges that gave evidence."""

    edge: int
    near: frozenset[int]
    edges: set[int] = field(default_factory=set)
    incident: Incident | None = None
    # Since when little speaks for it; ``None`` while more does.
    weak_ms: int | None = None

    @property
    def is_dismissed(self) -> bool:
        """Whether staff called it false: it is told no more, and keeps its place from being told anew."""
        return self.incident is not None and self.incident.state is IncidentState.DISMISSED

    def is_due(self, now_ms: int, every_s: float) -> bool:
        """Tell whether it is time to say it again."""
        return self.incident is None or now_ms - self.incident.updated_ms >= every_s * 1000

    def find_end(self, odds: float, now_ms: int, settings: IncidentSettings) -> Text | None:
        """Return why it is over, ``None`` while it is not: nothing speaks for it, or for long only little."""
        if odds < settings.close_at:
            return NOTHING_LEFT
        if odds >= settings.weak_below:
            self.weak_ms = None
            return None
        self.weak_ms = now_ms if self.weak_ms is None else self.weak_ms
        weak_s = (now_ms - self.weak_ms) / 1000
        return long_weak(weak_s) if weak_s >= settings.weak_s else None


def tell(network: RoadNetwork, key: str, item: Open, pieces: Sequence[Piece], odds: float, now_ms: int) -> Incident:
    """Return the message of a candidate with each kind of evidence in a sentence.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    key : str
        The candidate's id.
    item : Open
        The candidate; the edges of the pieces are added to it.
    pieces : sequence of Piece
        What speaks for it.
    odds : float
        Log odds.
    now_ms : int
        Event time.
    """
    item.edges |= {item.edge, *(piece.edge for piece in pieces)}
    kinds = sorted({p.kind for p in pieces}, key=lambda k: -sum(p.value for p in pieces if p.kind == k))
    by_kind = {kind: [p for p in pieces if p.kind == kind] for kind in kinds}
    findings = tuple(
        Finding(kind=kind, text=sentence_of(kind, said), log_odds=round(sum(p.value for p in said), 2))
        for kind, said in by_kind.items()
    )
    before = item.incident
    old = before.evidence if before else IncidentEvidence()
    buses = {p.source for p in pieces if p.kind in {"held", "slow"}}
    evidence = IncidentEvidence(
        edge_ids=tuple(sorted(network.edge_ids[edge] for edge in item.edges)),
        vehicle_ids=tuple(sorted(buses | set(old.vehicle_ids))),
        route_ids=tuple(sorted({p.route_id for p in pieces if p.route_id} | set(old.route_ids))),
        camera_ids=tuple(sorted({p.source for p in pieces if p.kind.startswith("camera")})),
        findings=findings or old.findings,
    )  # fmt: skip
    lon, lat = middle_of(network, item.edge)
    return Incident(
        incident_id=key, state=IncidentState.DETECTED, kind=KIND, lon=lon, lat=lat,
        started_ms=before.started_ms if before else _since(pieces, now_ms), updated_ms=now_ms,
        probability=round(min(1.0 / (1.0 + math.exp(-odds)), MAX_PROBABILITY), 3),
        title=before.title if before else title_of(network.name_of(item.edge)),
        why=join([finding.text for finding in findings]) if findings else before.why if before else title_of(""),
        evidence=evidence, source=SOURCE,
    )  # fmt: skip


def _since(pieces: Sequence[Piece], now_ms: int) -> int:
    """Return since when somebody stands there, as far as is known."""
    stands = [
        p.time_ms - round(p.amount * 1000) for p in pieces if p.kind in {"held", "camera_standing"} and p.value > 0
    ]
    return min([now_ms, *stands])


def middle_of(network: RoadNetwork, edge: int) -> tuple[float, float]:
    """Return lon, lat half way along an edge."""
    line = network.lonlat_of(edge)
    if len(line) == 2:
        lon, lat = (line[0] + line[1]) / 2
    else:
        lon, lat = line[len(line) // 2]
    return round(float(lon), 6), round(float(lat), 6)


def close(old: Incident, why: Text, now_ms: int) -> Incident:
    """Return the message that ends a candidate."""
    return msgspec.structs.replace(old, state=IncidentState.CLOSED, updated_ms=now_ms, why=why)
