"""States of roads as a DATEX II v3 ElaboratedDataPublication."""

from collections.abc import Sequence
from xml.etree.ElementTree import SubElement
from zoneinfo import ZoneInfo

from routing.network.graph import RoadNetwork
from schemas.edge import EdgeState, LevelOfService
from services.api.exports.datex import XSI_TYPE, Publication

STATUS = {
    LevelOfService.FREE: "freeFlow",
    LevelOfService.SLOW: "slow",
    LevelOfService.CONGESTED: "queuing",
    LevelOfService.BLOCKED: "stationary",
}


def list_observed(
    states: Sequence[EdgeState], network: RoadNetwork, box: tuple[float, float, float, float]
) -> list[EdgeState]:
    """Return the states that vehicles were seen for, of edges of this network that begin in a box: w, s, e, n."""
    west, south, east, north = box

    def inside(state: EdgeState) -> bool:
        edge = state.edge_index
        if state.level not in STATUS or not state.observations or network.edge_index_of.get(state.edge_id) != edge:
            return False
        node = network.edge_from[edge]
        return bool(west <= network.node_lon[node] <= east and south <= network.node_lat[node] <= north)

    return [state for state in states if inside(state)]


def traffic(
    states: Sequence[EdgeState], network: RoadNetwork, publisher: str, now_ms: int, zone: ZoneInfo, *,
    forecast: bool = False,
) -> bytes:  # fmt: skip
    """Return the publication.

    Parameters
    ----------
    states : sequence of EdgeState
        Of edges with data, of `list_observed`.
    network : RoadNetwork
        Their roads.
    publisher : str
        The city's id.
    now_ms : int
        The city's time.
    zone : ZoneInfo
        In which times are written.
    forecast : bool
        Whether the states are foretold.

    Returns
    -------
    bytes
        A speed (km/h, with its deviation and how many observations it rests on) and a status an edge.
    """
    doc = Publication("roa:ElaboratedDataPublication", publisher, now_ms, zone)
    doc.header(doc.root, "roa")
    for state in states:
        _add(doc, state, network, forecast=forecast)
    if doc.root.find("roa:physicalQuantity") is None:  # the schema wants one, also where nothing is known
        SubElement(doc.root, "roa:physicalQuantity", {XSI_TYPE: "roa:SinglePhysicalQuantity"})
    return doc.encode()


def _add(doc: Publication, state: EdgeState, network: RoadNetwork, *, forecast: bool) -> None:
    line = [(float(lon), float(lat)) for lon, lat in network.lonlat_of(state.edge_index)]
    for kind in ("roa:TrafficSpeed", "roa:TrafficStatus"):
        if kind == "roa:TrafficSpeed" and state.speed_mps is None:
            continue
        quantity = SubElement(doc.root, "roa:physicalQuantity", {XSI_TYPE: "roa:SinglePhysicalQuantity"})
        if forecast:
            doc.value(quantity, "roa:forecast", "true")
        doc.line(quantity, "roa:pertinentLocation", line, state.edge_id)
        data = SubElement(quantity, "roa:basicData", {XSI_TYPE: kind})
        doc.time(SubElement(data, "roa:measurementOrCalculationTime"), "roa:timeValue", state.time_ms)
        if kind == "roa:TrafficStatus":
            doc.value(SubElement(data, "roa:trafficStatus"), "roa:trafficStatusValue", STATUS[state.level])
            continue
        known = {} if forecast else {"numberOfInputValuesUsed": str(state.observations)}
        if state.sd_mps is not None:
            known["standardDeviation"] = f"{state.sd_mps * 3.6:.1f}"
        speed = SubElement(data, "roa:averageVehicleSpeed", known)
        doc.value(speed, "com:speed", f"{(state.speed_mps or 0.0) * 3.6:.1f}")
        if state.usual_mps is not None:
            doc.value(SubElement(data, "roa:normallyExpectedSpeed"), "com:speed", f"{state.usual_mps * 3.6:.1f}")
