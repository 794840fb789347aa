"""What the map shows of a feed: each line's way and each place where buses stop; and the roads beside stops."""

import numpy as np
import polars as pl
from scipy.spatial import cKDTree

from routing.network import MapLine, MapStop, RoadNetwork
from services.city.tables import Tables, column

NEAR_M = 60.0


def map_lines(tables: Tables) -> list[MapLine]:
    """Return the most used shape of each direction of each line.

    Parameters
    ----------
    tables : dict of str to DataFrame
        The feed, with shapes; without them there are no lines.

    Returns
    -------
    list of MapLine
        By route and direction.
    """
    if "shapes" not in tables or tables["shapes"].is_empty() or "shape_id" not in tables["trips"].columns:
        return []
    trips = tables["trips"]
    used = (
        trips.select("route_id", column(trips, "direction_id").alias("way"), "shape_id")
        .filter(pl.col("shape_id") != "")
        .group_by("route_id", "way", "shape_id")
        .len()
        .sort("route_id", "way", "len", "shape_id", descending=[False, False, True, False])
        .unique(["route_id", "way"], keep="first", maintain_order=True)
    )
    points = (
        tables["shapes"]
        .select(
            "shape_id",
            pl.col("shape_pt_lon").cast(pl.Float64).alias("lon"),
            pl.col("shape_pt_lat").cast(pl.Float64).alias("lat"),
            pl.col("shape_pt_sequence").cast(pl.Int64).alias("number"),
        )
        .sort("shape_id", "number")
        .group_by("shape_id", maintain_order=True)
        .agg("lon", "lat")
    )
    routes = tables["routes"]
    names = routes.select("route_id", column(routes, "route_short_name").alias("short_name"))
    rows = used.join(points, on="shape_id", maintain_order="left").join(names, on="route_id", maintain_order="left")
    return [
        MapLine(route_id, short_name or route_id, np.column_stack([lon, lat]))
        for route_id, short_name, lon, lat in rows.select("route_id", "short_name", "lon", "lat").iter_rows()
        if len(lon) >= 2
    ]


def map_stops(tables: Tables) -> list[MapStop]:
    """Return one entry a place: stops of several lines at one point are one on the map.

    Parameters
    ----------
    tables : dict of str to DataFrame
        The feed.

    Returns
    -------
    list of MapStop
        In the order of the feed; the first stop's id stands for the place.
    """
    stops = tables["stops"]
    kind = column(stops, "location_type")
    served = stops.filter((kind == "") | (kind == "0")).with_columns(
        pl.col("stop_lon").cast(pl.Float64).alias("lon"), pl.col("stop_lat").cast(pl.Float64).alias("lat")
    )
    places = served.unique(["lon", "lat"], keep="first", maintain_order=True)
    name = column(places, "stop_name").alias("name")
    return [MapStop(*row) for row in places.select("stop_id", name, "lon", "lat").iter_rows()]


def nearest_road_names(tables: Tables, network: RoadNetwork) -> dict[str, str]:
    """Find the named road beside each stop.

    Parameters
    ----------
    tables : dict of str to DataFrame
        The feed.
    network : RoadNetwork
        The roads.

    Returns
    -------
    dict of str to str
        Name of the nearest named road within 60 m, by stop id.
    """
    owner = np.repeat(np.arange(network.edge_count), np.diff(network.point_offset))
    named = network.edge_name[owner] > 0
    if not named.any():
        return {}
    tree = cKDTree(np.column_stack([network.point_x_m[named], network.point_y_m[named]]))
    stops = tables["stops"]
    lon, lat = stops["stop_lon"].cast(pl.Float64).to_numpy(), stops["stop_lat"].cast(pl.Float64).to_numpy()
    found = tree.query(np.column_stack(network.to_xy(lon, lat)), distance_upper_bound=NEAR_M)
    away, row = np.asarray(found[0]), np.asarray(found[1])
    edges = owner[named]
    return {
        stop_id: network.name_of(int(edges[k]))
        for stop_id, distance, k in zip(stops["stop_id"].to_list(), away.tolist(), row.tolist(), strict=True)
        if np.isfinite(distance)
    }
