"""`hanoi network export`: a network for networkx, osmnx, QGIS and whatever else reads GraphML or GeoPackage."""

import json
from pathlib import Path

import click
import numpy as np
import shapely

from routing.network import NetworkError, RoadNetwork, Vehicle, load_network
from routing.network.defaults import ROAD_CLASSES
from services.network.command import write_graphml

GRAPHML = (".graphml", ".graphml.gz")


@click.command()
@click.option("--network", "network_dir", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--out", "out_file", type=click.Path(path_type=Path, dir_okay=False), required=True)
def export(network_dir: Path, out_file: Path) -> None:
    """Write a network as GraphML (.graphml, .graphml.gz) or GeoPackage (.gpkg), by the ending of --out."""
    name = out_file.name.lower()
    if not name.endswith((*GRAPHML, ".gpkg")):
        raise click.UsageError(f"{out_file}: end it in .graphml, .graphml.gz or .gpkg")
    try:
        network = load_network(network_dir)
        out_file.parent.mkdir(parents=True, exist_ok=True)
        new = out_file.with_name(f".new-{out_file.name}")
        write_gpkg(network, new) if name.endswith(".gpkg") else write_graphml(network, new)
        new.replace(out_file)
    except (NetworkError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps({"file": str(out_file), "nodes": network.node_count, "edges": network.edge_count}))


def write_gpkg(network: RoadNetwork, path: Path) -> None:
    """Write layers ``edges`` and ``nodes`` in degrees of WGS 84.

    Parameters
    ----------
    network : RoadNetwork
        The network.
    path : Path
        ``.gpkg``; replaced.
    """
    import pyogrio

    path.unlink(missing_ok=True)
    edges = shapely.linestrings(
        np.column_stack((network.point_lon, network.point_lat)),
        indices=np.repeat(np.arange(network.edge_count), np.diff(network.point_offset)),
    )
    users = {f"for_{(v.name or '').lower()}": (network.edge_users & int(v)) > 0 for v in Vehicle}
    columns = {
        "edge_id": np.array(network.edge_ids, dtype=object),
        "edge_index": np.arange(network.edge_count),
        "class": np.array(ROAD_CLASSES, dtype=object)[network.edge_class],
        "name": np.array(network.names, dtype=object)[network.edge_name],
        "lanes": network.edge_lanes,
        "limit_kmh": np.round(network.edge_speed_limit_mps * 3.6, 1),
        "length_m": np.round(network.edge_length_m, 2),
        "oneway": network.edge_oneway,
        "bridge": network.edge_bridge,
        "bus_lane": network.edge_bus_lane,
        **users,
    }
    nodes = shapely.points(network.node_lon, network.node_lat)
    layers = (
        ("edges", "LineString", edges, columns),
        ("nodes", "Point", nodes, {"osm_id": network.node_osm_id}),
    )
    for number, (layer, kind, shapes, fields) in enumerate(layers):
        pyogrio.raw.write(
            path, shapely.to_wkb(shapes), [np.asarray(v) for v in fields.values()], list(fields), layer=layer,
            driver="GPKG", geometry_type=kind, crs="EPSG:4326", append=number > 0,
        )  # fmt: skip
