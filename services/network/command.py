"""`hanoi network`: build a road network, match traces to it."""

import gzip
import json
import time
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from routing.network import NetworkError, RoadNetwork, load_network, read_areas, read_osm, save_network, write_pmtiles
from routing.network.exchange import to_networkx
from routing.paths import save_hierarchy

MAP_FILE = "map.pmtiles"
console = Console(stderr=True)


@click.command()
@click.option("--osm", "osm_file", type=click.Path(path_type=Path), help="OpenStreetMap file or graph saved by osmnx.")
@click.option("--place", help="Name of a place whose roads osmnx downloads, for instance 'Ba Đình, Hà Nội'.")
@click.option("--out", "out_dir", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--graphml", type=click.Path(path_type=Path), help="Also write the network for networkx and osmnx.")
def build(osm_file: Path | None, place: str | None, out_dir: Path, graphml: Path | None) -> None:
    """Build a road network with its hierarchy and its map, and print what it holds as JSON."""
    if (osm_file is None) == (place is None):
        raise click.UsageError("give either --osm FILE or --place NAME")
    source: Path | str = osm_file if osm_file is not None else str(place)
    began = time.perf_counter()
    try:
        with console.status("reading roads"):
            network = read_osm(source)
            areas = read_areas(source) if osm_file is not None else None
        with console.status("writing the network and its hierarchy"):
            save_network(network, out_dir)
            save_hierarchy(network, out_dir)
        with console.status("drawing the map"):
            write_pmtiles(out_dir / MAP_FILE, network, areas=areas, name=str(source))
        if graphml is not None:
            write_graphml(network, graphml)
    except (NetworkError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps(counts(network, time.perf_counter() - began), ensure_ascii=False, indent=1))


def counts(network: RoadNetwork, seconds: float) -> dict[str, Any]:
    """Return what a network holds, for people and machines.

    Parameters
    ----------
    network : RoadNetwork
        The network.
    seconds : float
        How long it took to build.

    Returns
    -------
    dict
        Counts, kilometres, the bounding box and the findings.
    """
    return {
        "nodes": network.node_count,
        "edges": network.edge_count,
        "kilometres": round(float(network.edge_length_m.sum()) / 1000, 1),
        "named_edges": int((network.edge_name > 0).sum()),
        "bridges": int(network.edge_bridge.sum()),
        "signals": len(network.signal_lon),
        "epsg": network.epsg,
        "bbox": [round(value, 6) for value in network.bbox],
        "findings": [{"code": f.code, "count": f.count, "vi": f.text.vi, "en": f.text.en} for f in network.findings],
        "seconds": round(seconds, 2),
    }


def write_graphml(network: RoadNetwork, path: Path) -> None:
    """Write a network as GraphML that osmnx and networkx read.

    Parameters
    ----------
    network : RoadNetwork
        The network.
    path : Path
        ``.graphml`` or ``.graphml.gz``.
    """
    import networkx as nx

    graph = to_networkx(network)
    graph.graph.update({key: str(value) for key, value in graph.graph.items()})
    for _, data in (*graph.nodes(data=True), *(((u, v), data) for u, v, data in graph.edges(data=True))):
        data.update({key: str(value) for key, value in data.items()})  # osmnx reads texts only
    nx.write_graphml(graph, path)


@click.command()
@click.option("--network", "network_dir", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--traces", "traces_file", type=click.Path(path_type=Path), required=True, help="JSON or JSON.gz.")
@click.option("--out", "out_file", type=click.Path(path_type=Path), required=True)
def match(network_dir: Path, traces_file: Path, out_file: Path) -> None:
    """Match traces to a road network; each trace is written as soon as it is matched."""
    from rich.progress import track

    from routing.matching import TraceMatcher, read_trace

    try:
        network = load_network(network_dir)
        traces = read_traces(traces_file)
    except (NetworkError, OSError) as error:
        raise click.ClickException(str(error)) from error
    matcher = TraceMatcher(network)
    began, points, unmatched = time.perf_counter(), 0, 0
    new = out_file.with_name(out_file.name + ".new")
    with new.open("w", encoding="utf-8") as file:
        file.write("[")
        for number, entry in enumerate(track(traces, "matching", console=console)):
            try:
                matched = matcher.match(read_trace(entry))
            except ValueError as error:
                raise click.ClickException(f"{traces_file}: trace {number}: {error}") from error
            rows = [[m.time_s, m.way, m.edge_id, m.off_m, m.probability] for m in matched]
            points += len(rows)
            unmatched += sum(row[2] is None for row in rows)
            file.write(("," if number else "") + "\n" + json.dumps({"id": entry.get("id"), "pts": rows}))
        file.write("\n]\n")
    new.replace(out_file)
    seconds = time.perf_counter() - began
    figures = {"traces": len(traces), "points": points, "unmatched": unmatched, "seconds": round(seconds, 2)}
    click.echo(json.dumps({**figures, "points_per_s": round(points / max(seconds, 1e-9))}))


def read_traces(path: Path) -> list[dict[str, Any]]:
    """Read a file of traces, ``[{id, pts: [[t, lon, lat, speed_mps?, heading_deg?, …]]}]``.

    Parameters
    ----------
    path : Path
        JSON, gzipped or not.

    Returns
    -------
    list of dict
        The traces.

    Raises
    ------
    click.ClickException
        If it is no such file.
    """
    data = path.read_bytes()
    try:
        traces = json.loads(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
    except (ValueError, OSError, EOFError) as error:
        raise click.ClickException(f"{path}: not JSON that can be read ({error})") from error
    if not isinstance(traces, list) or not all(isinstance(t, dict) and isinstance(t.get("pts"), list) for t in traces):
        raise click.ClickException(f"{path}: traces must be a list of {{id, pts: [[t, lon, lat, …]]}}")
    return traces
