"""Water on a road is an incident of its own kind: set by staff, lifted as any other is cleared."""

import hashlib

import msgspec
import numpy as np

from routing.flood import FloodSpot, passable_by
from routing.network import RoadNetwork
from routing.network.index import EdgeIndex
from schemas.incident import FloodDepth, Incident, IncidentEvidence, IncidentState
from schemas.text import Text
from services.incidents.lifecycle import LogEntry
from services.store.audit import append_audit
from services.store.engine import Store
from services.store.incidents import add_incident_log, find_incident, list_incidents, put_incident
from services.store.outbox import put_outbox

KIND = "flood"
SET = "set"
REACH_M = 15.0
HOLDS = (IncidentState.VERIFIED, IncidentState.RESPONDING)
DEPTH_TEXT: dict[FloodDepth, Text] = {
    FloodDepth.WET: Text(vi="nước dưới 10 cm", en="water up to 10 cm"),
    FloodDepth.SHALLOW: Text(vi="nước 10–20 cm", en="water 10–20 cm deep"),
    FloodDepth.KNEE: Text(vi="nước 20–40 cm, chỉ xe buýt qua được", en="water 20–40 cm deep, only buses get through"),
    FloodDepth.DEEP: Text(vi="nước trên 40 cm, không xe nào qua được", en="water over 40 cm deep, nobody gets through"),
}


def set_flood(
    store: Store, network: RoadNetwork, *, lon: float, lat: float, depth: FloodDepth, actor: str, wall_ms: int,
    city_ms: int, note: str = "",
) -> Incident | None:  # fmt: skip
    """Set a spot of water, or say anew how deep it is where one is known.

    Parameters
    ----------
    store : Store
        The database.
    network : RoadNetwork
        The roads.
    lon, lat : float
        Where.
    depth : FloodDepth
        How deep.
    actor : str
        Who says so.
    wall_ms : int
        Wall time, for the log.
    city_ms : int
        The city's time.
    note : str
        The person's words.

    Returns
    -------
    Incident or None
        ``None`` where no road is within some metres.
    """
    near = EdgeIndex(network).near(np.array([lon]), np.array([lat]), REACH_M)
    if not len(near.edge):
        return None
    ids = tuple(sorted(network.edge_ids[edge] for edge in near.edge.tolist()))
    street = network.name_of(int(near.edge[0]))
    with store.transaction() as session:
        holding = [i for state in HOLDS for i in list_incidents(session, state.value)]
        known = [i for i in holding if i.kind == KIND and set(ids) & set(i.evidence.edge_ids)]
        name = known[0].incident_id if known else _name(ids, wall_ms)
        before = find_incident(session, name, lock=True)
        incident = _incident(name, before, ids, street, (lon, lat), depth, city_ms)
        put_incident(session, incident)
        said = ": ".join(part for part in (depth.value, note) if part)
        add_incident_log(session, name, LogEntry(wall_ms, actor, SET, said, incident.state, incident.state))
        append_audit(session, time_ms=wall_ms, actor=actor, action="flood.set", subject=name, detail=said)
        put_outbox(session, "incidents", name, incident, wall_ms)
    return incident


def _name(edge_ids: tuple[str, ...], wall_ms: int) -> str:
    return f"flood-{hashlib.sha256(f'{edge_ids}/{wall_ms}'.encode()).hexdigest()[:12]}"


def _incident(
    name: str, before: Incident | None, edge_ids: tuple[str, ...], street: str, at: tuple[float, float],
    depth: FloodDepth, city_ms: int,
) -> Incident:  # fmt: skip
    who = passable_by(depth)
    fresh = Incident(
        incident_id=name, state=IncidentState.VERIFIED, kind=KIND, lon=at[0], lat=at[1], started_ms=city_ms,
        updated_ms=city_ms, probability=1.0,
        title=Text(vi=f"Ngập trên {street or 'đường'}", en=f"Flood on {street or 'a road'}"), why=DEPTH_TEXT[depth],
        evidence=IncidentEvidence(edge_ids=edge_ids), source="staff", closed_edge_ids=() if who else edge_ids,
        flood=depth,
    )  # fmt: skip
    if before is None:
        return fresh
    return msgspec.structs.replace(
        before, updated_ms=max(city_ms, before.updated_ms + 1), why=fresh.why, flood=depth,
        closed_edge_ids=() if who else before.evidence.edge_ids,
    )  # fmt: skip


def list_floods(store: Store) -> list[FloodSpot]:
    """Return where water stands now, as staff last said."""
    with store.reading() as session:
        found = [i for state in HOLDS for i in list_incidents(session, state.value)]
    return [
        FloodSpot(i.flood, i.evidence.edge_ids, i.updated_ms) for i in found if i.kind == KIND and i.flood is not None
    ]
