"""What the roads looked like at an earlier moment: the states that the archive kept, as they stood then."""

from routing.network.graph import RoadNetwork
from schemas.edge import EdgeState, LevelOfService
from services.store.edges import list_edges_at
from services.store.engine import Store

# A state is told anew within five minutes and taken back within ten: one that is older was known no more.
STOOD_MS = 600_000


def list_past(store: Store, network: RoadNetwork, time_ms: int) -> list[EdgeState]:
    """Return what vehicles had shown of each edge at a moment; what was only estimated is not kept.

    Parameters
    ----------
    store : Store
        The archive.
    network : RoadNetwork
        The roads as they are today; edges that no longer exist are left out.
    time_ms : int
        The moment.

    Returns
    -------
    list of EdgeState
        By the edges' index; one without data then is absent.
    """
    with store.reading() as session:
        kept = list_edges_at(session, time_ms - STOOD_MS + 1, time_ms)
    rows = {
        network.edge_index_of[row.edge_id]: row
        for row in kept
        if row.level != LevelOfService.NO_DATA.value and row.edge_id in network.edge_index_of
    }
    return [
        EdgeState(
            edge_id=row.edge_id, edge_index=index, time_ms=row.time_ms, level=LevelOfService(row.level),
            observations=row.observations, age_s=row.age_s, speed_mps=row.speed_mps, sd_mps=row.sd_mps,
            free_flow_mps=row.free_flow_mps, usual_mps=row.usual_mps,
        )
        for index, row in sorted(rows.items())
    ]  # fmt: skip
