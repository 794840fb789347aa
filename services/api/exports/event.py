"""What every export of incidents is made of: an incident, and the pieces of road it lies on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from routing.network.graph import Ints, RoadNetwork
from routing.paths import line_of
from schemas.incident import Incident, IncidentState
from services.api.roads import Roads
from services.store.engine import Store
from services.store.incidents import list_incidents

# What a person has looked at; a candidate is told to nobody.
HOLDS = (IncidentState.VERIFIED, IncidentState.RESPONDING)
ENDED = (IncidentState.CLEARED, IncidentState.CLOSED)
# So long an incident that has ended is told as ended, so that nobody who asks rarely keeps it for ever.
TELL_ENDED_MS = 60 * 60_000


class Stretch(NamedTuple):
    """Edges that follow one another on one street; ``id`` is that of the incident and of the first edge."""

    id: str
    street: str
    lonlat: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class RoadEvent:
    """An incident with its roads; ``closed`` stretches let nobody through, on ``slow`` ones traffic suffers."""

    incident: Incident
    closed: tuple[Stretch, ...]
    slow: tuple[Stretch, ...]

    @property
    def has_ended(self) -> bool:
        """Whether it is over."""
        return self.incident.state in ENDED


def list_events(store: Store, roads: Roads | None, now_ms: int) -> list[RoadEvent]:
    """Return the incidents that a person has verified, and those that ended within the last hour, by their id.

    Parameters
    ----------
    store : Store
        Where incidents stand.
    roads : Roads or None
        The network; without it events have no stretches.
    now_ms : int
        The city's time.

    Returns
    -------
    list of RoadEvent
        An edge that the network does not have any more is left out.
    """
    with store.reading() as session:
        found = [incident for state in HOLDS for incident in list_incidents(session, state.value)]
        over = [incident for state in ENDED for incident in list_incidents(session, state.value)]
    found += [incident for incident in over if incident.updated_ms > now_ms - TELL_ENDED_MS]
    return [make_event(incident, roads) for incident in sorted(found, key=lambda i: i.incident_id)]


def make_event(incident: Incident, roads: Roads | None) -> RoadEvent:
    """Return an incident with the stretches of its closed and of its slow edges."""
    if roads is None:
        return RoadEvent(incident, (), ())
    closed = incident.closed_edge_ids
    slow = [edge for edge in incident.evidence.edge_ids if edge not in closed]
    return RoadEvent(incident, _stretches(incident, closed, roads.network), _stretches(incident, slow, roads.network))


def _stretches(incident: Incident, edge_ids: Sequence[str], network: RoadNetwork) -> tuple[Stretch, ...]:
    index_of = network.edge_index_of
    edges = sorted({index_of[edge] for edge in edge_ids if edge in index_of})
    found = []
    for chain in _chains(edges, network):
        line = line_of(network, chain)
        points = tuple((round(float(lon), 6), round(float(lat), 6)) for lon, lat in line)
        first = int(chain[0])
        found.append(Stretch(f"{incident.incident_id}/{network.edge_ids[first]}", network.name_of(first), points))
    return tuple(sorted(found))


def _chains(edges: Sequence[int], network: RoadNetwork) -> list[Ints]:
    """Put edges that follow one another on the same street together."""
    at_node: dict[int, list[int]] = {}
    for edge in edges:
        at_node.setdefault(int(network.edge_from[edge]), []).append(edge)
    onward: dict[int, int] = {}
    for edge in edges:
        back, name = int(network.edge_from[edge]), network.edge_name[edge]
        for there in at_node.get(int(network.edge_to[edge]), ()):
            taken = there in onward.values()
            if int(network.edge_to[there]) != back and network.edge_name[there] == name and not taken:
                onward[edge] = there
                break
    led_to = set(onward.values())
    chains, used = [], set()
    for start in [*(e for e in edges if e not in led_to), *edges]:
        chain: list[int] = []
        at: int | None = start
        while at is not None and at not in used:
            used.add(at)
            chain.append(at)
            at = onward.get(at)
        if chain:
            chains.append(np.array(chain, dtype=np.int64))
    return chains
